"""Suppliers: whom we buy from, what each asks, and what with him is unfinished."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from tieout.access import company as companies
from tieout.access.permissions import Permission
from tieout.purchasing import accruals, actions, order_queries, return_queries, supplier_queries
from tieout.purchasing.suppliers import one as one_supplier
from tieout.quickbooks import parties
from tieout.quickbooks import queries as books
from tieout.stock import choices
from tieout.web import names
from tieout.web.visits import Visit, page

MOST = 20


@page()
def suppliers(visit: Visit) -> HttpResponse:
    """By name or code; a new one is added here."""
    found = supplier_queries.rows(text=visit.typed.text("q"))
    return visit.show("web/suppliers.html", here="suppliers", suppliers=found)


@suppliers.act(Permission.BUY, "add")
def add(visit: Visit) -> str:
    typed = visit.typed
    done = actions.add_supplier(
        visit.once,
        code=typed.text("code"),
        name=typed.text("name"),
        currency=typed.text("currency").upper(),
        lead_time_days=typed.whole_if_any("lead_time_days"),
    )
    visit.say(f"{typed.text('name')} is added. If QuickBooks has no vendor of that name, finance creates it there.")
    return reverse("supplier", args=[done.number])


@page()
def supplier(visit: Visit, code: str) -> HttpResponse:
    """Orders, prices, what he is owed and owes, and who he is in QuickBooks."""
    found = supplier_queries.supplier(code)
    on = visit.today
    aged = accruals.ageing(visit.company.id, on) if visit.sees_cost else []
    accrued = [one for one in aged if one.vendor == found.name]
    return visit.show(
        "web/supplier.html",
        here="suppliers",
        supplier=found,
        orders=[(one, one.is_overdue(on)) for one in order_queries.rows(on, show="all", supplier=code, most=MOST)],
        prices=supplier_queries.prices(found.id, on) if visit.sees_cost else [],
        accrued=accrued[:MOST],
        accrued_more=max(len(accrued) - MOST, 0),
        owed=sum(one.accrual.open for one in accrued),
        returns=return_queries.rows(supplier=code, most=MOST),
        items=choices.items(),
        units=supplier_queries.units(),
        connected=books.connection() is not None,
        free=parties.free("vendor") if not (found.vendor and found.vendor_active) else [],
        on=on,
    )


@supplier.act(Permission.BUY, "price")
def set_price(visit: Visit, code: str) -> str:
    typed = visit.typed
    actions.set_supplier_price(
        visit.once,
        supplier=code,
        sku=typed.text("sku"),
        price=typed.number("price", "The price"),
        effective_from=typed.day_if_any("effective_from", "The date") or visit.today,
        unit=typed.text("unit"),
    )
    visit.say(f"The price of {typed.text('sku')} is kept. Orders take it where they say none.")
    return reverse("supplier", args=[code])


@supplier.act(Permission.CONNECT, "request")
def request(visit: Visit, code: str) -> str:
    with companies.scope(visit.company.id):
        name = supplier_queries.supplier(code).name
    names.ask_for(visit, name, what="vendor")
    return reverse("supplier", args=[code])


@supplier.act(Permission.CONNECT, "link")
def link(visit: Visit, code: str) -> str:
    """He is a vendor that QuickBooks has under another name."""
    with companies.scope(visit.company.id):
        found = one_supplier(code)
    names.link(visit, found.party_id, found.name, what="vendor")
    return reverse("supplier", args=[code])
