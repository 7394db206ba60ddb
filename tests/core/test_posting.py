"""Movements are debits and credits: balanced, mapped by the most specific rule, linked both ways."""

from __future__ import annotations

from decimal import Decimal

from tieout.core import posting
from tieout.core.book import Movement, Place
from tieout.core.posting import AccountMapping, Facts, Goods, Paper, Rule, Target
from tieout.core.roles import ROLE_OF_PLACE, ItemKind, MoveKind, PlaceKind, Role

STORE, FAR, SUPPLIER, CUSTOMER, PRODUCTION = 1, 2, 3, 4, 5
PLACES = {
    STORE: Place(STORE, PlaceKind.STORAGE, None, 10),
    FAR: Place(FAR, PlaceKind.STORAGE, None, 20),
    SUPPLIER: Place(SUPPLIER, PlaceKind.SUPPLIER, ROLE_OF_PLACE[PlaceKind.SUPPLIER], None),
    CUSTOMER: Place(CUSTOMER, PlaceKind.CUSTOMER, ROLE_OF_PLACE[PlaceKind.CUSTOMER], None),
    PRODUCTION: Place(PRODUCTION, PlaceKind.PRODUCTION, ROLE_OF_PLACE[PlaceKind.PRODUCTION], 10),
}
GOODS = {
    1: Goods(101, ItemKind.RAW, 7, "ALM lot L1", "kg"),
    2: Goods(102, ItemKind.FINISHED, 8, "JAR lot L2", "ea"),
}
VENDOR, BUYER = 71, 72


def mapping(*rules: Rule) -> AccountMapping:
    return AccountMapping.of(1, rules or [Rule(role, Target(account=n)) for n, role in enumerate(Role, 1)])


def moved(number: int, lot: int, origin: int, target: int, value: int, kind: MoveKind = MoveKind.RECEIVE) -> Movement:
    return Movement(number, kind, 101, lot, None, origin, target, Decimal(2), value)


def post(*movements: Movement, paper: Paper | None = None, by: AccountMapping | None = None) -> posting.Posted:
    return posting.post(
        movements,
        paper=paper or Paper("receipt", vendor=VENDOR, customer=BUYER),
        places=PLACES,
        goods=GOODS,
        mapping=by or mapping(),
    )


def roles(posted: posting.Posted) -> list[tuple[str, int, int]]:
    return [(line.facts.role.value, line.debit, line.credit) for line in posted.lines]


def test_a_receipt_debits_inventory_and_credits_what_is_owed() -> None:
    posted = post(moved(1, 1, SUPPLIER, STORE, 500))

    assert [("RAW", 500, 0), ("GRNI", 0, 500)] == roles(posted)
    assert {1: (1, 2)} == posted.booked


def test_a_negative_correction_is_booked_the_other_way_round() -> None:
    assert [("GRNI", 500, 0), ("RAW", 0, 500)] == roles(post(moved(1, 1, SUPPLIER, STORE, -500)))


def test_a_move_inside_one_account_has_no_lines() -> None:
    posted = post(moved(1, 1, STORE, FAR, 500, MoveKind.TRANSFER))

    assert [] == posted.lines
    assert {} == posted.booked


def test_a_move_between_accounts_of_two_sites_has_lines() -> None:
    by = mapping(
        Rule(Role.RAW, Target(account=1)),
        Rule(Role.RAW, Target(account=2), site=20),
    )

    assert [("RAW", 500, 0), ("RAW", 0, 500)] == roles(post(moved(1, 1, STORE, FAR, 500, MoveKind.TRANSFER), by=by))


def test_movements_without_value_leave_no_trace_in_the_books() -> None:
    assert [] == post(moved(1, 1, SUPPLIER, STORE, 0)).lines


def test_lines_of_one_account_add_up_and_name_their_goods() -> None:
    posted = post(moved(1, 1, SUPPLIER, STORE, 500), moved(2, 1, SUPPLIER, STORE, 300))

    assert [("RAW", 800, 0), ("GRNI", 0, 800)] == roles(posted)
    assert "ALM lot L1 2 kg" == posted.lines[0].description
    assert {1: (1, 2), 2: (1, 2)} == posted.booked


def test_a_receipt_has_a_line_for_each_lot() -> None:
    by_lot = Paper("receipt", vendor=VENDOR, by_lot=True)
    posted = post(moved(1, 1, SUPPLIER, STORE, 500), moved(2, 2, SUPPLIER, STORE, 300), paper=by_lot)

    assert [("RAW", 500, 0), ("GRNI", 0, 800), ("FG", 300, 0)] == roles(posted)


def test_the_vendor_is_on_the_accrual_and_the_customer_on_the_cost_of_sales() -> None:
    receipt, shipment = post(moved(1, 1, SUPPLIER, STORE, 5)), post(moved(1, 2, STORE, CUSTOMER, 5, MoveKind.SHIP))
    parties = {line.facts.role: line.target.party for line in (*receipt.lines, *shipment.lines)}

    assert {Role.RAW: None, Role.GRNI: VENDOR, Role.COGS: BUYER, Role.FG: None} == parties


def test_the_most_specific_rule_wins_and_the_rest_comes_from_the_next() -> None:
    by = mapping(
        Rule(Role.RAW, Target(account=1, klass=5)),
        Rule(Role.RAW, Target(account=2), category=7),
        Rule(Role.RAW, Target(account=3), category=7, site=10),
        Rule(Role.RAW, Target(account=4), item=999),
    )

    assert Target(account=3, klass=5) == by.resolve(Facts("receipt", Role.RAW, 101, 7, 10))
    assert Target(account=2, klass=5) == by.resolve(Facts("receipt", Role.RAW, 101, 7, 20))
    assert Target(account=1, klass=5) == by.resolve(Facts("receipt", Role.RAW, 101, 8, 20))


def test_a_role_nobody_mapped_has_a_line_without_an_account() -> None:
    posted = post(moved(1, 1, SUPPLIER, STORE, 500), by=AccountMapping.of(0, []))

    assert [None, None] == [line.target.account for line in posted.lines]
