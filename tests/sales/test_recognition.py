"""When goods that left are sold: shipped-not-invoiced until then, exact by lot, and late costs follow."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from tests.factory import START, Factory, local_books
from tests.sales.paper import document, roles, sold, tell
from tieout.access import company as companies
from tieout.close import verify
from tieout.core.acts.corrections import Correction
from tieout.costing import late
from tieout.ledger import actions as ledger
from tieout.ledger import desk
from tieout.sales import actions, daily, invoice_actions, recognition
from tieout.sales.actions import Going, Shipped
from tieout.sales.agreements import UnknownAgreement
from tieout.sales.recognition import NothingToRecognise

ON_RECORD = frozenset({1, 2, 3, 4, 5, 6, 8, 9, 10})


def settle(factory: Factory) -> int:
    return daily.settle(factory.company, by=factory.controller)


def agree(factory: Factory, sold_on: str, days: int | None = None) -> None:
    invoice_actions.agree_on_sale(
        factory.controller, customer="GROCER", sold=sold_on, transit_days=days, valid_from=START.date()
    )


def holds(factory: Factory) -> list[str]:
    found = verify.check(factory.company, only=ON_RECORD)
    return [f"{one.number}: {finding}" for one in found for finding in one.findings]


def dated(factory: Factory, kind: str) -> list[date]:
    with companies.scope(factory.company), connection.cursor() as cursor:
        cursor.execute("select accounting_date from ledger_event where kind = %s order by id", [kind])
        return [on for (on,) in cursor.fetchall()]


def test_by_default_goods_are_sold_when_they_leave(factory: Factory) -> None:
    factory.ship(("P-1", "10"))

    assert 3000 == roles(factory)["COGS"]
    assert 0 == settle(factory)


def test_sold_on_invoice_the_cost_waits_between_the_accounts_until_then(factory: Factory) -> None:
    agree(factory, "invoice")
    factory.ship(("P-1", "10"))
    assert {"SNI": 3000} == {role: cents for role, cents in roles(factory).items() if role in ("SNI", "COGS")}

    tell(factory, document(sold("POT", "10", "55"), on=date(2026, 2, 3)))
    assert 1 == settle(factory)
    assert {"COGS": 3000} == {role: cents for role, cents in roles(factory).items() if role in ("SNI", "COGS")}
    assert [date(2026, 2, 3)] == dated(factory, "recognition")
    assert 0 == settle(factory)
    assert [] == holds(factory)


def test_a_shipment_that_is_refused_keeps_no_other_from_being_sold(
    factory: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(factory, "invoice")
    for n in (1, 2):
        shipped = factory.ship(("P-1", "10")).number
        tell(factory, document(sold("POT", "10", "55"), id=f"7{n}", number=f"103{n}", PrivateNote=shipped))
    real, refused = recognition.recognise, iter([NothingToRecognise("not this one")])

    def recognise(*arguments: object, **named: object) -> object:
        if (refusal := next(refused, None)) is not None:
            raise refusal
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(recognition, "recognise", recognise)
    settle(factory)
    assert 3000 == roles(factory)["COGS"]

    settle(factory)
    assert 6000 == roles(factory)["COGS"]


def test_part_by_part_the_last_invoice_takes_the_rest(factory: Factory) -> None:
    """100 units of 3.00 are 300.00; here 3 units of a lot that cost 10.00 in all."""
    agree(factory, "invoice")
    factory.buy("POT", "3", "3.333333", lot="P-3")
    factory.ship(("P-3", "3"))
    seen = []
    for n in range(3):
        tell(factory, document(sold("POT", "1", "5"), id=str(n), number=f"10{n}", CustomerMemo={"value": "SHP-000001"}))
        settle(factory)
        seen.append(roles(factory).get("COGS"))

    assert [333, 667, 1000] == seen
    assert "SNI" not in roles(factory)
    assert [] == holds(factory)


def test_an_invoice_that_is_deleted_puts_the_goods_between_the_accounts_again(factory: Factory) -> None:
    agree(factory, "invoice")
    factory.ship(("P-1", "10"))
    tell(factory, document(sold("POT", "10", "55")))
    settle(factory)
    tell(factory, {"Id": "71"}, deleted=True)
    settle(factory)

    assert (3000, None) == (roles(factory).get("SNI"), roles(factory).get("COGS"))
    assert [] == holds(factory)


def test_an_invoice_edited_to_less_leaves_the_rest_between_the_accounts(factory: Factory) -> None:
    agree(factory, "invoice")
    factory.ship(("P-1", "10"))
    tell(factory, document(sold("POT", "10", "55")))
    settle(factory)
    tell(factory, document(sold("POT", "4", "22"), version=1))
    settle(factory)

    assert (1800, 1200) == (roles(factory).get("SNI"), roles(factory).get("COGS"))
    assert [] == holds(factory)


def test_sold_on_delivery_proof_says_when(factory: Factory) -> None:
    agree(factory, "delivery")
    shipped = factory.ship(("P-1", "10"), ("P-2", "1"))
    arrived = START + timedelta(days=3)
    done = deliver(factory, shipped, arrived)

    assert 3400 == done
    assert [arrived.date()] == dated(factory, "recognition")
    assert 0 == settle(factory)
    assert [] == holds(factory)


def deliver(factory: Factory, shipped: Shipped, at: object) -> int:
    return invoice_actions.record_delivery(
        factory.warehouse, shipment=shipped.number, at=at, proof="signed by Mr. Green"  # type: ignore[arg-type]
    ).value  # fmt: skip


def test_sold_on_delivery_without_proof_after_the_agreed_days(factory: Factory) -> None:
    agree(factory, "delivery", 2)
    factory.ship(("P-1", "10"), at=START)
    lately = timezone.now() - timedelta(hours=1)
    factory.ship(("P-1", "1"), at=lately)

    assert 1 == settle(factory)
    assert (3000, 300) == (roles(factory).get("COGS"), roles(factory).get("SNI"))
    assert [START.date() + timedelta(2)] == dated(factory, "recognition")


def test_goods_are_not_on_the_road_for_less_than_no_time(factory: Factory) -> None:
    with pytest.raises(UnknownAgreement, match="not for -1"):
        agree(factory, "delivery", -1)


def test_finance_may_say_that_a_shipment_is_sold(factory: Factory) -> None:
    agree(factory, "delivery")
    shipped = factory.ship(("P-1", "10"))
    invoice_actions.recognise(factory.controller, shipment=shipped.number, at=factory.at(), reason="paid")

    assert 3000 == roles(factory)["COGS"]
    with pytest.raises(NothingToRecognise):
        invoice_actions.recognise(factory.controller, shipment=shipped.number, at=factory.at(), reason="paid")


def test_the_companys_policy_holds_where_nothing_is_agreed(factory: Factory) -> None:
    ledger.set_policy(factory.controller, name="cost of goods sold", value="invoice", effective_from=date(2026, 1, 1))
    factory.ship(("P-1", "10"))
    agree(factory, "shipment")
    factory.ship(("P-1", "1"))

    assert (3000, 300) == (roles(factory).get("SNI"), roles(factory).get("COGS"))


def test_a_shipment_taken_back_takes_back_what_was_recognised_of_it(factory: Factory) -> None:
    agree(factory, "invoice")
    shipped = factory.ship(("P-1", "10"))
    tell(factory, document(sold("POT", "10", "55")))
    settle(factory)
    actions.reverse_shipment(factory.warehouse, event=shipped.event, at=factory.at(), reason="never left")

    assert {"FG", "GRNI"} == set(roles(factory))
    assert 0 == settle(factory)
    assert [] == holds(factory)


def later(factory: Factory, lot: str, cents: int) -> list[Correction]:
    """Where a late cost of a lot belongs."""
    with companies.scope(factory.company), connection.cursor() as cursor:
        cursor.execute("select id from stock_lot where code = %s", [lot])
        (id,) = cursor.fetchone()
        reach = late.Reach(factory.company, of_lots=[id])
        as_finance = desk.Desk(None, {}, (), None)  # type: ignore[arg-type]  # nothing is posted here
        return late.genealogy(reach, as_finance).into_lot(id, cents)


def ends(factory: Factory, flows: list[Correction]) -> dict[str, int]:
    """Kind of place → cents, at the far end."""
    with companies.scope(factory.company), connection.cursor() as cursor:
        cursor.execute("select id, kind from stock_location")
        kinds = dict(cursor.fetchall())
    total: dict[str, int] = {}
    for flow in flows:
        total[kinds[flow.origin]] = total.get(kinds[flow.origin], 0) - flow.value
        total[kinds[flow.target]] = total.get(kinds[flow.target], 0) + flow.value
    return {kind: cents for kind, cents in total.items() if cents}


def test_a_late_cost_follows_goods_to_where_they_are_between_shipment_and_sale(factory: Factory) -> None:
    """Of 100: 60 on hand, 30 shipped and not sold, 10 sold."""
    agree(factory, "invoice")
    factory.ship(("P-1", "40"))
    tell(factory, document(sold("POT", "10", "55")))
    settle(factory)

    found = ends(factory, later(factory, "P-1", 1000))
    assert {"supplier": -1000, "storage": 600, "shipped-not-invoiced": 300, "customer": 100} == found


def test_what_is_recognised_leaves_with_the_cost_that_came_late_meanwhile(factory: Factory) -> None:
    agree(factory, "invoice")
    actions.ship(
        factory.warehouse, customer="GROCER", site="MILL", lines=[Going(Decimal(100), lot="P-1")], at=factory.at()
    )
    found_late(factory, "P-1", 1000)
    assert 31000 == roles(factory)["SNI"]
    tell(factory, document(sold("POT", "100", "550")))
    settle(factory)

    assert (31000, None) == (roles(factory).get("COGS"), roles(factory).get("SNI"))
    found_late(factory, "P-1", 7)
    assert (31007, None) == (roles(factory).get("COGS"), roles(factory).get("SNI"))
    assert [] == [one for one in holds(factory) if not one.startswith("8")]


def found_late(factory: Factory, lot: str, cents: int) -> None:
    """A late cost of a lot, as whoever matches a dearer bill books it."""
    from tieout.access.acting import Act
    from tieout.access.actions import Action
    from tieout.access.permissions import Permission
    from tieout.core.acts.corrections import Late
    from tieout.core.posting import Paper
    from tieout.ledger import events, grouping
    from tieout.ledger.models import EventKind
    from tieout.stock import movements
    from tieout.stock.models import Lot
    from tieout.stock.movements import Doing, Recorded

    def cost(act: Act) -> Recorded:
        id = Lot.objects.get(code=lot).pk
        reach = late.Reach(act.company, of_lots=[id])
        when, decided = events.moment(act, at=factory.at(), zone=act.time_zone)
        facts = Late(late.genealogy(reach, decided).into_lot(id, cents))
        book = movements.load(act.company, reach.facts, more_pools=reach.pools)
        facts.apply(book)
        number, _ = events.number(act, "LTC")
        doing = Doing(
            EventKind.LATE_COST, number, when, decided, grouping.late_cost(when, number=number),
            Paper(EventKind.LATE_COST.value),
        )  # fmt: skip
        goods = movements.goods_of(reach.facts.values())
        return Recorded(number, movements.record(act, doing, book=book, facts=facts, goods=goods))

    Action(cost, Permission.POST)(factory.controller)


def test_an_entry_per_invoice_holds_what_was_recognised_for_it(factory: Factory) -> None:
    local_books(factory)
    for name, value in (("cost of goods sold", "invoice"), ("shipment grouping", "invoice")):
        ledger.set_policy(factory.controller, name=name, value=value, effective_from=date(2026, 1, 1))
    factory.ship(("P-1", "10"))
    factory.ship(("P-2", "5"))
    tell(factory, document(sold("POT", "10", "55")))
    tell(factory, document(sold("POT", "5", "30"), id="72", number="1038"))
    settle(factory)

    with companies.scope(factory.company), connection.cursor() as cursor:
        cursor.execute(
            "select j.document, sum(l.debit) filter (where l.role = 'COGS')::bigint from ledger_journalevent j"
            " join ledger_event e on e.journal_id = j.id join ledger_journalline l on l.event_id = e.id"
            " where j.kind = 'shipment' group by j.id order by j.id"
        )
        assert [("SHP-000001", None), ("SHP-000002", None), ("INV-1037", 3000), ("INV-1038", 2000)] == cursor.fetchall()


def test_goods_that_came_back_before_the_sale_are_sold_to_nobody(factory: Factory) -> None:
    agree(factory, "invoice")
    shipped = factory.ship(("P-1", "10"))
    actions.return_from_customer(
        factory.warehouse, shipment=shipped.number, quantity=Decimal(4), lot="P-1", at=factory.at()
    )
    tell(factory, document(sold("POT", "10", "55")))
    settle(factory)

    assert (1800, None) == (roles(factory).get("COGS"), roles(factory).get("SNI"))
    assert 0 == settle(factory)
    assert [] == holds(factory)


def test_a_delivery_of_what_came_back_before_sells_the_rest(factory: Factory) -> None:
    agree(factory, "delivery", 2)
    shipped = factory.ship(("P-1", "10"))
    actions.return_from_customer(
        factory.warehouse, shipment=shipped.number, quantity=Decimal(10), lot="P-1", at=factory.at()
    )

    assert 0 == settle(factory)
    assert 0 == deliver(factory, shipped, factory.at())


def test_what_was_sold_and_came_back_stays_so_when_its_invoice_is_deleted(factory: Factory) -> None:
    agree(factory, "invoice")
    shipped = factory.ship(("P-1", "10"))
    tell(factory, document(sold("POT", "10", "55")))
    settle(factory)
    actions.return_from_customer(
        factory.warehouse, shipment=shipped.number, quantity=Decimal(4), lot="P-1", at=factory.at()
    )
    tell(factory, {"Id": "71"}, deleted=True)

    assert 0 == settle(factory)
    assert (1800, None) == (roles(factory).get("COGS"), roles(factory).get("SNI"))
    assert [] == holds(factory)


def test_an_agreement_holds_for_what_leaves_from_its_day_on(factory: Factory) -> None:
    factory.ship(("P-1", "1"))
    invoice_actions.agree_on_sale(
        factory.controller, customer="GROCER", sold="delivery", transit_days=2, valid_from=START.date() + timedelta(1)
    )
    factory.ship(("P-1", "2"), at=START + timedelta(hours=2))
    factory.ship(("P-1", "4"), at=START + timedelta(days=1))
    agree(factory, "invoice")

    assert {"COGS": 900, "SNI": 1200} == {role: roles(factory)[role] for role in ("COGS", "SNI")}
    settle(factory)
    assert {"COGS": 2100} == {role: cents for role, cents in roles(factory).items() if role in ("COGS", "SNI")}
