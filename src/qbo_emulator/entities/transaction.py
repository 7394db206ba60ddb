"""What all transactions share: one id sequence, a date, a number, closed periods, postings."""

from collections.abc import Iterable

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.entities.entity import Act, Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import (
    Body,
    Property,
    Shape,
    choice,
    given,
    ref,
    text,
)

TRANSACTION_OPERATIONS = frozenset({"create", "read", "query", "update", "delete"})

LINKED = Shape("LinkedTxn", (text("TxnId"), text("TxnType"), text("TxnLineId")))
PARTY = Shape("EntityTypeRef", (choice("Type", "Customer", "Vendor", "Employee"), ref("EntityRef", "Name")))


class Transaction(Entity):
    sequence = "transaction"
    operations = TRANSACTION_OPERATIONS
    indexed = ("DocNumber",)
    posts = True
    title: str
    """What people and reports call it, such as Journal Entry."""
    duplicate_warning: str
    """The preference that makes a used number an error."""

    def check_period(self, company: Company, body: Body, stored: Record | None) -> None:
        closed = company.preference("AccountingInfoPrefs", "BookCloseDate")
        if not closed:
            return
        dates = {body.get("TxnDate") or company.today().isoformat()}
        if stored is not None:
            dates.add(stored.body["TxnDate"])
        if min(dates) <= closed:
            raise faults.books_closed()

    def dated_and_numbered(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        dated = {**body, "TxnDate": body.get("TxnDate") or company.today().isoformat()}
        if not dated.get("DocNumber"):
            dated.pop("DocNumber", None)
            if stored is None and "allowautodocnum" in act.includes:
                dated["DocNumber"] = self._next_number(company)
        self._check_number(company, dated.get("DocNumber"), stored, act)
        return dated

    def _next_number(self, company: Company) -> str:
        numbers = (each.body.get("DocNumber", "") for each in company.of(self.name).values())
        return str(max((int(each) for each in numbers if each.isdecimal()), default=0) + 1)

    def _check_number(self, company: Company, number: str | None, stored: Record | None, act: Act) -> None:
        if number is None or "allowduplicatedocnum" in act.includes:
            return
        if company.other_preference(self.duplicate_warning) != "true":
            return
        for other in company.where(self.name, "DocNumber", number):
            if stored is None or other.id != stored.id:
                raise faults.duplicate_number(number, self.title, other.id)


def with_line_ids(lines: Iterable[Body], stored: Record | None, first: int) -> list[Body]:
    """Known lines keep their id, every other line gets a new one; ids of dropped lines are not used again."""
    known = {line["Id"] for line in stored.body["Line"]} if stored else set()
    next_id = max((int(identity) for identity in known), default=first - 1) + 1
    numbered = []
    for line in lines:
        identity = line.get("Id")
        if identity in known:
            known.discard(identity)
        else:
            identity, next_id = str(next_id), next_id + 1
        numbered.append({**line, "Id": identity})
    return numbered


LINE_ID = Property("Id", "text")
TAX_DETAIL = given("TxnTaxDetail")
