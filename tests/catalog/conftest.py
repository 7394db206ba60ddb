"""A company with a planner who keeps its catalog."""

from __future__ import annotations

import pytest

from tieout.access import actors
from tieout.access.acting import Acting
from tieout.access.permissions import ActorRole
from tieout.catalog import actions


@pytest.fixture
def planner(db: None) -> Acting:
    return actors.engage(actors.found("Beehive").pk, "Pat", ActorRole.PLANNER)


@pytest.fixture
def kitchen(planner: Acting) -> Acting:
    """Honey in kg, jars in EA, a box of jars, and drums that differ by item."""
    for code, decimals in (("kg", 3), ("g", 0), ("EA", 0), ("drum", 3), ("box", 3)):
        actions.add_unit(planner, code=code, name=code, decimals=decimals)
    for sku, kind, unit in (
        ("HONEY", "raw", "kg"),
        ("OIL", "raw", "kg"),
        ("JAR", "packaging", "EA"),
        ("MIX", "intermediate", "kg"),
        ("POT", "finished", "EA"),
    ):
        actions.add_item(planner, sku=sku, name=sku.title(), kind=kind, unit=unit)
    return planner
