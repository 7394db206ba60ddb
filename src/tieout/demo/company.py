"""Who the demo's company is: its name, its sites with their places, and the people who work there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from tieout.access.permissions import ActorRole
from tieout.core.roles import PlaceKind

NAME = "Tallgrass Pantry Co."
TIME_ZONE = "America/Chicago"

OPENING_DAY = date(2025, 12, 31)
FIRST_DAY = date(2026, 1, 1)
LAST_DAY = date(2026, 3, 31)
"""Three full months that are past for everybody, and the same for everybody."""


@dataclass(frozen=True, slots=True)
class Site:
    """A plant or warehouse. Its short code begins the lot numbers printed there."""

    code: str
    name: str
    zone: ZoneInfo
    makes: bool


KC = Site("KC", "Kansas City nut butter plant", ZoneInfo("America/Chicago"), makes=True)
BOI = Site("BOI", "Boise sauce kitchen", ZoneInfo("America/Boise"), makes=True)
ABE = Site("ABE", "Allentown distribution center", ZoneInfo("America/New_York"), makes=True)
SITES = {site.code: site for site in (KC, BOI, ABE)}

DOCK, RACK_A, RACK_B = "DOCK", "RACK-A", "RACK-B"
PLACES = {
    DOCK: ("Dock", PlaceKind.STAGING),
    RACK_A: ("Rack A", PlaceKind.STORAGE),
    RACK_B: ("Rack B", PlaceKind.STORAGE),
}
"""What each site has beside its main store. Goods arrive at the dock and are put away in the evening."""

PEOPLE = {
    "Dana Pruitt": ActorRole.ADMINISTRATOR,
    "Grace Whitfield": ActorRole.CONTROLLER,
    "Samuel Adeyemi": ActorRole.AUDITOR,
    "Hannah Lindqvist": ActorRole.PLANNER,
    "Tom Okafor": ActorRole.BUYER,
    "Marcus Webb": ActorRole.OPERATOR,
    "Ana Ruiz": ActorRole.OPERATOR,
    "Li Chen": ActorRole.OPERATOR,
    "Ines Ferreira": ActorRole.WAREHOUSE,
    "Joe Kowalski": ActorRole.WAREHOUSE,
    "Priya Nair": ActorRole.WAREHOUSE,
}

ADMINISTRATOR, CONTROLLER, PLANNER, BUYER = "Dana Pruitt", "Grace Whitfield", "Hannah Lindqvist", "Tom Okafor"
OPERATOR_AT = {"KC": "Marcus Webb", "BOI": "Ana Ruiz", "ABE": "Li Chen"}
WAREHOUSE_AT = {"KC": "Ines Ferreira", "BOI": "Joe Kowalski", "ABE": "Priya Nair"}
