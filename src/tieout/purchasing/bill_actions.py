"""What finance, and the program by itself, may ask for bills: match, take back, set aside, move to the accrual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeVar

from django.utils import timezone
from msgspec import Struct

from tieout.access.acting import Act
from tieout.access.actions import action
from tieout.access.permissions import Permission
from tieout.core.matching import Part, Tolerances
from tieout.core.refusals import Refusal
from tieout.ledger import policies
from tieout.purchasing import bills, clearings, matching, reclassifying
from tieout.purchasing.clearings import Wanted
from tieout.purchasing.models import Bill, BillLine, BillLineVerdict, Verdict

N = TypeVar("N", int, Decimal)


@dataclass(frozen=True, slots=True)
class For:
    """What a person says a bill line is for: how much of a receipt line (0: a price alone), and for how many cents
    (none: all that is left of the bill line)."""

    line: int
    receipt_line: int
    quantity: Decimal
    amount: int | None = None
    foreign: Decimal | None = None


class Matched(Struct, frozen=True):
    """What a bill cleared: how many pairs, and the events that booked what was off or taken back."""

    bill: str
    cleared: int = 0
    taken_back: int = 0
    events: list[str] = []


class NotOnAccrual(Refusal):
    """A bill line that stands on another account than the accrual."""

    code = "not_on_accrual"


class MatchedAlready(Refusal):
    """A bill line that clears goods, or was decided on already."""

    code = "matched_already"


class BillAhead(Refusal):
    """A bill of a day that is still to come."""

    code = "bill_ahead"


@action(Permission.MATCH_BILLS)
def match_bill(act: Act, *, bill: int, at: datetime) -> Matched:
    """Bring a bill's clearings up to date: what it says no more is taken back, what is inside the tolerances is
    matched. Everything else stays in the queue."""
    found = bills.held(bill)
    act.subject = _named(found)
    taken_back, undone = _take_back_ended(act, found, at)
    if found.deleted or _is_ahead(found, act.now):
        return Matched(_named(found), 0, taken_back, undone)
    allowed = matching.tolerances(policies.in_force(act.now.astimezone(act.time_zone).date()))
    wanted = matching.automatic(matching.look(found, allowed))
    booked = ""
    if wanted:
        booked, _ = clearings.clear(act, bill=found, wanted=wanted, at=at, reason="inside the tolerances")
    return Matched(_named(found), len(wanted), taken_back, [*undone, *([booked] if booked else [])])


def has_work(bill: int, now: datetime) -> bool:
    """Whether matching it now would do anything: what waits for a person, for goods or for its day is not asked for
    in vain."""
    found = Bill.objects.get(pk=bill)
    ended = [line.pk for line in bills.ended_lines(found)]
    if clearings.standing(ended) or reclassifying.standing(ended):
        return True
    if found.deleted or _is_ahead(found, timezone.now()):
        return False
    allowed = matching.tolerances(policies.in_force(now.date()))
    return bool(matching.automatic(matching.look(found, allowed)))


def _is_ahead(bill: Bill, now: datetime) -> bool:
    return bill.billed_on > now.astimezone(UTC).date()


@action(Permission.MATCH_BILLS)
def clear_bill(
    act: Act, *, bill: int, lines: Sequence[For], at: datetime, reason: str = "", expensed: bool | None = None
) -> Matched:
    """Set bill lines against receipt lines as a person says. `expensed` overrules the policy on price variances."""
    found = bills.held(bill)
    act.subject = _named(found)
    if found.deleted:
        raise bills.UnknownBill(f"{_named(found)} is deleted in QuickBooks. Match what stands there now.")
    if found.billed_on > act.now.astimezone(act.time_zone).date():
        raise BillAhead(
            f"{_named(found)} is of a day that is still to come. Match it then; or, if that day is a slip, have AP "
            "correct it in QuickBooks."
        )
    looked = {one.line.pk: one for one in matching.look(found, Tolerances())}
    wanted, rest = [], {id: one.left for id, one in looked.items()}
    for one in lines:
        line = looked.get(one.line)
        if line is None:
            raise bills.UnknownBill(f"{_named(found)} has no such line any more. Look at it again.")
        if line.coding is not matching.Coding.ACCRUAL:
            raise NotOnAccrual(
                f"Line {line.line.number} of {_named(found)} is booked on {line.account or 'another account'}, not on "
                "the accrual. Have AP code it again in QuickBooks, or move it by an entry."
            )
        whole = rest[one.line].amount
        amount = whole if one.amount is None else _as_charged(one.amount, whole)
        rest[one.line] = clearings.Left(rest[one.line].amount - amount, None, None)
        wanted.append(Wanted(line.line, Part(one.receipt_line, _as_charged(one.quantity, whole), amount, one.foreign)))
    said = reason or f"matched by {act.by.name}"
    booked, _ = clearings.clear(act, bill=found, wanted=wanted, at=at, reason=said, expensed=expensed)
    return Matched(_named(found), len(wanted), 0, [booked] if booked else [])


def _as_charged(said: N, whole: int) -> N:
    """Less than nothing where the line gives back, whichever way a person typed it."""
    return -abs(said) if whole < 0 else abs(said)


@action(Permission.MATCH_BILLS)
def unmatch_bill(act: Act, *, bill: int, at: datetime, reason: str) -> Matched:
    """Take all clearings of a bill back; its lines and the receipts are open again."""
    found = bills.held(bill)
    act.subject = _named(found)
    standing = clearings.standing(line.pk for line in (*bills.lines(found), *bills.ended_lines(found)))
    booked = clearings.take_back(act, bill=found, clearings=standing, at=at, reason=reason) if standing else ""
    return Matched(_named(found), 0, len(standing), [booked] if booked else [])


@action(Permission.MATCH_BILLS)
def set_aside(act: Act, *, bill: int, line: int, what: str, reason: str = "") -> Matched:
    """A line that pays for no goods: a service, a charge, a deposit, something that is not stocked."""
    found, looked = _looked(act, bill, line)
    if looked.standing is matching.Standing.MATCHED or clearings.standing([line]):
        raise MatchedAlready(f"Line {looked.line.number} of {_named(found)} clears goods. Take that back first.")
    if looked.verdict == Verdict.RECLASSIFIED:
        raise MatchedAlready(
            f"Line {looked.line.number} of {_named(found)} was moved to the accrual. Move it back first."
        )
    _decide(act, line, Verdict.OUTSIDE, what=what, reason=reason)
    return Matched(_named(found))


@action(Permission.MATCH_BILLS)
def take_up_again(act: Act, *, bill: int, line: int, reason: str = "") -> Matched:
    """A line that was set aside may be for goods after all; one that was moved to the accrual goes back."""
    found, looked = _looked(act, bill, line)
    if looked.verdict != Verdict.RECLASSIFIED:
        _decide(act, line, Verdict.OPEN, reason=reason)
        return Matched(_named(found))
    if clearings.standing([line]):
        raise MatchedAlready(f"Line {looked.line.number} of {_named(found)} clears goods. Take that back first.")
    number = _move_back(act, found, looked.line, act.now, reason or "moved back")
    return Matched(_named(found), events=[number])


@action(Permission.MATCH_BILLS)
def move_to_accrual(act: Act, *, bill: int, line: int, at: datetime, reason: str = "") -> Matched:
    """A line for goods that AP coded to another account: the accrual gets it by an entry, the bill stays as it is."""
    found, looked = _looked(act, bill, line)
    if looked.coding is not matching.Coding.OTHER:
        raise MatchedAlready(f"Line {looked.line.number} of {_named(found)} is on the accrual already. Match it.")
    moved = reclassifying.move(
        act,
        bill=found,
        line=looked.line,
        account=looked.account_external_id,
        cents=looked.line.amount,
        at=at,
        reason=reason or "it is for goods received",
    )
    return Matched(_named(found), events=[moved.number])


def _take_back_ended(act: Act, bill: Bill, at: datetime) -> tuple[int, list[str]]:
    """Clearings, and entries to the accrual, of lines that the bill does not say any more."""
    ended = [line.pk for line in bills.ended_lines(bill)]
    stale = clearings.standing(ended)
    why = "deleted in QuickBooks" if bill.deleted else "changed in QuickBooks"
    booked = [clearings.take_back(act, bill=bill, clearings=stale, at=at, reason=why)] if stale else []
    booked += [_move_back(act, bill, line, at, why) for line in reclassifying.standing(ended)]
    return len(stale), [number for number in booked if number]


def _move_back(act: Act, bill: Bill, line: BillLine, at: datetime, reason: str) -> str:
    account = matching.account_of(line, matching.products_of([line]))
    moved = reclassifying.move(act, bill=bill, line=line, account=account, cents=-line.amount, at=at, reason=reason)
    return moved.number


def _looked(act: Act, bill: int, line: int) -> tuple[Bill, matching.Looked]:
    found = bills.held(bill)
    act.subject = _named(found)
    for one in matching.look(found, Tolerances()):
        if one.line.pk == line:
            return found, one
    raise bills.UnknownBill(f"{_named(found)} has no such line any more. Look at it again.")


def _decide(act: Act, line: int, verdict: Verdict, *, what: str = "", reason: str = "") -> None:
    BillLineVerdict.objects.create(
        company_id=act.company,
        bill_line_id=line,
        verdict=verdict,
        what=what[:20],
        reason=reason[:500],
        actor_id=act.by.actor,
    )


def _named(bill: Bill) -> str:
    """`bill INV-88123 of 2026-01-09`"""
    return f"{bill.get_kind_display()} {bill.number or '#' + bill.external_id} of {bill.billed_on}"[:80]
