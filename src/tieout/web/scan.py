"""The scan field on every page: a code from a label or a paper goes straight to what it names."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from tieout.access.permissions import Permission
from tieout.core.refusals import Refusal
from tieout.purchasing import queries as purchasing
from tieout.sales import queries as sales
from tieout.stock import queries as stock
from tieout.web.visits import Visit, page

PAGES = {"run": "run", "lot": "lot", "item": "item", "receipt": "receipt", "event": "event", "journal": "entry"}


@page()
def scan(visit: Visit) -> HttpResponse:
    """One hit goes there; none goes to the stock list with what was typed as its search."""
    code = visit.typed.text("code")
    if not code:
        return redirect("home")
    order = _is_order(code)
    if order and visit.may(Permission.RECEIVE):
        return redirect("receive", code)
    if order:
        return redirect("order", code)
    if _is_shipment(code):
        return redirect("shipment", code)
    found = stock.named(code[1:] if code.startswith("#") else code)
    if code.startswith("#") and code[1:].isdigit():
        return redirect("lot", int(code[1:]))
    if found is None or (found.kind == "journal" and not visit.sees_cost):
        return redirect(f"{reverse('stock')}?{urlencode({'q': code})}")
    return redirect(PAGES[found.kind], found.name)


def _is_order(code: str) -> bool:
    try:
        purchasing.order(code)
    except Refusal:
        return False
    return True


def _is_shipment(code: str) -> bool:
    try:
        sales.shipment(code)
    except Refusal:
        return False
    return True
