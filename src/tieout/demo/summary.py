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
from tieout.demo import billed, reconciling, traced
from tieout.demo.billed import Billed
from tieout.demo.making import Extent
from tieout.demo.reconciling import Told
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
    settled: date
    movements: Mapping[date, int]
    entries: Mapping[date, int]
    cogs: Mapping[date, int]
    ties: tuple[AccountTie, ...]
    posted: Tally
    not_once: tuple[str, ...]
    """Journal events that are not in QuickBooks exactly once."""
    billed: Billed
    told: Told | None
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
        agreed = self.told is not None and not self.told.rest and not self.told.left
        return ties and not self.not_once and not self.posted.is_stuck and followed and hold and agreed


def gather(company: int, name: str, extent: Extent) -> Summary:
    """As of the day when the last bill of the history was in, with QuickBooks read anew."""
    on = extent.settled
    with companies.scope(company):
        sent = Transmission.objects.filter(accounting_date__lte=on).exclude(state=TransmissionState.SUPERSEDED)
        numbers = list(sent.order_by("number").values_list("number", flat=True))
    found = books.entries_of_ours(company, numbers)
    return Summary(
        company=name,
        on=extent.last,
        settled=on,
        movements=activity.movements_by_month(company),
        entries=tally.entries_by_month(company),
        cogs=tally.cents_by_month(company, COGS),
        ties=tuple(books.tie_out(company, on)),
        posted=tally.tally(company),
        not_once=tuple(number for number in numbers if len(found.get(number, ())) != 1),
        billed=billed.gather(company, on),
        told=reconciling.told(company),
        traced=traced.late_one(company),
        invariants=tuple(verify.check(company)),
    )


def show(summary: Summary, console: Console, *, pages: str) -> None:
    console.print(f"\n[bold]{summary.company}[/bold], through {summary.on:%B %-d, %Y}\n")
    console.print(_months(summary))
    console.print(_accounts(summary))
    if summary.traced:
        console.print(_traced(summary.traced))
        console.print()
    if summary.billed.awkward:
        console.print(_payables(summary.billed))
        console.print()
    if summary.told:
        console.print(_compared(summary.told))
        console.print(_compared_again(summary.told))
        console.print()
    replaced = summary.posted.by_state.get(TransmissionState.SUPERSEDED, 0)
    sent = sum(summary.posted.by_state.values()) - replaced
    confirmed = f"{summary.posted.confirmed:,} of {sent:,} journal entries confirmed"
    once = f"{len(summary.not_once)} not there exactly once" if summary.not_once else "each in QuickBooks exactly once"
    console.print(f"{confirmed}, {once}.")
    for obstacle in summary.posted.obstacles:
        console.print(f"[red]{obstacle.number} {obstacle.state}: {obstacle.reason}[/red]")
    for result in summary.invariants:
        if not result.ok:
            console.print(f"[red]Invariant {result.number} is broken: {result.title}[/red]")
    console.print(_proven(summary.invariants))
    console.print(_accrued(summary.billed))
    if summary.billed.waiting:
        count = len(summary.billed.waiting)
        console.print(f"{count} bill{'s wait' if count > 1 else ' waits'} for you: {pages}bills")
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


def _payables(done: Billed) -> Table:
    """The bills with something the matter."""
    title = f"AP typed {done.bills} bills into QuickBooks by hand. Those with something the matter:"
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    for heading in ("Bill", "What", "Became"):
        table.add_column(heading)
    for one in done.awkward:
        table.add_row(one.number, one.says, one.became)
    return table


def _compared(told: Told) -> Table:
    """What somebody did to our entries there."""
    title = f"Both systems compared as of {told.on:%B %-d}: somebody was at {len(told.found)} entries of ours"
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    for heading in ("Entry", "In QuickBooks", "By"):
        table.add_column(heading)
    table.add_column("Off by", justify="right")
    for one in told.found:
        table.add_row(one.number, one.what, one.by or "see its audit log", _money(abs(one.cents)))
    return table


def _compared_again(told: Told) -> str:
    return (
        f"Posted again, and compared again: {_money(told.rest)} that nothing explains, {told.left} documents to decide "
        "about."
    )


def _accrued(done: Billed) -> str:
    if done.oldest is None:
        return "Everything that came is billed."
    return f"{done.receipts} deliveries since {done.oldest:%B %-d} are accrued and not billed: {_money(done.accrued)}."


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
