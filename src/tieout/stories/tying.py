"""Whether QuickBooks' books and the ledger say the same of the goods, and hold the same entries.

`tieout verify` asks this of a company that others work in, with terms for what is on its way. A story has just
posted everything and nobody else is there, so here the two must simply be equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db import connection

from tieout.access import company as companies
from tieout.core.roles import INVENTORY, Role
from tieout.stories.witness import Seen, money
from tieout.stories.world import World

HOLDING = (*sorted(INVENTORY), Role.WIP)
"""The accounts that goods and runs are worth something on."""

_BY_GOODS = """
select case when l.kind = 'production' then 'WIP' when l.kind = 'in-transit' then 'TRANSIT'
    when i.kind in ('raw', 'packaging') then 'RAW' else 'FG' end, sum(b.value)::bigint
from stock_balance b
join stock_location l on l.company_id = b.company_id and l.id = b.location_id
left join catalog_item i on i.company_id = b.company_id and i.id = b.item_id
where b.company_id = %s and (b.lot_id is null) = (l.kind = 'production') group by 1
"""
_BY_LINES = "select role, sum(debit - credit)::bigint from ledger_journalline where company_id = %s group by 1"
_ENTRIES = """
select j.document, t.external_id from ledger_journalevent j
left join ledger_transmission t on t.company_id = j.company_id and t.journal_id = j.id and t.state = 'confirmed'
where j.company_id = %s and j.state = 'sealed' and j.posts
"""


def findings(world: World, seen: Seen) -> Iterator[str]:
    """Whatever is not equal, in sentences."""
    with companies.scope(world.company):
        goods, lines = _cents(_BY_GOODS, world), _cents(_BY_LINES, world)
        yield from _accounts(goods, lines, seen)
        yield from _entries(world)


def _accounts(goods: dict[str, Decimal], lines: dict[str, Decimal], seen: Seen) -> Iterator[str]:
    for role in HOLDING:
        by_goods, by_lines = goods.get(role, Decimal(0)), lines.get(role, Decimal(0))
        if not by_goods == by_lines == seen.accounts[role]:
            yield (
                f"{role}: the goods are worth {money(by_goods)}, the journal lines say {money(by_lines)}, "
                f"QuickBooks says {money(seen.accounts[role])}."
            )


def _entries(world: World) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [world.company])
        sent = list(cursor.fetchall())
    there, ours = {entry.id for entry in world.books.entries()}, {external for _, external in sent}
    yield from (f"{document} is sealed and not in QuickBooks." for document, id in sent if id not in there)
    yield from (f"QuickBooks has an entry {id} that nobody sent." for id in sorted(there - ours))
    if len(ours) < len(sent):
        yield "Two journal events stand for one entry in QuickBooks."


def _cents(sql: str, world: World) -> dict[str, Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [world.company])
        return {name: Decimal(cents) / 100 for name, cents in cursor.fetchall()}
