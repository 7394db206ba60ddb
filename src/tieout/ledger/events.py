"""One row for each business act: what happened, by whom, when, with everything it was decided on.

The row's id is the company sequence. It is taken when the row is written, which is after the act's last lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
from django.db import connection

from tieout.access.acting import Act
from tieout.ledger import desk
from tieout.ledger.desk import Desk
from tieout.ledger.models import EventKind

SERIES = {
    EventKind.RECEIPT: "RCV",
    EventKind.ISSUE: "ISS",
    EventKind.ISSUE_RETURN: "RET",
    EventKind.HOURS: "HRS",
    EventKind.RUN_REPORT: "RPT",
    EventKind.SHIPMENT: "SHP",
    EventKind.RECOGNITION: "RCG",
    EventKind.TRANSFER_OUT: "TRO",
    EventKind.TRANSFER_IN: "TRI",
    EventKind.MOVE: "MOV",
    EventKind.COUNT: "CNT",
    EventKind.SCRAP: "SCR",
    EventKind.FOUND: "FND",
    EventKind.OPENING: "OPN",
    EventKind.REVERSAL: "REV",
    EventKind.LATE_COST: "LTC",
    EventKind.SUPPLIER_RETURN: "RTV",
    EventKind.VENDOR_CREDIT: "VCR",
    EventKind.CUSTOMER_RETURN: "CRT",
    EventKind.WRITE_DOWN: "WDN",
    EventKind.RECLASSIFICATION: "RCL",
    EventKind.COST_ADJUSTMENT: "CAD",
}
"""What the number on the paper begins with."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened, in the three dates it has."""

    at: datetime
    local: date
    on: date
    """Accounting date."""


def moment(act: Act, *, at: datetime, zone: ZoneInfo) -> tuple[Moment, Desk]:
    """The dates of what happened at `at` in that zone, and the desk that says so."""
    desk.refuse_future(act, at)
    local = at.astimezone(zone).date()
    decided = desk.read(act, local=local)
    return Moment(at, local, decided.accounting_date(local)), decided


_NUMBER = """
select tieout_number(%s, %s), array(
    select nextval(pg_get_serial_sequence('stock_lot', 'id')) from generate_series(1, %s))
"""


def number(act: Act, series: str, *, lots: int = 0) -> tuple[str, list[int]]:
    """The next number of a series, `RCV-004512`, and ids for as many new lots."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER, [act.company, series, lots])
        count, ids = cursor.fetchone()
    return f"{series}-{count:06d}", list(ids)


def sequence() -> int:
    """The next number in the company's sequence: asked for after an act's last lock."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('ledger_event', 'id'))")
        return int(cursor.fetchone()[0])


_RECORD = """
insert into ledger_event (id, company_id, kind, number, actor_id, occurred_at, local_date, accounting_date, site_id,
    subject, note, reverses_id, payload, schema, mapping_version, journal_id)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s)
"""


def record(
    act: Act,
    id: int,
    *,
    kind: EventKind,
    number: str,
    moment: Moment,
    payload: object,
    mapping_version: int,
    journal: int | None,
    site: int | None = None,
    subject: str = "",
    note: str = "",
    reverses: int | None = None,
    schema: int = 1,
) -> None:
    """Write the event under its sequence number."""
    act.subject = act.subject or number
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD,
            [
                id,
                act.company,
                kind.value,
                number,
                act.by.actor,
                moment.at,
                moment.local,
                moment.on,
                site,
                subject,
                note[:1000],
                reverses,
                msgspec.json.encode(payload).decode(),
                schema,
                mapping_version,
                journal,
            ],
        )
