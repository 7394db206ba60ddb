"""Receipts by file are receipts: the same lots, movements, cents and journal lines as those made by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from tests.imports.conftest import Importing
from tieout.access import actors, company
from tieout.access.acting import Acting
from tieout.access.permissions import ActorRole
from tieout.close import verify
from tieout.ledger.models import Event, JournalEvent
from tieout.purchasing import actions as buying
from tieout.purchasing.models import PurchaseOrder, PurchaseOrderLine, ReceiptLine
from tieout.stock.models import Lot, Movement

CATALOG = {
    "units": "unit,decimals\nkg,3\nEA,0\ndrum,2\n",
    "items": "sku,name,kind,unit,shelf_life_days\nHONEY,Honey,raw,kg,365\nJAR,Jar,packaging,EA,\n",
    "conversions": "unit,factor,base,sku\ndrum,290,kg,HONEY\n",
    "locations": "site,time_zone,location\nOAK,America/Los_Angeles,RACK\n",
    "suppliers": "supplier,name\nBEES,Bees\nJARS,Jars\n",
    "orders": (
        "order_number,supplier,site,ordered_on,line,sku,quantity,unit,price,amount\n"
        "P1,BEES,OAK,2024-01-02,1,HONEY,3,drum,1450.333333,\n"
        "P1,BEES,OAK,2024-01-02,2,JAR,1000,,0.1234,123.41\n"
        "P2,BEES,OAK,2024-01-03,1,HONEY,10,kg,5.55,\n"
        "P3,JARS,OAK,2024-01-03,1,JAR,10,,1,\n"
    ),
}
HEADER = "receipt,received_on,order_number,line,quantity,rejected,location,lot,supplier_lot\n"


@pytest.fixture
def ordered(importing: Importing) -> Importing:
    report = importing(**CATALOG)
    assert report.ok, str(report)
    return importing


def sound(by: Acting) -> None:
    """Every invariant of the ledger, replay among them."""
    broken = [result for result in verify.check(by.company, replay=True) if result.findings]
    assert not broken, broken


def everything(company_id: int) -> dict[str, Any]:
    """What a company's ledger holds, without the ids that differ between companies."""
    statements = {
        "movements": "select i.sku, l.code, o.code, t.code, m.kind, m.quantity, m.value, m.debit_line, m.credit_line,"
        " m.accounting_date from stock_movement m join stock_lot l on l.id = m.lot_id"
        " join catalog_item i on i.id = m.item_id join stock_location o on o.id = m.origin_id"
        " join stock_location t on t.id = m.target_id order by m.id",
        "balances": "select l.code, b.quantity, b.value, b.base_quantity, b.base_value from stock_balance b"
        " join stock_lot l on l.id = b.lot_id order by 1",
        "lots": "select i.sku, l.code, l.origin_line, l.expires_on, l.supplier_lot, p.name, l.unverified"
        " from stock_lot l"
        " join catalog_item i on i.id = l.item_id join ledger_party p on p.id = l.supplier_id order by l.id",
        "lines": "select j.number, j.role, j.debit, j.credit, p.name, j.description from ledger_journalline j"
        " left join ledger_party p on p.id = j.party_id order by j.event_id, j.number",
        "journals": "select kind, key, document, posts, state, accounting_date from ledger_journalevent order by id",
        "receipts": "select r.number, r.quantity, r.rejected, r.value, r.foreign_amount, r.rate, r.reason, l.code"
        " from purchasing_receiptline r left join stock_lot l on l.id = r.lot_id order by r.event_id, r.number",
        "orders": "select o.number, o.state, l.number, l.received, l.rejected from purchasing_purchaseorderline l"
        " join purchasing_purchaseorder o on o.id = l.order_id order by 1, 3",
        "compositions": "select l.code, c.element, c.value from costing_composition c"
        " join stock_lot l on l.id = c.lot_id order by c.id",
        "events": "select kind, number, local_date, accounting_date, subject, schema, payload->'facts'->'type'"
        " from ledger_event order by id",
    }
    with company.scope(company_id), connection.cursor() as cursor:
        found = {}
        for name, sql in statements.items():
            cursor.execute(sql)
            found[name] = cursor.fetchall()
    return found


def test_a_receipt_by_file_is_the_one_made_by_hand(
    ordered: Importing, administrator: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two companies with one order; what differs is only the number, which by hand is Tieout's own."""
    report = ordered(receipts=HEADER + "R1,2024-01-09,P1,1,1.5,0.5,RACK,L1,S9\nR1,2024-01-09,P1,2,300,,RACK,L2,\n")
    assert report.ok, str(report)
    by_file = everything(administrator.company)
    other = actors.found("By hand", time_zone="America/Los_Angeles")
    by = actors.engage(other.pk, "Ada", ActorRole.ADMINISTRATOR)
    monkeypatch.setattr("tests.imports.conftest.imports.run", _as(by))
    assert ordered(**CATALOG).ok

    at = datetime(2024, 1, 9, 20, tzinfo=UTC)  # noon in Oakland
    made = buying.receive(
        by,
        order="P1",
        to="OAK/RACK",
        at=at,
        lines=[
            buying.Came(1, Decimal("1.5"), "drum", Decimal("0.5"), lot="L1", supplier_lot="S9"),
            buying.Came(2, Decimal(300), lot="L2"),
        ],
    )

    by_hand = everything(other.pk)
    assert made.number == "RCV-000001"
    for name, rows in by_hand.items():
        renamed = [tuple("R1" if value == made.number else value for value in row) for row in rows]
        assert by_file[name] == renamed, name
    sound(administrator)
    sound(by)


def _as(by: Acting) -> Any:
    from tieout.imports.importing import run

    return lambda acting, given, **options: run(by, given, **options)


def test_a_receipt_keeps_its_cents_over_parts_and_orders(ordered: Importing, administrator: Acting) -> None:
    """A line total is shared over what comes; a receipt may be of two orders; several of one line add up."""
    report = ordered(
        receipts=HEADER
        + "R1,2024-01-09,P1,2,300,,,,\nR1,2024-01-09,P2,1,4,,,,\n"
        + "R2,2024-01-10,P1,2,300,,,,\nR3,2024-01-11,P1,2,400,,,,\nR3,2024-01-11,P2,1,0,6,,,\n"
    )

    assert report.ok, str(report)
    with company.scope(administrator.company):
        jars = ReceiptLine.objects.filter(order_line__order__number="P1").order_by("id").values_list("value", flat=True)
        assert list(jars) == [3702, 3703, 4936]
        assert sum(jars) == 12341
        assert dict(PurchaseOrder.objects.values_list("number", "state"))["P2"] == "received"
        assert Event.objects.get(number="R1").subject == "P1, P2"
        rejected = ReceiptLine.objects.get(rejected__gt=0)
        assert (rejected.lot_id, rejected.value, rejected.rejected) == (None, 0, 6)
        assert Lot.objects.count() == Movement.objects.count() == 4
        assert JournalEvent.objects.count() == 3
        line = PurchaseOrderLine.objects.get(order__number="P1", number=2)
        assert (line.received, line.rejected) == (1000, 0)
    sound(administrator)


def test_a_receipt_that_was_sent_away_whole_moves_nothing(ordered: Importing, administrator: Acting) -> None:
    assert ordered(receipts=HEADER + "R1,2024-01-09,P3,1,0,10,,,\n").ok

    with company.scope(administrator.company):
        assert Event.objects.get(number="R1").journal_id is None
        assert not Movement.objects.exists()
        assert PurchaseOrderLine.objects.get(order__number="P3").rejected == 10
    sound(administrator)


@pytest.mark.parametrize(
    ("rows", "where", "why"),
    [
        ("R1,2024-01-09,P9,1,1,,,,", "row 2, column order_number", "no order P9"),
        ("R1,2024-01-09,P1,7,1,,,,", "row 2, column line", "P1 has no line 7"),
        ("R1,2024-01-09,P1,1,0,,,,", "row 2, column quantity", "Nothing came"),
        ("R1,2024-01-09,P1,1,-1,,,,", "row 2, column quantity", "0 or more"),
        ("R1,2024-01-09,P1,2,0.5,,,,", "row 2, column quantity", "does not come out even"),
        ("R1,2024-01-09,P1,2,1101,,,,", "row 2, column quantity", "1101 of 1000 ordered have come, and 10 % over"),
        ("R1,2024-01-09,P1,2,1000,,,,\nR2,2024-01-10,P1,2,101,,,,", "row 3, column quantity", "Reject the rest"),
        ("R1,2999-01-09,P1,1,1,,,,", "row 2, column received_on", "outside 1970"),
        ("R1,2199-01-09,P1,1,1,,,,", "row 2, column received_on", "still to come"),
        ("R1,2024-01-09,P1,1,1,,SHELF,,", "row 2, column location", "no place SHELF at OAK"),
        ("RCV-000001,2024-01-09,P1,1,1,,,,", "row 2, column receipt", "given by Tieout itself"),
        ("R1,2024-01-09,P1,1,1,,,,\nR1,2024-01-10,P1,2,1,,,,", "row 3, column received_on", "another received_on"),
        ("R1,2024-01-09,P1,1,1,,,,\nR1,2024-01-09,P3,1,1,,,,", "row 3, column order_number", "two suppliers"),
    ],
)
def test_what_cannot_have_come_is_refused(
    ordered: Importing, administrator: Acting, rows: str, where: str, why: str
) -> None:
    report = ordered(receipts=HEADER + rows + "\n")

    assert [where in str(problem) and why in str(problem) for problem in report.problems] == [True], str(report)
    with company.scope(administrator.company):
        assert not Event.objects.exists()


def test_a_receipt_is_made_once(ordered: Importing) -> None:
    rows = HEADER + "R1,2024-01-09,P1,2,10,,,,\n"

    assert ordered(receipts=rows).ok
    assert "R1 is there already. Leave the row out" in str(ordered(receipts=rows, update=True))
