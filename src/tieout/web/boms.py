"""Bills of material: the versions in effect, one as a tree down to what is bought, and a new one approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from tieout.access.permissions import Permission
from tieout.catalog import actions, bom_queries, item_queries, queries
from tieout.catalog.actions import Part
from tieout.catalog.bom_queries import VersionRow
from tieout.core.quantities import plain
from tieout.stock import choices
from tieout.web.typed import BadEntry
from tieout.web.visits import Visit, page

MOST = 300
EMPTY_LINES = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the form: as typed, or as the version has it that the new one is made from."""

    n: int
    sku: str = ""
    quantity: str = ""
    unit: str = ""
    comes_out: bool = False


@page()
def boms(visit: Visit) -> HttpResponse:
    """What is made, and by which version today."""
    today = visit.today
    on = visit.typed.day_if_any("on", "The day") or today
    found = bom_queries.in_effect(on, text=visit.typed.text("q"), most=MOST + 1)
    return visit.show("web/boms.html", here="settings", boms=found[:MOST], too_many=len(found) > MOST, on=on)


@page()
def bom(visit: Visit, sku: str) -> HttpResponse:
    """A version (the one in effect, unless another is asked for): what goes in, all the way down; where it is used."""
    today = visit.today
    versions = bom_queries.versions(sku)
    named = visit.typed.text("version")
    found = bom_queries.version(sku, named) if named else _nearest(versions, today)
    if found is None:
        return visit.show("web/bom.html", here="settings", item=item_queries.item(sku), bom=None, versions=[])
    on = found.seen_on(today)
    own = bom_queries.lines(found.id)
    return visit.show(
        "web/bom.html",
        here="settings",
        item=item_queries.item(sku),
        bom=found,
        versions=versions,
        on=on,
        today=today,
        comes_out=[one for one in own if one.is_output],
        tree=queries.structure(sku, found.site_code, on, quantity=found.output_quantity),
        used=queries.where_used(sku, on=on),
    )


@page(Permission.KEEP_CATALOG)
def new_bom(visit: Visit, sku: str) -> HttpResponse:
    """A new version, begun from the one before it: what stays need not be typed again."""
    item = item_queries.item(sku)
    before = _nearest(bom_queries.versions(sku), visit.today)
    return visit.show(
        "web/bom_new.html",
        here="settings",
        item=item,
        before=before,
        yield_=before.expected_yield * 100 if before else None,
        rows=_typed_rows(visit) or _rows(before),
        items=choices.items(),
        units=item_queries.every_unit(),
        sites=choices.sites(),
        today=visit.today,
    )


@new_bom.act(Permission.KEEP_CATALOG)
def approve(visit: Visit, sku: str) -> str:
    typed = visit.typed
    since = typed.day_if_any("since", "The first day")
    if since is None:
        raise BadEntry("Say from which day on it is made like this.")
    done = actions.approve_bom(
        visit.once,
        sku=sku,
        version=typed.text("version"),
        parts=_parts(visit),
        effective_from=since,
        effective_to=typed.day_if_any("until", "The last day"),
        site_code=typed.text("site"),
        output_quantity=typed.number("output_quantity", "How much it makes"),
        expected_yield=typed.number("yield", "The expected yield") / 100,
        labour_hours=typed.number_if_any("hours", "The hours") or Decimal(0),
        ends_previous=typed.has("ends_previous"),
    )
    visit.say(f"Version {done.version} of {sku} is approved, from {since} on. Runs keep the version they began with.")
    return f"{reverse('bom', args=[sku])}?{urlencode({'version': done.version})}"


@page(Permission.SEE_COST)
def rates(visit: Visit) -> HttpResponse:
    """What an hour is taken for: labour and overhead, by site and date."""
    return visit.show(
        "web/rates.html", here="settings", rates=bom_queries.rates(), sites=choices.sites(), today=visit.today
    )


@rates.act(Permission.VALUE)
def set_rate(visit: Visit) -> str:
    typed = visit.typed
    kind, since = typed.text("kind"), typed.day_if_any("since", "The first day")
    amount = typed.number("amount", "The amount of an hour")
    if since is None:
        raise BadEntry("Say from which day on an hour is taken for that.")
    if kind not in ("labour", "overhead"):
        raise BadEntry("Choose labour or overhead.")
    if amount * 100 != int(amount * 100):
        raise BadEntry(f"{amount} is finer than a cent. Type whole cents.")
    actions.set_rate(
        visit.once,
        kind="labour" if kind == "labour" else "overhead",
        cents_per_hour=int(amount * 100),
        effective_from=since,
        site_code=typed.text("site"),
    )
    visit.say(f"An hour of {kind} is taken for {amount} from {since} on. Runs keep the rate they were confirmed with.")
    return reverse("rates")


def _nearest(versions: list[VersionRow], today: date) -> VersionRow | None:
    """The one in effect, else the latest."""
    return next((one for one in versions if one.is_in_effect(today)), versions[0] if versions else None)


def _rows(before: VersionRow | None) -> list[Row]:
    lines = bom_queries.lines(before.id) if before else []
    rows = [Row(n, one.sku, plain(one.quantity), one.unit, one.is_output) for n, one in enumerate(lines, 1)]
    return rows + [Row(len(rows) + n) for n in range(1, EMPTY_LINES + 1)]


def _typed_rows(visit: Visit) -> list[Row]:
    """What was typed into a form that is shown again."""
    return [
        Row(n, one.text("what"), one.text("quantity"), one.text("unit"), one.text("goes") == "out")
        for n, one in visit.typed.lines("what", "quantity")
    ]


def _parts(visit: Visit) -> list[Part]:
    found = []
    for n, line in visit.typed.lines("what", "quantity"):
        sku = line.text("what")
        if not sku:
            raise BadEntry(f"Line {n} has a quantity and no item. Name the item, or empty the line.")
        found.append(
            Part(
                sku=sku,
                quantity=line.number("quantity", f"The quantity of {sku}"),
                unit=line.text("unit"),
                is_output=line.text("goes") == "out",
            )
        )
    return found
