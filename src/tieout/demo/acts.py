"""What people did, as the plan of the history says it: one class for each thing, ready to be asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tieout.core.roles import PlaceKind
from tieout.demo.recipes import Recipe
from tieout.demo.shelves import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something done at a moment at a site."""

    at: datetime
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Deed):
    """A purchase order; packs of each item. `key` is how the plan refers to it."""

    key: str
    supplier: str
    packs: Mapping[str, Decimal]
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Deed):
    """A delivery on an order, each part a new lot at the dock."""

    order: str
    parts: Sequence[Part]
    slip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAway(Deed):
    """Goods to a place of the same site."""

    to: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(Deed):
    """A run planned and confirmed."""

    key: str
    sku: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed(Deed):
    """A batch's material into a run."""

    key: str
    uses: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Deed):
    """What a run made. Not `final`: part of it, the run goes on."""

    key: str
    made: Part
    hours: Decimal | None
    final: bool = True
    abnormal: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(Deed):
    """A truck to another site."""

    key: str
    to: str
    goods: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrive(Deed):
    """The truck is there."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ship(Deed):
    """Goods to a customer; `taken_back` when it was the wrong one."""

    customer: str
    order: str
    goods: Mapping[str, Decimal]
    taken_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Deed):
    """A count sheet: parts as they were counted."""

    sheet: str
    counted: Sequence[Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Discard(Deed):
    """Scrap or samples."""

    kind: PlaceKind
    reason: str
    goods: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprice(Deed):
    """A supplier asks another price from that day on."""

    sku: str
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite(Deed):
    """A new BOM version."""

    recipe: Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerate(Deed):
    """Another overhead rate."""

    cents: int


@dataclass(frozen=True, slots=True)
class Day:
    """Everything that was done on one local date, in order."""

    on: date
    deeds: Sequence[Deed]
