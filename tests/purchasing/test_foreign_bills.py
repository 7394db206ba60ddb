"""Bills in other money than ours, and with tax beside their lines: mirrored, split, taken back, to the cent."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests import factory as factories
from tests.factory import Factory
from tests.purchasing.paper import Desk
from tieout.access import company as companies
from tieout.ledger import actions as finance
from tieout.purchasing import actions, bill_actions, bills
from tieout.purchasing.actions import Came, OrderLine
from tieout.purchasing.bill_actions import For
from tieout.purchasing.bill_tax import TaxNotUnderstood
from tieout.purchasing.bills import What
from tieout.purchasing.models import Bill
from tieout.purchasing.rates import NoRate

pytestmark = pytest.mark.django_db

EUR = {"CurrencyRef": {"value": "EUR"}}


@pytest.fixture
def factory(db: None) -> Factory:
    return factories.small()


@pytest.fixture
def desk(factory: Factory) -> Desk:
    return Desk(factory, factories.local_books(factory))


def receive(factory: Factory, quantity: str, price: str, rate: str, *, lot: str, currency: str = "EUR") -> None:
    """Honey, ordered in other money, that came at a rate."""
    when = factory.at()
    order = actions.place_order(
        factory.buyer,
        supplier="APIARY",
        site="MILL",
        lines=[OrderLine("HONEY", Decimal(quantity), Decimal(price))],
        ordered_on=when.date(),
        currency=currency,
    ).number
    came = Came("HONEY", Decimal(quantity), lot=lot)
    actions.receive(factory.warehouse, order=order, lines=[came], at=when, rate=Fraction(rate))


def decide(factory: Factory, policy: str) -> None:
    finance.set_policy(
        factory.controller, name="tax on purchases", value=policy, effective_from=factory.at().date().replace(day=1)
    )


def amounts(desk: Desk, id: str = "146") -> list[int]:
    with companies.scope(desk.factory.company):
        return [line.amount for line in bills.lines(Bill.objects.get(external_id=id))]


# --- Other money ----------------------------------------------------------------------------------------------------


def test_the_references_example_splits_the_exchange_off_by_itself(factory: Factory, desk: Desk) -> None:
    """20 kg at 2.10 at 10, billed 2.20 at 11: 22.00 to the lot, 42.00 to the rate, 484.00 owed."""
    receive(factory, "20", "2.10", "10", lot="H-1")
    desk.type(desk.line("44.00", "20 kg lot H-1", quantity="20", product=""), **EUR, ExchangeRate=Decimal(11))

    desk.match()

    assert {"RAW": "442.00", "FX": "42.00"} == desk.books()
    assert "0 for 0.00" == desk.open("H-1")
    assert [] == desk.sound()


def test_a_foreign_bill_at_a_rate_of_one_is_foreign_all_the_same(factory: Factory, desk: Desk) -> None:
    receive(factory, "20", "2.10", "1.1", lot="H-1")
    desk.type(desk.line("42.00", "lot H-1"), **EUR, ExchangeRate=1)

    desk.match()

    assert {"RAW": "46.20", "FX": "-4.20"} == desk.books()


def test_a_rate_that_is_edited_later_takes_the_old_difference_back(factory: Factory, desk: Desk) -> None:
    receive(factory, "20", "2.10", "10", lot="H-1")
    line = desk.line("44.00", "lot H-1")
    desk.type(line, **EUR, ExchangeRate=Decimal(11))
    desk.match()
    desk.type(line, **EUR, ExchangeRate=Decimal(9))

    matched = desk.match()

    assert (1, 1) == (matched.cleared, matched.taken_back)
    assert {"RAW": "438.00", "FX": "-42.00"} == desk.books()
    assert "0 for 0.00" == desk.open("H-1")
    assert [] == desk.sound()


def test_a_payment_of_a_foreign_bill_changes_nothing_here(factory: Factory, desk: Desk) -> None:
    receive(factory, "20", "2.10", "10", lot="H-1")
    line = desk.line("44.00", "lot H-1")
    desk.type(line, **EUR, ExchangeRate=Decimal(11))

    assert What.SAME == desk.type(line, **EUR, ExchangeRate=Decimal("11.000000"), Balance=0).what


def test_parts_of_a_foreign_bill_leave_no_cent(factory: Factory, desk: Desk) -> None:
    receive(factory, "7", "1.01", "1.0937", lot="H-1")
    desk.type(desk.line("7.77", "lot H-1"), **EUR, ExchangeRate=Decimal("1.1111"))
    for quantity, cents, foreign in (("3", 370, "3.33"), ("2", 247, "2.22"), ("2", None, "2.22")):
        bill_actions.clear_bill(
            factory.controller,
            bill=desk.bill(),
            lines=[For(desk.bill_line(), desk.receipt_line("H-1"), Decimal(quantity), cents, Decimal(foreign))],
            at=factory.at(),
        )

    books = desk.books()
    assert Decimal("8.63") == Decimal(books["RAW"]) + Decimal(books.get("FX", 0))
    assert "GRNI" not in books
    assert "0 for 0.00" == desk.open("H-1")


def test_what_was_agreed_in_one_currency_is_not_compared_in_another(factory: Factory, desk: Desk) -> None:
    """42.00 EUR at 1.10 were agreed; 40.00 pounds at 1.30 are 52.00: five dollars eighty more, and no rate's doing."""
    receive(factory, "20", "2.10", "1.1", lot="H-1")
    desk.type(desk.line("40.00", "lot H-1"), CurrencyRef={"value": "GBP"}, ExchangeRate=Decimal("1.3"))

    assert 0 == desk.match().cleared
    bill_actions.clear_bill(
        factory.controller,
        bill=desk.bill(),
        lines=[For(desk.bill_line(), desk.receipt_line("H-1"), Decimal(20))],
        at=factory.at(),
    )
    assert {"RAW": "52.00"} == desk.books()


def test_a_foreign_credit_note_takes_its_part_of_both_back(factory: Factory, desk: Desk) -> None:
    receive(factory, "20", "2.10", "10", lot="H-1")
    desk.type(desk.line("44.00", "lot H-1"), **EUR, ExchangeRate=Decimal(11))
    desk.match()
    desk.type(desk.line("44.00", "lot H-1"), id="9", kind="VendorCredit", **EUR, ExchangeRate=Decimal(11))
    bill_actions.clear_bill(
        factory.controller,
        bill=desk.bill("9"),
        lines=[For(desk.bill_line(id="9"), desk.receipt_line("H-1"), Decimal(-20))],
        at=factory.at(),
    )

    assert {"RAW": "420.00", "GRNI": "-420.00"} == desk.books()
    assert "20 for 420.00" == desk.open("H-1")
    assert [] == desk.sound()


def test_foreign_prices_without_a_rate_are_worth_nothing_anybody_knows(factory: Factory, desk: Desk) -> None:
    when = factory.at()
    lines = [OrderLine("HONEY", Decimal(20), Decimal("2.10"))]
    order = actions.place_order(
        factory.buyer, supplier="APIARY", site="MILL", lines=lines, ordered_on=when.date(), currency="EUR"
    ).number
    came = [Came("HONEY", Decimal(20), lot="H-1")]

    with pytest.raises(NoRate, match=f"The prices of {order} are in EUR. Give the rate of the day"):
        actions.receive(factory.warehouse, order=order, lines=came, at=when)
    priced = [Came("HONEY", Decimal(20), lot="H-1", amount=Decimal("46.20"))]
    assert actions.receive(factory.warehouse, order=order, lines=priced, at=when).lots


def test_papers_of_found_goods_may_be_in_other_money(factory: Factory, desk: Desk) -> None:
    actions.record_found(factory.warehouse, sku="HONEY", quantity=Decimal(20), place="MILL", lot="F-1", at=factory.at())
    lines = [OrderLine("HONEY", Decimal(20), Decimal("2.10"))]
    order = actions.place_order(
        factory.buyer, supplier="APIARY", site="MILL", lines=lines, ordered_on=factory.at().date(), currency="EUR"
    ).number
    actions.match_found(factory.warehouse, lot="F-1", order=order, line=1, at=factory.at(), rate=Fraction(10))
    desk.type(desk.line("42.00", "lot F-1"), **EUR, ExchangeRate=Decimal(11))
    desk.match()

    assert {"RAW": "420.00", "FX": "42.00"} == desk.books()
    assert [] == desk.sound()


# --- Tax ------------------------------------------------------------------------------------------------------------


def taxed(desk: Desk, *lines: dict[str, Any], tax: str, **more: Any) -> bills.Change:
    net = sum((line["Amount"] for line in lines), Decimal(0))
    return desk.type(*lines, TxnTaxDetail={"TotalTax": Decimal(tax)}, **{"TotalAmt": net + Decimal(tax), **more})


def coded(line: dict[str, Any], code: str, tax: str = "") -> dict[str, Any]:
    more = {"TaxAmount": Decimal(tax)} if tax else {}
    return {**line, line["DetailType"]: {**line[line["DetailType"]], "TaxCodeRef": {"value": code}, **more}}


def test_a_us_bill_has_its_tax_in_its_lines(factory: Factory, desk: Desk) -> None:
    desk.type(desk.line("108.00"), TxnTaxDetail={}, TotalAmt=108)

    assert [10800] == amounts(desk)


def test_a_bill_with_tax_waits_until_somebody_says_what_becomes_of_it(factory: Factory, desk: Desk) -> None:
    with pytest.raises(TaxNotUnderstood, match=r"a tax of 20\.00, and nobody has said yet"):
        taxed(desk, desk.line("100.00"), tax="20.00")


def test_tax_that_is_reclaimed_is_no_business_of_the_goods(factory: Factory, desk: Desk) -> None:
    decide(factory, "reclaimed")
    factory.buy("HONEY", "20", "5", lot="H-1")
    taxed(desk, desk.line("100.00", "lot H-1"), tax="20.00")

    assert [] == desk.match().events
    assert {"RAW": "100.00"} == desk.books()


def test_tax_that_is_not_recoverable_belongs_to_what_the_goods_cost(factory: Factory, desk: Desk) -> None:
    decide(factory, "cost")
    factory.buy("HONEY", "20", "5", lot="H-1")
    taxed(desk, coded(desk.line("100.00", "lot H-1"), "5"), desk.line("50.00", account="77"), tax="4.00")

    desk.match()

    assert [10400, 5000] == amounts(desk)
    assert {"RAW": "104.00"} == desk.books()


def test_tax_is_shared_by_amount_to_the_cent_and_converted_with_its_line(factory: Factory, desk: Desk) -> None:
    decide(factory, "cost")
    taxed(desk, desk.line("10.00"), desk.line("10.00"), desk.line("10.00"), tax="1.00", **EUR, ExchangeRate=2)

    assert [2068, 2066, 2066] == amounts(desk)


def test_what_lines_say_of_their_tax_goes_before_shares(factory: Factory, desk: Desk) -> None:
    decide(factory, "cost")
    lines = coded(desk.line("100.00"), "5", "5.00"), coded(desk.line("100.00"), "6", "20.00")
    taxed(desk, *lines, tax="25.00")

    assert [10500, 12000] == amounts(desk)


@pytest.mark.parametrize(
    ("codes", "more", "sentence"),
    [
        (("5", "6"), {}, r"different taxes \(5, 6\), and QuickBooks does not say how much of 25.00"),
        (("5", "5"), {"TotalAmt": 200}, r"The lines \(200.00\) and the tax \(25.00\) of the bill are not its total"),
    ],
)
def test_a_tax_that_cannot_be_told_apart_is_refused_in_a_sentence(
    factory: Factory, desk: Desk, codes: tuple[str, str], more: dict[str, Any], sentence: str
) -> None:
    decide(factory, "cost")
    with pytest.raises(TaxNotUnderstood, match=sentence):
        taxed(desk, *(coded(desk.line("100.00"), code) for code in codes), tax="25.00", **more)


def test_a_credit_note_gives_its_tax_back(factory: Factory, desk: Desk) -> None:
    decide(factory, "cost")
    taxed(desk, desk.line("100.00"), tax="20.00", kind="VendorCredit")

    assert [-12000] == amounts(desk)
