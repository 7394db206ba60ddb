"""Events of production, told to its actions: a run is planned and confirmed when something is first put into it."""

from __future__ import annotations

from decimal import Decimal

from tieout.core.refusals import BadAmount, Refusal, ZeroQuantity
from tieout.core.roles import ItemKind
from tieout.production import actions as production
from tieout.production.reports import Hours, Made, Use
from tieout.production.runs import NotConfirmed, OwnOutput, RunClosed, RunReported, UnknownRun
from tieout.stories import vocabulary
from tieout.stories.stage import Stage
from tieout.stories.vocabulary import UnknownField, number


def issue(stage: Stage, event: vocabulary.Issue) -> None:
    names = stage.names
    place = names.place_of(event.lot, event.at)
    quantity = number(event.qty, f"The quantity of {event.lot}")
    use = Use(
        names.in_lot(quantity, lot=event.lot, uom=event.uom, item=event.item), lot=names.lot(event.lot), place=place
    )
    number_ = _begun(stage, event.run, event, place)
    try:
        stage.ask(production.issue_to_run, run=number_, uses=[use], at=stage.world.moment(event.on))
    except RunReported as refusal:
        raise _takes_nothing(stage, event.run, event.lot, refusal) from refusal
    names.runs[event.run] = number_
    stage.runs.fed.setdefault(event.run, set()).add(event.lot)


def absorb(stage: Stage, event: vocabulary.Absorb) -> None:
    amount = number(event.amount, f"The {event.kind} of {event.run}")
    number_ = _begun(stage, event.run, event, stage.names.place(event.at))
    hours = [Hours(event.kind, amount=amount)]
    try:
        stage.ask(production.log_hours, run=number_, hours=hours, at=stage.world.moment(event.on))
    except RunReported as refusal:
        raise RunClosed(str(refusal)) from refusal
    stage.names.runs[event.run] = number_


def complete(stage: Stage, event: vocabulary.Complete) -> None:
    """The run's report, and its close."""
    names = stage.names
    made: list[vocabulary.Made | vocabulary.Byproduct] = [*event.outputs, *event.byproducts]
    if not stage.is_repeated:
        names.refuse_taken(*(one.lot for one in made))
    run = known(stage, event.run)
    place = names.place(event.at)
    shares, abnormal = _weights(stage, event)
    outputs = [
        *(_output(stage, event, one, place, share) for one, share in zip(event.outputs, shares, strict=True)),
        *(_byproduct(stage, event, one, place) for one in event.byproducts),
    ]
    recovery = event.scrap_recovery
    reported = stage.ask(
        production.report_run,
        run=run,
        made=outputs,
        uses=(),
        hours=(),
        recovery=None if recovery is None else number(recovery, f"The scrap recovery of {event.run}"),
        abnormal=abnormal,
        at=stage.world.moment(event.on),
    )
    for one, output, lot in zip(made, outputs, reported.lots, strict=True):
        names.keep(one.lot, lot.lot, output.sku)
        stage.runs.made[one.lot] = event.run


def reverse_run(stage: Stage, event: vocabulary.ReverseRun) -> None:
    at = stage.world.moment(event.on)
    try:
        stage.ask(production.reverse_run, run=known(stage, event.run), at=at, reason="told so by the story")
    except NotConfirmed as refusal:
        raise UnknownRun(str(refusal)) from refusal
    stage.names.gone |= {lot for lot, run in stage.runs.made.items() if run == event.run}


def _begun(stage: Stage, run: str, event: vocabulary.Issue | vocabulary.Absorb, place: str) -> str:
    """The run's number; planned and confirmed now if this is the first that is heard of it."""
    if run not in stage.runs.confirmed:
        site = stage.names.site(place)
        planned = production.plan_run(stage.by, sku=_product(stage, run), quantity=Decimal(1), site=site)
        production.confirm_run(stage.by, run=planned.run, at=stage.world.moment(event.on))
        stage.runs.confirmed[run] = planned.run
    return stage.runs.confirmed[run]


def _product(stage: Stage, run: str) -> str:
    """What the run makes, as its report will say; a run that never reports makes something named after it."""
    report = stage.runs.ahead.get(run)
    if report is None or not report.outputs:
        return stage.names.item("", lot=f"{run} output"[:60], uom="", kind=ItemKind.FINISHED)
    first = report.outputs[0].lot
    return stage.names.item(report.item, lot=first, uom=report.uom, kind=ItemKind.FINISHED)


def known(stage: Stage, run: str) -> str:
    """The number of a run that something was put into."""
    found = stage.names.runs.get(run)
    if found is None:
        raise UnknownRun(f"There is no run {run}: nothing was put into it. Issue or absorb something first.")
    return found


def _weights(stage: Stage, event: vocabulary.Complete) -> tuple[list[Decimal | None], Decimal | None]:
    """Each output's share, and the abnormal loss beside them.

    Lost units weigh as much as good ones do on average. That may be a third, so all are scaled instead.
    """
    given = [None if one.share is None else number(one.share, f"The share of {one.lot}") for one in event.outputs]
    if event.abnormal is None:
        return given, None
    share, units = event.abnormal.share, event.abnormal.qty
    if (share is None) == (units is None):
        raise UnknownField("Abnormal loss is given as a share or as a qty.")
    if share is not None:
        return given, number(share, "The share of abnormal loss")
    lost = number(units or "", "The quantity of abnormal loss")
    if lost <= 0:
        raise ZeroQuantity(f"The quantity of abnormal loss must be more than 0, not {lost}.")
    weights = [one for one in given if one is not None]
    if not weights or len(weights) < len(given):
        first = event.outputs[0].lot if event.outputs else ""
        sku = stage.names.item(event.item, lot=first, uom=event.uom, kind=ItemKind.FINISHED) if first else ""
        return given, stage.names.base(lost, event.uom, sku) if sku else lost
    good = sum((number(one.qty, f"The quantity of {one.lot}") for one in event.outputs), Decimal(0))
    return [weight * good for weight in weights], lost * sum(weights, Decimal(0))


def _output(stage: Stage, event: vocabulary.Complete, one: vocabulary.Made, place: str, share: Decimal | None) -> Made:
    sku = stage.names.item(event.item, lot=one.lot, uom=event.uom, kind=ItemKind.FINISHED)
    quantity = stage.names.base(number(one.qty, f"The quantity of {one.lot}"), event.uom, sku)
    return Made(quantity, sku, one.lot, place, share=share)


def _byproduct(stage: Stage, event: vocabulary.Complete, one: vocabulary.Byproduct, place: str) -> Made:
    sku = stage.names.item("", lot=one.lot, uom=event.uom, kind=ItemKind.FINISHED)
    quantity = stage.names.base(number(one.qty, f"The quantity of {one.lot}"), event.uom, sku)
    value = number(one.nrv_total, f"The value of {one.lot}")
    if value < 0:
        raise BadAmount(f"{one.lot} cannot be worth {value}. Give 0 or more.")
    return Made(quantity, sku, one.lot, place, nrv=value)


def _takes_nothing(stage: Stage, run: str, lot: str, refusal: Refusal) -> Refusal:
    """A reported run takes nothing more; of what it made itself it never would have."""
    if stage.runs.descends(lot, run):
        return OwnOutput(f"{run} made {lot}, or what went into it. Use it in another run: rework is a run of its own.")
    return RunClosed(str(refusal))
