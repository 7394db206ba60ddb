"""How values look: cents as money (only to who may see cost), quantities without idle zeros, moments by the clock."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "CAD": "C$", "AUD": "A$"}


@register.simple_tag(takes_context=True)
def money(context: dict[str, Any], cents: int | Decimal | None, currency: str = "") -> str:
    """Cents (of the company's own currency, or that one) as an amount. The only way a page shows one; who may not see
    cost is shown nothing."""
    if cents is None or not context.get("sees_cost"):
        return ""
    of = currency or context["company"].currency
    sign = SIGNS.get(of, of + " ")
    amount = Decimal(cents) / 100
    return f"{'−' if amount < 0 else ''}{sign}{abs(amount):,.2f}"


@register.simple_tag(takes_context=True)
def unit_cost(context: dict[str, Any], cents: int | Decimal | None) -> str:
    """Cents per unit: four decimals, because it is derived and a cent is too coarse for a gram."""
    if cents is None or not context.get("sees_cost"):
        return ""
    sign = SIGNS.get(context["company"].currency, context["company"].currency + " ")
    amount = (Decimal(cents) / 100).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return f"{'−' if amount < 0 else ''}{sign}{abs(amount):,.4f}"


@register.filter
def quantity(given: Decimal | int | None) -> str:
    """Thousands apart, no zeros that say nothing."""
    if given is None:
        return ""
    whole, _, rest = f"{Decimal(given):,.6f}".partition(".")
    rest = rest.rstrip("0")
    return (f"{whole}.{rest}" if rest else whole).replace("-", "−")


@register.filter
def percent(share: Decimal | None) -> str:
    """A share as people read it: 0.95 is “95 %”."""
    return "" if share is None else f"{quantity(share * 100)} %"


@register.filter
def plain(given: Decimal | int | None) -> str:
    """A quantity as a form field holds it."""
    return "" if given is None else f"{Decimal(given).normalize():f}"


@register.simple_tag(takes_context=True)
def moment(context: dict[str, Any], at: datetime | None) -> SafeString | str:
    """A moment by the company's clock; the year only when it is not this one."""
    if at is None:
        return ""
    zone: ZoneInfo = context["zone"]
    local, now = at.astimezone(zone), context["now"].astimezone(zone)
    shown = f"{local:%b} {local.day}{f', {local.year}' if local.year != now.year else ''}, {local:%H:%M}"
    return format_html(
        '<time datetime="{}" title="{} ({})">{}</time>', at.isoformat(), f"{local:%Y-%m-%d %H:%M:%S}", zone, shown
    )


@register.filter
def day(on: date | None) -> str:
    return f"{on:%b} {on.day}, {on.year}" if on else ""


@register.simple_tag
def icon(name: str, more: str = "") -> SafeString:
    """A drawing from the vendored sprite; says nothing to a screen reader."""
    from django.templatetags.static import static

    where = static("vendor/tabler-icons-3.51.0/icons.svg")
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>', more, where, name)


STATES = {
    "in the books": ("green", "circle-check"),
    "confirmed": ("green", "circle-check"),
    "on its way": ("azure", "send"),
    "pending": ("azure", "send"),
    "sending": ("azure", "send"),
    "open": ("azure", "clock"),
    "overdue": ("orange", "clock"),
    "in step": ("green", "circle-check"),
    "settled": ("green", "check"),
    "taken back": ("secondary", "arrow-back-up"),
    "requested": ("yellow", "hourglass"),
    "in doubt": ("yellow", "hourglass"),
    "held": ("orange", "clock-pause"),
    "blocked": ("orange", "lock"),
    "rejected": ("red", "ban"),
    "refused": ("red", "ban"),
    "nothing to post": ("secondary", "minus"),
    "not for posting": ("secondary", "minus"),
    "superseded": ("secondary", "history"),
    "running": ("azure", "player-play"),
    "planned": ("secondary", "calendar"),
    "closed": ("green", "check"),
    "reversed": ("secondary", "arrow-back-up"),
    "cancelled": ("secondary", "x"),
    "received": ("green", "check"),
    "done": ("green", "check"),
}
"""State → colour and sign: never colour alone."""


@register.inclusion_tag("web/parts/state.html")
def state(name: str) -> dict[str, str]:
    colour, sign = STATES.get(name, ("secondary", "minus"))
    return {"name": name, "colour": colour, "sign": sign}


@register.simple_tag(takes_context=True)
def typed_line(context: dict[str, Any], name: str, n: str) -> str:
    """What was typed in a numbered line of a form that was refused."""
    return str(context["typed"][f"{name}-{n}"])


@register.filter
def words(name: str) -> str:
    """An action's name as words: `report_run` is “report run”."""
    return name.rpartition(".")[2].replace("_", " ")
