"""Opening stock: what lies where on the first day, and what it is worth. Real events, lots and journal lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from django.db import connection

from tieout.access.models import CompanyState
from tieout.access.permissions import Permission
from tieout.imports import checks, days, events, factors
from tieout.imports.columns import Column, Form
from tieout.imports.staging import Stage
from tieout.imports.templates import Template
from tieout.stock import openings
from tieout.stock.actions import NotPreparing
from tieout.stock.openings import OpeningLine

LOTS_PER_EVENT = 250
"""An opening of a hundred thousand lots is four hundred events: each can be read, shown and taken back, and the
database adds up an event's lines once for each of them when it commits."""

TEMPLATE = Template(
    kind="stock",
    says="Stock on the first day, a lot in a place a row. Give its value, or its cost per unit.",
    permission=Permission.OPEN_BALANCES,
    key=("sku", "site", "location", "lot"),
    columns=(
        Column("sku", Form.CODE, "What lies there.", "ALM-RAW", needed=True),
        Column("site", Form.CODE, "At which site.", "OAK", needed=True, most=20),
        Column("location", Form.CODE, "Where in it; empty: its main store.", "RACK-A", most=40),
        Column("lot", Form.CODE, "Its lot; empty: one is made.", "L-204"),
        Column("quantity", Form.NUMBER, "How much.", "450", needed=True),
        Column("unit", Form.CODE, "In which unit; empty: the item's own.", "kg", most=12),
        Column("value", Form.MONEY, "What all of it is worth.", "2925.00"),
        Column("unit_cost", Form.PRICE, "Or what one unit is worth.", "6.50"),
        Column("as_of", Form.DATE, "The day it is counted for.", "2024-01-01", needed=True),
        Column("expires_on", Form.DATE, "Until when it keeps.", "2024-09-30"),
    ),
    examples=(
        ("ALM-RAW", "OAK", "RACK-A", "L-204", "450", "kg", "2925.00", "", "2024-01-01", "2024-09-30"),
        ("JAR-250", "OAK", "", "", "12000", "EA", "", "0.18", "2024-01-01", ""),
    ),
)

_FOUND = (
    "select 1 from ledger_event t join stock_site w on w.company_id = t.company_id and w.id = t.site_id"
    " where t.company_id = %s and t.kind = 'opening' and w.code = s.site and t.local_date = s.as_of"
    " and not exists (select 1 from ledger_event r where r.company_id = t.company_id and r.reverses_id = t.id)"
)


def check(stage: Stage) -> None:
    if stage.act.state != CompanyState.PREPARING:
        stage.findings.add(
            "",
            None,
            "",
            NotPreparing.code,
            "Opening stock is entered while the company is preparing. Count the goods instead.",
        )
    checks.unknown(stage, TEMPLATE, "sku", checks.ITEM)
    checks.unknown(stage, TEMPLATE, "site", checks.SITE)
    checks.unknown(stage, TEMPLATE, "unit", checks.UNIT)
    checks.unknown_location(stage, TEMPLATE, "s.site")
    checks.existing(stage, TEMPLATE, _FOUND, column="as_of", document=("site", "as_of"))
    days.not_to_come(stage, TEMPLATE, "as_of")
    stage.refuse(
        TEMPLATE,
        column="value",
        code="bad_amount",
        wrong="select n, 'Give either the value or the unit cost, not both and not neither.' as message"
        " from staged_stock where (value is null) = (unit_cost is null) and not bad",
    )
    stage.refuse(
        TEMPLATE,
        column="value",
        code="bad_amount",
        wrong="select n, 'The value is more than can be kept. Check quantity and cost.' as message"
        " from staged_stock where quantity * unit_cost > 90000000000000",
    )
    factors.resolve(stage, TEMPLATE, item="sku")
    factors.exact(stage, TEMPLATE, item="sku", quantity="quantity")


_ROWS = """
select w.code, w.time_zone, s.as_of, s.sku, s.quantity * f.numerator / f.denominator,
    coalesce(s.value, round(s.quantity * s.unit_cost * 100)) / 100.0, coalesce(w.code || '/' || s.location, w.code),
    coalesce(s.lot, ''), s.expires_on
from staged_stock s
join stock_site w on w.company_id = %s and w.code = s.site
join catalog_item i on i.company_id = w.company_id and i.sku = s.sku
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
join factors_stock f on f.sku = s.sku and f.unit = coalesce(s.unit, u.code)
order by s.as_of, w.code, s.n
"""


def load(stage: Stage) -> tuple[int, int]:
    if stage.findings.count:
        return 0, 0
    done = 0
    for (site, zone, as_of), lines in groupby(_rows(stage), key=lambda row: row[0]):
        at = days.moment(as_of, ZoneInfo(zone), stage.act.now)
        left = (line for _, line in lines)
        while chunk := list(islice(left, LOTS_PER_EVENT)):
            openings.record(stage.act, lines=chunk, site=site, at=at)
            if not done:
                events.know_sizes()
            done += len(chunk)
            stage.progress("opening stock", done)
    return done, 0


def _rows(stage: Stage) -> Iterator[tuple[tuple[str, str, date], OpeningLine]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ROWS, [stage.company])
        for site, zone, as_of, sku, quantity, value, place, lot, expires_on in cursor:
            line = OpeningLine(sku, Decimal(quantity), Decimal(value), place, lot, expires_on)
            yield (site, zone, as_of), line
