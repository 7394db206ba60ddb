"""Dollars and goods are followed through the genealogy, and every node adds up to the cent."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import pytest

from tests import factory as factories
from tests.factory import Factory
from tieout.access import company as companies
from tieout.access.acting import Act
from tieout.cli.trace import as_text
from tieout.core.acts.corrections import Late
from tieout.core.posting import Paper
from tieout.core.slices import Edge, Node, Web, follow
from tieout.costing import late, trace
from tieout.costing.subjects import UnknownSubject
from tieout.costing.trace import Section, Side, Trace
from tieout.ledger import events, grouping
from tieout.ledger.models import Event, EventKind, JournalEvent
from tieout.production import actions as production
from tieout.production.reports import Made
from tieout.purchasing import actions as purchasing
from tieout.stock import movements
from tieout.stock.lots import UnknownLot
from tieout.stock.movements import Doing


@pytest.fixture
def factory(db: None) -> Factory:
    return factories.small()


@pytest.fixture
def worked(factory: Factory) -> Factory:
    factories.local_books(factory)
    factory.work()
    factory.seal()
    return factory


def ends(section: Section, side: Side) -> dict[str, int]:
    """Kind of end → cents that came from or went to there."""
    passed = {hop.target for hop in side.hops} & {hop.origin for hop in side.hops} | {section.root}
    summed: dict[str, int] = defaultdict(int)
    for node in side.nodes.values():
        if node.id not in passed:
            summed[node.kind] += node.cents
    return dict(summed)


def only(found: Trace) -> Section:
    (section,) = found.sections
    return section


def assert_adds_up(section: Section) -> None:
    for side, backward in ((section.back, True), (section.forward, False)):
        out: dict[str, int] = defaultdict(int)
        came: dict[str, int] = defaultdict(int)
        for hop in side.hops:
            near, far = (hop.target, hop.origin) if backward else (hop.origin, hop.target)
            out[near] += hop.cents
            came[far] += hop.cents
        assert {id: side.nodes[id].cents for id in out} == dict(out)
        assert {id: side.nodes[id].cents for id in came} == dict(came)


def test_every_entry_event_lot_and_run_adds_up_at_each_node(worked: Factory) -> None:
    with companies.scope(worked.company):
        numbers = [one.number or one.document for one in JournalEvent.objects.all()]
        numbers += Event.objects.values_list("number", flat=True)
        numbers += Event.objects.filter(kind="run report").values_list("subject", flat=True)

    for number in [*numbers, "H-1", "H-2", "O-1", "J-1", "M-1", "M-2", "P-1", "P-2"]:
        for section in trace.of(worked.company, number).sections:
            assert_adds_up(section)
            assert section.cents == section.back.nodes[section.root].cents


def test_cost_of_goods_sold_is_followed_to_the_receipts_and_the_labour_behind_it(worked: Factory) -> None:
    with companies.scope(worked.company):
        number = JournalEvent.objects.get(kind="shipment", document__contains="DEPOT").number
    assert number is not None

    section = only(trace.of(worked.company, number))

    assert "Dr COGS · Account of COGS" in section.title
    assert {"receipt", "labour"} == ends(section, section.back).keys()
    assert section.cents == sum(ends(section, section.back).values())
    assert {"shipment": section.cents} == ends(section, section.forward)


def test_what_of_a_lot_went_elsewhere_is_not_counted(factory: Factory) -> None:
    receipt = factory.buy("HONEY", "10", "10", lot="H")
    oil = factory.buy("OIL", "1", "1", lot="O")
    factory.make("MIX", "4", ("H", "4"), ("O", "1"), lot="M")
    factory.scrap("H", "3")
    shipment = factory.ship(("M", "1"))

    section = only(trace.of(factory.company, shipment.number))

    nodes = {node.details.get("number"): node.cents for node in section.back.nodes.values() if node.kind == "receipt"}
    assert 10_25 == section.cents
    assert {receipt.number: 10_00, oil.number: 25} == nodes
    assert {"kg": Decimal(1)} == {
        hop.unit: hop.quantity
        for hop in section.back.hops
        if "lot" in hop.target and "receipt" in hop.origin and hop.cents == 1000
    }


def test_a_lot_came_as_it_went_or_is_there(worked: Factory) -> None:
    section = only(trace.of(worked.company, "P-2"))

    assert {"receipt", "labour"} == ends(section, section.back).keys()
    assert {"shipment", "on hand"} == ends(section, section.forward).keys()
    assert sum(ends(section, section.back).values()) == section.cents == sum(ends(section, section.forward).values())


def test_a_recalled_lot_is_followed_to_every_shipment_with_all_of_its_goods(worked: Factory) -> None:
    section = only(trace.of(worked.company, "O-1"))

    shipped = {
        node.details["party"]: [hop.quantity for hop in section.forward.hops if hop.target == node.id]
        for node in section.forward.nodes.values()
        if node.kind == "shipment"
    }
    quantities = sorted(hop.quantity for hop in section.forward.hops if hop.target.startswith("shipment"))
    assert ["Green Grocer"] == list(shipped)
    assert [Decimal(17), Decimal(31)] == quantities


def test_a_journal_entry_is_found_with_and_without_its_check_character(worked: Factory) -> None:
    with companies.scope(worked.company):
        journal = JournalEvent.objects.filter(kind="receipt").order_by("id").first()
    assert journal is not None
    assert journal.number is not None

    found = [trace.of(worked.company, name) for name in (journal.number, journal.document, journal.number.lower())]

    assert {(journal.number, "journal")} == {(one.what, one.kind) for one in found}
    assert found[0].sections == found[1].sections == found[2].sections


def test_a_receipt_that_was_taken_back_says_so_and_still_adds_up(factory: Factory) -> None:
    receipt = factory.buy("HONEY", "10", "10", lot="H")
    purchasing.reverse_receipt(factory.warehouse, receipt=receipt.number, at=factory.at(), reason="wrong dock")

    section = only(trace.of(factory.company, receipt.number))

    assert {"taken back": 100_00} == ends(section, section.forward)
    assert {"receipt": 100_00} == ends(section, section.back)
    assert_adds_up(section)


def test_material_that_came_back_from_a_run_is_not_a_part_of_it(factory: Factory) -> None:
    factory.buy("HONEY", "10", "10", lot="H")
    run = factory.plan("MIX", "6")
    factory.issue(run, ("H", "9"))
    production.return_from_run(factory.operator, run=run, lot="H", quantity=Decimal(3), at=factory.at())
    factory.report(run, Made(Decimal(6), lot="M"))

    section = only(trace.of(factory.company, run))

    assert (60_00, {"receipt": 60_00}, {"on hand": 60_00}) == (
        section.cents,
        ends(section, section.back),
        ends(section, section.forward),
    )
    assert [Decimal(6)] == [hop.quantity for hop in section.back.hops if hop.target.startswith("run")]


def test_free_material_is_shown_though_it_cost_nothing(factory: Factory) -> None:
    factory.buy("HONEY", "10", "10", lot="H")
    factory.buy("OIL", "1", "0", lot="GIFT")
    factory.make("MIX", "10", ("H", "10"), ("GIFT", "1"), lot="M")

    section = only(trace.of(factory.company, "M"))

    gift = next(node for node in section.back.nodes.values() if node.details.get("lot") == "GIFT")
    assert 0 == gift.cents
    assert [Decimal(1)] == [hop.quantity for hop in section.back.hops if hop.origin == gift.id]


def test_a_run_at_work_holds_what_it_has_not_given_yet(factory: Factory) -> None:
    factory.buy("HONEY", "10", "10", lot="H")
    run = factory.plan("MIX", "10")
    factory.issue(run, ("H", "9"))

    section = only(trace.of(factory.company, run))

    assert {"in process": 90_00} == ends(section, section.forward)


def test_what_nobody_knows_is_refused_with_a_way_out(factory: Factory) -> None:
    with pytest.raises(UnknownSubject, match=r"no journal entry, lot, shipment, run or event “RCV-9”. Look"):
        trace.of(factory.company, "RCV-9")


def test_a_code_that_two_lots_bear_asks_for_the_id(factory: Factory) -> None:
    factory.buy("HONEY", "1", "1", lot="L")
    second = factory.buy("OIL", "1", "1", lot="L").lots[0].lot

    with pytest.raises(UnknownLot, match="Lot L is there 2 times"):
        trace.of(factory.company, "L")
    assert 100 == only(trace.of(factory.company, f"#{second}")).cents


def test_the_picture_has_each_link_once_and_as_much_as_the_hops(worked: Factory) -> None:
    found = trace.of(worked.company, "P-1")

    picture = trace.sankey(found)

    links = {(link["source"], link["target"]) for link in picture["links"]}
    assert len(links) == len(picture["links"])
    assert {node["id"] for node in picture["nodes"]} == {end for link in links for end in link}
    root = only(found).root
    assert only(found).cents == sum(link["cents"] for link in picture["links"] if link["target"] == root)
    assert only(found).cents == sum(link["cents"] for link in picture["links"] if link["source"] == root)


def test_the_tree_shows_a_lot_once_and_says_where_it_is_unfolded(worked: Factory) -> None:
    with companies.scope(worked.company):
        shipment = Event.objects.filter(kind="shipment").order_by("id").values_list("number", flat=True)[0]

    lines = list(as_text(trace.of(worked.company, shipment), width=110))

    honey = [line for line in lines if "HONEY lot H-1" in line]
    assert ["in all)" in honey[0], "in all, above)" in honey[1]] == [True, True]
    assert 2 == len(honey)
    assert all(len(line) <= 110 for line in lines)


def test_the_json_is_whole(worked: Factory) -> None:
    found = trace.of(worked.company, "P-1")

    assert found == msgspec.json.decode(msgspec.json.encode(found), type=Trace)


def test_a_circle_ends_where_it_would_close() -> None:
    """No real genealogy has one; a trace must end all the same."""
    one, two = Node("lot", 1), Node("lot", 2)
    web = Web({one: [Edge(two, 10, Decimal(1), Decimal(1))], two: [Edge(one, 10, Decimal(1), Decimal(1))]})

    found = follow(Node("line", 1), [Edge(one, 10, Decimal(1), Decimal(1))], web)

    assert [("lot", 10), ("lot", 10), ("itself", 10)] == [(hop.target.kind, hop.cents) for hop in found.hops]


def cost_late(factory: Factory, lot: int, cents: int) -> str:
    """A price difference on a lot, as a bill will bring it; the event's number."""
    with companies.scope(factory.company):
        act = Act(factory.system, factory.company, "shadow", "USD", ZoneInfo("America/New_York"), factory.at())
        reach = late.Reach(factory.company, of_lots=[lot])
        when, desk = events.moment(act, at=factory.now, zone=act.time_zone)
        facts = Late(late.genealogy(reach, desk).into_lot(lot, cents))
        book = movements.load(factory.company, reach.facts, more_pools=reach.pools)
        facts.apply(book)
        number, _ = events.number(act, "LTC")
        doing = Doing(
            EventKind.LATE_COST, number, when, desk, grouping.late_cost(when, number=number), Paper("late cost")
        )
        movements.record(act, doing, book=book, facts=facts, goods=movements.goods_of(reach.facts.values()))
        return number


@pytest.fixture
def dearer(factory: Factory) -> tuple[Factory, str]:
    """Half of a lot went into a run, half of what that made was sold; then the lot costs 10.00 more."""
    honey = factory.buy("HONEY", "10", "10", lot="H").lots[0].lot
    factory.buy("OIL", "1", "3", lot="O")
    factory.make("MIX", "4", ("H", "5"), ("O", "1"), lot="M")
    factory.ship(("M", "2"))
    return factory, cost_late(factory, honey, 10_00)


def test_a_later_cost_is_followed_along_its_own_way_and_not_to_other_materials(dearer: tuple[Factory, str]) -> None:
    factory, number = dearer

    sections = trace.of(factory.company, number).sections

    cogs = next(section for section in sections if section.title.startswith("Dr COGS"))
    assert 2_50 == cogs.cents
    assert {"late cost": 2_50} == ends(cogs, cogs.back)
    assert {"shipment": 2_50} == ends(cogs, cogs.forward)
    assert {"H", "M"} == {node.details["lot"] for node in cogs.back.nodes.values() if node.kind == "lot"}
    raw = next(section for section in sections if section.title.startswith("Dr RAW"))
    assert {"left on lot": 5_00 + 2_50, "shipment": 2_50} == ends(raw, raw.forward)
    for section in sections:
        assert_adds_up(section)


def test_a_lot_shows_its_receipt_and_what_came_later_apart(dearer: tuple[Factory, str]) -> None:
    factory, _ = dearer

    section = only(trace.of(factory.company, "H"))

    assert {"receipt": 100_00, "late cost": 10_00} == ends(section, section.back)
    assert {"shipment": 27_50, "on hand": 55_00 + 27_50} == ends(section, section.forward)


def test_a_shipment_is_worth_what_it_came_to_with_what_came_later(dearer: tuple[Factory, str]) -> None:
    factory, _ = dearer
    with companies.scope(factory.company):
        shipment = Event.objects.get(kind="shipment").subject

    section = only(trace.of(factory.company, shipment))

    assert 26_50 + 2_50 == section.cents
    assert {"receipt": 26_50, "late cost": 2_50} == ends(section, section.back)
