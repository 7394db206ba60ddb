"""Which item of ours an item of QuickBooks is, where the names do not say it; and what it is billed at."""

from __future__ import annotations

from decimal import Decimal

from tieout.core import quantities
from tieout.core.refusals import Refusal
from tieout.sales.models import ItemLink


class UnknownItemLink(Refusal):
    """An item of QuickBooks that is linked to none of ours."""

    code = "unknown_item_link"


def link(company: int, *, external_item: str, item: int, name: str, price: Decimal | None) -> None:
    """From now on; what was linked before is replaced."""
    if not external_item:
        raise UnknownItemLink("Say which item of QuickBooks it is: choose it in the list, or give its id there.")
    ItemLink.objects.update_or_create(
        company_id=company,
        external_item=external_item,
        defaults={"item_id": item, "name": name[:200], "price": None if price is None else quantities.price(price)},
    )


def unlink(external_item: str) -> None:
    """What the names say counts again."""
    gone, _ = ItemLink.objects.filter(external_item=external_item).delete()
    if not gone:
        raise UnknownItemLink("That item of QuickBooks is linked to nothing here any more. Reload the page.")


def of() -> dict[str, int]:
    """QuickBooks' id → item, inside a scope."""
    return dict(ItemLink.objects.values_list("external_item", "item_id"))
