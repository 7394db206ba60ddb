"""The accounts that Tieout needs in QuickBooks: which are there, and the rest made, one for every role.

Inventory accounts are of the sub-type OtherCurrentAssets on purpose: QuickBooks offers the sub-type
Inventory to its own inventory items, and an account that both sides post to agrees with neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from tieout.access import company as companies
from tieout.core.roles import Role
from tieout.ledger.models import Account
from tieout.quickbooks import masters, query, sessions
from tieout.quickbooks.client import Client
from tieout.quickbooks.shapes import Listed
from tieout.quickbooks.waits import USUAL, Waits

_ASSET = ("Other Current Asset", "OtherCurrentAssets")
_LIABILITY = ("Other Current Liability", "OtherCurrentLiabilities")
_COST = ("Cost of Goods Sold", "SuppliesMaterialsCogs")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The account a role gets unless the company has one of that name and type."""

    name: str
    type: str
    sub_type: str
    parent: Role | None = None


ACCOUNTS = {
    Role.RAW: Wanted("Inventory - Raw Materials", *_ASSET),
    Role.FG: Wanted("Inventory - Finished Goods", *_ASSET),
    Role.WIP: Wanted("Inventory - Work in Process", *_ASSET),
    Role.TRANSIT: Wanted("Inventory - In Transit", *_ASSET),
    Role.GRNI: Wanted("Goods Received Not Invoiced", *_LIABILITY),
    Role.FREIGHT: Wanted("Accrued Freight and Duty", *_LIABILITY),
    Role.COGS: Wanted("Cost of Goods Sold", *_COST),
    Role.COGS_LATE: Wanted("Late Cost Corrections", *_COST, parent=Role.COGS),
    Role.SNI: Wanted("Shipped Not Invoiced", *_ASSET),
    Role.LABOUR: Wanted("Labor Applied", "Cost of Goods Sold", "CostOfLaborCos"),
    Role.OVERHEAD: Wanted("Overhead Applied", "Cost of Goods Sold", "OtherCostsOfServiceCos"),
    Role.PPV: Wanted("Purchase Price Variance", *_COST),
    Role.PURCHASE_RETURN_VAR: Wanted("Purchase Return Variance", *_COST),
    Role.VCLAIM: Wanted("Claims on Vendors", *_ASSET),
    Role.SHRINK: Wanted("Inventory Shrinkage", *_COST),
    Role.SCRAP: Wanted("Scrap", *_COST),
    Role.ABNORMAL: Wanted("Abnormal Production Loss", *_COST),
    Role.WRITE_DOWN: Wanted("Inventory Write-Downs", *_COST),
    Role.SAMPLES: Wanted("Samples and Own Use", "Expense", "SuppliesMaterials"),
    Role.FX: Wanted("Exchange Differences on Purchases", "Other Expense", "OtherMiscellaneousExpense"),
    Role.UNVERIFIED: Wanted("Unverified Goods", *_LIABILITY),
    Role.OPENING: Wanted("Inventory Opening Clearing", "Equity", "OwnersEquity"),
}


def set_up(company: int, *, chosen: Mapping[Role, str] | None = None, waits: Waits = USUAL) -> dict[Role, Account]:
    """Every role with its account: the chosen one (by its id in QuickBooks), one that fits, or else one that is made
    there. May be run again: it makes nothing twice.
    """
    wished = chosen or {}
    with sessions.opened(company, waits=waits) as client:
        there = list(client.every("Account", Listed, query.ACTIVE_OR_NOT))
        plays: dict[Role, Listed] = {}
        for role, wanted in ACCOUNTS.items():
            found = _wished(there, wished.get(role)) or fitting(there, wanted)
            if found is None:
                found = _make(client, company, free_name(there, wanted), wanted, _parent(plays, wanted))
                there.append(found)
            plays[role] = found
    with companies.scope(company):
        masters.keep_accounts(company, there)
        rows = {one.external_id: one for one in Account.objects.all()}
    return {role: rows[found.id] for role, found in plays.items()}


def _wished(there: list[Listed], id: str | None) -> Listed | None:
    return next((one for one in there if one.id == id and one.active), None)


def _parent(plays: Mapping[Role, Listed], wanted: Wanted) -> str:
    """Under the account of another role, where that is of the same type: QuickBooks takes no other."""
    parent = plays.get(wanted.parent) if wanted.parent else None
    return parent.id if parent and parent.account_type == wanted.type else ""


class Named(Protocol):
    """An account, wherever it was read."""

    @property
    def active(self) -> bool: ...
    @property
    def name(self) -> str: ...
    @property
    def account_type(self) -> str: ...


A = TypeVar("A", bound=Named)


def fitting(there: Iterable[A], wanted: Wanted) -> A | None:
    """An active account of that name and type; ours, or one the accountant made."""
    names = {wanted.name.lower(), f"{wanted.name} (tieout)".lower()}
    return next(
        (one for one in there if one.active and one.name.lower() in names and one.account_type == wanted.type),
        None,
    )


def free_name(there: Iterable[Named], wanted: Wanted) -> str:
    """The name, or, where an account of another type bears it, a marked one."""
    taken = {one.name.lower() for one in there}
    return f"{wanted.name} (Tieout)" if wanted.name.lower() in taken else wanted.name


def _make(client: Client, company: int, name: str, wanted: Wanted, parent: str) -> Listed:
    fields: dict[str, object] = {"Name": name, "AccountType": wanted.type, "AccountSubType": wanted.sub_type}
    if parent:
        fields |= {"SubAccount": True, "ParentRef": {"value": parent}}
    return client.add("Account", fields, requestid=masters.request_id(company, f"Account/{name}"))
