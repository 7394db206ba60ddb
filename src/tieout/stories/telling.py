"""A story from beginning to end: each event told to its action, the invariants looked at, the books compared.

A refusal is part of the story: it must be expected, and must leave the ledger as it was. Anything else that goes
wrong is a defect of the product; the story ends there and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from tieout.access import company as companies
from tieout.close import verify
from tieout.core.refusals import Refusal
from tieout.ledger import actions as finance
from tieout.ledger import sealing
from tieout.quickbooks import poster
from tieout.stories import bills, costs, expectations, goods, invoices, runs, vocabulary, witness
from tieout.stories.emulator import Emulator
from tieout.stories.files import Expected, Story
from tieout.stories.lineage import Runs
from tieout.stories.naming import Names
from tieout.stories.stage import Stage
from tieout.stories.vocabulary import UnknownField
from tieout.stories.witness import Seen
from tieout.stories.world import UNPACED, founded

AFTER_EACH_EVENT = frozenset({1, 2, 3, 4, 5})
AT_CHECKPOINTS = frozenset({6, 7, 8})
AT_THE_END = frozenset({9, 10})


class NotYet(Refusal):
    """A story with events that cannot be told yet."""

    code = "not_yet"


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that was refused; none where the whole file was."""

    event: int | None
    code: str
    message: str


@dataclass(slots=True)
class Told:
    """What became of a story."""

    title: str
    seen: Seen | None = None
    errors: list[Refused] = field(default_factory=list)
    checkpoints: dict[str, Seen] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def tell(story: Story, emulator: Emulator) -> Told:
    """Tell it in a company of its own."""
    told = Told(story.title)
    try:
        _refuse_untellable(story, emulator)
        with founded(emulator, story.title) as world:
            coming = frozenset(str(said.get("lot")) for said in story.events if said.get("type") == "receive")
            _Telling(story, told, Stage(world, Names(world.by), Runs.of(story.events), coming=coming)).tell()
    except Refusal as refusal:
        told.failures.append(str(refusal))
    return told


def _refuse_untellable(story: Story, emulator: Emulator) -> None:
    tellable = {*TELLERS, vocabulary.Checkpoint}
    types = {str(said.get("type")) for said in story.events}
    later = sorted(name for name in types if name in vocabulary.TYPES and vocabulary.TYPES[name] not in tellable)
    if later:
        raise NotYet(f"This story has events that cannot be told yet: {', '.join(later)}. Tell it without them.")
    bills = any(said.get("revenue") is not None or said.get("type") == "invoice" for said in story.events)
    if bills and not emulator.can("Invoice"):
        raise NotYet(
            "This story bills customers (revenue), and the QuickBooks emulator has no invoices yet. "
            "Tell it without revenue."
        )


@dataclass(slots=True)
class _Telling:
    story: Story
    told: Told
    stage: Stage

    def tell(self) -> None:
        for n, said in enumerate(self.story.events):
            self._event(n, said)
            self._check(AFTER_EACH_EVENT, where=self._named(n))
        self.told.seen = self._settled(self.story.expect, where="At the end")
        self._check(AT_THE_END, where="At the end")
        self._compare_errors()

    def _event(self, n: int, said: dict[str, Any]) -> None:
        before = self._trace()
        try:
            event = vocabulary.read(said)
            if isinstance(event, vocabulary.Checkpoint):
                self._checkpoint(event)
            else:
                self.stage.tell(event, TELLERS[type(event)])
        except Refusal as refusal:
            self.told.errors.append(Refused(n, refusal.code, str(refusal)))
            if self._trace() != before:
                self._fail(f"{self._named(n)} was refused ({refusal.code}) and left a trace in the ledger.")

    def _checkpoint(self, event: vocabulary.Checkpoint) -> None:
        if event.id in self.told.checkpoints:
            raise UnknownField(f"There is a checkpoint {event.id} already. Give each one a name of its own.")
        expected = self.story.expect.checkpoints.get(event.id, Expected())
        self.told.checkpoints[event.id] = self._settled(expected, where=f"At checkpoint {event.id}")

    def _settled(self, expected: Expected, *, where: str) -> Seen:
        """Everything that is open sealed and posted, then looked at."""
        company = self.stage.company
        sealing.seal_due(company, timezone.now(), everything=True)
        for reason in _post(company):
            self._fail(f"{where}: {reason}")
        seen = witness.look(self.stage.world, self.stage.names)
        self.told.failures += expectations.compare(expected, seen, where=where)
        self._check(AT_CHECKPOINTS, where=where)
        return seen

    def _check(self, invariants: frozenset[int], *, where: str) -> None:
        results = verify.check(self.stage.company, only=invariants, waits=UNPACED)
        assert {result.number for result in results} == invariants, "an invariant was not looked at"
        for result in results:
            for finding in result.findings:
                self._fail(f"{where}, invariant {result.number} ({result.title}) does not hold: {finding}")

    def _compare_errors(self) -> None:
        expected = dict(self.story.expect.errors)
        raised = {one.event: one for one in self.told.errors if one.event is not None}
        for n, one in raised.items():
            if n not in expected:
                self._fail(f"{self._named(n)} was refused: {one.code}: {one.message}")
            elif expected[n] != one.code:
                self._fail(f"{self._named(n)}: expected to be refused as {expected[n]}, got {one.code}: {one.message}")
        for n in expected.keys() - raised.keys():
            self._fail(f"{self._named(n)}: expected to be refused as {expected[n]}, got done.")
        for id in self.story.expect.checkpoints.keys() - self.told.checkpoints.keys():
            self._fail(f"The story has no checkpoint {id}.")

    def _trace(self) -> tuple[Any, ...]:
        """What a refused event must leave as it was."""
        with companies.scope(self.stage.company), connection.cursor() as cursor:
            cursor.execute(
                "select (select max(id) from ledger_event), (select max(id) from ledger_journalline),"
                " (select max(id) from stock_movement), (select max(id) from stock_lot),"
                " (select count(*) from ledger_journalevent),"
                " (select sum(hashtextextended(b::text, 0)) from stock_balance b)"
            )
            return tuple(cursor.fetchone())

    def _named(self, n: int) -> str:
        kind = self.story.events[n].get("type") if 0 <= n < len(self.story.events) else "not there"
        return f"Event {n} ({kind})"

    def _fail(self, sentence: str) -> None:
        self.told.failures.append(sentence)


def _post(company: int) -> list[str]:
    """Send what is sealed; what does not arrive, in sentences."""
    summary = poster.settle(company, waits=UNPACED, seconds=30)
    reasons = [summary.stopped] if summary.stopped else []
    with companies.scope(company), connection.cursor() as cursor:
        cursor.execute(
            "select document || ' is held: ' || held from ledger_journalevent where state = 'open' union all"
            " select number || ' is ' || state || ': ' || reason from ledger_transmission"
            " where state not in ('confirmed', 'superseded')"
        )
        return reasons + [reason for (reason,) in cursor.fetchall()]


def _close_period(stage: Stage, event: vocabulary.ClosePeriod) -> None:
    """Everything of the month into the books, then nothing more."""
    if (event.on + timedelta(days=1)).day != 1:
        raise UnknownField(f"close_period.on is {event.on}, which is not the last day of a month.")
    sealing.seal_due(stage.company, timezone.now(), on=event.on)
    poster.settle(stage.company, waits=UNPACED, seconds=30)
    stage.ask(finance.close_period, starts=event.on.replace(day=1), ends=event.on)


TELLERS: Mapping[type[Any], Callable[[Stage, Any], None]] = {
    vocabulary.Receive: goods.receive,
    vocabulary.Bill: bills.bill,
    vocabulary.Ship: goods.ship,
    vocabulary.Deliver: invoices.deliver,
    vocabulary.Invoice: invoices.invoice,
    vocabulary.DeleteInvoice: invoices.delete,
    vocabulary.Count: goods.count,
    vocabulary.Transfer: goods.transfer,
    vocabulary.Scrap: goods.scrap,
    vocabulary.Issue: runs.issue,
    vocabulary.Absorb: runs.absorb,
    vocabulary.Complete: runs.complete,
    vocabulary.ReverseRun: runs.reverse_run,
    vocabulary.Freight: costs.freight,
    vocabulary.LateCost: costs.late_cost,
    vocabulary.SupplierReturn: costs.supplier_return,
    vocabulary.VendorCredit: costs.vendor_credit,
    vocabulary.CustomerReturn: costs.customer_return,
    vocabulary.WriteDown: costs.write_down,
    vocabulary.ClosePeriod: _close_period,
}
"""Who tells which type of event. What is missing here cannot be told yet."""
