"""Term: when a bill or an invoice falls due."""

from collections.abc import Iterable

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.entities import tree
from qbo_emulator.entities.entity import Act, Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import HEAD, Body, Shape, flag, given, ignored, number, text


class Term(Entity):
    name = "Term"
    sequence = "Term"
    indexed = ("Name",)
    shape = Shape(
        "Term",
        (
            text("Name", 31),
            flag("Active"),
            given("Type"),
            number("DiscountPercent"),
            number("DueDays"),
            number("DiscountDays"),
            number("DayOfMonthDue"),
            number("DueNextMonthDays"),
            number("DiscountDayOfMonth"),
            *HEAD,
            *ignored("status", "CustomField", "AttachableRef", "SalesTermEx"),
        ),
    )
    filters = {"Name": "text", "Active": "flag"}

    def required(self, body: Body) -> Iterable[faults.Error]:
        if not body.get("Name"):
            yield faults.missing("Name")
        if "DueDays" not in body and "DayOfMonthDue" not in body:
            yield faults.missing("DueDays")

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        complete = tree.with_deleted_mark({**body, "Active": body.get("Active", True)}, "Name", stored)
        complete["Type"] = "STANDARD" if "DueDays" in complete else "DATE_DRIVEN"
        for other in company.where("Term", "Name", complete["Name"]):
            if stored is None or other.id != stored.id:
                raise faults.duplicate_name("null")
        return complete

    def in_default_order(self, company: Company, records: Iterable[Record]) -> list[Record]:
        return sorted(records, key=lambda each: str(each.body["Name"]).casefold())
