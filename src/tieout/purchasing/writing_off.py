"""What is accrued and no bill will ever come for: goods that turned out free, or cents that two papers do not share.

What stands open of a receipt line goes where a bill's price would have gone: after the goods, to where they are now,
or to PPV. Its quantity stays open, at nothing: should the bill come after all, it is matched as any other, and all
that it charges is a difference in price.
"""

from __future__ import annotations

from datetime import datetime

from tieout.access.acting import Act
from tieout.core.refusals import NoReason, Refusal
from tieout.core.roles import PlaceKind
from tieout.costing import late, late_costs
from tieout.ledger import policies
from tieout.purchasing import accruals
from tieout.purchasing.models import ReceiptLine
from tieout.stock.movements import Recorded


class NothingOpen(Refusal):
    """A receipt line that nothing is owed for."""

    code = "nothing_open"


def write_off(act: Act, *, receipt_line: int, at: datetime, reason: str, expensed: bool | None) -> Recorded:
    """What is open of it, more or less than nothing, is owed no longer; inside the caller's transaction."""
    if not reason.strip():
        raise NoReason("Say why no bill will come, in a sentence: whoever audits this reads it.")
    line = (
        ReceiptLine.objects.select_related("order_line__order__supplier", "event")
        .filter(pk=receipt_line, lot__isnull=False)
        .first()
    )
    if line is None:
        raise NothingOpen("There is no such receipt line. Look at what is open again.")
    assert line.lot_id is not None
    act.subject = line.event.number
    reach = late.Reach(act.company, of_lots=[line.lot_id])
    cents = accruals.of(act.company, ids=[line.pk])[line.pk].open
    if not cents:
        raise NothingOpen(f"Nothing is open of line {line.number} of {line.event.number}. Look at what is open again.")
    is_expense = policies.in_force(at.astimezone(act.time_zone).date())["price variance"] == "expense"
    return late_costs.add(
        act,
        shares=[(line.lot_id, -cents)],
        origin=PlaceKind.SUPPLIER,
        policy="expense" if (is_expense if expensed is None else expensed) else "flow",
        at=at,
        vendor=line.order_line.order.supplier.party_id,
        document=line.event.number,
        note=f"No bill will come: {reason.strip()[:200]}.",
        reach=reach,
    )
