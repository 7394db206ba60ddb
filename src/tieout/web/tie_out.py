"""The tie-out on a page: QuickBooks is asked, and every cent between its balances and ours is named."""

from __future__ import annotations

from django.http import HttpResponse

from tieout.access.permissions import Permission
from tieout.core.refusals import Refusal
from tieout.quickbooks import books
from tieout.quickbooks.books import AccountTie
from tieout.web.visits import Visit, page


@page(Permission.SEE_AUDIT, asks_outside=True)
def tie_out(visit: Visit) -> HttpResponse:
    """Asked only when somebody wants it: it reads two reports of QuickBooks."""
    today = visit.today
    on = visit.typed.day_if_any("on", "The day")
    found: list[AccountTie] | None = None
    if on is not None:
        try:
            found = books.tie_out(visit.company.id, on)
        except Refusal as refusal:
            visit.refusal = refusal
    return visit.show(
        "web/tie_out.html",
        here="tie-out",
        on=on or today,
        ties=found,
        rest=sum(abs(one.rest) for one in found or ()),
        terms=[
            (one, kind, term)
            for one in found or ()
            for kind, terms in (("unposted", one.unposted), ("foreign", one.foreign), ("tampered", one.tampered))
            for term in terms
        ],
        billed=[(one, term) for one in found or () for term in one.billed],
    )
