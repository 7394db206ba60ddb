"""PaymentMethod: how a customer pays."""

from collections.abc import Iterable

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.entities import tree
from qbo_emulator.entities.entity import Act, Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import HEAD, Body, Shape, choice, flag, ignored, text


class PaymentMethod(Entity):
    name = "PaymentMethod"
    sequence = "PaymentMethod"
    indexed = ("Name",)
    filters = {"Name": "text", "Active": "flag", "Type": "text"}
    shape = Shape(
        "PaymentMethod",
        (
            text("Name", 31),
            flag("Active"),
            choice("Type", "NON_CREDIT_CARD", "CREDIT_CARD"),
            *HEAD,
            *ignored("PaymentMethodEx", "CustomField", "AttachableRef", "status"),
        ),
    )

    def required(self, body: Body) -> Iterable[faults.Error]:
        if not body.get("Name"):
            yield faults.missing("Name")

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        complete = {"Type": "NON_CREDIT_CARD", "Active": True, **body}
        complete = tree.with_deleted_mark(complete, "Name", stored)
        for other in company.where(self.name, "Name", complete["Name"]):
            if stored is None or other.id != stored.id:
                raise faults.duplicate_name("null")
        return complete

    def in_default_order(self, company: Company, records: Iterable[Record]) -> list[Record]:
        return sorted(records, key=lambda each: str(each.body["Name"]).casefold())
