"""What finance may ask for where no bill settles an accrual."""

from __future__ import annotations

from datetime import datetime

from tieout.access.acting import Act
from tieout.access.actions import action
from tieout.access.permissions import Permission
from tieout.purchasing import writing_off
from tieout.stock.movements import Recorded


@action(Permission.MATCH_BILLS)
def write_off_accrual(
    act: Act, *, receipt_line: int, at: datetime, reason: str, expensed: bool | None = None
) -> Recorded:
    """No bill will come for what is open of a receipt line. `expensed` overrules the policy on price variances."""
    return writing_off.write_off(act, receipt_line=receipt_line, at=at, reason=reason, expensed=expensed)
