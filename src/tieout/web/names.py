"""Vendors and customers that QuickBooks lacks: asked for there, or told to be one that it has under another name."""

from __future__ import annotations

from tieout.core.refusals import Refusal
from tieout.quickbooks import assistant, party_actions
from tieout.quickbooks.outcomes import Failure
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit


class NameRefused(Refusal):
    """A name that QuickBooks does not take."""

    code = "name_refused"


def ask_for(visit: Visit, name: str, *, what: str) -> None:
    """Linked with the `what` (vendor, customer) of that name, or created; with all other names that wait."""
    try:
        done = assistant.names(visit.by)
    except Failure as failure:
        raise BadEntry(
            f"QuickBooks did not take part: {failure} What it took before that stays; try again in a while."
        ) from failure
    if name in done.refused:
        raise NameRefused(f"QuickBooks refused {name}: {done.refused[name]}")
    made = f"linked with the {what} of that name" if name in done.linked else "created in QuickBooks"
    visit.say(f"{name} is {made}.")


def link(visit: Visit, requested: int, name: str, *, what: str) -> None:
    """It is the one that was chosen of those that QuickBooks has."""
    known = visit.typed.whole_if_any("known")
    if known is None:
        raise BadEntry(f"Choose which {what} of QuickBooks it is.")
    party_actions.link_name(visit.once, requested=requested, known=known)
    visit.say(f"QuickBooks' {what} is linked with {name}. What was held for it goes on.")
