"""What the food maker stocks: raw materials, packaging, what it cooks between, and what it sells."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tieout.core.roles import ItemKind
from tieout.demo.tables import rows

UNITS = {
    "kg": ("kilogram", 3),
    "ea": ("piece", 0),
    "drum": ("drum", 0),
    "sack": ("sack", 0),
    "pail": ("pail", 0),
    "carton": ("carton", 0),
    "pallet": ("pallet", 0),
}
"""Code → name, and how finely it is measured."""

CATEGORIES = {
    "nuts": "Nuts",
    "produce": "Produce and fruit",
    "pantry": "Sweeteners, oils and spices",
    "packaging": "Jars, bottles, labels and boxes",
    "bases": "Pastes, bases and blends",
    "nut-butters": "Nut butters",
    "sauces": "Sauces",
    "gifts": "Gift boxes",
}


@dataclass(frozen=True, slots=True)
class Item:
    """An item, with the pack it is bought in (`pack` base units to one `bought_in`)."""

    sku: str
    name: str
    kind: ItemKind
    unit: str
    category: str
    shelf_life_days: int | None
    supplier: str
    bought_in: str
    pack: Decimal
    price: Decimal
    """Per pack. Nothing for what the company makes itself."""

    @property
    def decimals(self) -> int:
        return UNITS[self.unit][1]


_RAW = """
ALM-RAW  | Almonds, dry roasted         | nuts    | 300 | VALLEY   | kg   | 1   | 6.00
ALM-ORG  | Almonds, organic             | nuts    | 300 | VALLEY   | kg   | 1   | 7.10
PNT-RAW  | Peanuts, runner, roasted     | nuts    | 270 | SOUTHERN | kg   | 1   | 2.35
CSH-RAW  | Cashew pieces                | nuts    | 270 | SOUTHERN | kg   | 1   | 7.80
HZL-RAW  | Hazelnuts, blanched          | nuts    | 270 | VALLEY   | kg   | 1   | 9.40
HNY-WLD  | Wildflower honey             | pantry  | 720 | PRAIRIE  | drum | 290 | 1595.00
MPL-SYR  | Maple syrup, dark            | pantry  | 540 | PRAIRIE  | pail | 20  | 236.00
SUG-CAN  | Cane sugar                   | pantry  | 720 | MIDWEST  | sack | 25  | 31.25
COC-PWD  | Cocoa powder                 | pantry  | 540 | MIDWEST  | sack | 25  | 212.50
SLT-SEA  | Sea salt                     | pantry  | 999 | MIDWEST  | sack | 25  | 14.50
OIL-SUN  | Sunflower oil                | pantry  | 360 | MIDWEST  | drum | 180 | 421.20
OIL-OLV  | Olive oil                    | pantry  | 360 | PACIFIC  | drum | 180 | 1206.00
LEC-SUN  | Sunflower lecithin           | pantry  | 540 | MIDWEST  | pail | 20  | 148.00
VAN-EXT  | Vanilla extract              | pantry  | 720 | PRAIRIE  | pail | 4   | 388.00
VIN-CID  | Cider vinegar                | pantry  | 720 | PACIFIC  | drum | 200 | 238.00
MUS-SED  | Mustard seed                 | pantry  | 540 | SPICE    | sack | 25  | 71.25
PEP-BLK  | Black pepper, cracked        | pantry  | 540 | SPICE    | sack | 20  | 246.00
CHL-ARB  | Chile de arbol, dried        | pantry  | 360 | SPICE    | sack | 20  | 268.00
ORG-DRY  | Oregano, dried               | pantry  | 360 | SPICE    | sack | 10  | 118.00
PAP-SMK  | Smoked paprika               | pantry  | 360 | SPICE    | sack | 20  | 224.00
TOM-CRU  | Tomatoes, crushed            | produce | 180 | PACIFIC  | drum | 220 | 396.00
ONI-DIC  | Onions, diced, frozen        | produce | 120 | PACIFIC  | kg   | 1   | 1.42
GRL-PUR  | Garlic puree                 | produce | 120 | PACIFIC  | pail | 15  | 66.00
BAS-FRZ  | Basil, frozen                | produce | 150 | PACIFIC  | kg   | 1   | 8.20
LEM-JUC  | Lemon juice                  | produce | 150 | PACIFIC  | pail | 20  | 58.00
PEP-RED  | Red peppers, roasted         | produce | 150 | PACIFIC  | pail | 18  | 64.80
"""

_PACKAGING = """
JAR-340  | Glass jar 340 ml             | GLASSCO  | pallet | 2400 | 1008.00
JAR-500  | Glass jar 500 ml             | GLASSCO  | pallet | 1800 | 918.00
JAR-200  | Glass jar 200 ml             | GLASSCO  | pallet | 3200 | 992.00
BTL-250  | Woozy bottle 250 ml          | GLASSCO  | pallet | 2800 | 1036.00
LID-063  | Lug lid 63 mm                | GLASSCO  | carton | 1200 | 96.00
CAP-024  | Screw cap 24 mm              | GLASSCO  | carton | 2000 | 90.00
DRP-024  | Dripper insert               | GLASSCO  | carton | 2000 | 44.00
SEL-063  | Induction seal 63 mm         | LABELWKS | carton | 5000 | 85.00
BND-PVC  | Tamper band                  | LABELWKS | carton | 5000 | 60.00
LBL-ALM  | Label almond butter          | LABELWKS | carton | 2000 | 88.00
LBL-PNT  | Label peanut butter          | LABELWKS | carton | 2000 | 78.00
LBL-CSH  | Label cashew butter          | LABELWKS | carton | 2000 | 92.00
LBL-HZL  | Label hazelnut spread        | LABELWKS | carton | 2000 | 94.00
LBL-TOM  | Label tomato sauce           | LABELWKS | carton | 2000 | 76.00
LBL-CHL  | Label hot sauce              | LABELWKS | carton | 2000 | 72.00
LBL-BBQ  | Label barbecue sauce         | LABELWKS | carton | 2000 | 74.00
LBL-MUS  | Label honey mustard          | LABELWKS | carton | 2000 | 74.00
LBL-PES  | Label pesto                  | LABELWKS | carton | 2000 | 86.00
BOX-012  | Shipping box, 12 jars        | BOXWORKS | pallet | 600  | 408.00
TRY-012  | Tray divider, 12 jars        | BOXWORKS | pallet | 1200 | 264.00
BOX-GFT  | Gift box, three jars         | BOXWORKS | carton | 200  | 286.00
RIB-GFT  | Ribbon, cut                  | BOXWORKS | carton | 500  | 65.00
TPE-BOX  | Box tape, roll               | BOXWORKS | carton | 36   | 61.20
"""

_MADE = """
PNT-PST  | Peanut paste                 | intermediate | kg | bases       | 120
CSH-PST  | Cashew paste                 | intermediate | kg | bases       | 120
HZL-PST  | Hazelnut paste               | intermediate | kg | bases       | 120
COC-MIX  | Cocoa mix                    | intermediate | kg | bases       | 240
SPC-HOT  | Hot spice blend              | intermediate | kg | bases       | 240
SPC-ITL  | Italian spice blend          | intermediate | kg | bases       | 240
CHL-MSH  | Fermented chile mash         | intermediate | kg | bases       | 180
TOM-BSE  | Tomato base                  | intermediate | kg | bases       | 60
ALM-BTR  | Almond butter 340 g          | finished     | ea | nut-butters | 365
ALM-CRN  | Almond butter crunchy 340 g  | finished     | ea | nut-butters | 365
PNT-BTR  | Peanut butter 340 g          | finished     | ea | nut-butters | 365
PNT-CRN  | Peanut butter crunchy 500 g  | finished     | ea | nut-butters | 365
CSH-BTR  | Cashew butter 340 g          | finished     | ea | nut-butters | 365
HZL-COC  | Hazelnut cocoa spread 340 g  | finished     | ea | nut-butters | 300
TOM-MAR  | Marinara 500 ml              | finished     | ea | sauces      | 540
TOM-ARR  | Arrabbiata 500 ml            | finished     | ea | sauces      | 540
CHL-HOT  | Hot sauce 250 ml             | finished     | ea | sauces      | 720
CHL-HNY  | Hot honey 250 ml             | finished     | ea | sauces      | 720
BBQ-ORG  | Barbecue sauce 340 ml        | finished     | ea | sauces      | 540
MUS-HNY  | Honey mustard 200 ml         | finished     | ea | sauces      | 540
PES-BAS  | Basil pesto 200 ml           | finished     | ea | sauces      | 300
GFT-TRI  | Gift box, three favorites    | finished     | ea | gifts       | 240
"""


def _all() -> dict[str, Item]:
    found = []
    nothing = Decimal(0)
    for sku, name, category, life, supplier, unit, pack, price in rows(_RAW):
        bought = (supplier, unit, Decimal(pack), Decimal(price))
        found.append(Item(sku, name, ItemKind.RAW, "kg", category, int(life), *bought))
    for sku, name, supplier, unit, pack, price in rows(_PACKAGING):
        bought = (supplier, unit, Decimal(pack), Decimal(price))
        found.append(Item(sku, name, ItemKind.PACKAGING, "ea", "packaging", None, *bought))
    for sku, name, kind, unit, category, life in rows(_MADE):
        found.append(Item(sku, name, ItemKind(kind), unit, category, int(life), "", "", nothing, nothing))
    return {item.sku: item for item in found}


ITEMS = _all()
