"""What the set-up assistant proposes: an account for every role, with the reason; from the chart as it is mirrored.

The one that plays the role already; else one of the name that Tieout would give; else one whose name says it, of the
right type, that no other role has; else a new one. An account that QuickBooks' own inventory items post to is never
proposed: both sides posting to it would agree with neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tieout.core.refusals import Refusal
from tieout.core.roles import Role
from tieout.ledger import mapping
from tieout.ledger.models import Account
from tieout.quickbooks import set_up
from tieout.quickbooks.models import Document
from tieout.quickbooks.set_up import ACCOUNTS, Wanted

WHY = {
    Role.RAW: "What raw material and packaging in your stores cost.",
    Role.FG: "What goods you made and have not shipped yet cost.",
    Role.WIP: "What went into runs that are not finished: material issued, hours worked.",
    Role.TRANSIT: "Goods that left one of your sites and have not come to the other.",
    Role.GRNI: "Accrued purchases: a receipt owes it, the supplier's bill clears it.",
    Role.FREIGHT: "Freight and duty that goods were charged with before the carrier's bill came.",
    Role.COGS: "What the very lots that left cost.",
    Role.COGS_LATE: "Corrections of shipments whose month is closed, found out late: apart, so that they can be seen.",
    Role.SNI: "Goods that left and are not invoiced yet, where you count them as sold only then.",
    Role.LABOUR: "Absorption: the hours that runs took up, credited against what payroll debits.",
    Role.OVERHEAD: "Absorption: the overhead that runs took up, credited against what it really costs.",
    Role.PPV: "Price differences that no goods can bear any more.",
    Role.PURCHASE_RETURN_VAR: "What goods sent back cost beyond their price: freight, mostly.",
    Role.VCLAIM: "What suppliers owe you for goods that you sent back after their bill.",
    Role.SHRINK: "What counts find missing, or too much.",
    Role.SCRAP: "What was thrown away, less what scrap brings.",
    Role.ABNORMAL: "Losses in production beyond what is normal: they do not make good goods dearer.",
    Role.WRITE_DOWN: "What goods lost in value before they were sold.",
    Role.SAMPLES: "Goods given away or used up by yourselves.",
    Role.FX: "What a bill in another currency differs by because the rate moved.",
    Role.UNVERIFIED: "Goods found on the floor whose papers are still looked for.",
    Role.OPENING: "The other side of what was in stock when you began; it ends at zero against your old accounts.",
}
"""What each account is for, as the page says it."""

SAYS = {
    Role.RAW: ("raw material",),
    Role.FG: ("finished goods",),
    Role.WIP: ("work in process", "work in progress", "wip"),
    Role.TRANSIT: ("in transit", "in-transit"),
    Role.GRNI: (
        *("not invoiced", "not billed", "not yet billed", "accrued purchases", "grni", "inventory clearing"),
        *("uninvoiced receipts", "received not"),
    ),
    Role.FREIGHT: ("accrued freight", "landed cost"),
    Role.COGS: ("cost of goods sold", "cost of sales"),
    Role.LABOUR: ("labor applied", "labour applied", "labor absorbed", "applied labor", "labor absorption"),
    Role.OVERHEAD: ("overhead applied", "overhead absorbed", "applied overhead", "overhead absorption"),
    Role.PPV: ("price variance",),
    Role.SHRINK: ("shrinkage", "inventory adjustment", "count variance"),
    Role.SCRAP: ("scrap", "spoilage"),
    Role.WRITE_DOWN: ("write-down", "writedown", "write down", "obsolescence"),
    Role.SAMPLES: ("samples",),
}
"""Words in an account's name that say which role it plays."""

EXPENSES = ("Cost of Goods Sold", "Expense", "Other Expense")


class WrongAccount(Refusal):
    """An account that cannot play the role it was chosen for."""

    code = "wrong_account"


@dataclass(frozen=True, slots=True)
class Entry:
    """An account of the chart, under its own name without its parents'."""

    id: int
    external_id: str
    title: str
    name: str
    account_type: str
    active: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would play a role, and why."""

    role: Role
    why: str
    account: int | None
    """None: it would be made, under `name`."""
    name: str
    reason: str
    choices: list[Entry]


def proposals(realm: str) -> list[Proposal]:
    """For every role. Inside the caller's scope; changes nothing, asks nobody."""
    chart = _chart()
    mapped = {rule.role: rule.target.account for rule in mapping.rules(mapping.newest()) if rule.is_default}
    theirs = _of_inventory_items(realm)
    taken: set[int] = set()
    every = []
    for role, wanted in ACCOUNTS.items():
        fits = _fits(chart, role)
        free = [one for one in fits if one.id not in taken]
        ours = [one for one in free if one.external_id not in theirs]
        found, reason = _choose(role, chart, free, ours, mapped)
        if found is not None:
            taken.add(found.id)
        name = found.title if found else set_up.free_name(chart, wanted)
        every.append(Proposal(role, WHY[role], found.id if found else None, name, reason, fits))
    return every


def fits(role: Role, *, besides: int | None = None) -> list[Entry]:
    """Every account of the chart that may play a role, and the one that does now. Inside the caller's scope."""
    chart = _chart()
    fitting = {one.id for one in _fits(chart, role)}
    return [one for one in chart if one.id in fitting or one.id == besides]


def _fits(chart: list[Entry], role: Role) -> list[Entry]:
    return [one for one in chart if one.active and one.account_type in _types(ACCOUNTS[role])]


def chosen(wished: Mapping[Role, int]) -> dict[Role, str]:
    """The chosen accounts by their ids in QuickBooks, each fit for its role. Inside the caller's scope."""
    chart = {one.id: one for one in _chart()}
    ids = {}
    for role, account in wished.items():
        found = chart.get(account)
        if found is None or not found.active:
            raise WrongAccount(f"The account chosen for {role} is not active in QuickBooks. Choose another.")
        if found.account_type not in _types(ACCOUNTS[role]):
            raise WrongAccount(
                f"{found.title} is of the type {found.account_type}; {role} needs one of the type "
                f"{' or '.join(_types(ACCOUNTS[role]))}. Choose another, or have one made."
            )
        ids[role] = found.external_id
    return ids


def _choose(
    role: Role, chart: list[Entry], free: list[Entry], ours: list[Entry], mapped: Mapping[Role, int | None]
) -> tuple[Entry | None, str]:
    wanted = ACCOUNTS[role]
    now = next((one for one in chart if one.active and one.id == mapped.get(role)), None)
    if now is not None:
        return now, "It plays this role in the mapping in force."
    same = set_up.fitting(free, wanted)
    if same is not None:
        return same, "QuickBooks has an account of this name and type."
    alike = next((one for one in ours if _says(one.name, SAYS.get(role, ()))), None)
    if alike is not None:
        return alike, f"Its name says so, and it is of the type {alike.account_type}."
    return None, f"QuickBooks has none for this: it is made, of the type {wanted.type}."


def _says(name: str, words: Iterable[str]) -> bool:
    padded = f" {name.lower()} "
    return any(f" {word}" in padded for word in words)


def _types(wanted: Wanted) -> tuple[str, ...]:
    """Types that may play the role: what an expense is called is the accountant's own affair."""
    return EXPENSES if wanted.type in EXPENSES else (wanted.type,)


def _chart() -> list[Entry]:
    rows = Account.objects.order_by("name", "id")
    return [Entry(one.pk, one.external_id, one.name, one.name.rpartition(":")[2], one.type, one.active) for one in rows]


def _of_inventory_items(realm: str) -> set[str]:
    items = Document.objects.filter(realm=realm, entity="Item", deleted=False, body__Type="Inventory")
    refs = ((one.body or {}).get("AssetAccountRef") or {} for one in items)
    return {str(ref["value"]) for ref in refs if ref.get("value")}
