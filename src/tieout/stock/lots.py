"""Lots: found, locked, picked, made.

Locks are taken here and nowhere else, lots by id in one statement that waits. Picking reads without a lock,
so what was picked may be gone when the lock is held: then the whole act starts over on what is there now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from tieout.core.balances import NotEnough
from tieout.core.posting import Goods
from tieout.core.refusals import Refusal
from tieout.core.roles import ItemKind


class UnknownLot(Refusal):
    """No lot of that name, or more than one."""

    code = "unknown_lot"


class LotFacts(NamedTuple):
    """A lot and what its item is."""

    id: int
    code: str
    item: int
    sku: str
    kind: ItemKind
    category: int | None
    unit: str
    decimals: int
    owner: int | None
    pool: int | None
    expires_on: date | None
    made_at: datetime
    origin_event: int
    unverified: bool
    returned_movement: int | None = None
    """The movement that had taken it to a customer, if it came back from one."""

    @property
    def goods(self) -> Goods:
        return Goods(self.item, self.kind, self.category, f"{self.sku} lot {self.code}", self.unit)


class Pick(NamedTuple):
    """So much of a lot, from there."""

    item: int
    lot: int
    place: int
    quantity: Decimal


_FACTS = """
select l.id, l.code, l.item_id, i.sku, i.kind, i.category_id, u.code, u.decimals, l.owner_id, l.pool_id, l.expires_on,
    l.made_at, l.origin_event_id, l.unverified, l.returned_movement_id
from stock_lot l
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
where l.company_id = %s and l.id = any(%s) order by l.id
"""


def lock(company: int, ids: Iterable[int]) -> dict[int, LotFacts]:
    """Hold these lots until the act commits."""
    return _read(_FACTS + " for update of l", company, ids)


def facts(company: int, ids: Iterable[int]) -> dict[int, LotFacts]:
    """The same without holding them."""
    return _read(_FACTS, company, ids)


def _read(sql: str, company: int, ids: Iterable[int]) -> dict[int, LotFacts]:
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [company, wanted])
        found = {row[0]: LotFacts(row[0], row[1], row[2], row[3], ItemKind(row[4]), *row[5:]) for row in cursor}
    assert len(found) == len(wanted), f"lots {set(wanted) - set(found)} are not of company {company}"
    return found


def pick(company: int, wanted: Sequence[tuple[int, Decimal]], *, site: int) -> list[Pick]:
    """First-expiring first, then oldest first, from the site's storage and staging (not quarantine, not what is on
    its way); of each item as much as is wanted, or as there is. The time grows with what is picked, not with what
    there is to pick from."""
    if not wanted:
        return []
    items, quantities = [item for item, _ in wanted], [quantity for _, quantity in wanted]
    with connection.cursor() as cursor:
        cursor.execute(
            "select item, lot, location, quantity from stock_pick(%s, %s, %s::bigint[], %s::numeric[])",
            [company, site, items, quantities],
        )
        return [Pick(*row) for row in cursor]


def pickable(company: int, wanted: Sequence[tuple[int, Decimal]], *, site: int) -> list[int]:
    """Every lot of these items that the site has some of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select b.lot_id from stock_balance b join stock_location p on p.company_id = b.company_id"
            " and p.id = b.location_id and p.site_id = %s"
            " where b.company_id = %s and b.item_id = any(%s) and b.on_hand",
            [site, company, [item for item, _ in wanted]],
        )
        return [lot for (lot,) in cursor]


def missing(wanted: Sequence[tuple[int, Decimal]], picked: Sequence[Pick]) -> list[tuple[int, Decimal]]:
    """What of each item could not be picked."""
    short: dict[int, Decimal] = {}
    for item, quantity in wanted:
        short[item] = short.get(item, Decimal(0)) + quantity
    for one in picked:
        short[one.item] -= one.quantity
    return [(item, quantity) for item, quantity in short.items() if quantity > 0]


def refuse_missing(company: int, wanted: Sequence[tuple[int, Decimal]], picked: Sequence[Pick], *, where: str) -> None:
    """Say what is short, all of it at once."""
    short = missing(wanted, picked)
    if not short:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "select i.id, i.sku, u.code from catalog_item i join catalog_unit u on u.company_id = i.company_id"
            " and u.id = i.unit_id where i.company_id = %s and i.id = any(%s)",
            [company, [item for item, _ in short]],
        )
        names = {id: (sku, unit) for id, sku, unit in cursor}
    said = ", ".join(f"{quantity.normalize():f} {names[item][1]} of {names[item][0]}" for item, quantity in short)
    raise NotEnough(
        f"{where} lacks {said}. Choose another place, receive the goods, or record them as found goods and go on."
    )


_BY_CODE = """
select l.id, l.code, l.item_id, i.sku, l.made_at from stock_lot l
join catalog_item i on i.company_id = l.company_id and i.id = l.item_id
where l.company_id = %s and l.code = any(%s) order by l.id
"""


def by_code(company: int, codes: Iterable[str], *, sku: str | None = None) -> dict[str, int]:
    """Lot code → id. A code may repeat between lots; then the item must tell them apart, or an id (`#123`)."""
    wanted = set(codes)
    found: dict[str, list[tuple[int, str]]] = {code: [] for code in wanted}
    with connection.cursor() as cursor:
        cursor.execute(_BY_CODE, [company, [code for code in wanted if not code.startswith("#")]])
        for id, code, _, item_sku, _ in cursor:
            if sku is None or item_sku == sku:
                found[code].append((id, item_sku))
    for code in wanted:
        if code.startswith("#") and code[1:].isdigit():
            found[code] = [(id, "") for id in facts_if_there(company, int(code[1:]))]
    for code, lots in found.items():
        if not lots:
            raise UnknownLot(
                f"There is no lot {code}{' of ' + sku if sku else ''}. Check the label, or search the item."
            )
        if len(lots) > 1:
            listed = ", ".join(f"#{id} ({item})" for id, item in lots)
            raise UnknownLot(f"Lot {code} is there {len(lots)} times: {listed}. Say which by its number.")
    return {code: lots[0][0] for code, lots in found.items()}


def facts_if_there(company: int, id: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("select id from stock_lot where company_id = %s and id = %s", [company, id])
        return [row[0] for row in cursor]


def places_of(company: int, ids: Iterable[int]) -> dict[int, list[int]]:
    """Where each of these lots is on hand, most of it first."""
    found: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select lot_id, location_id from stock_balance where company_id = %s and lot_id = any(%s)"
            " and on_hand order by quantity desc, location_id",
            [company, list(ids)],
        )
        for lot, place in cursor:
            found.setdefault(lot, []).append(place)
    return found


_WORTH = """
select coalesce(
    (select round(%(quantity)s * sum(value) / sum(quantity))::bigint from stock_balance
     where company_id = %(company)s and item_id = %(item)s and on_hand),
    (select round(%(quantity)s * value / quantity)::bigint from stock_movement
     where company_id = %(company)s and item_id = %(item)s and quantity > 0 order by id desc limit 1),
    0)
"""


def worth(company: int, item: int, quantity: Decimal) -> int:
    """What so much of an item costs at the average on hand, else as it moved last, else nothing: cents."""
    with connection.cursor() as cursor:
        cursor.execute(_WORTH, {"company": company, "item": item, "quantity": quantity})
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class NewLot:
    """A lot about to be made; its id was taken beforehand, because the event's payload names it."""

    id: int
    item: int
    code: str
    line: int
    made_at: datetime
    expires_on: date | None = None
    owner: int | None = None
    unverified: bool = False
    supplier: int | None = None
    supplier_lot: str = ""
    pool: int | None = None
    returned_from: int | None = None
    returned_movement: int | None = None


_MAKE = """
insert into stock_lot (id, company_id, item_id, code, owner_id, origin_event_id, origin_line, made_at, expires_on,
    unverified, supplier_id, supplier_lot, pool_id, returned_from_id, returned_movement_id)
select l.id, %s, l.item, l.code, l.owner, %s, l.line, l.made_at, l.expires_on, l.unverified, l.supplier,
    l.supplier_lot, l.pool, l.returned_from, l.returned_movement
from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::int[], %s::timestamptz[], %s::date[],
    %s::boolean[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[])
    as l(id, item, code, owner, line, made_at, expires_on, unverified, supplier, supplier_lot, pool, returned_from,
        returned_movement)
"""


def make(company: int, event: int, lots: Sequence[NewLot]) -> None:
    """Write new lots, all at once."""
    if not lots:
        return
    columns = (
        "id", "item", "code", "owner", "line", "made_at", "expires_on", "unverified", "supplier", "supplier_lot",
        "pool", "returned_from", "returned_movement",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MAKE, [company, event, *([getattr(lot, name) for lot in lots] for name in columns)])
