"""All or nothing, everything at once, and what changes when it is there already."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.imports.conftest import Importing
from tieout import imports
from tieout.access import actors, company
from tieout.access.acting import Acting
from tieout.access.actions import NotAllowed
from tieout.access.models import AuditRow
from tieout.access.permissions import ActorRole
from tieout.catalog import boms, items
from tieout.catalog.models import Bom, Category, Conversion, Item, Unit
from tieout.imports import Given, Report
from tieout.purchasing.models import Supplier, SupplierPrice
from tieout.stock.models import Location, Site

UNITS = "unit,name,decimals\nkg,Kilogram,3\ng,Gram,0\nEA,Each,0\ndrum,Drum,2\n"
ITEMS = (
    "sku,name,kind,unit,category\nHONEY,Honey,raw,kg,SWEET\nJAR,Jar,packaging,EA,\nPOT,Pot of honey,finished,EA,SWEET\n"
)
CONVERSIONS = "unit,factor,base,sku\ng,1/1000,kg,\ndrum,290,kg,HONEY\n"
LOCATIONS = "site,time_zone,location,kind\nOAK,America/Los_Angeles,,\nOAK,,RACK,storage\n"
BOMS = (
    "sku,version,effective_from,effective_to,output_quantity,component,quantity,unit\n"
    "POT,1,2024-01-01,2024-12-31,100,HONEY,50,kg\n"
    "POT,1,2024-01-01,2024-12-31,100,JAR,100,\n"
    "POT,2,2025-01-01,,100,HONEY,45000,g\n"
)
SUPPLIERS = "supplier,name,lead_time_days\nBEES,Bees & Co,14\n"
PRICES = "supplier,sku,unit,price,effective_from\nBEES,HONEY,drum,1450.5,2024-01-01\n"
CATALOG = {"units": UNITS, "items": ITEMS, "conversions": CONVERSIONS, "locations": LOCATIONS, "boms": BOMS}
MASTERS = {**CATALOG, "suppliers": SUPPLIERS, "prices": PRICES}


def said(report: Report) -> list[str]:
    return [str(problem) for problem in report.problems]


def test_files_are_taken_in_the_order_they_need(importing: Importing, administrator: Acting) -> None:
    report = importing(**dict(reversed(MASTERS.items())))

    assert report.ok, str(report)
    assert [(one.kind, one.rows, one.added) for one in report.loaded] == [
        ("units", 4, 4),
        ("items", 3, 3),
        ("conversions", 2, 2),
        ("locations", 2, 2),
        ("boms", 3, 2),
        ("suppliers", 1, 1),
        ("prices", 1, 1),
    ]
    with company.scope(administrator.company):
        pot = items.one("POT")
        first, second = (boms.in_effect(pot, "OAK", day) for day in _days("2024-12-31", "2025-01-01"))
        assert [(line.sku, f"{line.quantity:.3f}") for line in first.lines] == [("HONEY", "50.000"), ("JAR", "100.000")]
        assert [(line.sku, f"{line.quantity:.3f}") for line in second.lines] == [("HONEY", "45.000")]
        assert SupplierPrice.objects.get().unit.code == "drum"
        assert set(Location.objects.filter(site__code="OAK").values_list("code", flat=True)) >= {"MAIN", "RACK"}


def test_a_dry_run_says_what_would_be_and_changes_nothing(importing: Importing, administrator: Acting) -> None:
    report = importing(**MASTERS, dry_run=True)

    assert report.ok
    assert not report.done
    assert "dry run" in report.headline
    with company.scope(administrator.company):
        for model in (Unit, Item, Category, Conversion, Site, Location, Bom, Supplier, SupplierPrice, AuditRow):
            assert not model.objects.exists(), model
    assert importing(**MASTERS).done


def test_one_wrong_row_keeps_everything_out_and_every_wrong_row_is_said(
    importing: Importing, administrator: Acting
) -> None:
    report = importing(
        units=UNITS,
        items=ITEMS + "HONEY,Again,raw,kg,\n,Nameless,raw,kg,\nWAX,Wax,liquid,lb,\n",
        boms=BOMS
        + "POT,3,2024-06-01,2024-05-01,1,HUNNY,1,\nPOT,4,2023-01-01,,1,JAR,0.5,drum\nWAX,1,2024-01-01,,,JAR,1,\n",
        conversions=CONVERSIONS,
    )

    assert not report.done
    assert [line.split(" from 2024-01-01.")[0] for line in said(report)] == [
        "items.csv, row 6, column sku: The cell is empty. Fill it in, for example with ALM-RAW.",
        "items.csv, row 7, column kind: liquid is not possible here. Write raw, packaging, intermediate or finished.",
        "items.csv, row 5, column sku: HONEY is in row 2 already. Keep one of the two.",
        "items.csv, row 7, column unit: There is no unit lb. Check it, or give it in units first.",
        "boms.csv, row 5, column component: There is no item HUNNY. Check it, or give it in items first.",
        "boms.csv, row 5, column effective_to: The last day is before the first. Check both.",
        "boms.csv, row 6, column unit: JAR is not counted in drum. It knows EA; or set a conversion first.",
        "boms.csv, row 6, column effective_from: Version 4 of POT would be in effect together with version 1,",
    ]
    with company.scope(administrator.company):
        assert not Unit.objects.exists()
        assert AuditRow.objects.get().code == "import_refused"


def test_a_file_that_cannot_be_read_does_not_make_every_other_row_wrong(importing: Importing) -> None:
    report = importing(units=UNITS, items="sku,nam\nHONEY,Honey\n", boms=BOMS, suppliers="supplier\nBEES\n")

    assert [line.split(" To leave it out")[0] for line in said(report)] == [
        "items.csv, row 1: There is no column nam (column 2). Did you mean name?",
        "suppliers.csv, row 1: There is no column name. Add it.",
    ]


def test_what_is_there_already_is_refused_or_changed_as_asked(importing: Importing, administrator: Acting) -> None:
    importing(**MASTERS)
    again = {
        "units": "unit,name,decimals\nkg,Kilo,4\n",
        "items": "sku,name,kind,unit\nHONEY,Clover honey,raw,kg\nWAX,Wax,raw,kg\n",
        "conversions": "unit,factor,base,sku\ndrum,300,kg,HONEY\n",
        "suppliers": "supplier,name\nBEES,Bees Inc\n",
        "prices": "supplier,sku,unit,price,effective_from\nBEES,HONEY,drum,1500,2024-01-01\n",
        "locations": "site,location,name\nOAK,RACK,The rack\n",
    }

    refused = importing(**again)
    changed = importing(**again, update=True)

    assert [(problem.file, problem.row) for problem in refused.problems] == [
        (f"{kind}.csv", 2) for kind in ("units", "items", "conversions", "locations", "suppliers", "prices")
    ]
    assert all("is there already. Import with --update to change it" in line for line in said(refused))
    assert changed.ok, str(changed)
    assert {one.kind: (one.added, one.updated) for one in changed.loaded}["items"] == (1, 1)
    with company.scope(administrator.company):
        honey = Item.objects.get(sku="HONEY")
        assert (honey.name, honey.category_id is not None) == ("Clover honey", True)  # what is empty stays as it was
        assert Conversion.objects.get(item=honey).numerator == 300
        assert SupplierPrice.objects.get().price == 1500
        assert Supplier.objects.select_related("party").get().party.name == "Bees Inc"
        assert Location.objects.get(code="RACK").name == "The rack"


def test_what_goods_depend_on_does_not_change_by_import(importing: Importing) -> None:
    importing(**CATALOG)

    report = importing(
        units="unit,decimals\nkg,1\n",
        items="sku,name,kind,unit\nHONEY,Honey,finished,EA\n",
        locations="site,location,kind\nOAK,RACK,quarantine\nOAK,PRODUCTION,storage\n",
        boms=BOMS,
        update=True,
    )

    assert [line.split(":")[0] for line in said(report)] == [
        "units.csv, row 2, column decimals",
        "items.csv, row 2, column kind",
        "items.csv, row 2, column unit",
        "locations.csv, row 3, column location",
        "locations.csv, row 2, column kind",
        "locations.csv, row 3, column kind",
        "boms.csv, row 2, column sku",
        "boms.csv, row 3, column sku",
        "boms.csv, row 4, column sku",
        "boms.csv, row 2, column effective_from",
        "boms.csv, row 4, column effective_from",
    ]


@pytest.mark.parametrize(
    ("kind", "rows", "why"),
    [
        ("boms", "HONEY,1,2024-01-01,,1,POT,1,", "made of itself: POT → HONEY → POT"),
        ("boms", "JAR,1,2024-01-01,,1,JAR,1,", "made of itself: JAR → JAR"),
        ("boms", "JAR,1,2024-01-01,,1,HONEY,1,g\nJAR,1,2024-02-01,,1,POT,1,", "has another effective_from in row 5"),
        ("boms", "JAR,1,2024-01-01,,0.5,HONEY,1,", "0.5 is finer than EA is counted"),
        ("boms", "JAR,1,2024-01-01,,1,HONEY,0.5,g", "0.5 g of HONEY is not a quantity that kg can express"),
        ("conversions", "drum,2,drum,", "One drum is one drum"),
        ("conversions", "drum,200,kg,\ndrum,300000,g,", "One drum is another number of g by way of other"),
        ("conversions", "box,2,EA,", "There is no unit box"),
        ("locations", "ELM,,A,", "Site ELM is new and has no time zone"),
        ("locations", "OAK,Mars/Olympus,B,", "Mars/Olympus is not a time zone"),
        ("locations", "OAK,Europe/Paris,B,", "Site OAK has another time_zone in row 2"),
        ("locations", "OAK,,MAIN,quarantine", "MAIN is a place of kind storage"),
        ("suppliers", "ANTS,Ants,14\nANTS,Ants,14", "ANTS is in row 3 already"),
        ("prices", "BEES,HONEY,,5,2024-01-01\nBEES,HONEY,box,5,2024-01-01", "There is no unit box"),
        ("prices", "ANTS,HONEY,,5,2024-01-01", "There is no supplier ANTS"),
    ],
)
def test_what_cannot_be_is_said_of_its_row(importing: Importing, kind: str, rows: str, why: str) -> None:
    report = importing(**{**MASTERS, kind: MASTERS[kind] + rows + "\n"})

    assert any(why in line for line in said(report)), str(report)


def test_each_kind_needs_its_permission(administrator: Acting, tmp_path: Path) -> None:
    operator = actors.engage(administrator.company, "Olu", ActorRole.OPERATOR)
    buyer = actors.engage(administrator.company, "Bea", ActorRole.BUYER)
    for kind in ("units", "suppliers", "locations"):
        (tmp_path / f"{kind}.csv").write_text(MASTERS[kind])

    with pytest.raises(NotAllowed, match="Olu is operator; buy is not part of that"):
        imports.run(operator, [Given(str(tmp_path / "suppliers.csv"))])
    with pytest.raises(NotAllowed, match="keep places"):
        imports.run(buyer, [Given(str(tmp_path))])
    assert imports.run(buyer, [Given(str(tmp_path / "units.csv")), Given(str(tmp_path / "suppliers.csv"))]).done


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (Given("/nowhere/items.csv"), "There is no file /nowhere/items.csv"),
        (Given(__file__), "is neither CSV nor Excel"),
        (Given("EMPTY"), "has no CSV or Excel file in it"),
    ],
)
def test_what_is_no_file_to_import_is_said(administrator: Acting, tmp_path: Path, given: Given, why: str) -> None:
    report = imports.run(administrator, [Given(str(tmp_path)) if given.path == "EMPTY" else given])

    assert why in str(report)
    assert "nothing was imported" in report.headline


def test_progress_is_told_as_it_goes(administrator: Acting, tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text("unit\n" + "".join(f"u{n}\n" for n in range(20_001)))
    told: list[tuple[str, int]] = []

    report = imports.run(administrator, [Given(str(tmp_path))], progress=lambda what, rows: told.append((what, rows)))

    assert report.done
    assert told == [("reading units.csv", 20_000), ("checking units", 20_001), ("loading units", 20_001)]


def _days(*texts: str) -> list[date]:
    return [date.fromisoformat(text) for text in texts]
