"""Units and conversions: looked up as exact factors, added, and applied to quantities."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db import connection

from tieout.catalog.items import ItemFacts
from tieout.core import codes, quantities
from tieout.core import units as factors
from tieout.core.refusals import Refusal
from tieout.core.units import Conversion, UnknownUnit

LARGEST_PART = 10**15
"""Of a factor's numerator and denominator, so that both fit a bigint with room to multiply."""


class UnitExists(Refusal):
    """A unit code that is taken."""

    code = "unit_exists"


class BadConversion(Refusal):
    """A conversion that says nothing, or contradicts what is known."""

    code = "bad_conversion"


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit and how finely it can be counted or weighed."""

    id: int
    code: str
    decimals: int


def one(code: str) -> UnitFacts:
    """The unit with this code, or a refusal that names the units there are."""
    with connection.cursor() as cursor:
        cursor.execute("select id, code, decimals from catalog_unit where code = %s", [code])
        row = cursor.fetchone()
        if row is None:
            cursor.execute("select code from catalog_unit order by code limit 21")
            raise UnknownUnit(_no_such_unit(code, [known for (known,) in cursor.fetchall()]))
    return UnitFacts(*row)


def add(company: int, *, code: str, name: str, decimals: int) -> int:
    """A new unit; refused if its code is taken."""
    code = codes.code(code, most=12, what="The unit's code")
    name = codes.text(name, most=60, what=f"The name of unit {code}", needed=True)
    if not 0 <= decimals <= quantities.PLACES:
        raise BadConversion(f"Unit {code} with {decimals} decimals: quantities have 0 to {quantities.PLACES}.")
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into catalog_unit (company_id, code, name, decimals) values (%s, %s, %s, %s)"
            " on conflict (company_id, code) do nothing returning id",
            [company, code, name, decimals],
        )
        row = cursor.fetchone()
    if row is None:
        raise UnitExists(f"There is a unit {code} already. Choose another code.")
    return int(row[0])


def set_conversion(company: int, *, unit: UnitFacts, base: UnitFacts, factor: Fraction, item: ItemFacts | None) -> None:
    """One `unit` is `factor` of `base`, for one item or for every item; says it anew if it was said before.

    Documents keep the factor they were written with, so a change speaks of the future only.
    """
    if unit.id == base.id:
        raise BadConversion(f"One {unit.code} is one {unit.code}. Choose two units.")
    if factor <= 0:
        raise BadConversion(f"One {unit.code} cannot be {factor} {base.code}. The factor must be more than 0.")
    if max(factor.numerator, factor.denominator) > LARGEST_PART:
        raise BadConversion(f"The factor {factor} is too fine to be kept. Use at most 15 digits.")
    _refuse_contradiction(unit.code, base.code, factor, item)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into catalog_conversion (company_id, item_id, unit_id, base_id, numerator, denominator)"
            " values (%s, %s, %s, %s, %s, %s) on conflict (company_id, item_id, unit_id, base_id)"
            " do update set numerator = excluded.numerator, denominator = excluded.denominator",
            [
                company,
                item.id if item is not None else None,
                unit.id,
                base.id,
                factor.numerator,
                factor.denominator,
            ],
        )


def factor(item: ItemFacts, unit_code: str) -> Fraction:
    """How many of the item's base unit one `unit_code` is, exact; refused with the units the item knows."""
    if unit_code in ("", item.unit):
        return Fraction(1)
    known = conversions([item.id])
    found = factors.factor(unit_code, item.unit, known[item.id])
    if found is None:
        raise UnknownUnit(not_of(item.sku, unit_code, factors.reachable(item.unit, known[item.id])))
    return found


def to_base(item: ItemFacts, quantity: Decimal, unit_code: str = "") -> Decimal:
    """A quantity in the item's base unit, exact, or refused."""
    by = factor(item, unit_code)
    what = f"The quantity of {item.sku}"
    quantities.quantity(quantity, what=what)
    if by == 1:
        return quantities.quantity(quantity, decimals=item.decimals, unit=item.unit, what=what)
    whole = factors.convert(quantity, by, decimals=item.decimals, what=f"{what} ({unit_code})")
    return quantities.quantity(whole, what=what)


def conversions(items: Collection[int]) -> dict[int, list[Conversion]]:
    """Every conversion that each of these items may use: its own and the common ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.item_id, u.code, b.code, c.numerator, c.denominator from catalog_conversion c"
            " join catalog_unit u on u.company_id = c.company_id and u.id = c.unit_id"
            " join catalog_unit b on b.company_id = c.company_id and b.id = c.base_id"
            " where c.item_id is null or c.item_id = any(%s) order by c.id",
            [list(items)],
        )
        rows = cursor.fetchall()
    common = [Conversion(unit, base, Fraction(n, d)) for item, unit, base, n, d in rows if item is None]
    known = {item: list(common) for item in items}
    for item, unit, base, n, d in rows:
        if item is not None:
            known[item].append(Conversion(unit, base, Fraction(n, d), own=True))
    return known


def not_of(sku: str, unit_code: str, known: list[str]) -> str:
    """The sentence for a unit that an item cannot be converted from."""
    return f"{sku} is not counted in {unit_code}. It knows {', '.join(known)}; or set a conversion first."


def _refuse_contradiction(unit: str, base: str, factor: Fraction, item: ItemFacts | None) -> None:
    """One box cannot be 12 directly and 10 by way of another unit: the answer would depend on the way."""
    known = conversions([item.id])[item.id] if item is not None else common()
    own = item is not None
    others = [one for one in known if one.own == own and {one.unit, one.base} != {unit, base}]
    before = factors.factor(unit, base, others)
    if before is not None and before != factor:
        raise BadConversion(
            f"One {unit} is {before} {base} already, by way of other units; it cannot be {factor} too."
            " Change one of those."
        )
    if any((one.unit, one.base) == (base, unit) and one.factor != 1 / factor for one in known if one.own == own):
        raise BadConversion(f"One {base} is already said to be something else in {unit}. Change that one.")


def common() -> list[Conversion]:
    """Those of every item."""
    return conversions([0])[0]


def _no_such_unit(code: str, known: list[str]) -> str:
    shown = ", ".join(known[:20]) + (" …" if len(known) > 20 else "")
    return f"There is no unit {code}. " + (f"Known are {shown}." if known else "Add the first unit.")
