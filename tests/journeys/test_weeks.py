"""Whatever happens in whatever order, on the floor, at AP's desk and by strangers in QuickBooks: both sides tie out,
and what is listed between them is what an outsider did, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime

import pytest

from qbo_emulator.testing import Books, qbo, qbo_server
from tests import factory as factories
from tests.journeys.month import QUICK, Month, connected
from tests.journeys.weeks import Weeks, reconciled_to_decide
from tieout.access import company as companies
from tieout.access.models import CompanyState
from tieout.close import verify
from tieout.core.roles import Role
from tieout.ledger.models import JournalLine, Transmission
from tieout.purchasing import accruals, progress
from tieout.purchasing.models import BillLineVerdict, Verdict
from tieout.quickbooks.models import Remedy, RemedyKind

__all__ = ["qbo", "qbo_server"]

STARTS = [datetime(2026, month, day, 14, tzinfo=UTC) for month, day in ((1, 5), (1, 20), (2, 3), (2, 17), (3, 3))]
ENDED = {2: (date(2026, 1, 1), date(2026, 1, 31)), 4: (date(2026, 2, 1), date(2026, 2, 28))}


@pytest.mark.parametrize(
    ("seed", "weeks", "acts"),
    [(1, 2, 30), *(pytest.param(seed, 5, 40, marks=pytest.mark.soak) for seed in range(2, 12))],
)
def test_weeks_of_anything_tie_out(transactional_db: None, qbo: Books, seed: int, weeks: int, acts: int) -> None:
    month = connected(factories.small(state=CompanyState.LIVE), qbo, receipts=400)
    at_work = Weeks(month, seed)
    at_work.receive()
    done = 0
    for week in range(weeks):
        month.factory.now = STARTS[week]
        if week in ENDED:
            at_work.close(*ENDED[week])
        done += at_work.week(acts)
        found = at_work.settle()

        listed = {one.difference.subject for one in reconciled_to_decide(month.factory.company, found)}
        assert [] == broken(month, undecided=listed), at_work.told
        assert 0 == found.rest, at_work.told
        assert strange(month) == listed, at_work.told
        assert owed(month) == 0, at_work.told
        at_work.decide(found)
    assert done > weeks * acts / 3


def broken(month: Month, *, undecided: set[str]) -> list[str]:
    """Invariants that do not hold; those of QuickBooks only where nobody has changed anything there."""
    results = verify.check(month.factory.company, replay=True, waits=QUICK)
    passed_over = (6, 7) if undecided else ()
    return [str(one) for result in results if result.number not in passed_over for one in result.findings]


def strange(month: Month) -> set[str]:
    """What QuickBooks holds on our accounts and should not, asked of QuickBooks itself, by what it says of each."""
    with companies.scope(month.factory.company):
        used = set(JournalLine.objects.values_list("account__external_id", flat=True))
        sent = {one.external_id: one for one in Transmission.objects.exclude(external_id="").order_by("version")}
        last = {one.journal_id: one for one in sent.values()}
        decided = {one.subject: one.cents for one in Remedy.objects.exclude(kind=RemedyKind.REPOST).order_by("id")}
        adjustments = list(Remedy.objects.filter(kind=RemedyKind.ADJUST).select_related("event").order_by("id"))
    apart: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for journal, one in last.items():
        for line in one.body["lines"]:
            apart[f"journal {journal}"][line["account"]] -= line["debit"] - line["credit"]
    for entry in month.books.query("select * from JournalEntry maxresults 1000"):
        ours = sent.get(entry["Id"])
        key = f"journal {ours.journal_id}" if ours and last[ours.journal_id] is ours else f"Journal Entry {entry['Id']}"
        for line in entry["Line"]:
            detail = line["JournalEntryLineDetail"]
            sign = 1 if detail["PostingType"] == "Debit" else -1
            apart[key][detail["AccountRef"]["value"]] += sign * int(line["Amount"] * 100)
    for key, cents in charged(month).items():
        for account, amount in cents.items():
            apart[key][account] += amount
    for adjusted in adjustments:
        there = {account: cents for account, cents in apart[adjusted.subject].items() if cents and account in used}
        if there != adjusted.cents and adjusted.event is not None:
            for account, cents in adjusted.cents.items():
                apart[f"journal {adjusted.event.journal_id}"][account] -= cents
    waits = set()
    for key, cents in apart.items():
        rest = {account: amount for account, amount in cents.items() if amount and account in used}
        if any(decided.get(key, {}).get(account) != amount for account, amount in rest.items()):
            waits.add(key)
    return waits


TITLES = {"Bill": "Bill", "VendorCredit": "Vendor Credit", "Purchase": "Credit Card Expense"}


def charged(month: Month) -> dict[str, dict[str, int]]:
    """Documents of vendors on accounts where they do not belong, unless an entry took them from there."""
    places = {month.accounts[role].external_id for role in (Role.GRNI, Role.FREIGHT, Role.VCLAIM)}
    products = dict.fromkeys(month.products.values(), month.accounts[Role.GRNI].external_id)
    with companies.scope(month.factory.company):
        latest = {}
        for one in BillLineVerdict.objects.select_related("bill_line__bill").order_by("id"):
            line = one.bill_line
            if line.ended is None:
                latest[line.bill.kind, line.bill.external_id, line.external_id] = one.verdict
    found: dict[str, dict[str, int]] = {}
    for kind, title in TITLES.items():
        sign = -100 if kind == "VendorCredit" else 100
        for document in month.books.query(f"select * from {kind} maxresults 1000"):
            cents: dict[str, int] = defaultdict(int)
            moved: dict[str, bool] = defaultdict(lambda: True)
            for line in document["Line"]:
                detail = line[line["DetailType"]]
                account = (detail.get("AccountRef") or {}).get("value") or products.get(detail["ItemRef"]["value"], "")
                cents[account] += int(line["Amount"] * sign)
                moved[account] &= latest.get((kind, document["Id"], line["Id"])) == Verdict.RECLASSIFIED
            wrong = {account: n for account, n in cents.items() if account not in places and not moved[account]}
            found[f"{title} {document['Id']}"] = wrong
    return found


def owed(month: Month) -> int:
    """What our ledger and vendors' documents leave on the accrual, less what receipt lines say of it."""
    accrual = month.accounts[Role.GRNI].external_id
    with companies.scope(month.factory.company):
        lines = JournalLine.objects.filter(account__external_id=accrual).values_list("debit", "credit")
        ledger = sum(credit - debit for debit, credit in lines)
        rest = sum(one.cents for one in progress.billed_not_here(month.factory.company, [accrual]))
        still_open = sum(one.open for one in accruals.of(month.factory.company).values())
    billed = 0
    products = set(month.products.values())
    for kind in TITLES:
        sign = -100 if kind == "VendorCredit" else 100
        for document in month.books.query(f"select * from {kind} maxresults 1000"):
            for line in document["Line"]:
                detail = line[line["DetailType"]]
                is_on_it = (detail.get("AccountRef") or {}).get("value") == accrual
                if is_on_it or (detail.get("ItemRef") or {}).get("value") in products:
                    billed += int(line["Amount"] * sign)
    return int(ledger - billed - (still_open - rest))
