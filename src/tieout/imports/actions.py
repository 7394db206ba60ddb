"""An import as an act: which permission it needs follows from what is in the files.

Files given together are one act. It is asked for under the rarest permission among its kinds, and refused where
another of them is not the asker's.
"""

from __future__ import annotations

from msgspec import Struct

from tieout.access.acting import Act
from tieout.access.actions import Action, NotAllowed, action
from tieout.access.permissions import Permission
from tieout.imports import loading
from tieout.imports.loading import Job


class Imported(Struct, frozen=True):
    """How many rows of each kind an import brought."""

    rows: dict[str, int]


@action(Permission.OPEN_BALANCES)
def import_openings(act: Act, job: Job) -> Imported:
    """Files with opening stock among them."""
    return _load(act, job)


@action(Permission.KEEP_PLACES)
def import_places(act: Act, job: Job) -> Imported:
    """Files with sites and locations among them, and no opening stock."""
    return _load(act, job)


@action(Permission.BUY)
def import_buying(act: Act, job: Job) -> Imported:
    """Files with suppliers, prices or orders, and nothing rarer."""
    return _load(act, job)


@action(Permission.RECEIVE)
def import_receipts(act: Act, job: Job) -> Imported:
    """Files of receipts, alone or with the catalog."""
    return _load(act, job)


@action(Permission.KEEP_CATALOG)
def import_catalog(act: Act, job: Job) -> Imported:
    """Files of units, items, conversions and BOMs alone."""
    return _load(act, job)


RAREST_FIRST: tuple[Action[[Job], Imported], ...] = (
    import_openings,
    import_places,
    import_buying,
    import_receipts,
    import_catalog,
)


def of(job: Job) -> Action[[Job], Imported]:
    """The action to ask for."""
    needed = job.permissions
    return next(one for one in RAREST_FIRST if one.permission in needed)


def _load(act: Act, job: Job) -> Imported:
    act.subject = job.subject
    lacking = [permission for permission in job.permissions if not act.by.may(permission)]
    if lacking:
        raise NotAllowed(
            f"{act.by.name} is {act.by.role}; {' and '.join(lacking)} is not part of that."
            " Import the files that are, and have somebody else import the rest."
        )
    return Imported(loading.load(act, job))
