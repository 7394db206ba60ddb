"""What the demo says of itself at the end: how much moved and was posted, what it cost, and that it ties out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rich.console import Console
from rich.table import Table

from tieout.access import company as companies
from tieout.close import verify
from tieout.close.findings import Result
from tieout.core.roles import Role
from tieout.demo import traced
from tieout.demo.traced import Traced
from tieout.ledger import tally
from tieout.ledger.models import Transmission, TransmissionState
from tieout.ledger.tally import Tally
from tieout.quickbooks import books
from tieout.quickbooks.books import AccountTie
from tieout.stock import activity

SOURCES_SHOWN = 12
COGS = (Role.COGS, Role.COGS_LATE)


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that is printed, and whether it is as it should be."""

    company: str
    on: date
    movements: Mapping[date, int]
    entries: Mapping[date, int]
    cogs: Mapping[date, int]
    ties: tuple[AccountTie, ...]
    posted: Tally
    not_once: tuple[str, ...]
    """Journal events that are not in QuickBooks exactly once."""
    traced: Traced | None
    invariants: tuple[Result, ...]

    @property
    def difference(self) -> int:
        """Cents between the two sides over all accounts, but for what vendors charge: QuickBooks' own half."""
        return sum(abs(_apart(tie)) for tie in self.ties)

    @property
    def is_right(self) -> bool:
        followed = self.traced is None or self.traced.adds_up
        hold = all(result.ok for result in self.invariants)
        ties = bool(self.ties) and not self.difference
        return ties and not self.not_once and not self.posted.is_stuck and followed and hold


def gather(company: int, name: str, on: date) -> Summary:
    """As of the last day of the history, with QuickBooks read anew."""
    with companies.scope(company):
        sent = Transmission.objects.filter(accounting_date__lte=on).exclude(state=TransmissionState.SUPERSEDED)
        numbers = list(sent.order_by("number").values_list("number", flat=True))
    found = books.entries_of_ours(company, numbers)
    return Summary(
        company=name,
        on=on,
        movements=activity.movements_by_month(company),
        entries=tally.entries_by_month(company),
        cogs=tally.cents_by_month(company, COGS),
        ties=tuple(books.tie_out(company, on)),
        posted=tally.tally(company),
        not_once=tuple(number for number in numbers if len(found.get(number, ())) != 1),
        traced=traced.late_one(company),
        invariants=tuple(verify.check(company)),
    )


def show(summary: Summary, console: Console) -> None:
    console.print(f"\n[bold]{summary.company}[/bold], through {summary.on:%B %-d, %Y}\n")
    console.print(_months(summary))
    console.print(_accounts(summary))
    if summary.traced:
        console.print(_traced(summary.traced))
        console.print()
    confirmed = f"{summary.posted.confirmed:,} of {sum(summary.posted.by_state.values()):,} journal entries confirmed"
    once = f"{len(summary.not_once)} not there exactly once" if summary.not_once else "each in QuickBooks exactly once"
    console.print(f"{confirmed}, {once}.")
    for obstacle in summary.posted.obstacles:
        console.print(f"[red]{obstacle.number} {obstacle.state}: {obstacle.reason}[/red]")
    for result in summary.invariants:
        if not result.ok:
            console.print(f"[red]Invariant {result.number} is broken: {result.title}[/red]")
    console.print(_proven(summary.invariants))
    colour = "green" if summary.is_right else "red"
    console.print(f"[bold {colour}]Difference books to sub-ledger: {_money(summary.difference)}[/bold {colour}]\n")


def _months(summary: Summary) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("Month")
    for title in ("Movements", "Journal entries", "COGS"):
        table.add_column(title, justify="right")
    for month in sorted(summary.movements):
        cogs, entries = summary.cogs.get(month, 0), summary.entries.get(month, 0)
        label = f"{month:%B %Y}" if cogs else f"{month:%B %Y} (opening)"
        table.add_row(label, f"{summary.movements[month]:,}", f"{entries:,}", _money(cogs) if cogs else "")
    table.add_row("[bold]Together[/bold]", *(f"[bold]{text}[/bold]" for text in _together(summary)))
    return table


def _together(summary: Summary) -> tuple[str, str, str]:
    movements, entries = sum(summary.movements.values()), sum(summary.entries.values())
    return f"{movements:,}", f"{entries:,}", _money(sum(summary.cogs.values()))


def _accounts(summary: Summary) -> Table:
    table = Table(box=None, pad_edge=False, title="\nTie-out", title_justify="left")
    table.add_column("Account")
    for title in ("Sub-ledger", "Bills", "QuickBooks", "Difference"):
        table.add_column(title, justify="right")
    for tie in summary.ties:
        cells = (tie.sub_ledger, _billed(tie), tie.quickbooks, _apart(tie))
        table.add_row(tie.name, *(_money(cents) for cents in cells))
    return table


def _billed(tie: AccountTie) -> int:
    return sum(term.cents for term in tie.billed)


def _apart(tie: AccountTie) -> int:
    return tie.quickbooks - tie.sub_ledger - _billed(tie)


def _traced(one: Traced) -> Table:
    title = f"\nOne COGS, traced: {one.shipment} to {one.customer}, through {one.lots} lots and {one.runs} runs"
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    table.add_column("Came from")
    table.add_column("Dollars", justify="right")
    for source in one.sources[:SOURCES_SHOWN]:
        table.add_row(source.title, _money(source.cents))
    rest = one.sources[SOURCES_SHOWN:]
    if rest:
        table.add_row(f"{len(rest)} smaller ones", _money(sum(source.cents for source in rest)))
    table.add_row("[bold]Cost of goods sold[/bold]", f"[bold]{_money(one.cents)}[/bold]")
    return table


def _proven(results: Sequence[Result]) -> str:
    rows, hold = sum(result.checked for result in results), sum(result.ok for result in results)
    return f"{hold} of {len(results)} invariants hold, over {rows:,} rows looked at (tieout verify)."


def _money(cents: int) -> str:
    return f"{cents / 100:,.2f}"
