"""What a lot's cents were paid for: recorded when value enters it, taken in proportion when value leaves.

Kept in whole cents by the allocation rule, so that a product's cost can be read by element and source item
without walking its whole genealogy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection

from tieout.core.rounding import allocate
from tieout.costing.models import Element


class Part(NamedTuple):
    """An element of cost and the item it was paid for (none: labour, overhead)."""

    element: Element
    item: int | None


Composition = Mapping[Part, int]
"""Part → cents."""


class Entry(NamedTuple):
    """Cents that enter a lot."""

    lot: int
    part: Part
    value: int


_RECORD = """
insert into costing_composition (company_id, event_id, lot_id, element, item_id, value)
select %s, %s, c.lot, c.element, c.item, c.value
from unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[]) as c(lot, element, item, value)
"""


def record(company: int, event: int, entries: Sequence[Entry]) -> None:
    """Write what entered lots by an event, all at once."""
    kept = [entry for entry in entries if entry.value]
    if not kept:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD,
            [
                company,
                event,
                [entry.lot for entry in kept],
                [entry.part.element.value for entry in kept],
                [entry.part.item for entry in kept],
                [entry.value for entry in kept],
            ],
        )


_BEGIN = """
insert into costing_composition (company_id, event_id, lot_id, element, item_id, value)
select %(company)s, %(event)s, m.lot_id, %(element)s, m.item_id, m.value from (
    select distinct on (lot_id) lot_id, item_id, event_id, value from stock_movement
    where company_id = %(company)s and lot_id = any(%(lots)s) and quantity > 0 order by lot_id, event_id, number
) m
where m.value <> 0 and m.event_id <> %(event)s and not exists (
    select 1 from costing_composition c where c.company_id = %(company)s and c.lot_id = m.lot_id)
"""


def begin(company: int, event: int, lots: Iterable[int]) -> None:
    """Before anything more enters them: what lots began with that nobody knew the parts of, because they were there
    before Tieout, were counted up, or were found."""
    arguments: dict[str, Any] = {"company": company, "event": event, "lots": list(lots)}
    arguments["element"] = Element.MATERIAL.value
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, arguments)


def of(company: int, lots: Iterable[int]) -> dict[int, dict[Part, int]]:
    """The composition of each of these lots, by everything that entered it."""
    found: dict[int, dict[Part, int]] = {lot: {} for lot in lots}
    with connection.cursor() as cursor:
        cursor.execute(
            "select lot_id, element, item_id, sum(value)::bigint from costing_composition"
            " where company_id = %s and lot_id = any(%s) group by lot_id, element, item_id",
            [company, list(found)],
        )
        for lot, element, item, value in cursor:
            found[lot][Part(Element(element), item)] = value
    return found


def part(whole: Composition, cents: int, *, otherwise: Part) -> dict[Part, int]:
    """What `cents` leaving a lot are made of; `otherwise` where the lot's composition is not known."""
    weights = {one: value for one, value in whole.items() if value > 0}
    if not weights:
        return {otherwise: cents}
    shares = allocate(cents, over=list(weights.values()))
    return dict(zip(weights, shares, strict=True))


def add(total: dict[Part, int], more: Composition) -> None:
    for one, value in more.items():
        total[one] = total.get(one, 0) + value
