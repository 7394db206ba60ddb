"""Reconciliation: both systems compared account by account, as of a date, and kept as it came out.

    QuickBooks = floor's ledger − unposted + billed + foreign + tampered, the rest 0.00

Every night, and whenever somebody asks. Reading QuickBooks is metered: what changed is told by change data, and
the general ledger is read from the day after the last closed period only, whose balances were compared before.
QuickBooks says with every such report what those accounts began with, so a change in closed months is noticed the
same night, and they are read again; once a month they are read in any case.

A term that a person has decided about (`remedies`) is still listed, and waits for nobody.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from tieout.access import actors
from tieout.access import company as companies
from tieout.access.models import Company
from tieout.ledger.models import Account, Period, PeriodState
from tieout.quickbooks import adjusted, books, changes
from tieout.quickbooks.books import AccountTie, Carried, ClosedMonthChanged, Term
from tieout.quickbooks.models import ReconciledAccount, ReconciledTerm, Reconciliation, Remedy, RemedyKind
from tieout.quickbooks.waits import USUAL, Waits

UNPOSTED, KEPT, BILLED, FOREIGN, TAMPERED = "unposted", "kept", "billed", "foreign", "tampered"
FOR_A_PERSON = frozenset({FOREIGN, TAMPERED})
"""What waits for nobody but a person. Unposted entries have a state of their own, and a way out with it."""

READ_AGAIN = timedelta(days=31)
"""How long the balances of a closed stretch are believed."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a comparison came to."""

    run: int
    on: date
    accounts: int
    terms: int
    undecided: int
    rest: int

    @property
    def is_settled(self) -> bool:
        return not self.rest and not self.undecided


def asked(company: int, on: date, *, actor: int | None = None, whole: bool = False, waits: Waits = USUAL) -> Summary:
    """On demand: first what changed since the last look at the changes, so that all that is told is of now. What of
    that cannot be mirrored is a finding of its own, and keeps nobody from comparing."""
    with suppress(ExceptionGroup):
        changes.sweep(company, waits=waits)
    return reconcile(company, on, actor=actor, whole=whole, waits=waits)


def nightly(company: int, *, waits: Waits = USUAL) -> Summary:
    """Today's; before it the last closed stretch's own, where there is none yet or it is a month old."""
    on = today(company)
    closed = _closed_through(company, on)
    if closed is not None and _believed(company, closed) is None:
        reconcile(company, closed, whole=True, waits=waits)
    return reconcile(company, on, waits=waits)


def reconcile(
    company: int, on: date, *, actor: int | None = None, whole: bool = False, waits: Waits = USUAL
) -> Summary:
    """Compare, and keep what came out. Asked outside of any transaction: QuickBooks may take its time."""
    began = time.monotonic()
    carried = None if whole else _carried(company, on)
    try:
        ties = books.tie_out(company, on, waits=waits, carried=carried, kept=True)
    except ClosedMonthChanged:
        carried = None
        ties = books.tie_out(company, on, waits=waits, kept=True)
    with companies.scope(company):
        ties, decided = adjusted.borne_out(ties), _decided()
        found = {tie.external_id: _terms(tie, decided) for tie in ties}
        _say_who([one for some in found.values() for one in some if one.journal_id and not one.by])
        run = Reconciliation.objects.create(
            company_id=company,
            on=on,
            actor_id=actor or actors.system(company).actor,
            carried=carried.through if carried else None,
            rest=sum(abs(tie.rest) for tie in ties),
            undecided=len(_undecided(found)),
            seconds=time.monotonic() - began,
        )
        _keep(run, ties, found)
    terms = {one.subject for some in found.values() for one in some}
    return Summary(run.pk, on, len(ties), len(terms), run.undecided, run.rest)


def _keep(run: Reconciliation, ties: Iterable[AccountTie], found: Mapping[str, list[ReconciledTerm]]) -> None:
    """All accounts, then all terms: two statements."""
    accounts = {one.external_id: one.pk for one in Account.objects.all()}
    lines = ReconciledAccount.objects.bulk_create(
        ReconciledAccount(
            company_id=run.company_id,
            run=run,
            account_id=accounts[tie.external_id],
            sub_ledger=tie.sub_ledger,
            quickbooks=tie.quickbooks,
            rest=tie.rest,
        )
        for tie in ties
    )
    for line, tie in zip(lines, ties, strict=True):
        for term in found[tie.external_id]:
            term.company_id, term.line = run.company_id, line
    ReconciledTerm.objects.bulk_create([term for some in found.values() for term in some], batch_size=2000)


# --- Terms, and what was decided about them ------------------------------------------------------------------------


def decided_apart(company: int, ties: Sequence[AccountTie]) -> list[AccountTie]:
    """The same, with what a person has decided about set apart from what nobody has."""
    with companies.scope(company):
        ties, decided = adjusted.borne_out(ties), _decided()
    return [_apart(tie, decided) for tie in ties]


def _apart(tie: AccountTie, decided: Mapping[str, Remedy]) -> AccountTie:
    def is_settled(term: Term) -> bool:
        return _covers(decided.get(term.key), tie.external_id, term.cents)

    foreign, tampered = _one_each(tie.foreign), _one_each(tie.tampered)
    return replace(
        tie,
        foreign=tuple(term for term in foreign if not is_settled(term)),
        tampered=tuple(term for term in tampered if not is_settled(term)),
        decided=tuple(term for term in (*foreign, *tampered) if is_settled(term)),
    )


def _covers(remedy: Remedy | None, account: str, cents: int) -> bool:
    return remedy is not None and remedy.cents.get(account) == cents


def _terms(tie: AccountTie, decided: Mapping[str, Remedy]) -> list[ReconciledTerm]:
    """One term a document, with the decision that covers exactly its cents."""
    kept = [term for term in tie.unposted if term.what == books.NOT_FOR_POSTING]
    waiting = [term for term in tie.unposted if term.what != books.NOT_FOR_POSTING]
    ours = ((UNPOSTED, waiting), (KEPT, kept))
    theirs = ((BILLED, tie.billed), (FOREIGN, tie.foreign), (TAMPERED, tie.tampered))
    return [_term(tie, kind, term, decided) for kind, terms in (*ours, *theirs) for term in _one_each(terms)]


_WHO = """
select j.id, a.name, to_char(e.recorded_at at time zone c.time_zone, 'YYYY-MM-DD'),
    to_char(d.told_at at time zone c.time_zone, 'YYYY-MM-DD')
from ledger_journalevent j
join access_company c on c.id = j.company_id
join lateral (
    select e.actor_id, e.recorded_at from ledger_event e
    where e.company_id = j.company_id and e.journal_id = j.id order by e.id desc limit 1) e on true
join access_actor a on a.company_id = j.company_id and a.id = e.actor_id
left join ledger_transmission t on t.company_id = j.company_id and t.journal_id = j.id and t.external_id <> ''
left join quickbooks_document d on d.company_id = j.company_id and d.entity = 'JournalEntry' and d.deleted
    and d.external_id = t.external_id
where j.id = any(%s) order by j.id, t.version
"""


def _say_who(terms: Iterable[ReconciledTerm]) -> None:
    """Of ours that is not there: who recorded it and when; of what was deleted there only when is known here, and
    QuickBooks' audit log says by whom."""
    by_journal: dict[int, list[ReconciledTerm]] = defaultdict(list)
    for term in terms:
        by_journal[term.journal_id or 0].append(term)
    with connection.cursor() as cursor:
        cursor.execute(_WHO, [list(by_journal)])
        for journal, name, recorded, gone in cursor.fetchall():
            for term in by_journal[journal]:
                if term.kind != TAMPERED:
                    term.by, term.changed = name, recorded
                elif gone:
                    term.changed = gone


def _one_each(terms: Iterable[Term]) -> list[Term]:
    """A document may have several rows on an account."""
    by_key: dict[str, list[Term]] = defaultdict(list)
    for term in terms:
        by_key[term.key].append(term)
    summed = (replace(some[0], cents=sum(one.cents for one in some)) for some in by_key.values())
    return [term for term in summed if term.cents]


def _term(tie: AccountTie, kind: str, term: Term, decided: Mapping[str, Remedy]) -> ReconciledTerm:
    remedy = decided.get(term.key)
    covers = kind in FOR_A_PERSON and _covers(remedy, tie.external_id, term.cents)
    return ReconciledTerm(
        kind=kind,
        subject=term.key[:80],
        number=term.number[:200],
        dated=term.on,
        cents=term.cents,
        what=term.what[:500],
        journal_id=term.journal,
        by=term.by[:200],
        changed=term.changed[:40],
        remedy=remedy if covers else None,
    )


def _decided() -> dict[str, Remedy]:
    """The last decision about each document."""
    kinds = (RemedyKind.ADOPT, RemedyKind.ACCEPT, RemedyKind.ADJUST)
    return {one.subject: one for one in Remedy.objects.filter(kind__in=kinds).order_by("id")}


def _undecided(found: Mapping[str, list[ReconciledTerm]]) -> set[str]:
    return {one.subject for some in found.values() for one in some if one.kind in FOR_A_PERSON and one.remedy is None}


# --- Closed stretches ----------------------------------------------------------------------------------------------


def _closed_through(company: int, before: date) -> date | None:
    with companies.scope(company):
        closed = Period.objects.filter(state=PeriodState.CLOSED, ends__lt=before).order_by("-ends")
        return closed.values_list("ends", flat=True).first()


def _believed(company: int, on: date) -> Reconciliation | None:
    """The whole comparison as of that day, if nothing was left over and it is not too old."""
    with companies.scope(company):
        since = timezone.now() - READ_AGAIN
        runs = Reconciliation.objects.filter(on=on, carried=None, rest=0, at__gte=since)
        return runs.order_by("-id").first()


def _carried(company: int, on: date) -> Carried | None:
    """What the last closed stretch came to."""
    through = _closed_through(company, on)
    run = _believed(company, through) if through else None
    if run is None:
        return None
    with companies.scope(company):
        lines = {one.pk: one for one in ReconciledAccount.objects.filter(run=run).select_related("account")}
        foreign: dict[str, list[Term]] = defaultdict(list)
        tampered: dict[str, list[Term]] = defaultdict(list)
        kinds = (BILLED, *FOR_A_PERSON)
        for one in ReconciledTerm.objects.filter(line__in=list(lines), kind__in=kinds).order_by("id"):
            here = lines[one.line_id].account.external_id
            term = Term(one.number, one.dated, one.cents, one.what, one.subject, one.journal_id, one.by, one.changed)
            # Whether a bill is still the one that is mirrored is judged anew.
            (tampered if one.kind == TAMPERED else foreign)[here].append(term)
    return Carried(
        run.on,
        {one.account.external_id: one.quickbooks for one in lines.values()},
        {account: tuple(terms) for account, terms in foreign.items()},
        {account: tuple(terms) for account, terms in tampered.items()},
    )


def today(company: int) -> date:
    """The company's local date."""
    zone = Company.objects.values_list("time_zone", flat=True).get(pk=company)
    return timezone.now().astimezone(ZoneInfo(zone)).date()
