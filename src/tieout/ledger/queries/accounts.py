"""What a mapping may name beside accounts, as QuickBooks has it: classes, locations, vendors, customers."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.ledger.models import Dimension, Party


@dataclass(frozen=True, slots=True)
class Name:
    id: int
    kind: str
    name: str


def dimensions() -> list[Name]:
    """Classes and departments that QuickBooks still uses."""
    rows = Dimension.objects.filter(active=True).order_by("kind", "name")
    return [Name(one.pk, one.kind, one.name) for one in rows]


def parties() -> list[Name]:
    """Vendors and customers that QuickBooks knows and still uses."""
    rows = Party.objects.filter(active=True).exclude(external_id="").order_by("kind", "name")
    return [Name(one.pk, one.kind, one.name) for one in rows]
