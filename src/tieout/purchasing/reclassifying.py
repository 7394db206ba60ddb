"""A bill line coded to the wrong account, moved to the accrual by an entry of ours instead of by AP in QuickBooks.

The bill there stays as it is: its account is credited with what the line debited, and the accrual gets it. Both lines
of the entry play the accrual's role, the one under the account that the line names. Should AP code the line again
after all, or delete it, the entry is undone by its mirror.
"""

from __future__ import annotations

from datetime import datetime

from tieout.access.acting import Act
from tieout.core.acts.corrections import Correction, Late
from tieout.core.book import Book
from tieout.core.posting import Paper
from tieout.core.refusals import Refusal
from tieout.core.roles import MoveKind, PlaceKind, Role
from tieout.ledger import events, grouping
from tieout.ledger.models import Account, EventKind
from tieout.purchasing import progress
from tieout.purchasing.models import Bill, BillLine, BillLineVerdict, Verdict
from tieout.stock import movements, places
from tieout.stock.movements import Doing, Recorded


class UnknownAccount(Refusal):
    """An account of QuickBooks that is not mirrored here."""

    code = "unknown_account"


def move(act: Act, *, bill: Bill, line: BillLine, account: str, cents: int, at: datetime, reason: str) -> Recorded:
    """From the account (its id in QuickBooks) to the accrual; negative cents undo it. Inside the caller's
    transaction, which holds the bill."""
    found = Account.objects.filter(external_id=account).first()
    if found is None:
        raise UnknownAccount(
            "That account of QuickBooks is not known here yet. It comes with the next look at the lists."
        )
    known = places.of(act.company)
    wrong, accrual = known.counterpart(PlaceKind.PRICE_VARIANCE), known.counterpart(PlaceKind.SUPPLIER)
    when, desk = events.moment(act, at=at, zone=act.time_zone)
    facts = Late([Correction(MoveKind.LOSS, None, None, None, wrong, accrual, cents, None, origin_role=Role.GRNI)])
    book = Book(known)
    facts.apply(book)
    number, _ = events.number(act, events.SERIES[EventKind.RECLASSIFICATION])
    doing = Doing(
        EventKind.RECLASSIFICATION,
        number,
        when,
        desk,
        grouping.reclassification(when, number=number),
        Paper(
            EventKind.RECLASSIFICATION.value,
            vendor=bill.vendor_id,
            document=number,
            role_at={accrual: Role.GRNI},
            account_at={wrong: found.pk},
        ),
        subject=bill.number or bill.external_id,
        note=f"{bill.get_kind_display().capitalize()} {bill.number or bill.external_id}, line {line.number}, was coded "
        f"to {found.name}: {reason}, by {act.by.name}.",
    )
    event = movements.record(act, doing, book=book, facts=facts, goods={})
    BillLineVerdict.objects.create(
        company_id=act.company,
        bill_line=line,
        verdict=Verdict.RECLASSIFIED if (cents < 0) == (line.amount < 0) else Verdict.OPEN,
        reason=reason[:500],
        event_id=event,
        actor_id=act.by.actor,
    )
    progress.note(act.company, bill.pk)
    return Recorded(number, event, cents)


def standing(lines: list[int]) -> list[BillLine]:
    """Those of these lines that an entry moved to the accrual, and no other has moved back."""
    rows = BillLineVerdict.objects.filter(bill_line_id__in=lines).select_related("bill_line").order_by("id")
    latest = {row.bill_line_id: row for row in rows}
    return [row.bill_line for row in latest.values() if row.verdict == Verdict.RECLASSIFIED]
