"""A bill that is dearer than its receipt, after the goods went through two levels of runs to customers.

    10 runs of BASE out of one lot → 10 runs of JAR, each out of many lots of BASE → half shipped, a part elsewhere

What is measured is the matching of the bill: everything that the lot has reached is locked, read, shared and written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from benchmarks.plant import AT, count_rows
from tieout.access import actors, company
from tieout.access.acting import Acting
from tieout.access.permissions import ActorRole
from tieout.catalog.actions import add_item, add_unit
from tieout.core.posting import Rule, Target
from tieout.core.roles import Role
from tieout.ledger.actions import set_mapping
from tieout.ledger.models import Account, Party
from tieout.production.actions import confirm_run, plan_run, report_run
from tieout.production.reports import Made, Use
from tieout.purchasing import bills
from tieout.purchasing.actions import Came, OrderLine, add_supplier, place_order, receive
from tieout.purchasing.bill_actions import For, clear_bill
from tieout.purchasing.models import BillLine, ReceiptLine
from tieout.sales.actions import Going, add_customer, ship
from tieout.stock.actions import add_site, move
from tieout.stock.models import Movement
from tieout.stock.picking import Wanted

RUNS = 10
DEARER = 100_000_00
"""Cents: enough for every movement to bear a part."""


@dataclass(frozen=True, slots=True)
class Sold:
    """A company whose one lot has become about so many movements."""

    by: Acting
    movements: int
    receipt_line: int


def build(movements: int) -> Sold:
    """The lot and what became of it, by the acts that people do: a fifth of it each of the kinds of movement."""
    founded = actors.found(f"Bench of {movements} movements")
    by = actors.engage(founded.pk, "Ada", ActorRole.ADMINISTRATOR)
    furnish(by)
    order = place_order(
        by, supplier="SUP", site="EAST", lines=[OrderLine("RAW", Decimal(1_000_000), Decimal(5))], ordered_on=AT.date()
    )
    receive(by, order=order.number, lines=[Came(1, Decimal(1_000_000), lot="RAW")], at=AT)
    each = movements // 5 // RUNS
    bases = [_run(by, "BASE", [("RAW", Decimal(1000))], each) for _ in range(RUNS)]
    jars = [_run(by, "JAR", [(lot, Decimal(1)) for lot in made], each) for made in bases]
    for made in jars:
        going = [Going(Decimal(1), lot=lot) for lot in made]
        ship(by, customer="CUS", site="EAST", lines=going, at=AT + timedelta(hours=1))
    for made in bases:
        lines = [Wanted(Decimal(1), lot=lot) for lot in made]
        move(by, site="EAST", lines=lines, to="EAST/QUARANTINE", at=AT + timedelta(hours=1))
    count_rows()
    with company.scope(by.company):
        found = Movement.objects.count() - 1
        assert movements <= found <= movements + RUNS, f"{found} movements downstream, not {movements}"
        return Sold(by, movements, ReceiptLine.objects.get().pk)


def furnish(by: Acting) -> None:
    """Items, a supplier and books for them."""
    add_site(by, code="EAST", name="East")
    add_unit(by, code="kg", name="Kilogram")
    for sku, kind in (("RAW", "raw"), ("BASE", "intermediate"), ("JAR", "finished")):
        add_item(by, sku=sku, name=sku, kind=kind, unit="kg")
    add_supplier(by, code="SUP", name="Supplier")
    add_customer(by, code="CUS", name="Customer")
    with company.scope(by.company):
        accounts = {
            role: Account.objects.create(
                company_id=by.company, external_id=role.value, name=role.value, type="Other Current Asset"
            )
            for role in Role
        }
        Party.objects.filter(kind="vendor").update(external_id="SUP")
    set_mapping(by, rules=[Rule(role, Target(one.pk)) for role, one in accounts.items()])


def _run(by: Acting, sku: str, uses: list[tuple[str, Decimal]], count: int) -> list[str]:
    """A run that makes so many lots of three; their codes."""
    run = plan_run(by, sku=sku, quantity=Decimal(3 * count), site="EAST").run
    confirm_run(by, run=run, at=AT)
    made = [Made(Decimal(3), lot=f"{run}-{n}") for n in range(count)]
    wanted = [Use(quantity, lot=lot) for lot, quantity in uses]
    report_run(by, run=run, made=made, uses=wanted, hours=[], at=AT)
    return [one.lot for one in made]


def billed(sold: Sold, key: str) -> int:
    """One of the million kilograms on a bill, much dearer than it was received; the line to be matched."""
    line = {
        "Id": "1",
        "LineNum": 1,
        "Amount": f"{5 + DEARER // 100}.00",
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": Role.GRNI.value}},
    }
    document = {
        "Id": key, "SyncToken": "0", "VendorRef": {"value": "SUP"}, "TxnDate": AT.date().isoformat(), "Line": [line],
        "TotalAmt": f"{5 + DEARER // 100}.00",
    }  # fmt: skip
    with company.scope(sold.by.company):
        bills.mirror(sold.by.company, document, kind="Bill")
        return BillLine.objects.get(bill__external_id=key).pk


def correct(sold: Sold, line: int) -> None:
    """What is measured: the bill is matched, and its difference goes after the goods."""
    with company.scope(sold.by.company):
        bill = BillLine.objects.get(pk=line).bill_id
    wanted = [For(line, sold.receipt_line, Decimal(1))]
    matched = clear_bill(sold.by, bill=bill, lines=wanted, at=AT + timedelta(hours=2))
    assert len(matched.events) == 1
