"""The tie-out: QuickBooks' balance of an account, and every cent between it and the sub-ledger, named.

    QuickBooks = sub-ledger − unposted + foreign + tampered, and nothing left over

QuickBooks is asked twice, independently: its trial balance gives the balance, its general ledger the
rows behind it. A row is ours if its transaction is one that a transmission of ours is confirmed as (or,
while that is in doubt, bears its number). *Unposted* is ours and not there, *foreign* there and not
ours, *tampered* both, with other amounts. A difference of one cent is a difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from tieout.access import company as companies
from tieout.ledger.models import Account, TransmissionState
from tieout.quickbooks import query, readback, reports, sessions
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

    @property
    def rest(self) -> int:
        """What nothing explains; not 0 is a defect, here or there."""
        unposted, foreign, tampered = (
            sum(term.cents for term in terms) for terms in (self.unposted, self.foreign, self.tampered)
        )
        return self.quickbooks - (self.sub_ledger - unposted + foreign + tampered)

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

    def may_be_there(self) -> bool:
        return self.state in (TransmissionState.SENDING, TransmissionState.IN_DOUBT)


def trial_balance(company: int, on: date, *, waits: Waits = USUAL) -> dict[str, int]:
    """QuickBooks' balances by account id, in cents, debits positive."""
    with sessions.opened(company, waits=waits) as client:
        return reports.balances(client.trial_balance(starts=on, ends=on))


def tie_out(company: int, on: date, *, waits: Waits = USUAL) -> list[AccountTie]:
    """Every account that our ledger posts to, as of a date."""
    postings = _postings(company)
    used = {account for posting in postings for account in posting.cents}
    with companies.scope(company):
        accounts = list(Account.objects.filter(external_id__in=used).order_by("type", "name"))
    if not accounts:
        return []
    with sessions.opened(company, waits=waits) as client:
        year = _year_start(on, client.company_info().fiscal_year_start_month)
        balances = reports.balances(client.trial_balance(starts=on, ends=on))
        first = min([year, *(posting.on for posting in postings)])
        ledger = client.general_ledger(
            starts=first, ends=on, accounts=[one.external_id for one in accounts], columns=reports.COLUMNS
        )
    rows = reports.rows(ledger)
    return [
        _tie(
            account,
            on=on,
            # Income and expense begin anew with each fiscal year, on both sides.
            starts=year if reports.begins_each_year(account.type) else date.min,
            postings=postings,
            rows=rows.get(account.external_id, []),
            balance=balances.get(account.external_id, 0),
        )
        for account in accounts
    ]


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
) -> AccountTie:
    here = account.external_id
    by_id = {posting.external_id: posting for posting in postings if posting.external_id}
    in_doubt = {posting.number: posting for posting in postings if posting.may_be_there()}
    there: dict[int, int] = defaultdict(int)
    foreign = []
    for row in (reports.signed(one, account.type) for one in rows):
        if row.on is not None and row.on < starts:
            continue
        ours = by_id.get(row.transaction) or in_doubt.get(row.number) if row.is_journal_entry else None
        if ours is None:
            foreign.append(Term(row.number or row.kind, row.on, row.cents, row.what))
        else:
            there[ours.journal] += row.cents
    unposted, tampered = [], []
    for posting in postings:
        due = posting.cents.get(here, 0) if posting.in_range(starts, on) else 0
        is_there = bool(posting.external_id) or posting.journal in there
        later = posting.sent_on is not None and posting.sent_on > on
        if due and (later or not is_there):
            unposted.append(Term(posting.number, posting.on, due, posting.reason or posting.state))
            due = 0
        if change := there.get(posting.journal, 0) - due if is_there else 0:
            what = "changed in QuickBooks" if there.get(posting.journal) else "not there any more, or moved"
            tampered.append(Term(posting.number, posting.on, change, what))
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
select j.id, coalesce(j.number, j.document), j.accounting_date, coalesce(t.state, j.state),
    coalesce(nullif(t.reason, ''), nullif(j.held, ''), ''), coalesce(t.external_id, ''), t.accounting_date
from ledger_journalevent j
left join lateral (
    select * from ledger_transmission t
    where t.company_id = j.company_id and t.journal_id = j.id and t.destination = 'quickbooks'
    order by t.version desc limit 1
) t on true
where j.company_id = %s and j.posts
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


def _postings(company: int) -> list[_Posting]:
    with companies.scope(company), connection.cursor() as cursor:
        cursor.execute(_POSTINGS, [company])
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
