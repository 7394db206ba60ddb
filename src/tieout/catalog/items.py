"""Items and their categories: found by what people call them, and added."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection

from tieout.core import codes
from tieout.core.refusals import Refusal
from tieout.core.roles import ItemKind
from tieout.database.company_tables import THIS_COMPANY


class UnknownItem(Refusal):
    """A SKU that no item of the company has."""

    code = "unknown_item"


class ItemExists(Refusal):
    """A SKU that another item has already."""

    code = "item_exists"


class UnknownCategory(Refusal):
    """A category code that the company does not know."""

    code = "unknown_category"


class CategoryExists(Refusal):
    """A category code that is taken."""

    code = "category_exists"


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What the other contexts need to know of an item."""

    id: int
    sku: str
    name: str
    kind: ItemKind
    unit: str
    unit_id: int
    decimals: int
    category: int | None
    shelf_life_days: int | None
    tracks_lots: bool
    active: bool


_FACTS = f"""
select i.id, i.sku, i.name, i.kind, u.code, u.id, u.decimals, i.category_id, i.shelf_life_days, i.tracks_lots,
    i.active
from catalog_item i join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id
where i.company_id = {THIS_COMPANY} and
"""


def by_sku(skus: Collection[str]) -> dict[str, ItemFacts]:
    """The items with these SKUs, in one statement; refused unless every one of them is known."""
    found = {facts.sku: facts for facts in _facts("i.sku = any(%s)", list(set(skus)))}
    missing = [sku for sku in dict.fromkeys(skus) if sku not in found]
    if missing:
        raise UnknownItem(_unknown(missing))
    return found


def one(sku: str) -> ItemFacts:
    """The item with this SKU, or a refusal."""
    return by_sku([sku])[sku]


def by_id(ids: Collection[int]) -> dict[int, ItemFacts]:
    """The items with these ids; ids come from our own rows, so each one must be there."""
    found = {facts.id: facts for facts in _facts("i.id = any(%s)", list(set(ids)))}
    assert len(found) == len(set(ids)), f"items without a row: {set(ids) - found.keys()}"
    return found


def category(code: str) -> int:
    """The id of a category."""
    with connection.cursor() as cursor:
        cursor.execute("select id from catalog_category where code = %s", [code])
        row = cursor.fetchone()
    if row is None:
        raise UnknownCategory(f"There is no category {code}. Add it first, or leave the category empty.")
    return int(row[0])


def add_category(company: int, *, code: str, name: str) -> int:
    code = codes.code(code, most=40, what="The category's code")
    name = codes.text(name, most=120, what=f"The name of category {code}", needed=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into catalog_category (company_id, code, name) values (%s, %s, %s)"
            " on conflict (company_id, code) do nothing returning id",
            [company, code, name],
        )
        row = cursor.fetchone()
    if row is None:
        raise CategoryExists(f"There is a category {code} already. Choose another code.")
    return int(row[0])


def add(
    company: int,
    *,
    sku: str,
    name: str,
    kind: ItemKind,
    unit: int,
    category: int | None,
    shelf_life_days: int | None,
    tracks_lots: bool,
) -> int:
    """A new item; refused if its SKU is taken."""
    sku = codes.code(sku, most=60, what="The SKU")
    name = codes.text(name, most=200, what=f"The name of {sku}", needed=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into catalog_item (company_id, sku, name, kind, unit_id, category_id, shelf_life_days,"
            " tracks_lots, active) values (%s, %s, %s, %s, %s, %s, %s, %s, true)"
            " on conflict (company_id, sku) do nothing returning id",
            [company, sku, name, kind, unit, category, shelf_life_days, tracks_lots],
        )
        row = cursor.fetchone()
    if row is None:
        raise ItemExists(f"There is an item {sku} already. Choose another SKU, or change that item.")
    return int(row[0])


def change(
    item: int, *, name: str, category: int | None, shelf_life_days: int | None, tracks_lots: bool, active: bool
) -> None:
    """What may be said anew of an item. Its SKU, kind and base unit stay: events were recorded in them."""
    name = codes.text(name, most=200, what="The name", needed=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "update catalog_item set name = %s, category_id = %s, shelf_life_days = %s, tracks_lots = %s, active = %s"
            " where id = %s",
            [name, category, shelf_life_days, tracks_lots, active, item],
        )


def lock(item: int) -> None:
    """Hold an item while what is made of it is decided: two versions approved at once may not overlap."""
    with connection.cursor() as cursor:
        cursor.execute("select 1 from catalog_item where id = %s for update", [item])


def _facts(condition: str, values: list[str] | list[int]) -> Iterable[ItemFacts]:
    with connection.cursor() as cursor:
        cursor.execute(_FACTS + condition, [values])
        rows = cursor.fetchall()
    return [ItemFacts(item, sku, name, ItemKind(kind), *rest) for item, sku, name, kind, *rest in rows]


def _unknown(missing: list[str]) -> str:
    shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
    if len(missing) == 1:
        return f"There is no item {shown}. Check the SKU, or add the item first."
    return f"There are no items {shown}. Check the SKUs, or add the items first."
