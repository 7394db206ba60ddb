"""What a person says of QuickBooks' items: which of ours they are, on every kind of document that names them."""

from __future__ import annotations

from decimal import Decimal

from tieout.access.acting import Act
from tieout.access.actions import action
from tieout.access.permissions import Permission
from tieout.catalog import items
from tieout.purchasing import bills
from tieout.quickbooks import inbound
from tieout.sales import item_links


@action(Permission.MAP_ACCOUNTS)
def link_item(act: Act, *, external_item: str, sku: str, name: str = "", price: Decimal | None = None) -> str:
    """Which item of ours an item of QuickBooks is; and, where Tieout asks for invoices, what it is billed at."""
    act.subject = sku
    item = items.one(sku)
    item_links.link(act.company, external_item=external_item, item=item.id, name=name, price=price)
    bills.link_product(external_item, item.id)
    return sku


@action(Permission.MAP_ACCOUNTS)
def unlink_item(act: Act, *, external_item: str) -> str:
    """It is not that item: what its name says counts again, if it says anything."""
    act.subject = external_item
    item_links.unlink(external_item)
    bills.link_product(external_item, None)
    inbound.know_items_again(act.company)
    return external_item
