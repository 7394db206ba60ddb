"""Home: what needs somebody, and what today is about, by role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from tieout.access.permissions import Permission
from tieout.ledger import actions as ledger_actions
from tieout.ledger import corrections
from tieout.ledger.corrections import Asked
from tieout.ledger.queries import journals, sums
from tieout.ledger.queries.sums import Inventory, MonthAmount
from tieout.production import queries as production
from tieout.purchasing import bill_queries, freight_queries
from tieout.purchasing import queries as purchasing
from tieout.quickbooks import queries as quickbooks
from tieout.quickbooks import reconciled
from tieout.quickbooks.reconciled import Ran
from tieout.sales import invoice_queries, invoice_requests
from tieout.sales import queries as sales
from tieout.stock import choices
from tieout.stock import queries as stock
from tieout.stock.queries import SiteValue
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page

MONTHS = 12
MOST = 100


@dataclass(frozen=True, slots=True)
class Queue:
    """Documents that wait for a person, on a page of their own."""

    page: str
    icon: str
    said: str
    help: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a bar chart: its length is a share of the longest."""

    name: str
    cents: int
    share: int
    href: str = ""


@page()
def home(visit: Visit) -> HttpResponse:
    """Finance begins with what did not reach the books, the floor with its runs."""
    today = visit.today
    runs = production.runs(states=("running",), most=8)
    due = purchasing.open_orders(most=8)
    shipped = sales.shipments(on=today, most=8)
    return visit.show(
        "web/home.html",
        here="home",
        today=today,
        runs=runs,
        due=due,
        overdue=sum(1 for one in due if one.due_on and one.due_on < today),
        shipped=shipped,
        on_way=choices.on_their_way(most=8),
        **(_figures(today) if visit.sees_cost else {}),
        requests=[(one, one.is_answered_by(visit.by.role)) for one in _requests(visit)],
        differs=_differs() if visit.may(Permission.SEE_AUDIT) else None,
        stuck=journals.attention(most=10) if visit.may(Permission.SEE_AUDIT) else [],
        queues=_queues(visit.company.id) if visit.may(Permission.SEE_AUDIT) else [],
        findings=quickbooks.open_findings(most=10) if visit.may(Permission.SEE_AUDIT) else [],
    )


def _queues(company: int) -> list[Queue]:
    """What of AP's and AR's documents needs somebody to decide."""
    refused, bills = invoice_requests.stuck(), len(bill_queries.rows(waiting=True, most=MOST))
    freight, unsorted = len(freight_queries.waiting(company)), len(invoice_queries.credits_to_sort())
    every = [
        (
            refused,
            Queue("ready-to-invoice", "receipt", f"{_count(refused, 'invoice')} that QuickBooks was asked for",
                  "Refused, or held. Each says why, and what to do.", bad=True),
        ),
        (
            bills,
            Queue("bills", "file-text", f"{_count(bills, 'bill')} to look at",
                  "Each line shows what it may be for, why, and what you can do."),
        ),
        (
            freight,
            Queue("landed-costs", "truck", f"{_count(freight, 'bill')} of freight to share",
                  "Say which goods each was for; until then it stands on the freight account."),
        ),
        (
            unsorted,
            Queue("credits", "receipt", f"{_count(unsorted, 'line')} of credit memos to sort",
                  "Are the goods back, destroyed there, never shipped, or is it the price alone?"),
        ),
    ]  # fmt: skip
    return [queue for count, queue in every if count]


def _count(many: int, noun: str) -> str:
    return f"{many}{'+' if many == MOST else ''} {noun}{'' if many == 1 else 's'}"


def _requests(visit: Visit) -> list[Asked]:
    """What finance asks, to those who may answer and those who ask."""
    return corrections.waiting() if visit.may(Permission.REVERSE) or visit.may(Permission.POST) else []


def _differs() -> Ran | None:
    """The latest comparison of both systems, if it left something over or to decide."""
    last = next(iter(reconciled.runs(most=1)), None)
    return last if last is not None and (last.rest or last.undecided) else None


@home.act(Permission.REVERSE, "answer")
def answer(visit: Visit) -> str:
    """What the floor did about a correction that finance asked for."""
    said, request = visit.typed.text("answer"), visit.typed.whole_if_any("request")
    if not said or request is None:
        raise BadEntry("Say what was done about it, or why nothing is.")
    event = ledger_actions.answer_request(visit.once, request=request, answer=said)
    visit.say(f"Finance reads your answer about {event}.")
    return reverse("home")


def _figures(today: date) -> dict[str, Any]:
    sites, books = stock.value_by_site(), sums.inventory()
    floor = sum(one.value + one.in_process for one in sites)
    months = sums.cost_of_goods_sold(since=_months_ago(today, MONTHS - 1))
    return {
        "floor": floor,
        "in_process": sum(one.in_process for one in sites),
        "books": books,
        "difference": floor - books.recorded,
        "sold": months[-1] if months else None,
        "months": _months(months),
        "sites": _sites(sites),
        "ties": _ties(floor, books),
    }


def _months_ago(today: date, months: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _months(found: list[MonthAmount]) -> list[Bar]:
    """The latest month first."""
    longest = max((abs(one.cents) for one in found), default=0) or 1
    return [
        Bar(f"{one.month:%b %Y}", one.cents, abs(one.cents) * 100 // longest, f"?kind=shipment&month={one.month:%Y-%m}")
        for one in reversed(found)
    ]


def _sites(found: list[SiteValue]) -> list[Bar]:
    longest = max((one.value + one.in_process for one in found), default=0) or 1
    return [
        Bar(one.name, one.value + one.in_process, (one.value + one.in_process) * 100 // longest, f"?site={one.site}")
        for one in found
    ]


def _ties(floor: int, books: Inventory) -> list[tuple[str, int]]:
    """From the floor's value to that of the books, each step named."""
    return [
        ("On the floor, runs with it", floor),
        ("Not in the books yet: on its way", -books.on_its_way),
        ("Not in the books: refused or held", -books.stuck),
        ("Confirmed by QuickBooks", -books.confirmed),
    ]
