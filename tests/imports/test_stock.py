"""Opening stock by file: real events, lots, movements and journal lines against OPENING."""

from __future__ import annotations

import pytest

from tests.imports.conftest import Importing
from tests.imports.test_receipts import sound
from tieout.access import actors, company
from tieout.access.acting import Acting
from tieout.access.models import CompanyState
from tieout.ledger.models import Event, JournalEvent, JournalLine
from tieout.stock.models import Balance, Lot

CATALOG = {
    "units": "unit,decimals\nkg,3\ndrum,2\n",
    "items": "sku,name,kind,unit\nHONEY,Honey,raw,kg\n",
    "conversions": "unit,factor,base,sku\ndrum,290,kg,HONEY\n",
    "locations": "site,time_zone,location\nOAK,America/Los_Angeles,RACK\nELM,America/New_York,\n",
}
HEADER = "sku,site,location,lot,quantity,unit,value,unit_cost,as_of,expires_on\n"


def test_opening_stock_is_worth_what_the_file_says(importing: Importing, administrator: Acting) -> None:
    report = importing(
        **CATALOG,
        stock=HEADER
        + "HONEY,OAK,RACK,L1,1.5,drum,,1450.333,2024-01-01,2025-01-01\n"
        + "HONEY,OAK,,L2,10,,12.34,,2024-01-01,\nHONEY,ELM,,,0.001,kg,0,,2024-01-01,\n",
    )

    assert report.ok, str(report)
    with company.scope(administrator.company):
        assert Event.objects.filter(kind="opening").count() == 2
        assert dict(Balance.objects.values_list("lot__code", "value")) == {
            "L1": 217550,
            "L2": 1234,
            Lot.objects.exclude(code__in=["L1", "L2"]).get().code: 0,
        }
        assert Balance.objects.get(lot__code="L1").quantity == 435
        assert set(JournalEvent.objects.values_list("kind", "posts")) == {("opening", False)}
        assert sum(JournalLine.objects.filter(role="OPENING").values_list("credit", flat=True)) == 218784
    sound(administrator)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("HONEY,OAK,,L1,1,,,,2024-01-01,", "Give either the value or the unit cost"),
        ("HONEY,OAK,,L1,1,,1,1,2024-01-01,", "Give either the value or the unit cost"),
        ("HONEY,OAK,,L1,0,,1,,2024-01-01,", "more than 0"),
        ("HONEY,OAK,,L1,0.0001,,1,,2024-01-01,", "measured to 3 decimals"),
        ("HONEY,OAK,,L1,1,,0.001,,2024-01-01,", "at most 2 decimals"),
        ("HONEY,OAK,ATTIC,L1,1,,1,,2024-01-01,", "no place ATTIC at OAK"),
        ("HONEY,FIR,,L1,1,,1,,2024-01-01,", "no site FIR"),
        ("HONEY,OAK,,L1,999999999999,,,999999,2024-01-01,", "more than can be kept"),
        ("HONEY,OAK,,L1,1,,1,,2199-01-01,", "still to come"),
    ],
)
def test_what_cannot_lie_there_is_refused(importing: Importing, row: str, why: str) -> None:
    report = importing(**CATALOG, stock=HEADER + row + "\n")

    assert [why in str(problem) for problem in report.problems] == [True], str(report)


def test_openings_are_made_once_and_only_while_preparing(importing: Importing, administrator: Acting) -> None:
    rows = HEADER + "HONEY,OAK,,L1,1,,1,,2024-01-01,\n"
    importing(**CATALOG, stock=rows)

    again = importing(stock=rows)
    actors.set_state(administrator.company, CompanyState.LIVE)
    late = importing(stock=rows.replace("2024-01-01", "2024-02-01"))

    assert "is there already" in str(again)
    assert "while the company is preparing" in str(late)
