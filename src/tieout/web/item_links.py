"""Items of QuickBooks beside ours: which is which, where the names do not say it, and what it is billed at."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from tieout.access.permissions import Permission
from tieout.quickbooks import item_actions, known_items
from tieout.stock import choices
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page


@page(Permission.SEE_COST)
def item_links(visit: Visit) -> HttpResponse:
    """What documents name and nobody knows yet, with a proposal; then what is known, and by what."""
    found = known_items.seen()
    ours = choices.items()
    names = [(one.sku, one.name) for one in ours]
    return visit.show(
        "web/item_links.html",
        here="invoices",
        unknown=[(one, known_items.proposal(one.name, names)) for one in found if not one.is_known],
        known=[one for one in found if one.is_known],
        items=ours,
    )


@item_links.act(Permission.MAP_ACCOUNTS, "link")
def link(visit: Visit) -> str:
    typed = visit.typed
    sku = typed.text("sku")
    if not sku:
        raise BadEntry("Choose which item of yours it is.")
    item_actions.link_item(
        visit.once,
        external_item=typed.text("external_item"),
        sku=sku,
        name=typed.text("name"),
        price=typed.number_if_any("price", "The price"),
    )
    visit.say(f"{typed.text('name') or typed.text('external_item')} is {sku}, on every document that names it.")
    return reverse("item-links")


@item_links.act(Permission.MAP_ACCOUNTS, "unlink")
def unlink(visit: Visit) -> str:
    item_actions.unlink_item(visit.once, external_item=visit.typed.text("external_item"))
    visit.say("The link is gone: what the item is called counts again.")
    return reverse("item-links")
