"""Days in files and moments in the ledger: a file says the day, the ledger wants to know when."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from tieout.imports.staging import Stage
from tieout.imports.templates import Template

NOON = time(12)


def moment(on: date, zone: ZoneInfo, now: datetime) -> datetime:
    """Noon of a day at its site; now, if noon is still to come."""
    return min(datetime.combine(on, NOON, tzinfo=zone), now)


def not_to_come(stage: Stage, template: Template, column: str) -> None:
    """What has not happened yet is not recorded."""
    today = stage.act.now.astimezone(stage.act.time_zone).date()
    stage.refuse(
        template,
        column=column,
        code="future_date",
        wrong=f"select n, {column} || ' is still to come. Give the day it happened.' as message"
        f" from {template.table} where {column} > %s",
        parameters=[today],
    )
