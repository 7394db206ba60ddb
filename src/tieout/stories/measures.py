"""The units that stories know without being told. Whatever else is named is unknown, as on any floor."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class Measure(NamedTuple):
    """A unit: how finely it is counted, and how much it is of another one (of none: only of itself)."""

    decimals: int
    of: str = ""
    is_worth: Decimal = Decimal(1)


DEFAULT = "unit"

MEASURES = {
    DEFAULT: Measure(6),
    "g": Measure(6),
    "mg": Measure(6, "g", Decimal("0.001")),
    "kg": Measure(6, "g", Decimal(1000)),
    "t": Measure(6, "g", Decimal(1_000_000)),
    "lb": Measure(6, "g", Decimal("453.59237")),
    "oz": Measure(6, "g", Decimal("28.349523125")),
    "mL": Measure(6),
    "L": Measure(6, "mL", Decimal(1000)),
    "gal": Measure(6, "mL", Decimal("3785.411784")),
    "m": Measure(6),
    "cm": Measure(6, "m", Decimal("0.01")),
    "ft": Measure(6, "m", Decimal("0.3048")),
    "EA": Measure(0),
    "ea": Measure(0, "EA"),
    "each": Measure(0, "EA"),
    "pcs": Measure(0, "EA"),
    "dozen": Measure(6, "EA", Decimal(12)),
    "h": Measure(6),
    **{container: Measure(6) for container in ("bag", "box", "case", "drum", "jar", "pallet", "roll", "sack", "sheet")},
}
