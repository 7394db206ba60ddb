"""What was where, as of any moment and as it was known then."""

from __future__ import annotations

import argparse
import json
from datetime import timedelta
from decimal import Decimal

import pytest

from tests import factory as factories
from tests.factory import START, Factory
from tieout.access import company as companies
from tieout.catalog.items import UnknownItem
from tieout.cli import stock as command
from tieout.ledger.models import Event
from tieout.stock import positions
from tieout.stock.places import UnknownPlace
from tieout.stock.positions import Position


@pytest.fixture
def factory(db: None) -> Factory:
    return factories.small()


def found(factory: Factory, **asked: object) -> list[Position]:
    with companies.scope(factory.company):
        return positions.positions(factory.company, **asked)  # type: ignore[arg-type]


def said(rows: list[Position]) -> list[str]:
    return [f"{one.sku} {one.site}/{one.place} {one.code} {one.quantity.normalize():f} {one.cents}" for one in rows]


def test_goods_are_shown_by_item_site_place_and_lot(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4", lot="H")
    factory.transfer("H", "4")
    factory.buy("OIL", "2", "3", lot="O")

    rows = said(found(factory))

    assert ["HONEY DEPOT/MAIN H 4 1600", "HONEY MILL/MAIN H 6 2400", "OIL MILL/MAIN O 2 600"] == rows


def test_a_run_is_shown_with_what_it_holds(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4", lot="H")
    run = factory.plan("MIX", "5", number="RUN-X")
    factory.issue(run, ("H", "4"))

    rows = found(factory)

    assert ["HONEY MILL/MAIN H 6 2400", "MIX MILL/PRODUCTION RUN-X 0 1600"] == said(rows)
    assert 40_00 == sum(one.cents or 0 for one in rows)


def test_as_of_any_moment_all_that_happened_since_is_off(factory: Factory) -> None:
    """Every moment of a day's work, against a look at the balances at that moment."""
    looks = []
    record = Factory.at

    def at(self: Factory, moment: object = None) -> object:
        if self.now != START:
            looks.append((self.now, said(found(self))))
        return record(self)

    Factory.at = at  # type: ignore[method-assign, assignment]
    try:
        factory.work()
    finally:
        Factory.at = record  # type: ignore[method-assign]

    assert len(looks) > 15
    for moment, then in looks:
        quantities = [row.rpartition(" ")[0] for row in said(found(factory, at=moment)) if " 0 " not in row]
        assert quantities == [row.rpartition(" ")[0] for row in then if " 0 " not in row]


def test_as_known_then_leaves_out_what_was_recorded_after(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4", lot="H")
    with companies.scope(factory.company):
        then = Event.objects.latest("id").pk
    factory.scrap("H", "3")

    assert ["HONEY MILL/MAIN H 10 4000"] == said(found(factory, known=then))
    assert ["HONEY MILL/MAIN H 7 2800"] == said(found(factory, known=then + 1))


def test_what_was_recorded_late_counts_from_when_it_happened_unless_asked_as_known_then(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4", lot="H")
    with companies.scope(factory.company):
        then = Event.objects.latest("id").pk
    factory.buy("OIL", "1", "3", lot="O", at=START - timedelta(days=2))

    assert ["OIL MILL/MAIN O 1 300"] == said(found(factory, at=START - timedelta(days=1)))
    assert [] == said(found(factory, at=START - timedelta(days=1), known=then))


def test_only_one_site_or_one_item_is_shown_when_asked(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4", lot="H")
    factory.transfer("H", "4")
    factory.buy("OIL", "2", "3", lot="O")

    assert ["HONEY DEPOT/MAIN H 4 1600"] == said(found(factory, site="DEPOT"))
    assert ["OIL MILL/MAIN O 2 600"] == said(found(factory, sku="OIL"))
    with pytest.raises(UnknownPlace, match="There is no site MOON"):
        found(factory, site="MOON")
    with pytest.raises(UnknownItem):
        found(factory, sku="MOON")


def test_who_may_not_see_cost_sees_quantities_only(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4", lot="H")
    factory.issue(factory.plan("MIX", "5"), ("H", "4"))

    rows = found(factory, valued=False)

    assert [("H", Decimal(6), None)] == [(one.code, one.quantity, one.cents) for one in rows]
    assert [("MILL", 1, None)] == [(one.site, one.lots, one.cents) for one in positions.by_site(rows)]


def test_sites_add_up(factory: Factory) -> None:
    factory.buy("HONEY", "10", "4", lot="H")
    factory.transfer("H", "4")
    factory.issue(factory.plan("MIX", "5"), ("H", "4"))

    totals = positions.by_site(found(factory))

    assert [("DEPOT", 1, 16_00), ("MILL", 1, 24_00)] == [(one.site, one.lots, one.cents) for one in totals]


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return command.run(parser.parse_args(["--company", "Hearth and Hand Mills", *arguments]))


def test_the_command_shows_a_table_with_its_total(factory: Factory, capsys: pytest.CaptureFixture[str]) -> None:
    factory.buy("HONEY", "10", "4.37", lot="H")

    assert 0 == run()
    *_, row, total = capsys.readouterr().out.splitlines()
    assert ["HONEY", "MILL/MAIN", "H", "10", "kg", "43.70"] == row.split()
    assert ["43.70"] == total.split()


def test_the_command_tells_programs(factory: Factory, capsys: pytest.CaptureFixture[str]) -> None:
    factory.buy("HONEY", "10", "4.37", lot="H")

    assert 0 == run("--json", "--at", "2026-01-15")
    told = json.loads(capsys.readouterr().out)
    assert (4370, "10.000000", "2026-01-15T23:59:59.999999-05:00") == (
        told["cents"],
        told["positions"][0]["quantity"],
        told["at"],
    )


def test_an_empty_store_says_what_to_do(factory: Factory, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run()
    assert "has no stock yet. Receive goods, or import" in capsys.readouterr().out
    assert 0 == run("--item", "OIL")
    assert "Nothing of that is there." in capsys.readouterr().out
