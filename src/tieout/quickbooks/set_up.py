"""The accounts that Tieout needs in QuickBooks: which are there, and the rest made, one for every role.

Inventory accounts are of the sub-type OtherCurrentAssets on purpose: QuickBooks offers the sub-type
Inventory to its own inventory items, and an account that both sides post to agrees with neither.
"""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Proposal:
    """What `set_up` would use for a role."""

    role: Role
    name: str
    type: str
    external_id: str
    """Empty: it would be made."""


def propose(company: int, *, waits: Waits = USUAL) -> list[Proposal]:
    """What is there and what would be made; changes nothing."""
    with sessions.opened(company, waits=waits) as client:
        there = list(client.every("Account", Listed, query.ACTIVE_OR_NOT))
    proposals = []
    for role, wanted in ACCOUNTS.items():
        found = _fitting(there, wanted)
        name = found.title if found else _free_name(there, wanted)
        proposals.append(Proposal(role, name, wanted.type, found.id if found else ""))
    return proposals


def set_up(company: int, *, waits: Waits = USUAL) -> dict[Role, Account]:
    """Every role with its account, those that lacked made in QuickBooks. May be run again: it makes
    nothing twice.
    """
    with sessions.opened(company, waits=waits) as client:
        there = list(client.every("Account", Listed, query.ACTIVE_OR_NOT))
        chosen: dict[Role, Listed] = {}
        for role, wanted in ACCOUNTS.items():
            parent = chosen[wanted.parent].id if wanted.parent else ""
            found = _fitting(there, wanted)
            if found is None:
                found = _make(client, company, _free_name(there, wanted), wanted, parent)
                there.append(found)
            chosen[role] = found
    with companies.scope(company):
        masters.keep_accounts(company, there)
        rows = {one.external_id: one for one in Account.objects.all()}
    return {role: rows[found.id] for role, found in chosen.items()}


def _fitting(there: list[Listed], wanted: Wanted) -> Listed | None:
    """An active account of that name and type; ours, or one the accountant made."""
    names = {wanted.name.lower(), f"{wanted.name} (tieout)".lower()}
    return next(
        (one for one in there if one.active and one.name.lower() in names and one.account_type == wanted.type),
        None,
    )


def _free_name(there: list[Listed], wanted: Wanted) -> str:
    """The name, or, where an account of another type bears it, a marked one."""
    taken = {one.name.lower() for one in there}
    return f"{wanted.name} (Tieout)" if wanted.name.lower() in taken else wanted.name


def _make(client: Client, company: int, name: str, wanted: Wanted, parent: str) -> Listed:
    fields: dict[str, object] = {"Name": name, "AccountType": wanted.type, "AccountSubType": wanted.sub_type}
    if parent:
        fields |= {"SubAccount": True, "ParentRef": {"value": parent}}
    return client.add("Account", fields, requestid=masters.request_id(company, f"Account/{name}"))
