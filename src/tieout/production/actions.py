"""What planners and the floor may ask of a run: plan, confirm, feed, work, report, take back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import msgspec
from django.db import connection
from msgspec import Struct

from tieout.access.acting import Act
from tieout.access.actions import action
from tieout.access.permissions import Permission
from tieout.catalog import items
from tieout.core import quantities
from tieout.core.acts.goods import Departure
from tieout.core.acts.runs import Absorb, Issue, Provisional, Report
from tieout.core.balances import ZERO
from tieout.core.book import Book, Key
from tieout.core.posting import Paper, Sold
from tieout.core.refusals import Refusal, ZeroQuantity
from tieout.core.roles import PlaceKind
from tieout.costing import compositions, late, shares
from tieout.database import pipeline
from tieout.ledger import events, grouping
from tieout.ledger.desk import Desk
from tieout.ledger.events import Moment
from tieout.ledger.models import Event, EventKind
from tieout.production import reports, runs
from tieout.production.models import RunState
from tieout.production.reports import Hours, Made, Use
from tieout.production.runs import Locked
from tieout.stock import lots, movements, picking, places, reversals
from tieout.stock.movements import Doing
from tieout.stock.picking import Taken, Wanted
from tieout.stock.reversals import Reversed


class NothingUsed(Refusal):
    """Output without input."""

    code = "nothing_used"


class Answer(Struct, frozen=True):
    """A run as an act left it."""

    run: str
    state: str
    event: str = ""


class MadeLot(Struct, frozen=True):
    lot: int
    code: str
    quantity: Decimal
    value: int
    """Cents: what it cost, to the last one."""


class Reported(Struct, frozen=True):
    """What a report made, and what it cost."""

    run: str
    event: str
    sequence: int
    lots: list[MadeLot]
    left_in_run: int


@action(Permission.PLAN_RUN)
def plan_run(
    act: Act,
    *,
    sku: str,
    quantity: Decimal,
    site: str,
    due_on: date | None = None,
    number: str = "",
    note: str = "",
) -> Answer:
    """A run to be: nothing is reserved, snapshotted or moved."""
    item = items.one(sku)
    quantities.quantity(quantity, decimals=item.decimals, unit=item.unit, what=f"The quantity of {sku}")
    run = runs.plan(
        act.company,
        number=number or events.number(act, "RUN")[0],
        item=item,
        site=places.of(act.company).site(site).id,
        quantity=quantity,
        due_on=due_on,
        bom=None,
        note=note,
    )
    act.subject = run.number
    return Answer(run.number, run.state)


@action(Permission.PLAN_RUN)
def confirm_run(act: Act, *, run: str, at: datetime, source: str = "", target: str = "") -> Answer:
    """The BOM version in effect, its expected yield and the rates of that day are the run's from now on."""
    found = runs.hold(run)
    known = places.of(act.company)
    site = known.site(found.site.code)
    when, _ = events.moment(act, at=at, zone=site.zone)
    runs.confirm(
        act.company,
        found,
        item=items.one(found.item.sku),
        site=site,
        on=when.local,
        at=at,
        source=known.at(source or site.code),
        target=known.at(target or site.code),
    )
    act.subject = run
    return Answer(run, found.state)


@action(Permission.REPORT_RUN)
def issue_to_run(act: Act, *, run: str, uses: Sequence[Use], at: datetime) -> Answer:
    """Material into the run: lots named, or oldest and first-expiring first."""
    found = runs.lock(act.company, run)
    when, desk = _moment(act, found, at)
    taken = _take(act, found, uses)
    runs.refuse_own_output(act.company, found, list(taken.held))
    book = movements.load(act.company, taken.held, pool=found.pool)
    taken.refuse_overtaken(book)
    facts = Issue(found.pool, _into(act, found, taken))
    facts.apply(book)
    number, _ = events.number(act, "ISS")
    doing = _doing(act, found, EventKind.ISSUE, number, when, desk, "material issued")
    movements.record(act, doing, book=book, facts=facts, goods=movements.goods_of(taken.held.values()))
    return Answer(run, RunState.RUNNING, number)


@action(Permission.REPORT_RUN)
def return_from_run(act: Act, *, run: str, lot: str, quantity: Decimal, at: datetime, to: str = "") -> Answer:
    """Material back from the run, at its part of what the run holds of that lot."""
    found = runs.lock(act.company, run)
    when, desk = _moment(act, found, at)
    known = places.of(act.company)
    held = lots.lock(act.company, lots.by_code(act.company, [lot]).values())
    (what,) = held.values()
    quantities.quantity(quantity, decimals=what.decimals, unit=what.unit, what=f"The quantity of lot {lot}")
    book = movements.load(act.company, held, pool=found.pool)
    production = known.counterpart(PlaceKind.PRODUCTION, site=found.site_code)
    target = known.at(to) if to else found.source
    facts = Issue(found.pool, [Departure(what.item, what.id, production, target, quantity)])
    facts.apply(book)
    number, _ = events.number(act, "RET")
    doing = _doing(act, found, EventKind.ISSUE_RETURN, number, when, desk, "material returned")
    movements.record(act, doing, book=book, facts=facts, goods=movements.goods_of(held.values()))
    return Answer(run, RunState.RUNNING, number)


@action(Permission.REPORT_RUN)
def log_hours(act: Act, *, run: str, hours: Sequence[Hours], at: datetime) -> Answer:
    """Labour or overhead into the run, at the rates it was confirmed with, or at a given amount."""
    found = runs.lock(act.company, run)
    when, desk = _moment(act, found, at)
    costed = reports.absorbed(act, found, hours)
    if not any(cost.value or one.hours for one, cost in costed):
        raise ZeroQuantity(f"{run}: no hours and no amount were given. Give one of them.")
    book = movements.load(act.company, {}, pool=found.pool)
    production = places.of(act.company).counterpart(PlaceKind.PRODUCTION, site=found.site_code)
    facts = Absorb(found.pool, production, [cost for _, cost in costed])
    facts.apply(book)
    number, _ = events.number(act, "HRS")
    doing = _doing(act, found, EventKind.HOURS, number, when, desk, "hours logged")
    event = movements.record(act, doing, book=book, facts=facts, goods={})
    reports.record_hours(act.company, found, event, costed)
    return Answer(run, RunState.RUNNING, number)


@action(Permission.REPORT_RUN)
def report_run(
    act: Act,
    *,
    run: str,
    made: Sequence[Made] = (),
    uses: Sequence[Use] | None = None,
    hours: Sequence[Hours] | None = None,
    recovery: Decimal | None = None,
    abnormal: Decimal | None = None,
    final: bool = True,
    at: datetime,
) -> Reported:
    """Consume what was really used, cost what was really made, tell the books. All of it or none of it.

    `uses` and `hours` left out: the plan's, marked as assumed. `final` closes the run: the whole pool is shared
    over everything it made. `abnormal` is the weight of the loss beside the outputs' weights.
    """
    found = runs.lock(act.company, run)
    when, desk = _moment(act, found, at)
    before = runs.issued(act.company, found)
    assumed = _assumed_uses(found, uses, before, made, final)
    earlier = shares.earlier(act.company, found.pool) if found.has_outputs else []
    reach = late.Reach(act.company, of_pools=[found.pool]) if earlier and final else None
    taken = _take(act, found, uses or (), assumed)
    lines, held = _into(act, found, taken), taken.held
    runs.refuse_own_output(act.company, found, list(held))
    book = movements.load(act.company, held, pool=found.pool)
    taken.refuse_overtaken(book)
    costed = reports.absorbed(act, found, _assumed_hours(act, found, hours, made, final))
    _refuse_nothing(found, lines, costed, made)
    number, ids = events.number(act, "RPT", lots=len(made))
    out = reports.outputs(act, found, made, ids, at=at, number=number)
    recovered, lost = reports.losses(act, recovery=recovery, abnormal=abnormal)
    production = places.of(act.company).counterpart(PlaceKind.PRODUCTION, site=found.site_code)
    facts = Report(
        pool=found.pool,
        production=production,
        uses=lines,
        absorbed=[cost for _, cost in costed],
        outputs=out.outputs,
        byproducts=out.byproducts,
        recovery=recovered,
        abnormal=lost,
        final=final,
        provisional=None if final else _provisional(act, found, before, lines),
        earlier=earlier,
    )
    if reach is not None:
        facts, book = _followed(act, facts, book, reach, desk, held, found)
    facts.apply(book)
    sold = late.sold(act.company, facts.follow) if facts.follow else {}
    doing = _doing(act, found, EventKind.RUN_REPORT, number, when, desk, "reported", last=final, sold=sold)
    goods = {**movements.goods_of(held.values()), **out.goods}
    if reach is not None:
        goods = {**movements.goods_of(reach.facts.values()), **goods}
    composed = reports.composed(act.company, found, book)
    with pipeline.writes():
        event = movements.record(act, doing, book=book, facts=facts, goods=goods, new=out.new)
        shares.record(act.company, found.pool, event, facts, book)
        compositions.record(act.company, event, composed)
        reports.record_hours(act.company, found, event, costed)
        if final:
            _close(act, found, event)
    values = {moved.lot: moved.value for moved in book.movements if moved.lot in out.goods}
    return Reported(
        run,
        number,
        event,
        [MadeLot(lot.id, lot.code, one.quantity, values[lot.id]) for lot, one in zip(out.new, made, strict=True)],
        book.balances[Key(production, None, found.pool)].value if not final else 0,
    )


@action(Permission.REPORT_RUN)
def cancel_run(act: Act, *, run: str) -> Answer:
    """A run nothing was put into is no run; one that holds something is taken back or reported instead."""
    found = runs.hold(run)
    if found.state not in (RunState.PLANNED, RunState.RUNNING):
        raise runs.RunClosed(f"{run} is {found.state} and cannot be cancelled. Take it back instead.")
    if found.state == RunState.RUNNING and any(runs.issued(act.company, runs.lock(act.company, run)).values()):
        raise runs.RunClosed(f"{run} holds material. Return it first, or take the run back.")
    found.state = RunState.CANCELLED
    found.save(update_fields=["state"])
    act.subject = run
    return Answer(run, found.state)


@action(Permission.REVERSE)
def reverse_run(act: Act, *, run: str, at: datetime, reason: str) -> Reversed:
    """Undo a run: outputs gone, materials back in their lots at the same cents. Refused if an output moved on."""
    found = runs.hold(run)
    if found.state == RunState.REVERSED:
        raise reversals.AlreadyReversed(f"{run} was taken back already.")
    moved = reversals.moved_in(found.pool_id)
    last = Event.objects.filter(subject=run, kind__in=_OF_RUNS).order_by("id").last()
    if last is None or not moved:
        raise runs.NotConfirmed(f"Nothing was put into {run} or reported of it. Cancel it instead.")
    taken = reversals.mirror(act, event=last, moved=moved, at=at, reason=reason, pool=found.pool_id)
    runs.close(act.company, found.pool_id, state=RunState.REVERSED)
    act.subject = run
    return taken


_OF_RUNS = (EventKind.ISSUE, EventKind.ISSUE_RETURN, EventKind.HOURS, EventKind.RUN_REPORT)


def _moment(act: Act, run: Locked, at: datetime) -> tuple[Moment, Desk]:
    return events.moment(act, at=at, zone=places.of(act.company).site(run.site_code).zone)


def _doing(
    act: Act,
    run: Locked,
    kind: EventKind,
    number: str,
    when: Moment,
    desk: Desk,
    what: str,
    *,
    last: bool = False,
    sold: Mapping[int, Sold] | None = None,
) -> Doing:
    """Everything that happens to a run on one accounting date goes into one journal event."""
    act.subject = run.number
    return Doing(
        kind,
        number,
        when,
        desk,
        grouping.run(when, number=run.number, site=run.site, last=last),
        Paper(kind.value, document=run.number, sold=sold or {}),
        site=run.site,
        subject=run.number,
        note=f"Run {run.number} of {run.sku}, {what} ({number}), by {act.by.name}.",
    )


def _take(act: Act, run: Locked, uses: Sequence[Use], assumed: Sequence[tuple[int, Decimal]] = ()) -> Taken:
    wanted = [Wanted(use.quantity, use.sku, use.lot, use.place) for use in uses]
    return picking.take(act, wanted, site=run.site_code, store=run.source, also=assumed)


def _into(act: Act, run: Locked, taken: Taken) -> list[Departure]:
    production = places.of(act.company).counterpart(PlaceKind.PRODUCTION, site=run.site_code)
    return [Departure(one.item, one.lot, one.place, production, one.quantity) for one in taken.picks]


def _share(run: Locked, made: Sequence[Made], final: bool) -> Fraction:
    """Which part of the plan a report stands for."""
    if final or not run.plan.expected:
        return Fraction(1)
    quantity = sum((one.quantity for one in made if one.nrv is None), ZERO)
    return min(Fraction(1), Fraction(quantity) / Fraction(run.plan.expected))


def _assumed_uses(
    run: Locked, uses: Sequence[Use] | None, before: dict[int, Decimal], made: Sequence[Made], final: bool
) -> list[tuple[int, Decimal]]:
    if uses is not None:
        return []
    return run.plan.standard_uses(before, share=_share(run, made, final))


def _assumed_hours(
    act: Act, run: Locked, hours: Sequence[Hours] | None, made: Sequence[Made], final: bool
) -> list[Hours]:
    if hours is not None or not run.plan.labour_hours:
        return list(hours or ())
    due = Fraction(run.plan.labour_hours) * _share(run, made, final) - Fraction(runs.hours(act.company, run))
    if due <= 0:
        return []
    worked = Decimal(round(due * 10**4)).scaleb(-4)
    return [Hours(kind, worked, assumed=True) for kind in ("labour", "overhead")]


def _refuse_nothing(run: Locked, lines: Sequence[object], costed: Sequence[object], made: Sequence[Made]) -> None:
    if made and run.is_fresh and not lines and not costed:
        raise NothingUsed(f"Nothing went into {run.number}. Issue what was used, or say it in the report.")


def _provisional(act: Act, run: Locked, before: dict[int, Decimal], lines: Sequence[Departure]) -> Provisional:
    rest = run.plan.planned_rest(reports.issued_of(before, lines), runs.hours(act.company, run))
    return Provisional(rest, run.plan.expected or run.quantity)


def _followed(
    act: Act,
    facts: Report,
    book: Book,
    reach: late.Reach,
    desk: Desk,
    held: dict[int, lots.LotFacts],
    run: Locked,
) -> tuple[Report, Book]:
    """The close shares everything anew: what earlier outputs cost more or less goes after them, wherever they are."""
    trial = movements.load(act.company, {**reach.facts, **held}, pool=run.pool)
    follow = late.onward(reach, desk, [(one.lot, cents) for one, cents in facts.differences(trial)])
    pools = {one.pool for one in follow if one.pool is not None}
    return msgspec.structs.replace(facts, follow=follow), movements.load(
        act.company, {**reach.facts, **held}, pool=run.pool, more_pools=pools
    )


def _close(act: Act, run: Locked, event: int) -> None:
    """Nothing more goes in; its journals are sealed without waiting for the day to end."""
    runs.close(act.company, run.pool, state=RunState.CLOSED, event=event)
    if run.is_fresh:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "update ledger_journalevent set due_on = null where company_id = %s and kind = 'run' and state = 'open'"
            " and document = %s",
            [act.company, run.number],
        )
