"""Whom the food maker buys from and sells to."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.demo.tables import rows


@dataclass(frozen=True, slots=True)
class Supplier:
    """`orders_on` are weekdays (Monday is 0); goods come so many working days later."""

    code: str
    name: str
    lead_days: int
    orders_on: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Customer:
    """Who buys, through which channel, from which site; `weight` is how often."""

    code: str
    name: str
    channel: str
    site: str
    weight: int


_SUPPLIERS = """
VALLEY   | Valley Orchard Growers          | 3 | Mon Wed
SOUTHERN | Southern Nut Traders            | 3 | Tue Thu
PRAIRIE  | Prairie Apiaries and Sugarbush  | 4 | Mon Thu
MIDWEST  | Midwest Ingredient Supply       | 3 | Wed
PACIFIC  | Pacific Produce Packers         | 2 | Mon Tue Thu
SPICE    | Harbor Spice Trading            | 4 | Fri
GLASSCO  | Three Rivers Glass              | 3 | Tue Fri
LABELWKS | Label Works of Ohio             | 4 | Wed
BOXWORKS | Heartland Box Works             | 2 | Mon Thu
"""

_CUSTOMERS = """
GREENGAB | Green Gable Grocers            | grocery     | ABE | 6
HARVESTL | Harvest Lane Markets           | grocery     | ABE | 5
OLDMILL  | Old Mill Food Co-op            | grocery     | ABE | 3
SEABOARD | Seaboard Natural Distributing  | distributor | ABE | 7
KEYSTONE | Keystone Specialty Foods       | distributor | ABE | 5
HUDSON   | Hudson Fine Provisions         | distributor | ABE | 3
WEBEAST  | Web shop, East                 | web         | ABE | 6
CORNERST | Cornerstone Deli Group         | food service| ABE | 2
PLAINSMK | Plainsman Supermarkets         | grocery     | KC  | 6
OZARKFD  | Ozark Fresh Foods              | grocery     | KC  | 4
GATEWAY  | Gateway Wholesale Grocers      | distributor | KC  | 5
LONESTAR | Lone Star Natural Foods        | distributor | KC  | 4
WEBCENT  | Web shop, Central              | web         | KC  | 5
BARNDOOR | Barn Door Cafes                | food service| KC  | 2
CASCADE  | Cascade Co-op Markets          | grocery     | BOI | 5
SAWTOOTH | Sawtooth Family Foods          | grocery     | BOI | 4
REDWOOD  | Redwood Coast Distributors     | distributor | BOI | 5
WEBWEST  | Web shop, West                 | web         | BOI | 5
TRAILHD  | Trailhead Lodges               | food service| BOI | 2
"""

_WEEKDAYS = {name: day for day, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri"))}

SUPPLIERS = {
    code: Supplier(code, name, int(lead), tuple(_WEEKDAYS[day] for day in days.split()))
    for code, name, lead, days in rows(_SUPPLIERS)
}
CUSTOMERS = {
    code: Customer(code, name, channel, site, int(weight)) for code, name, channel, site, weight in rows(_CUSTOMERS)
}
