"""By what weights runs shared their pools: recorded with each report, read when the rest or a late cost comes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import connection

from tieout.core.acts.runs import Earlier, Report
from tieout.core.balances import ZERO
from tieout.core.book import Book
from tieout.core.roles import MoveKind

_EARLIER = """
select m.id, m.item_id, m.lot_id, m.target_id, s.weight, m.value + coalesce((
    select sum(c.value) from stock_movement c where c.company_id = m.company_id and c.corrects_id = m.id
        and c.origin_id = m.origin_id and c.target_id = m.target_id), 0)::bigint
from costing_poolshare s
join stock_movement m on m.company_id = s.company_id and m.event_id = s.event_id and m.number = s.movement_number
where s.company_id = %s and s.pool_id = %s and s.weight > 0 and s.lot_id is not null order by s.id
"""


def earlier(company: int, pool: int) -> list[Earlier]:
    """What earlier partial reports of a run made, and what it took of the pool so far."""
    with connection.cursor() as cursor:
        cursor.execute(_EARLIER, [company, pool])
        return [Earlier(*row) for row in cursor]


_WORTH = """
select b.pool_id, (b.value + coalesce(sum(m.value), 0))::bigint from stock_balance b
left join costing_poolshare s on s.company_id = b.company_id and s.pool_id = b.pool_id and s.weight > 0
    and s.lot_id is not null
left join lateral (
    select o.value + coalesce((select sum(c.value) from stock_movement c
        where c.company_id = o.company_id and c.corrects_id = o.id
            and c.origin_id = o.origin_id and c.target_id = o.target_id), 0) as value
    from stock_movement o
    where o.company_id = s.company_id and o.event_id = s.event_id and o.number = s.movement_number
) m on true
where b.company_id = %s and b.pool_id = any(%s) and b.lot_id is null group by b.id
"""


def worth(company: int, pools: Sequence[int]) -> dict[int, int]:
    """What open runs hold and what their earlier outputs took: the most that a lower cost can take back of them."""
    if not pools:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_WORTH, [company, list(pools)])
        return dict(cursor.fetchall())


def record(company: int, pool: int, event: int, report: Report, book: Book) -> None:
    """Every output and loss of a report, by the movement that brought it."""
    weights = {one.lot: one.weight for one in report.outputs}
    losses = iter((*report.recovery, *report.abnormal))
    rows = []
    for moved in book.movements:
        if moved.corrects is not None or moved.kind not in (MoveKind.OUTPUT, MoveKind.LOSS):
            continue
        weight = next(losses).weight if moved.lot is None else weights.get(moved.lot, ZERO)
        rows.append((moved.lot, moved.number, moved.quantity, weight))
    if not rows:
        return
    _write(company, pool, event, rows)


_RECORD = """
insert into costing_poolshare (company_id, pool_id, event_id, lot_id, movement_number, quantity, weight)
select %s, %s, %s, s.lot, s.movement, s.quantity, s.weight
from unnest(%s::bigint[], %s::int[], %s::numeric[], %s::numeric[]) as s(lot, movement, quantity, weight)
"""


def _write(company: int, pool: int, event: int, rows: Sequence[tuple[int | None, int, Decimal, Decimal]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [company, pool, event, *(list(column) for column in zip(*rows, strict=True))])


_SHARES = """
select s.pool_id, m.id, m.kind, m.item_id, m.lot_id, m.target_id, s.weight
from costing_poolshare s
join stock_movement m on m.company_id = s.company_id and m.event_id = s.event_id and m.number = s.movement_number
where s.company_id = %s and s.pool_id = any(%s) and s.weight > 0 order by s.id
"""


def rows(company: int, pools: Iterable[int]) -> list[tuple[int, int, str, int | None, int | None, int, Decimal]]:
    """Pool, movement, kind, item, lot, target and weight of everything these runs shared their value over."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARES, [company, list(pools)])
        return list(cursor.fetchall())
