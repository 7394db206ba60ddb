"""What may be asked of the catalog, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tieout.access import actors, company
from tieout.access.acting import Acting
from tieout.access.actions import NotAllowed
from tieout.access.permissions import ActorRole
from tieout.catalog import actions, boms, items, rates, units
from tieout.catalog.actions import Part
from tieout.core.boms import BomCycle
from tieout.core.codes import BadCode
from tieout.core.refusals import BadAmount, Refusal, TooManyDecimals, ZeroQuantity
from tieout.core.roles import ItemKind
from tieout.core.units import UnknownUnit

Y2024, Y2025 = date(2024, 1, 1), date(2025, 1, 1)


def approve(by: Acting, sku: str, version: str, *parts: Part, **more: Any) -> actions.Approved:
    return actions.approve_bom(by, sku=sku, version=version, parts=parts, **{"effective_from": Y2024, **more})


def test_an_item_is_found_by_what_people_call_it(kitchen: Acting) -> None:
    with company.scope(kitchen.company):
        found = items.by_sku(["HONEY", "POT"])

    assert (found["HONEY"].unit, found["HONEY"].decimals, found["HONEY"].kind) == ("kg", 3, ItemKind.RAW)
    assert found["POT"].name == "Pot"


def test_unknown_items_are_all_named(kitchen: Acting) -> None:
    with pytest.raises(items.UnknownItem, match="no items HUNNY, P0T"), company.scope(kitchen.company):
        items.by_sku(["HONEY", "HUNNY", "P0T"])


@pytest.mark.parametrize(
    ("asked", "refusal", "why"),
    [
        ({"sku": "HONEY"}, items.ItemExists, "an item HONEY already"),
        ({"sku": "H\u041eNEY"}, BadCode, "CYRILLIC CAPITAL LETTER O"),
        ({"kind": "fluid"}, actions.BadKind, "raw, packaging"),
        ({"unit": "lb"}, UnknownUnit, "no unit lb. Known are EA, box"),
        ({"category": "SWEET"}, items.UnknownCategory, "no category SWEET"),
        ({"shelf_life_days": 0}, actions.BadDates, "cannot keep 0 days"),
    ],
)
def test_an_item_that_cannot_be_is_refused(
    kitchen: Acting, asked: dict[str, Any], refusal: type[Refusal], why: str
) -> None:
    with pytest.raises(refusal, match=why):
        actions.add_item(kitchen, **{"sku": "WAX", "name": "Wax", "kind": "raw", "unit": "kg", **asked})


def test_an_operator_does_not_keep_the_catalog(kitchen: Acting) -> None:
    operator = actors.engage(kitchen.company, "Olu", ActorRole.OPERATOR)

    with pytest.raises(NotAllowed):
        actions.add_unit(operator, code="lb", name="Pound")


def test_a_quantity_comes_to_the_base_unit_exactly(kitchen: Acting) -> None:
    actions.set_conversion(kitchen, unit="g", base="kg", numerator=Decimal(1), denominator=Decimal(1000))
    actions.set_conversion(kitchen, unit="drum", base="kg", numerator=Decimal(290), sku="HONEY")
    actions.set_conversion(kitchen, unit="drum", base="kg", numerator=Decimal(180), sku="OIL")

    with company.scope(kitchen.company):
        found = items.by_sku(["HONEY", "OIL", "JAR"])
        assert units.to_base(found["HONEY"], Decimal("1.5"), "drum") == 435
        assert units.to_base(found["OIL"], Decimal(2), "drum") == 360
        assert units.to_base(found["OIL"], Decimal(250), "g") == Decimal("0.25")
        assert units.to_base(found["OIL"], Decimal("0.125")) == Decimal("0.125")
        with pytest.raises(TooManyDecimals, match="counted in whole numbers"):
            units.to_base(found["JAR"], Decimal("0.5"), "EA")
        with pytest.raises(TooManyDecimals, match="kg is measured to 3 decimals"):
            units.to_base(found["OIL"], Decimal("0.1234"))
        with pytest.raises(UnknownUnit, match=r"JAR is not counted in drum\. It knows EA"):
            units.to_base(found["JAR"], Decimal(1), "drum")


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"unit": "kg", "base": "kg"}, "One kg is one kg"),
        ({"unit": "g", "base": "kg", "numerator": Decimal(0)}, "more than 0"),
        ({"unit": "g", "base": "kg", "denominator": Decimal(-1)}, "more than 0"),
        ({"unit": "g", "base": "kg", "numerator": Decimal("1e-16")}, "too fine"),
    ],
)
def test_a_conversion_that_says_nothing_is_refused(kitchen: Acting, asked: dict[str, Any], why: str) -> None:
    with pytest.raises(units.BadConversion, match=why):
        actions.set_conversion(kitchen, **{"numerator": Decimal(1), **asked})


def test_two_ways_to_convert_must_agree(kitchen: Acting) -> None:
    actions.set_conversion(kitchen, unit="kg", base="g", numerator=Decimal(1000))
    actions.set_conversion(kitchen, unit="drum", base="kg", numerator=Decimal(200))

    with pytest.raises(units.BadConversion, match="One drum is 200000 g already"):
        actions.set_conversion(kitchen, unit="drum", base="g", numerator=Decimal(290))
    with pytest.raises(units.BadConversion, match="One kg is already said"):
        actions.set_conversion(kitchen, unit="g", base="kg", numerator=Decimal(1))


def test_a_version_is_in_effect_from_its_first_through_its_last_day(kitchen: Acting) -> None:
    approve(kitchen, "POT", "1", Part("HONEY", Decimal("0.5")), effective_to=date(2024, 12, 31))
    approve(kitchen, "POT", "2", Part("HONEY", Decimal("0.45")), Part("JAR", Decimal(1)), effective_from=Y2025)

    with company.scope(kitchen.company):
        pot = items.one("POT")
        assert boms.find(pot.id, "", date(2023, 12, 31)) is None
        assert boms.in_effect(pot, "", date(2024, 12, 31)).version == "1"
        second = boms.in_effect(pot, "anywhere", Y2025)
        assert [(line.sku, line.quantity, line.is_output) for line in second.lines] == [
            ("HONEY", Decimal("0.450000"), False),
            ("JAR", Decimal(1), False),
        ]
        with pytest.raises(boms.NoBom, match="HONEY has no BOM in effect on 2025-01-01 at EAST"):
            boms.in_effect(items.one("HONEY"), "EAST", Y2025)


def test_a_site_s_own_version_goes_before_the_common_one(kitchen: Acting) -> None:
    approve(kitchen, "POT", "common", Part("HONEY", Decimal(1)))
    approve(kitchen, "POT", "east", Part("OIL", Decimal(1)), site_code="EAST")

    with company.scope(kitchen.company):
        pot = items.one("POT")
        assert boms.in_effect(pot, "EAST", Y2025).version == "east"
        assert boms.in_effect(pot, "WEST", Y2025).version == "common"


@pytest.mark.parametrize(
    ("asked", "refusal", "why"),
    [
        ({}, boms.BomOverlap, "version 1 of POT is in effect from 2024-01-01 with no end"),
        ({"effective_from": date(2023, 1, 1), "effective_to": Y2024}, boms.BomOverlap, "is in effect"),
        ({"version": "1", "effective_from": Y2025}, boms.BomExists, "version 1 already"),
        ({"effective_to": date(2023, 1, 1)}, actions.BadDates, "before it starts"),
        ({"parts": []}, ZeroQuantity, "has no component"),
        ({"parts": [Part("HONEY", Decimal(1), is_output=True)]}, ZeroQuantity, "has no component"),
        ({"parts": [Part("HUNNY", Decimal(1))]}, items.UnknownItem, "no item HUNNY"),
        (
            {"parts": [Part("JAR", Decimal("0.1"))]},
            TooManyDecimals,
            "quantity of JAR is 0.1, but EA is counted",
        ),
        ({"parts": [Part("JAR", Decimal(-1))]}, ZeroQuantity, "more than 0, not -1"),
        ({"parts": [Part("JAR", Decimal(1), "drum")]}, UnknownUnit, "JAR is not counted in drum"),
        ({"expected_yield": Decimal(0)}, BadAmount, "expected yield of POT is 0"),
        ({"labour_hours": Decimal(-1)}, ZeroQuantity, "0 or more"),
    ],
)
def test_a_version_that_cannot_be_is_refused(
    kitchen: Acting, asked: dict[str, Any], refusal: type[Refusal], why: str
) -> None:
    approve(kitchen, "POT", "1", Part("HONEY", Decimal(1)))

    asked = {"version": "2", "parts": [Part("OIL", Decimal(1))], "effective_from": Y2024, **asked}
    with pytest.raises(refusal, match=why):
        actions.approve_bom(kitchen, sku="POT", **asked)


def test_a_version_can_end_the_one_before_it(kitchen: Acting) -> None:
    approve(kitchen, "POT", "1", Part("HONEY", Decimal(1)))
    approve(kitchen, "POT", "2", Part("OIL", Decimal(1)), effective_from=Y2025, ends_previous=True)

    with company.scope(kitchen.company):
        assert boms.in_effect(items.one("POT"), "", date(2024, 12, 31)).version == "1"
        assert boms.in_effect(items.one("POT"), "", Y2025).version == "2"


def test_a_circle_is_refused_with_its_path(kitchen: Acting) -> None:
    approve(kitchen, "POT", "1", Part("MIX", Decimal(1)))
    approve(kitchen, "MIX", "1", Part("HONEY", Decimal(1)))

    with pytest.raises(BomCycle, match="HONEY would be made of itself: HONEY → POT → MIX → HONEY") as refused:
        approve(kitchen, "HONEY", "1", Part("POT", Decimal(1)))
    assert refused.value.code == "bom_cycle"
    with pytest.raises(BomCycle, match="OIL → OIL"):
        approve(kitchen, "OIL", "1", Part("OIL", Decimal(1)))


def test_a_circle_that_no_day_sees_is_none(kitchen: Acting) -> None:
    approve(kitchen, "MIX", "1", Part("POT", Decimal(1)), effective_to=date(2024, 12, 31))

    assert approve(kitchen, "POT", "1", Part("MIX", Decimal(1)), effective_from=Y2025).version == "1"


def test_a_rate_holds_from_its_day_and_a_site_s_own_goes_first(kitchen: Acting) -> None:
    finance = actors.engage(kitchen.company, "Fay", ActorRole.CONTROLLER)
    actions.set_rate(finance, kind="labour", cents_per_hour=3000, effective_from=Y2024)
    actions.set_rate(finance, kind="labour", cents_per_hour=3500, effective_from=Y2025)
    actions.set_rate(finance, kind="labour", cents_per_hour=2800, effective_from=Y2024, site_code="EAST")

    with company.scope(kitchen.company):
        assert rates.in_force("labour", "WEST", date(2024, 6, 1)) == 3000
        assert rates.in_force("labour", "WEST", Y2025) == 3500
        assert rates.in_force("labour", "EAST", Y2025) == 2800
        assert rates.in_force("overhead", "WEST", Y2025) == 0
    with pytest.raises(BadAmount, match="-1 cents"):
        actions.set_rate(finance, kind="overhead", cents_per_hour=-1, effective_from=Y2024)


def test_another_company_s_items_do_not_exist(kitchen: Acting) -> None:
    other = actors.found("Elsewhere").pk

    with pytest.raises(items.UnknownItem), company.scope(other):
        items.one("HONEY")
