"""What all transactions share: one id sequence, a date, a number, closed periods, postings, links."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from qbo_emulator import faults, money
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies
from qbo_emulator.entities.contact import with_address_ids
from qbo_emulator.entities.entity import Act, Entity
from qbo_emulator.ledger import Posting
from qbo_emulator.record import Record
from qbo_emulator.shape import (
    Body,
    Property,
    Shape,
    choice,
    given,
    ignored,
    ref,
    text,
)

TRANSACTION_OPERATIONS = frozenset({"create", "read", "query", "update", "delete"})

LINKED = Shape("LinkedTxn", (text("TxnId"), text("TxnType"), text("TxnLineId")))
CUSTOM_FIELD = Shape(
    "CustomField",
    (
        text("DefinitionId"),
        text("Name"),
        text("Type"),
        text("StringValue"),
        *ignored("BooleanValue", "DateValue", "NumberValue"),
    ),
)
UNKEPT = ignored(
    *("TxnStatus", "TxnSource", "TaxFormType", "TaxFormNum", "TransactionLocationType", "Tag", "TxnApprovalInfo"),
    *("RecurDataRef", "RecurringInfo", "AttachableRef", "status", "ProjectRef", "CustomExtensions"),
)
"""What the class of every transaction knows."""
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
    numbered_with: tuple[str, ...] = ()
    """Kinds of transaction that draw their numbers from one roll; none: itself alone."""
    first_number = 1
    non_posting = False
    """An order or an offer: it has no part in any balance."""

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
        dated = with_address_ids(company, {**body, "TxnDate": body.get("TxnDate") or company.today().isoformat()})
        if not dated.get("DocNumber"):
            dated.pop("DocNumber", None)
            if stored is None and ("allowautodocnum" in act.includes or self.numbers_itself(company)):
                dated["DocNumber"] = self._next_number(company)
        self._check_number(company, dated, stored, act)
        return dated

    def numbers_itself(self, company: Company) -> bool:
        """Whether it gets the next number when none is sent."""
        return False

    def _next_number(self, company: Company) -> str:
        kinds = self.numbered_with or (self.name,)
        highest = max(company.highest_numbers.get(kind, 0) for kind in kinds)
        return str(max(highest + 1, self.first_number))

    def _check_number(self, company: Company, body: Body, stored: Record | None, act: Act) -> None:
        number = body.get("DocNumber")
        if number is None or "allowduplicatedocnum" in act.includes:
            return
        if company.other_preference(self.duplicate_warning) != "true":
            return
        for other in company.where(self.name, "DocNumber", number):
            if (stored is None or other.id != stored.id) and self.clashes(body, other.body):
                raise faults.duplicate_number(number, self.title_of(other), other.id)

    def check_record(self, company: Company, record: Record) -> None:
        if currencies.are_many(company):
            accounts = (each.account for each in (*self.postings(company, record), *self.listed(record)))
            currencies.check_accounts(company, record.body, accounts)

    def clashes(self, body: Body, other: Body) -> bool:
        """Whether the same number on both is one too many."""
        return True

    def listed(self, record: Record) -> Sequence[Posting]:
        """How a list of transactions shows it when it posts nothing."""
        return ()

    def title_of(self, record: Record) -> str:
        """What reports call this one."""
        return self.title

    def check_removal(self, company: Company, record: Record) -> None:
        """Money that was applied to it has to be taken off first; an order simply stays open."""
        for link in company.links.to((self.name, record.id)):
            if link.cents:
                raise faults.rule_broken(
                    f"This transaction is linked to {link.shown_as} {link.source[1]}. Unlink it first."
                )

    def open_balance(self, company: Company, record: Record, besides: str | None = None) -> int:
        """What of its total nothing was applied to, in cents."""
        links = company.links.to((self.name, record.id), besides=besides)
        return money.cents(record.body.get("TotalAmt", 0)) - sum(link.cents for link in links)


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


def numbered(lines: Iterable[Body]) -> list[Body]:
    """`LineNum` from one, for the kinds of transaction that show it."""
    return [{**line, "LineNum": n} for n, line in enumerate(lines, 1)]


def shown_links(company: Company, record: Record) -> list[Body]:
    """`LinkedTxn` in the head: what it links to, then what links to it, each once."""
    own = (record.kind, record.id)
    there = [(link.target[1], link.target[0]) for link in company.links.of(own)]
    here = [(link.source[1], link.shown_as) for link in company.links.to(own)]
    return [{"TxnId": identity, "TxnType": kind} for identity, kind in dict.fromkeys([*there, *here])]


def total_of(lines: Iterable[Body]) -> Decimal:
    cents = sum(money.cents(line.get("Amount", 0)) for line in lines)
    if cents < 0:
        raise faults.rule_broken("Transaction amount must be 0 or greater.")
    return money.amount(cents)


def check_still_covers(entity: Transaction, company: Company, body: Body, stored: Record | None, party: str) -> None:
    """What was applied to it stays within its amount and with the same name."""
    if stored is None:
        return
    applied = sum(link.cents for link in company.links.to((entity.name, stored.id)))
    if applied > money.cents(body["TotalAmt"]):
        raise faults.rule_broken("The amount can't be less than what has already been applied to this transaction.")
    if applied and body[party]["value"] != stored.body[party]["value"]:
        raise faults.rule_broken("You can't change the name on a transaction that something has been applied to.")


def noted_as_void(body: Body) -> Body:
    """The note of a voided transaction says so, before whatever it said."""
    note = body.get("PrivateNote")
    return {**body, "PrivateNote": f"Voided - {note}" if note else "Voided"}


LINE_ID = Property("Id", "text")
TAX_DETAIL = given("TxnTaxDetail")
