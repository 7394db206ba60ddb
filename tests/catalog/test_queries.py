"""What an item is made of, at every depth, and where it is used."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from tieout.access import company
from tieout.access.acting import Acting
from tieout.catalog import actions, queries
from tieout.catalog.actions import Part

ON = date(2025, 6, 1)


@pytest.fixture
def recipes(kitchen: Acting) -> Acting:
    def approve(sku: str, *parts: Part, output: str = "1", version: str = "1", since: int = 2024) -> None:
        actions.approve_bom(
            kitchen,
            sku=sku,
            version=version,
            parts=parts,
            effective_from=date(since, 1, 1),
            output_quantity=Decimal(output),
            ends_previous=True,
        )

    approve("MIX", Part("HONEY", Decimal(90)), Part("OIL", Decimal(10)), output="100")
    approve("POT", Part("HONEY", Decimal(9)))
    approve("POT", Part("MIX", Decimal("0.5")), Part("JAR", Decimal(1)), version="2", since=2025)
    return kitchen


def test_a_structure_has_every_level_in_one_statement(
    recipes: Acting, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with company.scope(recipes.company), django_assert_num_queries(2):  # the item, and all that is below it
        tree = queries.structure("POT", "", ON, quantity=Decimal(200))

    assert [(node.level, node.sku, node.quantity, node.is_made) for node in tree] == [
        (1, "MIX", Decimal(100), True),
        (2, "HONEY", Decimal(90), False),
        (2, "OIL", Decimal(10), False),
        (1, "JAR", Decimal(200), False),
    ]
    assert tree[1].per_parent == Decimal("0.9")


def test_a_structure_is_that_of_its_day(recipes: Acting) -> None:
    with company.scope(recipes.company):
        assert [node.sku for node in queries.structure("POT", "", date(2024, 6, 1))] == ["HONEY"]
        assert queries.structure("HONEY", "", ON) == []


def test_where_an_item_is_used_goes_up_every_level(recipes: Acting) -> None:
    with company.scope(recipes.company):
        used = queries.where_used("HONEY", on=ON)
        ever = queries.where_used("HONEY", every_level=False)

    assert [(usage.level, usage.sku, usage.per_unit) for usage in used] == [
        (1, "MIX", Decimal("0.9")),
        (2, "POT", Decimal("0.45")),
    ]
    assert [(usage.sku, usage.version) for usage in ever] == [("MIX", "1"), ("POT", "1")]
