"""What lots weighed when they came, by what the catalog says of their items' units: a jar is 0.41 kg, a lb 0.4536."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from django.db import connection

from tieout.catalog import items, units
from tieout.core.refusals import NothingToShareOver
from tieout.core.units import factor

KNOWN = ("kg", "g", "t", "lb", "oz")
"""Units of weight by their codes; the first one that all the goods can be counted in is used."""


def of(lots: Sequence[int], came: Mapping[int, Decimal]) -> list[Fraction]:
    """Each lot's weight in one and the same unit, of the quantity that came; refused if one of them has none."""
    item_of = _items(lots)
    facts = items.by_id(set(item_of.values()))
    known = units.conversions(facts)
    missing: list[str] = []
    for unit in KNOWN:
        one_is = {id: factor(one.unit, unit, known[id]) for id, one in facts.items()}
        weights = [None if (by := one_is[item_of[lot]]) is None else Fraction(came[lot]) * by for lot in lots]
        if weighed := [weight for weight in weights if weight is not None]:
            missing = missing or [facts[id].sku for id, by in one_is.items() if by is None]
            if len(weighed) == len(lots):
                return weighed
    named = ", ".join((missing or [one.sku for one in facts.values()])[:5])
    raise NothingToShareOver(
        f"Sharing by weight needs the weight of {named}. Type each lot's weight, or say on the item's page what one of "
        "its unit weighs."
    )


def _items(lots: Sequence[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("select id, item_id from stock_lot where id = any(%s)", [list(lots)])
        return dict(cursor.fetchall())
