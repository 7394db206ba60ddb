"""Which receipts a bill line is for, by tables: what is billed, what is open, and what is proposed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from tieout.core.evidence import Charge, Waiting, numbers
from tieout.core.matching import Part, Proposal, Tolerances, propose

TIGHT = Tolerances(Decimal(5), 10000, Decimal(0))
HONEY, OIL = 1, 2


def waiting(text: str) -> Waiting:
    """`11 RCV-1 PO-1 HONEY 10 for 50.00`: receipt line, receipt, order, item, open quantity and accrual."""
    id, receipt, order, sku, quantity, _, cents = text.split()
    item = {"HONEY": HONEY, "OIL": OIL}[sku]
    return Waiting(
        int(id), receipt, order, int(id), item, Decimal(quantity), int(Decimal(cents) * 100), sku, (f"LOT-{id}",)
    )


def charge(text: str, id: int = 1, **more: object) -> Charge:
    """`10 for 50.00 its text`, or `- for 50.00 its text` where no quantity is said."""
    quantity, _, cents, *words = text.split(maxsplit=3)
    said = None if quantity == "-" else Decimal(quantity)
    return Charge(id, int(Decimal(cents) * 100), said, text=" ".join(words))._replace(**more)  # type: ignore[arg-type]


def parts(proposals: list[Proposal]) -> list[str]:
    """`11: 10 for 50.00`"""
    return [
        f"{part.receipt_line}: {part.quantity.normalize():f} for {part.amount / 100:.2f}"
        for one in proposals
        for part in one.parts
    ]


OPEN = ["11 RCV-1 PO-1 HONEY 10 for 50.00", "12 RCV-1 PO-1 OIL 4 for 20.00", "13 RCV-2 PO-2 HONEY 6 for 30.00"]


@pytest.mark.parametrize(
    ("billed", "proposed", "automatic"),
    [
        ("10 for 50.00 goods of RCV-1 LOT-11", ["11: 10 for 50.00"], True),
        ("10 for 52.00 LOT-11", ["11: 10 for 52.00"], True),
        ("10 for 60.00 LOT-11", ["11: 10 for 60.00"], False),  # 20 % dearer: somebody looks
        ("4 for 20.00 LOT-11", ["11: 4 for 20.00"], True),  # billed in part
        ("14 for 70.00 LOT-11", ["11: 10 for 50.00"], True),  # the rest of the line waits for goods
        ("16 for 80.00 HONEY", ["11: 10 for 50.00", "13: 6 for 30.00"], True),  # two receipts on one line
        ("- for 70.00 our RCV-1", ["11: 10 for 50.00", "12: 4 for 20.00"], True),  # a whole receipt, by hand
        ("- for 20.00 as ordered", ["12: 4 for 20.00"], True),  # nothing but the amount speaks, and for one alone
        ("- for 25.00 LOT-11", ["11: 5 for 25.00"], False),  # half of it, or half the price: somebody says
        ("- for 99.00 as ordered", [], False),
        ("- for 49.00 RCV-1 HONEY", ["11: 10 for 49.00"], True),
    ],
)
def test_a_charge_is_for_what_speaks_for_it(billed: str, proposed: list[str], automatic: bool) -> None:
    found = propose([charge(billed)], [waiting(one) for one in OPEN], TIGHT)

    assert proposed == parts(found)
    assert automatic == (bool(found) and all(one.automatic for one in found))


def test_what_a_line_names_is_meant_and_not_another_receipt_of_the_same_item() -> None:
    every = [waiting(one) for one in OPEN]

    found = propose([charge("12 for 60.00 LOT-11", item=HONEY)], every, TIGHT)

    assert ["11: 10 for 50.00"] == parts(found)


def test_a_second_bill_for_what_is_billed_already_takes_no_other_goods() -> None:
    billed = waiting("11 RCV-1 PO-1 HONEY 10 for 50.00")._replace(quantity=Decimal(-10), accrued=-5000)
    other = waiting("13 RCV-2 PO-2 HONEY 10 for 50.00")

    by_item = propose([charge("10 for 50.00 LOT-11", item=HONEY)], [billed, other], TIGHT)
    by_hand = propose([charge("- for 50.00 LOT-11")], [billed, other], TIGHT)

    assert ([], []) == (by_item, by_hand)


def test_what_fits_two_receipts_equally_is_for_a_person() -> None:
    twice = [waiting("11 RCV-1 PO-1 HONEY 10 for 50.00"), waiting("12 RCV-2 PO-2 OIL 10 for 50.00")]

    (found,) = propose([charge("- for 50.00 goods")], twice, TIGHT)

    assert not found.automatic
    assert "other receipts fit as well, or only a part does" in found.reasons


def test_two_charges_never_get_the_same_goods() -> None:
    charges = [charge("6 for 30.00 HONEY", 1), charge("10 for 50.00 HONEY", 2)]

    found = propose(charges, [waiting(one) for one in OPEN], TIGHT)

    assert ["11: 6 for 30.00", "11: 4 for 20.00", "13: 6 for 30.00"] == parts(found)


def test_a_link_to_the_order_says_more_than_a_name_in_the_text() -> None:
    billed = charge("6 for 30.00 LOT-11", order_line=13)

    (found,) = propose([billed], [waiting(one) for one in OPEN], TIGHT)

    assert (13, Decimal(6), 3000, None) == found.parts[0]
    assert "linked to its line of PO-2" in found.reasons


def test_a_quantity_in_ordered_units_is_turned_into_base_units() -> None:
    """Two drums of 290 kg, 580 kg came at 4.00."""
    drums = waiting("11 RCV-1 PO-1 HONEY 580 for 2320.00")._replace(factor=Fraction(290))

    found = propose([charge("2 for 2320.00 HONEY")], [drums], TIGHT)

    assert ["11: 580 for 2320.00"] == parts(found)


def test_a_quantity_in_base_units_of_an_order_in_drums_stays_as_it_is() -> None:
    drums = waiting("11 RCV-1 PO-1 HONEY 580 for 2320.00")._replace(factor=Fraction(290))

    found = propose([charge("580 for 2320.00 HONEY")], [drums], TIGHT)

    assert ["11: 580 for 2320.00"] == parts(found)


def test_a_credit_note_is_offered_what_was_billed() -> None:
    billed = waiting("11 RCV-1 PO-1 HONEY -10 for -50.00")

    found = propose([charge("-4 for -20.00 LOT-11")], [billed, *map(waiting, OPEN)], TIGHT)

    assert ["11: -4 for -20.00"] == parts(found)


def test_a_discount_lowers_the_price_of_what_the_same_bill_charges() -> None:
    charges = [charge("10 for 50.00 LOT-11", 1), charge("4 for 20.00 LOT-12", 2), charge("- for -1.40 2 % off", 3)]

    found = propose(charges, [waiting(one) for one in OPEN], TIGHT)

    assert ["11: 10 for 50.00", "12: 4 for 20.00", "11: 0 for -1.00", "12: 0 for -0.40"] == parts(found)
    assert all(one.automatic for one in found)


def test_a_discount_that_comes_later_lowers_what_its_bill_charged_before() -> None:
    before = [Part(11, Decimal(0), 5000), Part(12, Decimal(0), 2000)]

    (found,) = propose([charge("- for -1.40 2 % off")], [], TIGHT, charged=before)

    assert ["11: 0 for -1.00", "12: 0 for -0.40"] == parts([found])
    assert found.automatic


def test_what_a_bill_charges_on_top_without_naming_goods_is_for_a_person() -> None:
    charges = [charge("10 for 50.00 LOT-11", 1), charge("- for 1.00 pallet", 2), charge("- for 1.00 fuel LOT-11", 3)]

    found = propose(charges, [waiting(one) for one in OPEN], TIGHT)

    assert ["11: 10 for 50.00", "11: 0 for 1.00", "11: 0 for 1.00"] == parts(found)
    assert [True, False, True] == [one.automatic for one in found]


@pytest.mark.parametrize(
    ("beside", "proposed"),
    [
        (charge("- for 12.00 courier", 2, is_coded=False), []),  # a service, on its own account
        (charge("- for 10.00 OIL", 2), ["12: 2 for 10.00"]),  # a part of other goods
    ],
)
def test_what_is_something_of_its_own_is_no_price_of_the_goods_beside_it(beside: Charge, proposed: list[str]) -> None:
    found = propose([charge("10 for 50.00 LOT-11", 1), beside], [waiting(one) for one in OPEN], TIGHT)

    assert ["11: 10 for 50.00", *proposed] == parts(found)


BILLED = "11 RCV-1 PO-1 HONEY -10 for -50.00"


@pytest.mark.parametrize(
    ("credited", "there", "proposed", "automatic"),
    [
        ("- for -1.40 allowance LOT-11", [BILLED], ["11: 0 for -1.40"], True),
        ("- for -1.40 allowance LOT-11", [OPEN[0]], ["11: 0 for -1.40"], True),  # before its bill
        ("0 for -1.40 allowance LOT-11", [BILLED], ["11: 0 for -1.40"], True),
        ("- for -50.00 LOT-11", [BILLED], ["11: -10 for -50.00"], True),  # all of it given back
        ("- for -20.00 LOT-11", [BILLED], ["11: -4 for -20.00"], False),  # 40 % off, or four given back
        ("0 for -20.00 LOT-11", [BILLED], [], False),  # far off for a price: a person says
        ("- for -1.40 our RCV-1", OPEN, ["11: 0 for -1.00", "12: 0 for -0.40"], True),
        ("- for -1.40 thank you", [BILLED], [], False),
        ("- for -1.40 HONEY", [BILLED], ["11: -0.28 for -1.40"], False),  # an item alone names no goods
        ("- for 1.40 dearer, LOT-11", [BILLED], ["11: 0 for 1.40"], True),
        ("- for 50.00 LOT-11", [BILLED], [], False),  # the same bill twice is no price
    ],
)
def test_money_without_goods_is_a_price_of_what_it_names(
    credited: str, there: list[str], proposed: list[str], automatic: bool
) -> None:
    found = propose([charge(credited)], [waiting(one) for one in there], TIGHT)

    assert proposed == parts(found)
    assert automatic == any(one.automatic for one in found)


def test_a_text_names_whatever_in_it_has_a_digit() -> None:
    assert {"10", "10 kg", "10 kg lot", "10 kg lot H-1"} <= numbers("10 kg lot H-1") >= {"H-1", "lot H-1", "kg lot H-1"}
    assert set() == numbers("as ordered, thank you")


def test_a_quantity_that_is_near_enough_settles_the_receipt() -> None:
    near = Tolerances(Decimal(5), 10000, Decimal(2))

    found = propose([charge("9.9 for 49.50 LOT-11")], [waiting(OPEN[0])], near)

    assert ["11: 10 for 49.50"] == parts(found)


def test_a_line_on_another_account_is_proposed_and_never_automatic() -> None:
    (found,) = propose([charge("10 for 50.00 LOT-11", is_coded=False)], [waiting(OPEN[0])], TIGHT)

    assert (False, True) == (found.automatic, "not on the accrual account" in found.reasons)


def test_in_foreign_money_the_exchange_rate_is_nobodys_mistake() -> None:
    """420.00 accrued at 10, 462.00 billed at 11: the price of 42.00 is the same."""
    tea = waiting("11 RCV-1 PO-1 HONEY 20 for 420.00")._replace(foreign=Decimal("42.00"))
    billed = charge("20 for 462.00 LOT-11", foreign=Decimal("42.00"))

    (found,) = propose([billed], [tea], TIGHT)

    assert found.automatic
    assert Part(11, Decimal(20), 46200, Decimal("42.00")) == found.parts[0]
