"""The audit trail: every act asked for, by whom, and what became of it."""

from __future__ import annotations

from django.http import HttpResponse

from tieout.access import queries
from tieout.access.permissions import Permission
from tieout.web.visits import Visit, page

MOST = 100


@page(Permission.SEE_AUDIT)
def audit(visit: Visit) -> HttpResponse:
    """Newest first."""
    typed = visit.typed
    found = queries.audit(
        zone=visit.company.time_zone,
        text=typed.text("q"),
        outcome=typed.text("outcome"),
        on=typed.day_if_any("on", "The day"),
        before=typed.whole_if_any("before"),
        most=MOST + 1,
    )
    return visit.show(
        "web/audit.html",
        here="audit",
        rows=found[:MOST],
        more=found[MOST - 1].id if len(found) > MOST else None,
        audited=queries.audited(),
    )
