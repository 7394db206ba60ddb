"""How the lines of a bill answer the lines of a purchase order."""

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.entities import expense_lines
from qbo_emulator.links import Link
from qbo_emulator.record import Record
from qbo_emulator.shape import Body

ORDER = "PurchaseOrder"


def check_order_line(company: Company, link: Body, vendor: str) -> None:
    if link["TxnType"] != ORDER:
        raise faults.not_linkable(link["TxnType"])
    order = company.find(ORDER, link["TxnId"])
    if order is None or link["TxnLineId"] not in {line["Id"] for line in order.body["Line"]}:
        raise faults.no_such_link(ORDER, link["TxnId"])
    if order.body["VendorRef"]["value"] != vendor:
        raise faults.rule_broken("The purchase order you are trying to link is for another vendor.")


def order_links(record: Record, shown_as: str | None = None) -> list[Link]:
    """A line answers as much of the order's line as its quantity or its amount says."""
    return [
        Link(
            source=(record.kind, record.id),
            shown_as=shown_as or record.kind,
            target=(ORDER, link["TxnId"]),
            line=link["TxnLineId"],
            quantity=line.get(expense_lines.ITEM, {}).get("Qty") or line.get("Amount"),
        )
        for line in record.body["Line"]
        for link in line.get("LinkedTxn", ())
    ]
