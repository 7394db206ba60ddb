"""An item of QuickBooks that a person links is that item on sales and purchases alike, and stays it."""

from __future__ import annotations

import pytest

from tests import factory as factories
from tests.factory import Factory
from tieout.access import company as companies
from tieout.catalog.models import Item
from tieout.purchasing import bills
from tieout.purchasing.models import Product
from tieout.quickbooks import item_actions, known_items
from tieout.sales import item_links
from tieout.sales.item_links import UnknownItemLink

pytestmark = pytest.mark.django_db

THERE = [{"Id": "7", "Name": "HONEY", "Type": "NonInventory"}]


@pytest.fixture
def factory(db: None) -> Factory:
    made = factories.small()
    mirror(made)
    return made


def mirror(factory: Factory) -> None:
    with companies.scope(factory.company):
        ours = dict(Item.objects.values_list("sku", "id"))
        bills.keep_products(factory.company, THERE, items=ours, links=item_links.of())


def is_here(factory: Factory) -> str | None:
    with companies.scope(factory.company):
        item = Product.objects.get(external_id="7").item
        return item.sku if item else None


def test_what_a_person_says_goes_before_what_it_is_called(factory: Factory) -> None:
    assert "HONEY" == is_here(factory)
    item_actions.link_item(factory.controller, external_item="7", sku="MIX")
    mirror(factory)

    assert "MIX" == is_here(factory)


def test_without_the_link_its_name_counts_again(factory: Factory) -> None:
    item_actions.link_item(factory.controller, external_item="7", sku="MIX")
    item_actions.unlink_item(factory.controller, external_item="7")
    mirror(factory)

    assert "HONEY" == is_here(factory)
    with pytest.raises(UnknownItemLink):
        item_actions.unlink_item(factory.controller, external_item="7")


@pytest.mark.parametrize(
    ("name", "sku"),
    [
        ("Finished:Honey Pot", "POT"),  # the last part of its name, with our name in it
        ("POTS", "POT"),
        ("jar", "JAR"),
        ("Delivery", ""),
        ("", ""),
    ],
)
def test_the_item_that_reads_most_alike_is_proposed(name: str, sku: str) -> None:
    assert sku == known_items.proposal(name, [("JAR", "Jar"), ("POT", "Pot")])
