"""The plan's deeds asked for as the real actions, each by the person who does that at that site.

The plan speaks of orders, runs and trucks by names of its own; what the product called them when they were
made is remembered here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tieout.access import actors
from tieout.access.acting import Acting
from tieout.catalog import actions as catalog
from tieout.catalog.actions import Part as BomPart
from tieout.core.refusals import Refusal
from tieout.demo import acts
from tieout.demo.acts import Deed
from tieout.demo.company import BUYER, CONTROLLER, OPERATOR_AT, PEOPLE, PLANNER, WAREHOUSE_AT
from tieout.demo.items import ITEMS
from tieout.demo.recipes import OVERHEAD_RISE, PRICE_RISE, Recipe
from tieout.demo.shelves import Part
from tieout.production import actions as production
from tieout.production.reports import Hours, Made, Use
from tieout.purchasing import actions as purchasing
from tieout.purchasing.actions import Came, OrderLine
from tieout.sales import actions as sales
from tieout.sales.actions import Going
from tieout.stock import actions as stock
from tieout.stock.actions import CountLine
from tieout.stock.picking import Wanted


class NothingToGoOn(Refusal):
    """A deed on a paper that was never made, because the deed before it was refused."""

    code = "nothing_to_go_on"


@dataclass(slots=True)
class Crew:
    """The company's people at work, and the numbers of the papers they made."""

    people: Mapping[str, Acting]
    papers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, company: int) -> Crew:
        return cls({name: actors.named(company, name) for name in PEOPLE})

    @property
    def buyer(self) -> Acting:
        return self.people[BUYER]

    @property
    def planner(self) -> Acting:
        return self.people[PLANNER]

    def paper(self, key: str) -> str:
        """The number under which it was made."""
        if key not in self.papers:
            raise NothingToGoOn(f"{key.capitalize()} of the plan was not made, so nothing follows from it.")
        return self.papers[key]

    def operator(self, deed: Deed) -> Acting:
        return self.people[OPERATOR_AT[deed.site]]

    def warehouse(self, deed: Deed) -> Acting:
        return self.people[WAREHOUSE_AT[deed.site]]


def do(crew: Crew, deed: Deed) -> None:
    """Ask for it."""
    match deed:
        case acts.Feed():
            production.issue_to_run(crew.operator(deed), run=crew.paper(deed.key), uses=_uses(deed.uses), at=deed.at)
        case acts.Ship():
            _ship(crew, deed)
        case acts.PutAway():
            lines = [Wanted(one.quantity, lot=one.lot.code, place=_at(deed, one)) for one in deed.parts]
            to = f"{deed.site}/{deed.to}"
            stock.move(crew.warehouse(deed), site=deed.site, lines=lines, to=to, at=deed.at)
        case acts.Start():
            _start(crew, deed)
        case acts.Report():
            _report(crew, deed)
        case acts.Order():
            _order(crew, deed)
        case acts.Receipt():
            _receive(crew, deed)
        case acts.Send() | acts.Arrive():
            _truck(crew, deed)
        case acts.Count():
            lines_counted = [
                CountLine(lot=one.lot.code, counted=one.quantity, place=_at(deed, one)) for one in deed.counted
            ]
            stock.count(crew.warehouse(deed), site=deed.site, lines=lines_counted, at=deed.at, sheet=deed.sheet)
        case acts.Discard():
            stock.scrap(
                crew.warehouse(deed),
                site=deed.site,
                lines=_wanted(deed.goods),
                reason=deed.reason,
                at=deed.at,
                kind=deed.kind,
            )
        case _:
            _decide(crew, deed)


def _order(crew: Crew, deed: acts.Order) -> None:
    lines = [OrderLine(sku, packs, unit=ITEMS[sku].bought_in) for sku, packs in deed.packs.items()]
    placed = purchasing.place_order(
        crew.buyer,
        supplier=deed.supplier,
        site=deed.site,
        lines=lines,
        ordered_on=deed.at.date(),
        due_on=deed.due_on,
    )
    crew.papers[deed.key] = placed.number


def _receive(crew: Crew, deed: acts.Receipt) -> None:
    lines = [
        Came(one.lot.sku, one.quantity, lot=one.lot.code, supplier_lot=f"{one.lot.sku[:3]}{one.lot.serial:06}")
        for one in deed.parts
    ]
    purchasing.receive(
        crew.warehouse(deed),
        order=crew.paper(deed.order),
        lines=lines,
        at=deed.at,
        to=_at(deed, deed.parts[0]),
        slip=deed.slip,
    )


def _start(crew: Crew, deed: acts.Start) -> None:
    planned = production.plan_run(
        crew.planner, sku=deed.sku, quantity=deed.quantity, site=deed.site, due_on=deed.at.date()
    )
    production.confirm_run(crew.planner, run=planned.run, at=deed.at)
    crew.papers[deed.key] = planned.run


def _report(crew: Crew, deed: acts.Report) -> None:
    made = Made(deed.made.quantity, lot=deed.made.lot.code, place=_at(deed, deed.made))
    hours = None if deed.hours is None else [Hours(kind, deed.hours) for kind in ("labour", "overhead")]
    production.report_run(
        crew.operator(deed),
        run=crew.paper(deed.key),
        made=[made],
        uses=[],
        hours=hours,
        abnormal=deed.abnormal,
        final=deed.final,
        at=deed.at,
    )


def _truck(crew: Crew, deed: acts.Send | acts.Arrive) -> None:
    who = crew.warehouse(deed)
    if isinstance(deed, acts.Arrive):
        stock.arrive(who, transfer=crew.paper(deed.key), at=deed.at)
        return
    to = f"{deed.to}/DOCK"
    sent = stock.send(who, site=deed.site, lines=_wanted(deed.goods), to=to, at=deed.at)
    crew.papers[deed.key] = sent.number


def _ship(crew: Crew, deed: acts.Ship) -> None:
    who = crew.warehouse(deed)
    lines = [Going(quantity, sku) for sku, quantity in deed.goods.items()]
    shipped = sales.ship(who, customer=deed.customer, site=deed.site, lines=lines, at=deed.at, order_number=deed.order)
    if deed.taken_back:
        sales.reverse_shipment(who, event=shipped.event, at=deed.at, reason="Keyed for the wrong customer")


def _decide(crew: Crew, deed: Deed) -> None:
    """What the office changes."""
    match deed:
        case acts.Reprice():
            item = ITEMS[deed.sku]
            purchasing.set_supplier_price(
                crew.buyer,
                supplier=item.supplier,
                sku=deed.sku,
                price=deed.price,
                effective_from=PRICE_RISE,
                unit=item.bought_in,
            )
        case acts.Rewrite():
            approve(crew, deed.recipe, ends_previous=True)
        case acts.Rerate():
            catalog.set_rate(
                crew.people[CONTROLLER],
                kind="overhead",
                cents_per_hour=deed.cents,
                effective_from=OVERHEAD_RISE,
            )
        case _:
            raise AssertionError(f"nobody knows how to do {deed}")


def approve(crew: Crew, recipe: Recipe, *, ends_previous: bool = False) -> None:
    catalog.approve_bom(
        crew.planner,
        sku=recipe.sku,
        version=recipe.version,
        parts=[BomPart(sku, quantity) for sku, quantity in recipe.parts.items()],
        effective_from=recipe.since,
        output_quantity=recipe.output,
        expected_yield=recipe.expected_yield,
        labour_hours=recipe.hours,
        ends_previous=ends_previous,
    )


def _at(deed: Deed, part: Part) -> str:
    return f"{deed.site}/{part.place}"


def _uses(goods: Mapping[str, Decimal]) -> list[Use]:
    return [Use(quantity, sku) for sku, quantity in goods.items()]


def _wanted(goods: Mapping[str, Decimal]) -> list[Wanted]:
    return [Wanted(quantity, sku) for sku, quantity in goods.items()]
