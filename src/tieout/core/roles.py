"""The one vocabulary between floor and books: what an account is for, and what a place is."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What an account is for. The mapping says which account of QuickBooks plays it."""

    RAW = "RAW"
    FG = "FG"
    WIP = "WIP"
    TRANSIT = "TRANSIT"
    GRNI = "GRNI"
    FREIGHT = "FREIGHT"
    COGS = "COGS"
    COGS_LATE = "COGS_LATE"
    SNI = "SNI"
    LABOUR = "LABOUR"
    OVERHEAD = "OVERHEAD"
    PPV = "PPV"
    PURCHASE_RETURN_VAR = "PURCHASE_RETURN_VAR"
    VCLAIM = "VCLAIM"
    SHRINK = "SHRINK"
    SCRAP = "SCRAP"
    ABNORMAL = "ABNORMAL"
    WRITE_DOWN = "WRITE_DOWN"
    SAMPLES = "SAMPLES"
    FX = "FX"
    UNVERIFIED = "UNVERIFIED"
    OPENING = "OPENING"


INVENTORY = frozenset({Role.RAW, Role.FG, Role.TRANSIT})
"""INV in a story: all inventory but work in process."""


class PlaceKind(StrEnum):
    """What a location is. Stock kinds hold lots; the rest stand for an account."""

    STORAGE = "storage"
    QUARANTINE = "quarantine"
    STAGING = "staging"
    IN_TRANSIT = "in-transit"
    EXTERNAL = "external"
    PRODUCTION = "production"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    SHIPPED_NOT_INVOICED = "shipped-not-invoiced"
    LABOUR = "labour"
    OVERHEAD = "overhead"
    FREIGHT = "freight"
    COUNT = "count"
    SCRAP = "scrap"
    ABNORMAL = "abnormal"
    SAMPLES = "samples"
    WRITE_DOWN = "write-down"
    PRICE_VARIANCE = "price-variance"
    UNVERIFIED = "unverified"
    OPENING = "opening"

    @property
    def holds_stock(self) -> bool:
        return self in STOCK_KINDS


STOCK_KINDS = frozenset(
    {PlaceKind.STORAGE, PlaceKind.QUARANTINE, PlaceKind.STAGING, PlaceKind.IN_TRANSIT, PlaceKind.EXTERNAL}
)

ROLE_OF_PLACE = {
    PlaceKind.IN_TRANSIT: Role.TRANSIT,
    PlaceKind.PRODUCTION: Role.WIP,
    PlaceKind.SUPPLIER: Role.GRNI,
    PlaceKind.CUSTOMER: Role.COGS,
    PlaceKind.SHIPPED_NOT_INVOICED: Role.SNI,
    PlaceKind.LABOUR: Role.LABOUR,
    PlaceKind.OVERHEAD: Role.OVERHEAD,
    PlaceKind.FREIGHT: Role.FREIGHT,
    PlaceKind.COUNT: Role.SHRINK,
    PlaceKind.SCRAP: Role.SCRAP,
    PlaceKind.ABNORMAL: Role.ABNORMAL,
    PlaceKind.SAMPLES: Role.SAMPLES,
    PlaceKind.WRITE_DOWN: Role.WRITE_DOWN,
    PlaceKind.PRICE_VARIANCE: Role.PPV,
    PlaceKind.UNVERIFIED: Role.UNVERIFIED,
    PlaceKind.OPENING: Role.OPENING,
}
"""Each kind's role, but for places that hold goods: there the item decides (raw material or finished goods)."""


class ItemKind(StrEnum):
    """What an item is to the books: bought to be used, or made to be sold."""

    RAW = "raw"
    PACKAGING = "packaging"
    INTERMEDIATE = "intermediate"
    FINISHED = "finished"

    @property
    def role(self) -> Role:
        return Role.RAW if self in (ItemKind.RAW, ItemKind.PACKAGING) else Role.FG


class MoveKind(StrEnum):
    """What a movement does. A correction or a reversal bears the kind of what it corrects."""

    RECEIVE = "receive"
    ISSUE = "issue"
    ABSORB = "absorb"
    OUTPUT = "output"
    LOSS = "loss"
    SHIP = "ship"
    TRANSFER = "transfer"
    COUNT = "count"
    SCRAP = "scrap"
    OPEN = "open"
