"""One file a kind, as the templates want them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from examples.adventureworks import boms
from examples.adventureworks.tables import EACH, INCH, OUNCE, STORES, Row, Tables, day

SITE = "BOTHELL"
OTHERWISE = "6"
"""Where goods go whose product has no store in the inventory: Miscellaneous Storage."""

PRICED_FROM = "2011-01-01"
"""Prices have no first day there; this is before the first order."""

CONTENTS = {"CTN": 100, "CAN": 100, "CS": 24}
"""Pieces in a container, a can and a case. The data does not say; see README.md."""

TAPE_IN_A_PACK = 80
"""Inches: two bars of 40, which is what the BOM of a handlebar takes for one."""

File = tuple[Sequence[str], Iterator[Sequence[object]]]


def write(tables: Tables, folder: Path) -> dict[str, int]:
    """Write every file; by name, how many rows."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    for name, make in FILES.items():
        header, rows = make(tables)
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            counts[name] = 0
            for row in rows:
                writer.writerow(row)
                counts[name] += 1
    return counts


def _units(tables: Tables) -> File:
    decimals = {EACH: 0, OUNCE: 2, INCH: 2}
    rows = tables.rows("UnitMeasure")
    codes = [(row["UnitMeasureCode"].strip(), row["Name"]) for row in rows]
    return ("unit", "name", "decimals"), ((code, name, decimals.get(code, "")) for code, name in codes)


def _items(tables: Tables) -> File:
    families = {row["ProductSubcategoryID"]: row["Name"] for row in tables.rows("ProductSubcategory")}
    return ("sku", "name", "kind", "unit", "category", "active"), (
        (
            row["ProductNumber"],
            row["Name"],
            _kind(tables, row),
            tables.unit(product),
            families.get(row["ProductSubcategoryID"], ""),
            "no" if row["DiscontinuedDate"] else "yes",
        )
        for product, row in tables.products.items()
    )


def _kind(tables: Tables, product: Row) -> str:
    """Made to be sold or to be used; bought to be used, or bought to be sold as it is."""
    if product["MakeFlag"] == "True":
        return "finished" if product["FinishedGoodsFlag"] == "True" else "intermediate"
    is_sold_only = product["FinishedGoodsFlag"] == "True" and product["ProductID"] not in tables.components
    return "finished" if is_sold_only else "raw"


def _conversions(tables: Tables) -> File:
    def rows() -> Iterator[Sequence[object]]:
        yield "DZ", 12, EACH, ""
        yield "GAL", 128, OUNCE, ""
        for product, unit in sorted({(product, unit) for (product, _), unit in tables.vendor_units.items()}):
            if unit in CONTENTS:
                yield unit, CONTENTS[unit], EACH, tables.sku(product)
            elif unit == "PAK":
                yield unit, TAPE_IN_A_PACK, INCH, tables.sku(product)

    return ("unit", "factor", "base", "sku"), rows()


def _locations(tables: Tables) -> File:
    return ("site", "site_name", "time_zone", "location", "name", "kind"), (
        (
            SITE,
            "Bothell plant",
            "America/Los_Angeles",
            tables.places[row["LocationID"]],
            row["Name"],
            "storage" if int(row["LocationID"]) in STORES else "staging",
        )
        for row in tables.rows("Location")
    )


def _boms(tables: Tables) -> File:
    def rows() -> Iterator[Sequence[object]]:
        for version in boms.versions(tables):
            for line in version.lines:
                yield (
                    tables.sku(version.assembly),
                    f"from {version.since}",
                    version.since,
                    version.until or "",
                    tables.sku(line.component),
                    line.quantity,
                    line.unit,
                )

    return ("sku", "version", "effective_from", "effective_to", "component", "quantity", "unit"), rows()


def _suppliers(tables: Tables) -> File:
    return ("supplier", "name", "active"), (
        (row["AccountNumber"], row["Name"], "yes" if row["ActiveFlag"] == "True" else "no")
        for row in tables.rows("Vendor")
    )


def _prices(tables: Tables) -> File:
    header = ("supplier", "sku", "unit", "price", "minimum_quantity", "lead_time_days", "effective_from")
    return header, (
        (
            tables.suppliers[row["BusinessEntityID"]],
            tables.sku(row["ProductID"]),
            row["UnitMeasureCode"].strip(),
            row["StandardPrice"],
            row["MinOrderQty"],
            row["AverageLeadTime"],
            PRICED_FROM,
        )
        for row in tables.rows("ProductVendor")
    )


def _orders(tables: Tables) -> File:
    def rows() -> Iterator[Sequence[object]]:
        for order in sorted(tables.rows("PurchaseOrderHeader"), key=lambda row: int(row["PurchaseOrderID"])):
            for number, line in enumerate(tables.order_lines[order["PurchaseOrderID"]], start=1):
                yield (
                    f"PO-{order['PurchaseOrderID']}",
                    tables.suppliers[order["VendorID"]],
                    SITE,
                    day(order["OrderDate"]),
                    day(line["DueDate"]),
                    number,
                    tables.sku(line["ProductID"]),
                    line["OrderQty"],
                    tables.vendor_units[line["ProductID"], order["VendorID"]],
                    line["UnitPrice"],
                )

    header = ("order_number", "supplier", "site", "ordered_on", "due_on", "line", "sku", "quantity", "unit")
    return (*header, "price"), rows()


def _receipts(tables: Tables) -> File:
    """Every line came, on the day it was due: the data has no day of receipt, and no other for each line."""

    def rows() -> Iterator[Sequence[object]]:
        for order, lines in sorted(tables.order_lines.items(), key=lambda one: int(one[0])):
            days = sorted({day(line["DueDate"]) for line in lines})
            for number, line in enumerate(lines, start=1):
                came = day(line["DueDate"])
                part = f"-{days.index(came) + 1}" if len(days) > 1 else ""
                yield (
                    f"R-{order}{part}",
                    came,
                    f"PO-{order}",
                    number,
                    line["StockedQty"],
                    line["RejectedQty"],
                    tables.places[tables.stores.get(line["ProductID"], OTHERWISE)],
                )

    return ("receipt", "received_on", "order_number", "line", "quantity", "rejected", "location"), rows()


FILES: dict[str, Callable[[Tables], File]] = {
    "units": _units,
    "items": _items,
    "conversions": _conversions,
    "locations": _locations,
    "boms": _boms,
    "suppliers": _suppliers,
    "prices": _prices,
    "orders": _orders,
    "receipts": _receipts,
}
