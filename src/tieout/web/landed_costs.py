"""Landed costs: bills for freight, duty and brokers that wait, their shares before and after they are booked, what is
estimated and not billed, and the rates that estimates come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from tieout.access import company as companies
from tieout.access.permissions import Permission
from tieout.core import quantities
from tieout.core.refusals import Refusal
from tieout.costing import actions, landed_queries
from tieout.costing.landed_queries import Estimated, LandedRow
from tieout.costing.models import Basis
from tieout.ledger.queries import entry_lines, postings
from tieout.purchasing import freight_queries
from tieout.purchasing.freight_queries import FreightBill
from tieout.stock import choices
from tieout.stock import queries as stock
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page

MOST = 50
BANDS = (30, 60, 90)
BAND_NAMES = ("0 to 30 days", "31 to 60", "61 to 90", "over 90")
FIGURE = {Basis.WEIGHT: "weight", Basis.MANUAL: "share"}
"""Bases for which each lot is given a figure, and what it is."""
HIDDEN = frozenset({"csrfmiddlewaretoken", "key", "opened", "waited", "act"})
"""Fields of a form that are no part of what was typed."""


@page(Permission.SEE_COST)
def landed_costs(visit: Visit) -> HttpResponse:
    """What waits to be shared, and what was."""
    skip = visit.typed.whole_if_any("skip") or 0
    found = landed_queries.rows(text=visit.typed.text("q"), skip=skip, most=MOST + 1)
    return visit.show(
        "web/landed_costs.html",
        here="landed-costs",
        waiting=freight_queries.waiting(visit.company.id),
        landed=found[:MOST],
        more=skip + MOST if len(found) > MOST else None,
        estimated=sum(one.cents for one in landed_queries.estimated()),
    )


@page(Permission.SEE_COST)
def landed_cost(visit: Visit, number: str) -> HttpResponse:
    """Its shares, its entry, and where the value went."""
    found = landed_queries.one(number)
    event = found.row.event
    return visit.show(
        "web/landed_cost.html",
        here="landed-costs",
        landed=found,
        row=found.row,
        estimated=sum(one.estimated for one in found.shares),
        movements=stock.movements_of_event(event),
        lines=entry_lines.of_event(event),
        posting=postings.of([event]).get(event),
    )


@landed_cost.act(Permission.VALUE, "reverse")
def take_back(visit: Visit, number: str) -> str:
    reason = visit.typed.text("reason")
    if not reason:
        raise BadEntry("Say why it is taken back; the reason stays with the entry.")
    at = visit.typed.moment(visit.company.time_zone)
    actions.take_back_landed_cost(visit.once, landed_cost=number, at=at, note=f"{number} taken back: {reason}")
    visit.say(f"{number} is taken back from wherever it went; estimates stand again.")
    return reverse("landed-cost", args=[number])


# --- Sharing a bill ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says so far: from the bill or the landed cost it is about, and what was typed over that."""

    bill: FreightBill | None
    again: LandedRow | None
    vendor: str
    document: str
    amount: Decimal | None
    basis: Basis
    receipts: list[str]
    lots: list[int]
    figures: dict[int, str]
    """A weight or a share of a lot, as it was typed."""

    def given(self) -> list[Decimal]:
        """In the order of the lots; none where the basis needs none, or the catalog knows what goods weigh."""
        if self.basis not in FIGURE or (self.basis is Basis.WEIGHT and not any(self.figures.values())):
            return []
        said = [self.figures.get(lot, "") for lot in self.lots]
        return [quantities.number(one, what=f"The {FIGURE[self.basis]}") if one else Decimal(0) for one in said]


@page(Permission.VALUE)
def share(visit: Visit) -> HttpResponse:
    """Choose receipts and a basis, and see each lot's share before anything is booked."""
    asked = _asked(visit)
    shares, problem = _preview(visit, asked)
    figures = landed_queries.figures(visit.company.id, asked.lots)
    return visit.show(
        "web/landed_cost_new.html",
        here="landed-costs",
        asked=asked,
        bases=Basis,
        figure=FIGURE.get(asked.basis, ""),
        receipts=freight_queries.choices(chosen=asked.receipts, text=visit.typed.text("q")),
        lots=[
            (str(n), one, asked.figures.get(one.lot, ""), shares[n - 1] if shares else None)
            for n, one in enumerate(figures, 1)
        ],
        shared=bool(shares),
        total=sum(shares),
        problem=problem,
        vendors=freight_queries.vendors(),
    )


def _asked(visit: Visit) -> Asked:
    typed = visit.typed
    bill_id, number = typed.whole_if_any("bill"), typed.text("again")
    bill = freight_queries.of_bill(visit.company.id, bill_id) if bill_id else None
    again = landed_queries.one(number) if number else None
    receipts = [one.text("receipt") for _, one in typed.lines("receipt")]
    if bill and not typed.has("chosen"):
        receipts = freight_queries.named_in(bill.text)
    # Shared anew by another basis: over the same lots, until other receipts are chosen.
    same = [one.lot for one in again.shares] if again else []
    amount = again.row.amount if again else bill.left if bill else None
    return Asked(
        bill,
        again.row if again else None,
        again.row.vendor if again else typed.text("vendor", bill.vendor if bill else ""),
        again.row.document if again else typed.text("document", bill.document if bill else ""),
        _amount(visit, None if amount is None else Decimal(amount) / 100),
        _basis(typed.text("basis", again.row.basis if again else "")),
        receipts,
        freight_queries.lots_of(receipts) or same,
        {lot: one.text("given") for _, one in typed.lines("given") if (lot := one.whole_if_any("lot")) is not None},
    )


def _amount(visit: Visit, otherwise: Decimal | None) -> Decimal | None:
    """Typed wrongly, it is refused where it is booked; until then there is nothing to show."""
    try:
        return visit.typed.number_if_any("amount", "The amount") if visit.typed.has("amount") else otherwise
    except Refusal:
        return None


def _basis(said: str) -> Basis:
    return Basis(said) if said in Basis.values else Basis.QUANTITY


def _preview(visit: Visit, asked: Asked) -> tuple[list[int], str]:
    """The shares, or why there are none."""
    if not asked.lots or asked.amount is None:
        return [], ""
    try:
        given = asked.given()
        if asked.basis is Basis.MANUAL and not any(given):
            return [], ""
        return landed_queries.preview(visit.company.id, asked.lots, asked.amount, asked.basis, given), ""
    except Refusal as refusal:
        return [], str(refusal)


@share.act(Permission.VALUE, "show")
def show_shares(visit: Visit) -> str:
    """The same page with what was typed: for browsers that do not ask by themselves."""
    return f"{reverse('new-landed-cost')}?{urlencode(visit.typed.fields(but=HIDDEN))}"


@share.act(Permission.VALUE)
def book(visit: Visit) -> str:
    """What is typed, as it was shown."""
    typed = visit.typed
    with companies.scope(visit.company.id):
        asked = _asked(visit)
    if not asked.lots:
        raise BadEntry("Choose the receipts whose goods the cost is for.")
    of, given, at = [f"#{lot}" for lot in asked.lots], asked.given(), typed.moment(visit.company.time_zone)
    if asked.again:
        done = actions.reapportion_landed_cost(
            visit.once, landed_cost=asked.again.number, of=of, basis=asked.basis, given=given, at=at
        )
    else:
        done = actions.apportion_landed_cost(
            visit.once,
            amount=typed.number("amount", "The amount"),
            of=of,
            basis=asked.basis,
            given=given,
            at=at,
            vendor=asked.vendor,
            document=asked.document,
        )
    visit.say(f"{done.number} is booked: each cent went to where its goods are now.")
    return reverse("landed-cost", args=[done.number])


# --- Estimates --------------------------------------------------------------------------------------------------


@page(Permission.SEE_COST)
def estimates(visit: Visit) -> HttpResponse:
    """Freight that goods were received with and that nobody has billed, the oldest first."""
    on = visit.today
    found = landed_queries.estimated()
    bands = [0] * len(BAND_NAMES)
    for one in found:
        bands[_band(one, on)] += one.cents
    return visit.show(
        "web/landed_estimates.html",
        here="landed-costs",
        estimates=[(one, (on - one.on).days) for one in found[:500]],
        bands=list(zip(BAND_NAMES, bands, strict=True)),
        total=sum(bands),
    )


def _band(one: Estimated, on: date) -> int:
    days = (on - one.on).days
    return next((n for n, most in enumerate(BANDS) if days <= most), len(BANDS))


@page(Permission.SEE_COST)
def rates(visit: Visit) -> HttpResponse:
    """What getting each item here is expected to cost."""
    on = visit.today
    return visit.show(
        "web/freight_rates.html",
        here="landed-costs",
        rates=landed_queries.rates(on),
        items=choices.items(),
        on=on,
    )


@rates.act(Permission.VALUE)
def set_rate(visit: Visit) -> str:
    typed = visit.typed
    per_unit, percent = typed.number_if_any("per_unit", "The rate"), typed.number_if_any("percent", "The per cent")
    if per_unit is None and percent is None:
        raise BadEntry("Type an amount per unit, a per cent of the price, or both; 0 ends the estimates.")
    actions.set_freight_rate(
        visit.once,
        sku=typed.text("sku"),
        per_unit=per_unit or Decimal(0),
        percent=percent or Decimal(0),
        effective_from=typed.day_if_any("effective_from", "The date") or visit.today,
    )
    visit.say(f"Receipts of {typed.text('sku')} take this estimate from that day on.")
    return reverse("freight-rates")
