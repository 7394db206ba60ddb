"""Products and services of QuickBooks, asked inside a scope: which one an item of ours is there."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product that QuickBooks' documents may name for an item of ours."""

    external_id: str
    name: str
    type: str
    active: bool

    @property
    def doubles(self) -> bool:
        """QuickBooks would book its value a second time."""
        return self.type == "Inventory" and self.active


def products_of(sku: str) -> list[ProductRow]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.external_id, p.name, p.type, p.active from purchasing_product p"
            " join catalog_item i on i.company_id = p.company_id and i.id = p.item_id where i.sku = %s order by p.id",
            [sku],
        )
        return [ProductRow(*row) for row in cursor.fetchall()]
