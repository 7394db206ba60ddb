"""What an answer, or a look, makes of a transmission. Pure: the poster writes it down and tells people.

One rule stands over all rows: only a clear refusal or a clear "not executed" may leave the doubt
without a look.
"""

from __future__ import annotations

from tieout.ledger.models import Cause, TransmissionState
from tieout.ledger.transmissions import Change, Claim
from tieout.quickbooks import payloads
from tieout.quickbooks.looking import Sight
from tieout.quickbooks.outcomes import AuthExpired, Failure, NotConnected, Rejected, Throttled, Why
from tieout.quickbooks.waits import Waits

State = TransmissionState


def of_failure(claim: Claim, failure: Failure, *, waits: Waits) -> Change:
    """After a send that was not accepted. What may have been stored is looked for, never sent on."""
    match failure:
        case Rejected(why=Why.CLOSED_BOOKS):
            words = " ".join(fault.detail or fault.message for fault in failure.faults)
            return closed(f"QuickBooks' books are closed for {claim.accounting_date}. {words}")
        case Rejected():
            cause = Cause.REFERENCE if failure.why == Why.REFERENCE else Cause.VALIDATION
            return Change(state=State.REJECTED, cause=cause, reason=_way_out(failure))
        case Throttled():
            # Not executed. What was in doubt before stays so, and its looks are not asked for again.
            return Change(state=claim.was, looks=claim.looks, reason=str(failure), wait=waits.throttled)
        case NotConnected() | AuthExpired():
            return Change(
                state=State.IN_DOUBT if claim.was == State.IN_DOUBT else State.BLOCKED,
                looks=claim.looks,
                cause=Cause.CONNECTION,
                reason=str(failure),
                wait=waits.throttled,
            )
        case _:
            return Change(state=State.IN_DOUBT, reason=str(failure), wait=waits.look)


def of_sight(claim: Claim, sight: Sight, *, waits: Waits) -> Change:
    """After seeing what stands there: in the echo of a send, or in a look."""
    if sight.kept is not None:
        return Change(state=State.CONFIRMED, external_id=sight.kept.id, external_version=sight.kept.sync_token)
    if sight.changed is not None:
        # Whether it is ours decides who has to move: a stranger under our number is given another one.
        found = " ".join(payloads.differences(claim.body, sight.changed))
        return Change(
            state=State.BLOCKED,
            cause=Cause.TAMPERED,
            reason=f"QuickBooks holds it otherwise than it was sent: {found}",
            external_id=sight.changed.id if sight.ours else "",
            external_version=sight.changed.sync_token if sight.ours else "",
        )
    return Change(
        state=State.IN_DOUBT,
        looks=claim.looks + 1,
        reason="Not in QuickBooks: sent again." if claim.last_look else "Not in QuickBooks yet: one more look.",
        wait=0 if claim.last_look else waits.second_look,
    )


def of_blind_look(claim: Claim, failure: Failure, *, waits: Waits) -> Change:
    """After a look that saw nothing because QuickBooks did not answer it: it does not count."""
    reason = f"Could not look: {failure}"
    return Change(state=State.IN_DOUBT, looks=claim.looks, reason=reason, wait=waits.second_look)


def closed(reason: str) -> Change:
    return Change(state=State.BLOCKED, cause=Cause.CLOSED_BOOKS, reason=reason)


def _way_out(failure: Rejected) -> str:
    if failure.why == Why.REFERENCE:
        return (
            f"{failure} An account, class, department, vendor or customer of this entry is inactive or gone "
            "in "
            "QuickBooks. Activate it there and send again, or mend the mapping."
        )
    return f"{failure} Sending the same again does not help; mend the mapping or correct the event."
