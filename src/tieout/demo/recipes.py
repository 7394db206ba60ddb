"""How things are made and how fast they sell: BOM versions, runs, rates, and the one dearer recipe of March.

March is the month a controller will ask about: almonds cost 8 % more from the 5th, almond butter is made of
organic almonds from the 16th, and 3 % of it is lost on the line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.demo.company import OPENING_DAY
from tieout.demo.tables import rows


@dataclass(frozen=True, slots=True)
class Recipe:
    """A BOM version: parts for `output` of the item, and the hours that takes."""

    sku: str
    version: str
    since: date
    output: Decimal
    expected_yield: Decimal
    hours: Decimal
    parts: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Product:
    """Where an item is made, in runs of what size, and what a working day sells (or, between, uses) of it."""

    sku: str
    site: str
    run: Decimal
    daily: dict[str, int]
    """Site → pieces a day; nothing for what goes into other things."""


_BUTTER = "SLT-SEA 3; OIL-SUN 6; LEC-SUN 1.2; LID-063; SEL-063; BOX-012 84; TRY-012 84; TPE-BOX 2"
_SAUCE = "SLT-SEA 4; LID-063; SEL-063; BOX-012 84; TRY-012 84; TPE-BOX 2"
_BOTTLE = "SLT-SEA 3; CAP-024; DRP-024; BND-PVC; BOX-012 84; TRY-012 84; TPE-BOX 2"

_RECIPES = f"""
ALM-BTR | 1000 | 1     | 10 | ALM-RAW 350; HNY-WLD 20; JAR-340; LBL-ALM; {_BUTTER}
ALM-CRN | 1000 | 0.985 | 11 | ALM-RAW 362; HNY-WLD 18; JAR-340; LBL-ALM; {_BUTTER}
PNT-BTR | 1000 | 0.985 | 9  | PNT-PST 334; HNY-WLD 12; JAR-340; LBL-PNT; {_BUTTER}
PNT-CRN | 1000 | 0.985 | 10 | PNT-PST 360; PNT-RAW 130; SUG-CAN 14; JAR-500; LBL-PNT; {_BUTTER}
CSH-BTR | 1000 | 0.985 | 11 | CSH-PST 338; MPL-SYR 10; JAR-340; LBL-CSH; {_BUTTER}
HZL-COC | 1000 | 0.98  | 13 | HZL-PST 140; COC-MIX 190; VAN-EXT 0.8; JAR-340; LBL-HZL; {_BUTTER}
TOM-MAR | 1000 | 0.985 | 9  | TOM-BSE 470; OIL-OLV 18; BAS-FRZ 6; JAR-500; LBL-TOM; {_SAUCE}
TOM-ARR | 1000 | 0.985 | 9  | TOM-BSE 466; OIL-OLV 16; CHL-ARB 2.5; PEP-RED 20; JAR-500; LBL-TOM; {_SAUCE}
CHL-HOT | 1000 | 0.99  | 7  | CHL-MSH 150; VIN-CID 95; GRL-PUR 4; BTL-250; LBL-CHL; {_BOTTLE}
CHL-HNY | 1000 | 0.99  | 8  | CHL-MSH 30; HNY-WLD 290; VIN-CID 12; BTL-250; LBL-CHL; {_BOTTLE}
BBQ-ORG | 1000 | 0.985 | 9  | TOM-BSE 180; SUG-CAN 62; VIN-CID 60; PAP-SMK 6; MUS-SED 4; JAR-340; LBL-BBQ; {_SAUCE}
MUS-HNY | 1000 | 0.985 | 8  | MUS-SED 52; HNY-WLD 44; VIN-CID 78; SPC-HOT 1; JAR-200; LBL-MUS; {_SAUCE}
PES-BAS | 1000 | 0.975 | 12 | BAS-FRZ 72; OIL-OLV 78; CSH-RAW 24; GRL-PUR 6; LEM-JUC 7; JAR-200; LBL-PES; {_SAUCE}
GFT-TRI | 100  | 1     | 4  | ALM-BTR 100; CHL-HNY 100; MUS-HNY 100; BOX-GFT 100; RIB-GFT 100; TPE-BOX 1
PNT-PST | 500  | 0.98  | 4  | PNT-RAW 506; OIL-SUN 8
CSH-PST | 500  | 0.98  | 5  | CSH-RAW 505; OIL-SUN 8
HZL-PST | 300  | 0.98  | 4  | HZL-RAW 304; OIL-SUN 5
COC-MIX | 400  | 0.99  | 3  | COC-PWD 118; SUG-CAN 268; LEC-SUN 3; SLT-SEA 2
SPC-HOT | 60   | 0.99  | 2  | CHL-ARB 22; PAP-SMK 26; PEP-BLK 12.5
SPC-ITL | 60   | 0.99  | 2  | ORG-DRY 38; PEP-BLK 10; SLT-SEA 12.5
CHL-MSH | 500  | 0.96  | 6  | PEP-RED 400; CHL-ARB 36; SPC-HOT 12; SLT-SEA 22; GRL-PUR 30; VIN-CID 20
TOM-BSE | 1500 | 0.97  | 8  | TOM-CRU 1360; ONI-DIC 120; GRL-PUR 22; SPC-ITL 14; SUG-CAN 18; OIL-OLV 12
"""

BOM_CHANGE = date(2026, 3, 16)
_ORGANIC = f"ALM-ORG 350; HNY-WLD 20; JAR-340; LBL-ALM; {_BUTTER}"

PRICE_RISE = date(2026, 3, 5)
DEARER, DEARER_PRICE = "ALM-RAW", Decimal("6.48")

OVERHEAD_RISE = date(2026, 3, 1)
LABOUR_CENTS, OVERHEAD_CENTS, OVERHEAD_CENTS_MARCH = 2400, 3800, 3900

_PRODUCTS = """
ALM-BTR | KC | 1000 | 140 | 95  | 255
ALM-CRN | KC | 1000 | 95  | 60  | 175
PNT-BTR | KC  | 1200 | 170 | 90  | 260
PNT-CRN | KC | 1000 | 120 | 60  | 180
CSH-BTR | KC  | 800  | 70  | 45  | 125
HZL-COC | KC | 1000 | 85  | 55  | 160
TOM-MAR | BOI | 1200 | 120 | 90  | 250
TOM-ARR | BOI | 1000 | 75  | 60  | 165
CHL-HOT | BOI | 1500 | 150 | 120 | 270
CHL-HNY | BOI | 1000 | 75  | 65  | 140
BBQ-ORG | BOI | 1000 | 120 | 70  | 190
MUS-HNY | BOI | 1000 | 70  | 50  | 140
PES-BAS | BOI | 800  | 55  | 45  | 120
GFT-TRI | ABE | 150  | 0   | 0   | 30
PNT-PST | KC | 1000 | 0   | 0   | 0
CSH-PST | KC  | 500  | 0   | 0   | 0
HZL-PST | KC  | 300  | 0   | 0   | 0
COC-MIX | KC  | 400  | 0   | 0   | 0
SPC-HOT | BOI | 60   | 0   | 0   | 0
SPC-ITL | BOI | 60   | 0   | 0   | 0
CHL-MSH | BOI | 500  | 0   | 0   | 0
TOM-BSE | BOI | 1500 | 0   | 0   | 0
"""


def _parts(text: str, output: Decimal) -> dict[str, Decimal]:
    """`SKU quantity`, or `SKU` alone for one to each piece made."""
    said = (part.split() for part in text.split(";"))
    return {sku: Decimal(quantity[0]) if quantity else output for sku, *quantity in said}


RECIPES = {
    sku: [
        Recipe(sku, "1", OPENING_DAY, Decimal(output), Decimal(share), Decimal(hours), _parts(parts, Decimal(output)))
    ]
    for sku, output, share, hours, parts in rows(_RECIPES)
}
RECIPES["ALM-BTR"].append(
    Recipe("ALM-BTR", "2", BOM_CHANGE, Decimal(1000), Decimal(1), Decimal(10), _parts(_ORGANIC, Decimal(1000)))
)

PRODUCTS = {
    sku: Product(sku, site, Decimal(run), {"KC": int(kc), "BOI": int(boi), "ABE": int(abe)})
    for sku, site, run, kc, boi, abe in rows(_PRODUCTS)
}
SOLD = [sku for sku, product in PRODUCTS.items() if any(product.daily.values())]
"""In the order of the table: what customers buy."""


def recipe(sku: str, on: date) -> Recipe:
    """The version in effect on a day."""
    return next(one for one in reversed(RECIPES[sku]) if one.since <= on)
