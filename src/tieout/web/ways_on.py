"""The way on from a refusal: where to go so that the floor does not stop."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from tieout.access.permissions import Permission
from tieout.web.visits import Visit


@dataclass(frozen=True, slots=True)
class WayOn:
    href: str
    called: str


def way_on(visit: Visit, *, site: str = "", order: str = "") -> WayOn | None:
    """What the refusal's kind suggests to somebody of this role."""
    code = visit.refusal.code if visit.refusal else ""
    if code == "insufficient_lot_qty" and visit.may(Permission.COUNT):
        return WayOn(f"{reverse('found')}?{urlencode({'site': site})}", "Record found goods")
    if code in ("unknown_order", "order_closed") and visit.may(Permission.RECEIVE):
        return WayOn(reverse("new-receipt"), "Choose another order")
    if code == "goods_moved_on":
        return WayOn(reverse("trace"), "See where the goods went")
    return None
