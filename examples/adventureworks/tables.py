"""AdventureWorks' tables as they are, and the few facts about them that several files need."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

Row = Mapping[str, str]

EACH, OUNCE, INCH = "EA", "OZ", "IN"


class NoData(Exception):
    """A folder without AdventureWorks' tables."""


@dataclass(frozen=True)
class Tables:
    """A folder of AdventureWorks' tables."""

    folder: Path

    def rows(self, name: str) -> list[Row]:
        path = self.folder / f"{name}.csv"
        if not path.exists():
            raise NoData(f"{path} is not there; give the folder with AdventureWorks' tables as CSV")
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def products(self) -> dict[str, Row]:
        return {row["ProductID"]: row for row in self.rows("Product")}

    @cached_property
    def suppliers(self) -> dict[str, str]:
        """Vendor id → the code that people use."""
        return {row["BusinessEntityID"]: row["AccountNumber"] for row in self.rows("Vendor")}

    @cached_property
    def components(self) -> dict[str, str]:
        """Component id → the unit that the BOMs count it in."""
        return {row["ComponentID"]: row["UnitMeasureCode"].strip() for row in self.rows("BillOfMaterials")}

    @cached_property
    def made(self) -> frozenset[str]:
        rows = self.rows("BillOfMaterials")
        return frozenset(row["ProductAssemblyID"] for row in rows if row["ProductAssemblyID"])

    @cached_property
    def vendor_units(self) -> dict[tuple[str, str], str]:
        """(Product, vendor) → the unit it is bought in."""
        rows = self.rows("ProductVendor")
        return {(row["ProductID"], row["BusinessEntityID"]): row["UnitMeasureCode"].strip() for row in rows}

    @cached_property
    def stores(self) -> dict[str, str]:
        """Product → the first store (not shop floor) that its inventory names."""
        found: dict[str, str] = {}
        for row in sorted(self.rows("ProductInventory"), key=lambda row: int(row["LocationID"])):
            if int(row["LocationID"]) in STORES:
                found.setdefault(row["ProductID"], row["LocationID"])
        return found

    @cached_property
    def places(self) -> dict[str, str]:
        """Location id → a code that fits on a label."""
        return {row["LocationID"]: row["Name"].upper().replace(" ", "-") for row in self.rows("Location")}

    @cached_property
    def order_lines(self) -> dict[str, Sequence[Row]]:
        """Order → its lines, oldest first."""
        lines: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(self.rows("PurchaseOrderDetail"), key=lambda row: int(row["PurchaseOrderDetailID"])):
            lines[row["PurchaseOrderID"]].append(row)
        return dict(lines)

    def sku(self, product: str) -> str:
        return self.products[product]["ProductNumber"]

    def unit(self, product: str) -> str:
        """A product is counted in the unit its BOMs use; what no BOM uses is counted in pieces."""
        return self.components.get(product, EACH)


STORES = range(1, 8)
"""Locations 1 to 7 are stores, 10 to 60 the shop floor."""


def day(moment: str) -> str:
    return moment[:10]
