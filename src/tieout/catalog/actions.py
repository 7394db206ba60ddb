"""What may be asked of the catalog: units, categories, items, conversions, BOM versions, rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tieout.access.acting import Act
from tieout.access.actions import action
from tieout.access.permissions import Permission
from tieout.catalog import boms, items, rates, units
from tieout.catalog.boms import BomLine, NewBom
from tieout.catalog.items import ItemFacts
from tieout.catalog.rates import RateKind
from tieout.core import codes, quantities
from tieout.core.refusals import BadAmount, Refusal, ZeroQuantity
from tieout.core.roles import ItemKind


class BadDates(Refusal):
    """A last day before the first."""

    code = "bad_dates"


class BadKind(Refusal):
    """An item of a kind that there is not."""

    code = "bad_kind"


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a BOM as people say it: so much of a component, in one of its units (none: its base unit)."""

    sku: str
    quantity: Decimal
    unit: str = ""
    is_output: bool = False


@dataclass(frozen=True, slots=True)
class Approved:
    """The version that was approved."""

    id: int
    sku: str
    version: str


@action(Permission.KEEP_CATALOG)
def add_unit(act: Act, *, code: str, name: str, decimals: int = 6) -> int:
    """A unit of measure, and how finely it can be counted or weighed."""
    act.subject = code
    return units.add(act.company, code=code, name=name, decimals=decimals)


@action(Permission.KEEP_CATALOG)
def add_category(act: Act, *, code: str, name: str) -> int:
    """A family of items, for the account mapping and for reports."""
    act.subject = code
    return items.add_category(act.company, code=code, name=name)


@action(Permission.KEEP_CATALOG)
def add_item(
    act: Act,
    *,
    sku: str,
    name: str,
    kind: str,
    unit: str,
    category: str = "",
    shelf_life_days: int | None = None,
    tracks_lots: bool = True,
) -> int:
    """Something stocked, made or sold, counted in its base unit."""
    act.subject = sku
    if kind not in set(ItemKind):
        raise BadKind(f"{sku} cannot be of kind {kind}. There are {', '.join(ItemKind)}.")
    _refuse_bad_shelf_life(sku, shelf_life_days)
    return items.add(
        act.company,
        sku=sku,
        name=name,
        kind=ItemKind(kind),
        unit=units.one(unit).id,
        category=items.category(category) if category else None,
        shelf_life_days=shelf_life_days,
        tracks_lots=tracks_lots,
    )


@action(Permission.KEEP_CATALOG)
def change_item(
    act: Act,
    *,
    sku: str,
    name: str,
    category: str = "",
    shelf_life_days: int | None = None,
    tracks_lots: bool = True,
    active: bool = True,
) -> str:
    """What is said of an item from now on; what was recorded stays as it was."""
    act.subject = sku
    _refuse_bad_shelf_life(sku, shelf_life_days)
    items.change(
        items.one(sku).id,
        name=name,
        category=items.category(category) if category else None,
        shelf_life_days=shelf_life_days,
        tracks_lots=tracks_lots,
        active=active,
    )
    return sku


@action(Permission.KEEP_CATALOG)
def set_conversion(
    act: Act, *, unit: str, base: str, numerator: Decimal, denominator: Decimal = Decimal(1), sku: str = ""
) -> str:
    """One `unit` is numerator/denominator of `base`: for one item, or (no SKU) for every item."""
    act.subject = f"{sku} {unit}".strip()
    if numerator <= 0 or denominator <= 0:
        raise units.BadConversion(f"One {unit} must be more than 0 {base}. Give two numbers above 0.")
    factor = Fraction(numerator) / Fraction(denominator)
    item = items.one(sku) if sku else None
    units.set_conversion(act.company, unit=units.one(unit), base=units.one(base), factor=factor, item=item)
    return str(factor)


@action(Permission.KEEP_CATALOG)
def approve_bom(
    act: Act,
    *,
    sku: str,
    version: str,
    parts: Sequence[Part],
    effective_from: date,
    effective_to: date | None = None,
    site_code: str = "",
    output_quantity: Decimal = Decimal(1),
    output_unit: str = "",
    expected_yield: Decimal = Decimal(1),
    labour_hours: Decimal = Decimal(0),
    ends_previous: bool = False,
) -> Approved:
    """A new version of how an item is made.

    With `ends_previous`, the open-ended version before it ends the day before.
    """
    act.subject = f"{sku} {version}"
    known = items.by_sku([sku, *(part.sku for part in parts)])
    item = known[sku]
    items.lock(item.id)
    if effective_to is not None and effective_to < effective_from:
        raise BadDates(f"BOM {version} of {sku} would end on {effective_to}, before it starts on {effective_from}.")
    new = NewBom(
        item=item,
        version=codes.code(version, most=20, what=f"The BOM version of {sku}"),
        site_code=codes.code(site_code, most=20, what="The site", needed=False),
        output_quantity=units.to_base(item, output_quantity, output_unit),
        expected_yield=_yield(sku, expected_yield),
        labour_hours=_hours(sku, labour_hours),
        effective_from=effective_from,
        effective_to=effective_to,
        lines=[_line(known[part.sku], part) for part in parts],
    )
    if not any(not line.is_output for line in new.lines):
        raise ZeroQuantity(f"BOM {version} of {sku} has no component. Name at least one.")
    return Approved(boms.put(act.company, new, ends_previous=ends_previous), sku, new.version)


@action(Permission.VALUE)
def set_rate(act: Act, *, kind: RateKind, cents_per_hour: int, effective_from: date, site_code: str = "") -> int:
    """What an hour of labour or overhead is taken for from a day on (no site: everywhere)."""
    act.subject = f"{kind} {site_code}".strip()
    rates.put(
        act.company,
        kind=kind,
        site_code=site_code,
        cents_per_hour=cents_per_hour,
        effective_from=effective_from,
    )
    return cents_per_hour


def _refuse_bad_shelf_life(sku: str, days: int | None) -> None:
    if days is not None and not 0 < days < 100_000:
        raise BadDates(f"{sku} cannot keep {days} days. Give 1 or more, or leave it empty.")


def _line(component: ItemFacts, part: Part) -> BomLine:
    return BomLine(
        component=component.id,
        sku=component.sku,
        quantity=units.to_base(component, part.quantity, part.unit),
        is_output=part.is_output,
    )


def _yield(sku: str, share: Decimal) -> Decimal:
    """More than 100 % is possible (water taken up), ten times as much is a slip."""
    if not 0 < share <= 10:
        raise BadAmount(f"The expected yield of {sku} is {share}; give a share such as 0.95 for 95 %.")
    return quantities.quantity(share, what=f"The expected yield of {sku}")


def _hours(sku: str, hours: Decimal) -> Decimal:
    return quantities.quantity(hours, decimals=4, unit="an hour", what=f"The hours of {sku}", zero=True)
