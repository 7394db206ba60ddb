"""A whole manufacturer's data that this project did not write, imported and accounted for."""

from __future__ import annotations

import os
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from io import StringIO
from pathlib import Path

import pytest
from django.db import connection

from examples.adventureworks import files, load
from examples.adventureworks.tables import NoData, Tables, day
from tests.imports.test_receipts import sound
from tieout.access import actors, company
from tieout.access.acting import Acting
from tieout.access.permissions import ActorRole
from tieout.catalog import boms, items, queries
from tieout.catalog.models import Bom, Conversion, Item
from tieout.core import boms as structure
from tieout.core.boms import Line
from tieout.ledger.models import Event
from tieout.purchasing.models import PurchaseOrder, PurchaseOrderLine, ReceiptLine, Supplier, SupplierPrice
from tieout.stock.models import Location, Lot, Movement

DATA = Path(os.environ.get("TIEOUT_ADVENTUREWORKS") or Path(__file__).parents[3] / "shared" / "data" / "adventureworks")
there = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"AdventureWorks is not at {DATA}: set TIEOUT_ADVENTUREWORKS to its folder"
)


@pytest.fixture
def tables() -> Tables:
    return Tables(DATA)


@there
def test_adventureworks_comes_in_whole_and_adds_up(db: None, tables: Tables) -> None:
    by = actors.engage(actors.found("AdventureWorks").pk, "Ada", ActorRole.ADMINISTRATOR)
    out = StringIO()

    report = load.load(by, DATA, out=out)

    assert report.ok, str(report)
    assert "a second" in out.getvalue()
    with company.scope(by.company):
        assert Item.objects.count() == 504
        assert Supplier.objects.count() == 104
        assert SupplierPrice.objects.count() == 460
        assert Location.objects.filter(site__code=files.SITE).count() == 14 + 4  # and the four of every site
        assert Conversion.objects.filter(item=None).count() == 2
        assert PurchaseOrder.objects.count() == 4012
        assert Event.objects.filter(kind="receipt").count() == 4017  # five orders were due on two days
        assert PurchaseOrderLine.objects.count() == ReceiptLine.objects.count() == 8845
        assert ReceiptLine.objects.filter(rejected__gt=0).count() == 563
        assert ReceiptLine.objects.filter(lot=None).count() == 141
        assert Lot.objects.count() == Movement.objects.count() == 8845 - 141
        _check_values(tables)
        _check_boms(tables)
        _check_structure()
    sound(by)


def _check_values(tables: Tables) -> None:
    """What lies there is worth quantity times price of each line, to the cent; and so say the books."""
    cents = sum(
        int((Decimal(line["StockedQty"]) * Decimal(line["UnitPrice"]) * 100).quantize(Decimal(1), ROUND_HALF_UP))
        for lines in tables.order_lines.values()
        for line in lines
    )
    with connection.cursor() as cursor:
        for sql in (
            "select sum(value) from stock_movement",
            "select sum(value) from stock_balance",
            "select sum(debit) from ledger_journalline where role in ('RAW', 'FG')",
            "select sum(credit) from ledger_journalline where role = 'GRNI'",
            "select sum(value) from costing_composition",
        ):
            cursor.execute(sql)
            assert cursor.fetchone() == (cents,), sql


def _check_boms(tables: Tables) -> None:
    """On every day on which something changes, and the days around it, each assembly has exactly its rows."""
    rows = [row for row in tables.rows("BillOfMaterials") if row["ProductAssemblyID"]]
    bounds = {
        date.fromisoformat(day(moment)) for row in rows for moment in (row["StartDate"], row["EndDate"]) if moment
    }
    days = sorted({date.fromordinal(bound.toordinal() + shift) for bound in bounds for shift in (-1, 0, 1)})
    known = items.by_sku([tables.sku(product) for product in tables.made])
    for product in sorted(tables.made)[::6]:
        own = [row for row in rows if row["ProductAssemblyID"] == product]
        for on in days:
            wanted = sorted(
                (tables.sku(row["ComponentID"]), Decimal(row["PerAssemblyQty"]))
                for row in own
                if day(row["StartDate"]) <= str(on) <= (day(row["EndDate"]) or "9999")
            )
            found = boms.find(known[tables.sku(product)].id, "", on)
            assert sorted((line.sku, line.quantity) for line in (found.lines if found else ())) == wanted, (product, on)
    assert Bom.objects.filter(item__sku__in=known).count() == Bom.objects.count()


def _check_structure() -> None:
    """A bicycle's tree in one statement adds up to what the pure explosion of the same BOMs says."""
    on, bicycle = date(2014, 1, 1), items.one("BK-M82B-44")
    tree = queries.structure(bicycle.sku, "", on)
    totals: dict[int, Fraction] = {}
    for node in tree:
        totals[node.component] = totals.get(node.component, Fraction(0)) + Fraction(node.quantity)

    def lines_of(item: int) -> list[Line]:
        found = boms.find(item, "", on)
        return [Line(line.component, line.quantity, found.output_quantity) for line in found.lines] if found else []

    assert totals == structure.explode(bicycle.id, Decimal(1), lines_of)
    assert max(node.level for node in tree) == 4
    deepest = max(tree, key=lambda node: node.level)
    assert bicycle.sku in {usage.sku for usage in queries.where_used(deepest.sku, on=on)}


@there
def test_a_dry_run_of_everything_changes_nothing(administrator: Acting) -> None:
    report = load.load(administrator, DATA, dry_run=True, out=StringIO())

    assert (report.ok, report.done) == (True, False)
    with company.scope(administrator.company):
        assert not Item.objects.exists()
        assert not Event.objects.exists()


def test_where_the_data_is_not_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoData, match="give the folder with AdventureWorks' tables"):
        files.write(Tables(tmp_path), tmp_path / "out")
