"""Bills that AP types into QuickBooks, set against what came: at any grain, in any order, to the cent."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.utils import timezone

from tests import factory as factories
from tests.factory import Factory
from tests.purchasing.paper import Desk
from tieout.access import company as companies
from tieout.core.roles import Role
from tieout.ledger import actions as finance
from tieout.purchasing import (
    accruals,
    actions,
    bill_actions,
    bill_queries,
    bills,
    clearings,
    matching,
    progress,
    settling,
)
from tieout.purchasing.actions import Came, OrderLine
from tieout.purchasing.bill_actions import For
from tieout.purchasing.bills import What
from tieout.purchasing.matching import Standing
from tieout.purchasing.models import AccrualState, Bill, BillLine, Progress

pytestmark = pytest.mark.django_db


@pytest.fixture
def factory(db: None) -> Factory:
    return factories.small()


@pytest.fixture
def desk(factory: Factory) -> Desk:
    return Desk(factory, factories.local_books(factory))


def test_a_bill_that_agrees_clears_the_accrual_and_posts_nothing(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("50.00", "10 kg lot H-1"))

    matched = desk.match()

    assert (1, []) == (matched.cleared, matched.events)
    assert {"RAW": "50.00"} == desk.books()
    assert "0 for 0.00" == desk.open("H-1")


def test_a_dearer_bill_follows_goods_that_were_used_and_sold(factory: Factory, desk: Desk) -> None:
    """The reference's lot: 1,000 kg at 5.00, 800 into 400 kg, 250 of those into pots, some shipped; billed 5,300."""
    factory.buy("HONEY", "1000", "5", lot="H-1")
    factory.buy("OIL", "1", "0", lot="O-1")
    factory.buy("JAR", "500", "0", lot="J-1")
    factory.make("MIX", "400", ("H-1", "800"), lot="M-1")
    factory.make("POT", "500", ("M-1", "250"), ("J-1", "500"), lot="P-1")
    factory.ship(("P-1", "320"))
    before = desk.books()
    desk.type(desk.line("5300.00", "lot H-1"))
    bill_actions.clear_bill(
        factory.controller,
        bill=desk.bill(),
        lines=[For(desk.bill_line(), desk.receipt_line("H-1"), Decimal(1000))],
        at=factory.at(),
    )

    after = desk.books()

    assert {"RAW": "60.00", "FG": "144.00", "COGS": "96.00", "GRNI": "5000.00"} == {
        role: f"{Decimal(after.get(role, '0')) - Decimal(before.get(role, '0')):.2f}" for role in {*before, *after}
    }
    assert "0 for 0.00" == desk.open("H-1")
    assert [] == desk.sound()


def test_a_company_may_expense_what_a_bill_is_off(factory: Factory, desk: Desk) -> None:
    finance.set_policy(factory.controller, name="price variance", value="expense", effective_from=date(2026, 1, 1))
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("51.00", "lot H-1"))
    desk.match()

    assert {"RAW": "50.00", "PPV": "1.00"} == desk.books()
    assert "0 for 0.00" == desk.open("H-1")
    assert [] == desk.sound()


def test_the_exchange_rate_is_split_off_the_price(factory: Factory, desk: Desk) -> None:
    """20 kg at 2.10 at 10, billed 2.20 at 11: 22.00 to the lot, 42.00 to FX, 484.00 payable."""
    line = OrderLine("HONEY", Decimal(20), Decimal("2.10"))
    day = factory.at().date()
    order = actions.place_order(factory.buyer, supplier="APIARY", site="MILL", lines=[line], ordered_on=day).number
    came = Came("HONEY", Decimal(20), lot="H-1")
    actions.receive(factory.warehouse, order=order, lines=[came], at=factory.at(), rate=Fraction(10))
    desk.type(desk.line("44.00", "lot H-1"), CurrencyRef={"value": "EUR"}, ExchangeRate=Decimal(11))
    desk.match()

    assert {"RAW": "442.00", "FX": "42.00"} == desk.books()
    assert "0 for 0.00" == desk.open("H-1")
    assert [] == desk.sound()


def test_a_bill_that_comes_first_is_matched_when_the_goods_are_here(factory: Factory, desk: Desk) -> None:
    desk.type(desk.line("50.00", "10 kg HONEY", quantity="10"))
    assert 0 == desk.match().cleared
    factory.buy("HONEY", "4", "5", lot="H-1")
    factory.buy("HONEY", "6", "5", lot="H-2")

    assert 2 == desk.match().cleared
    assert ("0 for 0.00", "0 for 0.00") == (desk.open("H-1"), desk.open("H-2"))
    assert {"RAW": "50.00"} == desk.books()


def test_two_bills_for_one_receipt_leave_it_at_nothing(factory: Factory, desk: Desk) -> None:
    """A third of 100.00 and the rest: no cent stays."""
    factory.buy("HONEY", "3", "33.33333", lot="H-1")
    desk.type(desk.line("33.33", "H-1", quantity="1"), id="1")
    desk.type(desk.line("66.67", "H-1", quantity="2"), id="2")
    desk.match("1")
    assert "2 for 66.67" == desk.open("H-1")
    desk.match("2")

    assert "0 for 0.00" == desk.open("H-1")
    assert {"RAW": "100.00"} == desk.books()


def test_more_billed_than_came_waits_as_billed_not_here(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("60.00", "H-1", quantity="12"))
    desk.match()

    with companies.scope(factory.company):
        (rest,) = progress.billed_not_here(factory.company, [desk.accounts[Role.GRNI].external_id])
    assert (1000, "INV-146") == (rest.cents, rest.bill)
    assert {"RAW": "50.00", "GRNI": "10.00"} == desk.books()


def test_freight_on_the_same_bill_is_not_the_goods_business(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("50.00", "H-1"), desk.line("12.00", "freight", role=Role.FREIGHT))
    desk.match()

    assert "0 for 0.00" == desk.open("H-1")
    assert [Standing.MATCHED, Standing.FREIGHT] == standings(factory, desk)
    with companies.scope(factory.company):
        assert ([], []) == (matching.waiting(factory.company), bill_queries.rows(waiting=True))


def test_a_credit_note_gives_back_part_of_what_was_billed(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("51.00", "H-1", quantity="10"), id="1")
    desk.type(desk.line("20.40", "H-1", quantity="4"), id="2", kind="VendorCredit")
    desk.match("1")
    desk.match("2")

    assert "4 for 20.00" == desk.open("H-1")
    assert {"RAW": "50.60", "GRNI": "-20.00"} == desk.books()
    assert [] == desk.sound()


def test_a_payment_changes_nothing_that_was_matched(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    line = desk.line("51.00", "H-1")
    desk.type(line)
    desk.match()
    paid = desk.type(line, Balance=0)

    assert What.SAME is paid.what
    assert (0, 0) == (desk.match().cleared, desk.match().taken_back)


def test_the_same_state_told_twice_is_told_once(desk: Desk, factory: Factory) -> None:
    desk.type(desk.line("50.00"))
    with companies.scope(factory.company):
        again = bills.mirror(factory.company, desk.typed["146"], kind="Bill")

        assert (What.SAME, 1) == (again.what, BillLine.objects.count())


def test_an_edited_line_is_taken_back_and_matched_anew(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    factory.buy("OIL", "4", "5", lot="O-1")
    other = desk.line("20.00", "O-1")
    desk.type(desk.line("52.00", "H-1"), other)
    desk.match()
    changed = desk.type(desk.line("51.00", "H-1"), other)

    matched = desk.match()

    assert (1, 1) == (len(changed.ended), len(changed.begun))
    assert (1, 1, 2) == (matched.cleared, matched.taken_back, len(matched.events))
    assert {"RAW": "71.00"} == desk.books()
    assert [] == desk.sound()


def test_a_deleted_bill_leaves_the_goods_as_they_came(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("52.00", "H-1"))
    desk.match()
    desk.delete()

    assert 1 == desk.match().taken_back
    assert "10 for 50.00" == desk.open("H-1")
    assert {"RAW": "50.00", "GRNI": "-50.00"} == desk.books()
    assert [] == desk.sound()


def test_what_was_taken_back_can_be_matched_again(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("52.00", "H-1"))
    desk.match()
    bill_actions.unmatch_bill(factory.controller, bill=desk.bill(), at=factory.at(), reason="the wrong receipt")
    assert "10 for 50.00" == desk.open("H-1")

    assert 1 == desk.match().cleared
    assert {"RAW": "52.00"} == desk.books()


def test_a_line_on_an_expense_account_is_miscoded_and_never_cleared(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("50.00", "10 kg H-1", role=Role.SAMPLES))

    assert 0 == desk.match().cleared
    assert [Standing.MISCODED] == standings(factory, desk)
    with pytest.raises(bill_actions.NotOnAccrual, match="code it again in QuickBooks"):
        bill_actions.clear_bill(
            factory.controller,
            bill=desk.bill(),
            lines=[For(desk.bill_line(), desk.receipt_line("H-1"), Decimal(10))],
            at=factory.at(),
        )


def test_finance_moves_a_miscoded_line_to_the_accrual_by_an_entry(factory: Factory, desk: Desk) -> None:
    """QuickBooks has Dr Samples 50.00 by the bill; the entry is Dr GRNI, Cr Samples."""
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("51.00", "10 kg H-1", role=Role.SAMPLES))
    moved = bill_actions.move_to_accrual(
        factory.controller, bill=desk.bill(), line=desk.bill_line(), at=factory.at(), reason="for goods"
    )

    assert 1 == desk.match().cleared
    assert ["Account of GRNI 51.00", "Account of SAMPLES -51.00"] == on_accounts(factory, moved.events[0])
    assert ("0 for 0.00", "51.00") == (desk.open("H-1"), desk.books()["RAW"])
    assert [] == desk.sound()


def test_a_line_coded_right_after_all_undoes_the_entry(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("51.00", "10 kg H-1", role=Role.SAMPLES))
    bill_actions.move_to_accrual(factory.controller, bill=desk.bill(), line=desk.bill_line(), at=factory.at())
    desk.match()
    desk.type(desk.line("51.00", "10 kg H-1"))

    matched = desk.match()

    assert (1, 1) == (matched.taken_back, matched.cleared)
    assert ["Account of GRNI -51.00", "Account of SAMPLES 51.00"] == on_accounts(factory, matched.events[1])
    assert {"RAW": "51.00"} == desk.books()
    assert [] == desk.sound()


def test_nobody_clears_more_than_is_open(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("60.00", "H-1"))

    with pytest.raises(clearings.OverBilled, match="12 of HONEY on RCV-000001: 10 are not billed yet"):
        bill_actions.clear_bill(
            factory.controller,
            bill=desk.bill(),
            lines=[For(desk.bill_line(), desk.receipt_line("H-1"), Decimal(12))],
            at=factory.at(),
        )


def test_a_line_that_is_not_for_goods_is_set_aside_and_taken_up_again(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("50.00", "pallet deposit"))
    with companies.scope(factory.company):
        assert [desk.bill()] == matching.waiting(factory.company)
    bill_actions.set_aside(factory.controller, bill=desk.bill(), line=desk.bill_line(), what="deposit")

    assert 0 == desk.match().cleared
    assert [Standing.OUTSIDE] == standings(factory, desk)
    with companies.scope(factory.company):
        assert [] == matching.waiting(factory.company)
    bill_actions.take_up_again(factory.controller, bill=desk.bill(), line=desk.bill_line())
    assert 1 == desk.match().cleared


def test_a_billed_receipt_is_not_taken_back(factory: Factory, desk: Desk) -> None:
    receipt = factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("50.00", "H-1"))
    desk.match()

    with pytest.raises(clearings.ReceiptIsBilled, match="INV-146"):
        actions.reverse_receipt(factory.warehouse, receipt=receipt.number, at=factory.at(), reason="mistyped")


def test_goods_taken_back_are_not_owed_for(factory: Factory, desk: Desk) -> None:
    receipt = factory.buy("HONEY", "10", "5", lot="H-1")
    actions.reverse_receipt(factory.warehouse, receipt=receipt.number, at=factory.at(), reason="mistyped")

    assert "0 for 0.00" == desk.open("H-1")


def test_free_goods_are_billed_at_nothing(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "0", lot="H-1")

    assert "10 for 0.00" == desk.open("H-1")


def test_accruals_are_listed_by_age_and_add_up_to_the_books(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    factory.buy("OIL", "4", "5", lot="O-1")
    desk.type(desk.line("20.00", "O-1"))
    desk.match()

    with companies.scope(factory.company):
        found = accruals.ageing(factory.company, date(2026, 3, 1))

    assert [("H-1", "Sunny Hive Apiary", 45, 1, 5000)] == [
        (one.goods.lot_code, one.vendor, one.days, one.band, one.accrual.open) for one in found
    ]


def standings(factory: Factory, desk: Desk) -> list[Standing]:
    from tieout.core.matching import Tolerances

    with companies.scope(factory.company):
        found = matching.look(Bill.objects.get(external_id="146"), Tolerances())
    return [one.standing for one in found]


def on_accounts(factory: Factory, number: str) -> list[str]:
    """What an event books on each account."""
    with companies.scope(factory.company), connection.cursor() as cursor:
        cursor.execute(
            "select a.name || ' ' || round(sum(l.debit - l.credit) / 100.0, 2) from ledger_journalline l"
            " join ledger_event e on e.id = l.event_id join ledger_account a on a.id = l.account_id"
            " where e.number = %s group by a.name order by 1",
            [number],
        )
        return [row[0] for row in cursor.fetchall()]


def test_the_program_matches_what_it_may_and_asks_for_nothing_in_vain(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("50.00", "H-1"), id="1")
    desk.type(desk.line("99.00", "10 kg of something"), id="2")
    first, again = (settling.settle(factory.company, factory.at()) for _ in range(2))

    assert ["bill INV-1 of 2026-01-15"] == [one.bill for one in first.matched]
    assert ([], {}) == (again.matched, again.refused)


def test_verify_finds_a_clearing_that_the_books_do_not_bear_out(factory: Factory, desk: Desk) -> None:
    """Somebody writes, past the actions, that a bill over 52.00 cleared 4.00 more than it did."""
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("52.00", "H-1"))
    desk.match()
    with companies.scope(factory.company):
        (real,) = clearings.standing([desk.bill_line()])
        real.pk, real.quantity, real.accrued, real.price_difference = None, Decimal(0), 0, 400
        real.save(force_insert=True)

    found = desk.sound()

    assert 4 == len(found)
    assert found[0].endswith("(LTC-000001 for lot H-1) says 2.00 on the accrual; it should say 6.00, as cleared.")
    assert found[1].endswith("line 1) says 56.00 cleared by it; it should say no more than its 52.00.")
    assert found[2].endswith("(RCV-000001, HONEY lot H-1) says settled on 2026-01-15; it should say not settled.")
    assert found[3].endswith("line 1) says that it is done; it should say begun.")


def test_what_is_settled_is_not_looked_at_until_something_touches_it(factory: Factory, desk: Desk) -> None:
    """A return that is taken back knows of no list; the movement puts the line on it."""
    factory.buy("HONEY", "10", "5", lot="H-1")
    sent = actions.return_to_supplier(factory.warehouse, lot="H-1", quantity=Decimal(10), at=factory.at())
    settling.settle(factory.company, factory.at())
    assert [] == on_the_list(factory)
    actions.reverse_supplier_return(factory.warehouse, event=sent.number, at=factory.at(), reason="they are here")

    assert ["H-1"] == on_the_list(factory)
    assert [True] == dates_open(factory, factory.now.date())
    assert [] == desk.sound()


def test_what_is_taken_back_is_open_again_and_what_went_back_is_settled_by_the_next_round(
    factory: Factory, desk: Desk
) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    factory.buy("HONEY", "10", "5", lot="H-2")
    desk.type(desk.line("50.00", "H-1"))
    desk.match()
    actions.return_to_supplier(factory.warehouse, lot="H-2", quantity=Decimal(10), at=factory.at())
    bill_actions.unmatch_bill(factory.controller, bill=desk.bill(), at=factory.at(), reason="the wrong receipt")
    assert ["H-1", "H-2"] == on_the_list(factory)
    desk.delete()
    settling.settle(factory.company, factory.at())

    assert ["H-1"] == on_the_list(factory)
    assert [] == desk.sound()


def test_accruals_as_of_a_day_show_what_was_settled_since(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("50.00", "H-1"), TxnDate="2026-02-20")
    desk.match()
    before = dates_open(factory, date(2026, 2, 19), date(2026, 2, 20), date(2026, 3, 10))
    desk.type(desk.line("50.00", "H-1"), TxnDate="2026-03-20")

    after = dates_open(factory, date(2026, 2, 19), date(2026, 2, 20), date(2026, 3, 10), date(2026, 3, 20))

    assert ([True, False, False], [True, True, True, False]) == (before, after)
    assert [] == desk.sound()


def on_the_list(factory: Factory) -> list[str]:
    """Lots of which something may be open."""
    with companies.scope(factory.company):
        return sorted(AccrualState.objects.filter(settled_on=None).values_list("lot__code", flat=True))


def dates_open(factory: Factory, *days: date) -> list[bool]:
    with companies.scope(factory.company):
        return [bool(accruals.ageing(factory.company, day)) for day in days]


def test_verify_finds_what_is_off_the_list_and_open(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("50.00", "10 kg of something"))
    with companies.scope(factory.company):
        AccrualState.objects.update(settled_on=date(2026, 1, 15))
        BillLine.objects.update(progress=Progress.DONE)

    assert [
        "(RCV-000001, HONEY lot H-1) says settled on 2026-01-15; it should say not settled.",
        "(Bill INV-146, line 1) says that it is done; it should say new.",
    ] == [found[found.index("(") :] for found in desk.sound()]


def test_one_round_comes_to_rest_by_itself(factory: Factory, desk: Desk) -> None:
    """The credit note is dated before the bill that it gives back from, and gives the goods to the third."""
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("20.00", "H-1", quantity="4"), id="1", kind="VendorCredit", TxnDate="2026-01-10")
    desk.type(desk.line("50.00", "H-1", quantity="10"), id="2", TxnDate="2026-01-11")
    desk.type(desk.line("20.00", "H-1", quantity="4"), id="3", TxnDate="2026-01-12")

    found = settling.settle(factory.company, factory.at())

    assert ["bill INV-2", "vendor credit INV-1", "bill INV-3"] == [one.bill.split(" of ")[0] for one in found.matched]
    assert "0 for 0.00" == desk.open("H-1")
    assert [] == desk.sound()


def test_a_discount_that_is_added_later_lowers_the_price_of_what_was_matched(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    factory.buy("OIL", "4", "5", lot="O-1")
    goods = desk.line("50.00", "H-1"), desk.line("20.00", "O-1")
    desk.type(*goods)
    desk.match()
    desk.type(*goods, desk.line("-1.40", "2 % discount"))

    found = settling.settle(factory.company, factory.at())

    assert [(2, 0)] == [(one.cleared, one.taken_back) for one in found.matched]
    assert {"RAW": "68.60"} == desk.books()
    assert [] == desk.sound()


@pytest.mark.parametrize("order", ["goods bill credit", "goods credit bill", "credit goods bill", "bill credit goods"])
def test_a_credit_note_over_money_alone_lowers_the_price_in_any_order(factory: Factory, desk: Desk, order: str) -> None:
    happens = {
        "goods": lambda: factory.buy("HONEY", "10", "5", lot="H-1"),
        "bill": lambda: desk.type(desk.line("50.00", "H-1", quantity="10"), id="1"),
        "credit": lambda: desk.type(desk.line("2.00", "allowance for lot H-1"), id="2", kind="VendorCredit"),
    }
    for what in order.split():
        happens[what]()
        settling.settle(factory.company, factory.at())

    assert "0 for 0.00" == desk.open("H-1")
    assert {"RAW": "48.00"} == desk.books()
    assert [] == desk.sound()


def test_a_credit_note_finds_goods_of_long_ago_by_their_number_and_nothing_else_of_them(
    factory: Factory, desk: Desk
) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1", at=datetime(2024, 1, 15, 14, tzinfo=UTC))
    desk.type(desk.line("50.00", "H-1"), id="1", TxnDate="2024-01-15")
    desk.match("1")
    desk.type(desk.line("50.00", "as agreed"), id="2", kind="VendorCredit")
    assert 0 == desk.match("2").cleared
    desk.type(desk.line("50.00", "goods of rcv-000001"), id="3", kind="VendorCredit")

    assert 1 == desk.match("3").cleared
    assert "10 for 50.00" == desk.open("H-1")


def test_a_line_that_was_moved_to_the_accrual_is_moved_back_before_it_is_set_aside(
    factory: Factory, desk: Desk
) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("51.00", "10 kg H-1", role=Role.SAMPLES))
    bill_actions.move_to_accrual(factory.controller, bill=desk.bill(), line=desk.bill_line(), at=factory.at())

    with pytest.raises(bill_actions.MatchedAlready, match="Move it back first"):
        bill_actions.set_aside(factory.controller, bill=desk.bill(), line=desk.bill_line(), what="other")


def test_bills_that_wait_are_listed_whatever_they_are_coded_to_and_freight_is_not(factory: Factory, desk: Desk) -> None:
    today = timezone.now().date().isoformat()
    desk.type(desk.line("50.00", "on its way"), id="1")
    desk.type(desk.line("12.00", "freight", role=Role.FREIGHT), id="2", TxnDate=today)
    desk.type(desk.line("7.00", "samples", role=Role.SAMPLES), id="3", TxnDate=today)
    desk.type(desk.line("7.00", "samples of long ago", role=Role.SAMPLES), id="4", TxnDate="2020-01-15")

    with companies.scope(factory.company):
        listed = {one.number: one.left for one in bill_queries.rows(waiting=True)}

    assert {"INV-1": 5000, "INV-3": 700} == listed


def test_a_credit_note_that_names_its_bill_lowers_the_price_of_what_the_bill_charged(
    factory: Factory, desk: Desk
) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    factory.buy("OIL", "4", "5", lot="O-1")
    factory.buy("JAR", "100", "0.5", lot="J-1")
    desk.type(desk.line("50.00", "H-1"), desk.line("20.00", "O-1"), id="7001")
    desk.type(desk.line("50.00", "J-1"), id="7002")
    desk.type(desk.line("1.40", "2 % on inv-7001"), id="3", kind="VendorCredit", TxnDate="2026-10-15")

    found = settling.settle(factory.company, factory.at())

    assert [2, 1, 2] == [one.cleared for one in found.matched]
    assert {"RAW": "118.60"} == desk.books()
    assert [] == desk.sound()


def test_what_a_person_says_of_a_credit_note_is_less_than_nothing_however_it_is_typed(
    factory: Factory, desk: Desk
) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("50.00", "H-1"), id="1")
    desk.match("1")
    desk.type(desk.line("30.00", "as agreed"), id="2", kind="VendorCredit")
    lines = [
        For(desk.bill_line(1, "2"), desk.receipt_line("H-1"), Decimal(4), 2000),
        For(desk.bill_line(1, "2"), desk.receipt_line("H-1"), Decimal(0)),
    ]
    bill_actions.clear_bill(factory.controller, bill=desk.bill("2"), lines=lines, at=factory.at())

    assert "4 for 20.00" == desk.open("H-1")
    assert {"RAW": "40.00", "GRNI": "-20.00"} == desk.books()
    assert [] == desk.sound()


def test_a_bill_of_a_day_to_come_waits_for_it(factory: Factory, desk: Desk) -> None:
    """AP typed 2062 instead of 2026: nothing is refused again and again, and a person is told what to do."""
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("51.00", "lot H-1"), TxnDate="2062-01-15")

    found = settling.settle(factory.company, timezone.now())
    assert ([], {}) == (found.matched, found.refused)
    wanted = For(desk.bill_line(), desk.receipt_line("H-1"), Decimal(10))
    with pytest.raises(bill_actions.BillAhead, match="have AP correct it in QuickBooks"):
        bill_actions.clear_bill(factory.controller, bill=desk.bill(), lines=[wanted], at=factory.at())
    desk.type(desk.line("51.00", "lot H-1"), TxnDate="2026-01-15")
    assert 1 == desk.match().cleared


def test_a_matched_bill_that_is_moved_to_a_day_to_come_is_taken_back_today(factory: Factory, desk: Desk) -> None:
    factory.buy("HONEY", "10", "5", lot="H-1")
    desk.type(desk.line("51.00", "lot H-1"))
    desk.match()
    desk.type(desk.line("52.00", "lot H-1"), TxnDate="2062-01-15")

    assert 1 == desk.match().taken_back
    assert "10 for 50.00" == desk.open("H-1")
    assert [] == desk.sound()
