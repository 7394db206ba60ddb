"""What journal lines add up to: cost of goods sold by month, and inventory by the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from tieout.core.roles import INVENTORY, Role
from tieout.ledger.queries.postings import HELD, IN_THE_BOOKS, LAST, NOT_POSTED, NOTHING, ON_ITS_WAY, REFUSED, STATE


@dataclass(frozen=True, slots=True)
class MonthAmount:
    month: date
    cents: int


@dataclass(frozen=True, slots=True)
class Inventory:
    """What the journal lines say inventory is worth, and how much of that QuickBooks has confirmed."""

    recorded: int
    confirmed: int
    on_its_way: int
    stuck: int


def cost_of_goods_sold(*, since: date) -> list[MonthAmount]:
    """Cost of goods sold by accounting month, late corrections with it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select date_trunc('month', accounting_date)::date, sum(debit - credit)::bigint from ledger_journalline"
            " where role = any(%s) and accounting_date >= %s group by 1 order by 1",
            [[Role.COGS.value, Role.COGS_LATE.value], since],
        )
        return [MonthAmount(*row) for row in cursor.fetchall()]


_INVENTORY = f"""
select coalesce(sum(l.debit - l.credit), 0)::bigint,
    coalesce(sum(l.debit - l.credit) filter (where p.state in ('{IN_THE_BOOKS}', '{NOT_POSTED}')), 0)::bigint,
    coalesce(sum(l.debit - l.credit) filter (where p.state in ('{ON_ITS_WAY}', '{NOTHING}')), 0)::bigint,
    coalesce(sum(l.debit - l.credit) filter (where p.state in ('{REFUSED}', '{HELD}')), 0)::bigint
from ledger_journalline l
join ledger_event e on e.company_id = l.company_id and e.id = l.event_id
join (select j.company_id, j.id, {STATE} as state from ledger_journalevent j {LAST}) p
    on p.company_id = e.company_id and p.id = e.journal_id
where l.role = any(%s)
"""


def inventory() -> Inventory:
    """All inventory, work in process with it, by the journal: openings that are kept back count as confirmed."""
    with connection.cursor() as cursor:
        cursor.execute(_INVENTORY, [[role.value for role in (*INVENTORY, Role.WIP)]])
        return Inventory(*cursor.fetchone())
