"""The tie-out: QuickBooks' balance of an account, and every cent between it and the sub-ledger, named.

    QuickBooks = sub-ledger − unposted + billed + foreign + tampered, and nothing left over

QuickBooks is asked twice, independently: its trial balance gives the balance, its general ledger the
rows behind it. A row is ours if its transaction is one that a transmission of ours is confirmed as (or,
while that is in doubt, bears its number). *Unposted* is ours and not there, *billed* what vendors charge
where it belongs, *foreign* there and not ours, *tampered* both, with other amounts. A difference of one
cent is a difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.db import connection

from tieout.access import company as companies
from tieout.ledger.models import Account, TransmissionState
from tieout.quickbooks import billed, query, readback, reports, sessions
from tieout.quickbooks.masters import MONTHS
from tieout.quickbooks.reports import Row
from tieout.quickbooks.waits import USUAL, Waits


@dataclass(frozen=True, slots=True)
class Term:
    """One reason why the two sides differ: a document, what it is worth on this account, and what it waits
    for.
    """

    number: str
    on: date | None
    cents: int
    what: str
    key: str = ""
    """Names the document in every account and every comparison alike."""
    journal: int | None = None
    by: str = ""
    """Who changed it in QuickBooks last, and when, where QuickBooks says so."""
    changed: str = ""


NOT_FOR_POSTING = "not for posting"
"""What is said of an entry that stays out of QuickBooks: an opening, by policy."""

BEFORE = "before"
"""The key of what stood in QuickBooks before the first day that is read."""


class ClosedMonthChanged(Exception):
    """What a closed stretch of the books holds is not what it held when it was compared: read it again."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A closed stretch of the books as it was compared: only what follows it is read again."""

    through: date
    balances: Mapping[str, int]
    foreign: Mapping[str, tuple[Term, ...]]
    tampered: Mapping[str, tuple[Term, ...]]


@dataclass(frozen=True, slots=True)
class AccountTie:
    """One account on one date, both sides and all between them. Cents, debits positive."""

    external_id: str
    name: str
    type: str
    on: date
    sub_ledger: int
    quickbooks: int
    unposted: tuple[Term, ...] = ()
    foreign: tuple[Term, ...] = ()
    tampered: tuple[Term, ...] = ()
    billed: tuple[Term, ...] = ()
    """Of vendors, mirrored here: dealt with among the bills."""
    decided: tuple[Term, ...] = ()
    """Of the foreign and the tampered ones, what a person has decided about, and nobody has to any more."""

    @property
    def rest(self) -> int:
        """What nothing explains; not 0 is a defect, here or there."""
        there_only = sum(term.cents for term in (*self.billed, *self.foreign, *self.tampered, *self.decided))
        return self.quickbooks - (self.sub_ledger - sum(term.cents for term in self.unposted) + there_only)

    @property
    def ties(self) -> bool:
        return self.rest == 0


@dataclass(slots=True)
class _Posting:
    """A journal event as our ledger has it, and how far its document has got."""

    journal: int
    number: str
    on: date
    state: str
    reason: str
    external_id: str
    sent_on: date | None
    cents: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def in_range(self, starts: date, ends: date) -> bool:
        return starts <= self.on <= ends

    @property
    def key(self) -> str:
        return f"journal {self.journal}"

    def is_settled_in(self, through: date) -> bool:
        """Whether it stands in a stretch that was compared and is not read again."""
        return bool(self.external_id) and max(self.on, self.sent_on or self.on) <= through

    def may_be_there(self) -> bool:
        return self.state in (TransmissionState.SENDING, TransmissionState.IN_DOUBT)


def trial_balance(company: int, on: date, *, waits: Waits = USUAL) -> dict[str, int]:
    """QuickBooks' balances by account id, in cents, debits positive."""
    with sessions.opened(company, waits=waits) as client:
        return reports.balances(client.trial_balance(starts=on, ends=on))


def tie_out(
    company: int, on: date, *, waits: Waits = USUAL, carried: Carried | None = None, kept: bool = False
) -> list[AccountTie]:
    """Every account that our ledger posts to, as of a date. After a closed stretch only what follows it is read, if
    that still comes to what it came to; `kept`: entries that stay out of QuickBooks are counted, and named, too.
    """
    postings = _postings(company, kept=kept)
    used = {account for posting in postings for account in posting.cents}
    with companies.scope(company):
        accounts = list(Account.objects.filter(external_id__in=used).order_by("type", "name"))
    if not accounts:
        return []
    with sessions.opened(company, waits=waits) as client:
        month = client.company_info().fiscal_year_start_month
        year = _year_start(on, month)
        balances = reports.balances(client.trial_balance(starts=on, ends=on))
        first = min(year, _year_start(min(posting.on for posting in postings), month))
        if carried is not None:
            first = carried.through + timedelta(days=1)
        ledger = client.general_ledger(
            starts=first, ends=on, accounts=[one.external_id for one in accounts], columns=reports.COLUMNS
        )
    rows = reports.rows(ledger)
    ties, charged = [], billed.said(company)
    for account in accounts:
        # Income and expense begin anew with each fiscal year, on both sides.
        starts = year if reports.begins_each_year(account.type) else date.min
        signed = [reports.signed(one, account.type) for one in rows.get(account.external_id, [])]
        before = _compared(account, carried, signed, starts=starts) if carried is not None else None
        if before is not None:
            signed = [one for one in signed if one.on is not None]
        balance = balances.get(account.external_id, 0)
        tie = _tie(account, on=on, starts=starts, postings=postings, rows=signed, balance=balance, before=before)
        ties.append(_charged_apart(tie, charged))
    return ties


def _charged_apart(tie: AccountTie, charged: Mapping[tuple[str, str], int]) -> AccountTie:
    """Documents of vendors that stand there with exactly the cents that are known here are no strangers."""
    there: dict[str, int] = defaultdict(int)
    for term in tie.foreign:
        there[term.key] += term.cents
    known = {key for key, cents in there.items() if charged.get((key, tie.external_id)) == cents}
    return replace(
        tie,
        billed=tuple(term for term in tie.foreign if term.key in known),
        foreign=tuple(term for term in tie.foreign if term.key not in known),
    )


def _compared(account: Account, carried: Carried, rows: list[Row], *, starts: date) -> Carried:
    """What is carried of an account, if QuickBooks still begins where it ended."""
    here = account.external_id
    began = sum(row.cents for row in rows if row.on is None)
    due = carried.balances.get(here, 0) if starts <= carried.through else 0
    if began != due:
        raise ClosedMonthChanged(f"{account.name} began with {began} cents after {carried.through}, not {due}.")
    if starts > carried.through:
        return Carried(carried.through, {}, {}, {})
    return carried


def entries_of_ours(company: int, numbers: Iterable[str], *, waits: Waits = USUAL) -> dict[str, list[str]]:
    """The ids in QuickBooks under each of these numbers: exactly one is as it should be."""
    wanted = list(numbers)
    found: dict[str, list[str]] = defaultdict(list)
    with sessions.opened(company, waits=waits) as client:
        for start in range(0, len(wanted), readback.IN_A_QUERY):
            some = wanted[start : start + readback.IN_A_QUERY]
            for entry in client.entries(query.among("DocNumber", some)):
                found[entry.doc_number].append(entry.id)
    return dict(found)


def _tie(
    account: Account,
    *,
    on: date,
    starts: date,
    postings: list[_Posting],
    rows: list[Row],
    balance: int,
    before: Carried | None,
) -> AccountTie:
    here = account.external_id
    by_id = {posting.external_id: posting for posting in postings if posting.external_id}
    in_doubt = {posting.number: posting for posting in postings if posting.may_be_there()}
    there: dict[int, int] = defaultdict(int)
    changed: dict[int, Row] = {}
    foreign = list(before.foreign.get(here, ())) if before else []
    tampered = list(before.tampered.get(here, ())) if before else []
    for row in rows:
        if row.on is not None and row.on < starts:
            continue
        ours = by_id.get(row.transaction) or in_doubt.get(row.number) if row.is_journal_entry else None
        if ours is None:
            key = f"{row.kind} {row.transaction}" if row.on else BEFORE
            foreign.append(Term(row.number or row.kind, row.on, row.cents, row.what, key, None, row.by, row.changed))
        else:
            there[ours.journal] += row.cents
            changed[ours.journal] = row
    unposted = []
    for posting in postings:
        if before is not None and posting.is_settled_in(before.through) and posting.in_range(starts, on):
            if posting.journal in there:
                raise ClosedMonthChanged(f"{posting.number} was moved out of the stretch that ends {before.through}.")
            continue
        due = posting.cents.get(here, 0) if posting.in_range(starts, on) else 0
        is_there = bool(posting.external_id) or posting.journal in there
        later = posting.sent_on is not None and posting.sent_on > on
        if due and (later or not is_there):
            what = posting.reason or posting.state
            unposted.append(Term(posting.number, posting.on, due, what, posting.key, posting.journal))
            due = 0
        if change := there.get(posting.journal, 0) - due if is_there else 0:
            what = "changed in QuickBooks" if there.get(posting.journal) else "not there any more, or moved"
            last = changed.get(posting.journal)
            by, at = (last.by, last.changed) if last is not None else ("", "")
            tampered.append(Term(posting.number, posting.on, change, what, posting.key, posting.journal, by, at))
    return AccountTie(
        external_id=here,
        name=account.name,
        type=account.type,
        on=on,
        sub_ledger=sum(one.cents.get(here, 0) for one in postings if one.in_range(starts, on)),
        quickbooks=balance,
        unposted=tuple(unposted),
        foreign=tuple(foreign),
        tampered=tuple(tampered),
    )


_POSTINGS = """
select j.id, coalesce(j.number, j.document), j.accounting_date,
    case when j.posts then coalesce(t.state, j.state) else 'not for posting' end,
    coalesce(nullif(t.reason, ''), nullif(j.held, ''), ''), coalesce(t.external_id, ''), t.accounting_date
from ledger_journalevent j
left join lateral (
    select * from ledger_transmission t
    where t.company_id = j.company_id and t.journal_id = j.id and t.destination = 'quickbooks'
    order by t.version desc limit 1
) t on true
where j.company_id = %s and (j.posts or %s)
"""

# A line that had no account when it was written got one when its journal was sealed: the body says which.
_LINES = """
select e.journal_id, a.external_id, sum(l.debit - l.credit)
from ledger_journalline l
join ledger_event e on e.company_id = l.company_id and e.id = l.event_id
join ledger_account a on a.company_id = l.company_id and a.id = l.account_id
where l.company_id = %(company)s and e.journal_id is not null and e.journal_id <> all(%(mapped_late)s)
group by 1, 2
"""
_MAPPED_LATE = """
select distinct e.journal_id from ledger_journalline l
join ledger_event e on e.company_id = l.company_id and e.id = l.event_id
where l.company_id = %s and l.account_id is null and e.journal_id is not null
"""
_BODIES = """
select t.journal_id, line->>'account', sum((line->>'debit')::bigint - (line->>'credit')::bigint)
from ledger_transmission t, jsonb_array_elements(t.body->'lines') line
where t.company_id = %s and t.journal_id = any(%s) and t.state <> 'superseded'
group by 1, 2
"""


def _postings(company: int, *, kept: bool) -> list[_Posting]:
    with companies.scope(company), connection.cursor() as cursor:
        cursor.execute(_POSTINGS, [company, kept])
        postings = {row[0]: _Posting(*row) for row in cursor.fetchall()}
        cursor.execute(_MAPPED_LATE, [company])
        mapped_late = [row[0] for row in cursor.fetchall()]
        cursor.execute(_LINES, {"company": company, "mapped_late": mapped_late})
        lines = cursor.fetchall()
        cursor.execute(_BODIES, [company, mapped_late])
        for journal, account, cents in [*lines, *cursor.fetchall()]:
            if journal in postings:
                postings[journal].cents[account] += int(cents)
    return list(postings.values())


def _year_start(on: date, month_name: str) -> date:
    month = MONTHS.index(month_name) + 1 if month_name in MONTHS else 1
    return date(on.year if on.month >= month else on.year - 1, month, 1)
