"""How the lines of a bill answer the lines of a purchase order."""

from qbo_emulator import faults, money
from qbo_emulator.company import Company
from qbo_emulator.entities import expense_lines
from qbo_emulator.links import Link
from qbo_emulator.record import Record
from qbo_emulator.shape import Body

ORDER = "PurchaseOrder"


def check_order_lines(company: Company, line_list: list[Body], vendor: str) -> None:
    for line in line_list:
        for link in line.get("LinkedTxn", ()):
            _check_order_line(company, link, vendor)


def _check_order_line(company: Company, link: Body, vendor: str) -> None:
    if link["TxnType"] != ORDER:
        raise faults.not_linkable(link["TxnType"])
    order = company.find(ORDER, link["TxnId"])
    if order is None or link["TxnLineId"] not in {line["Id"] for line in order.body["Line"]}:
        raise faults.no_such_link(ORDER, link["TxnId"])
    if order.body["VendorRef"]["value"] != vendor:
        raise faults.rule_broken("The purchase order you are trying to link is for another vendor.")


def order_links(record: Record) -> list[Link]:
    """A line answers as much of the order's line as its quantity or its amount says."""
    return [
        Link(
            source=(record.kind, record.id),
            shown_as=record.kind,
            target=(ORDER, link["TxnId"]),
            line=link["TxnLineId"],
            quantity=line.get(expense_lines.ITEM, {}).get("Qty"),
            value=money.cents(line.get("Amount", 0)),
        )
        for line in record.body["Line"]
        for link in line.get("LinkedTxn", ())
    ]


def is_filled(company: Company, identity: str, line_list: list[Body]) -> bool:
    """Whether every line of an order was answered in full."""
    links = company.links.to((ORDER, identity))
    return all(_is_answered(line, [link for link in links if link.line == line["Id"]]) for line in line_list)


def _is_answered(line: Body, links: list[Link]) -> bool:
    ordered = line.get(expense_lines.ITEM, {}).get("Qty")
    counted = [link.quantity for link in links if link.quantity is not None]
    if ordered is not None and len(counted) == len(links):
        return bool(links) and sum(counted) >= ordered
    return bool(links) and sum(link.value for link in links) >= money.cents(line.get("Amount", 0))
