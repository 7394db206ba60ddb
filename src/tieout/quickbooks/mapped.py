"""Whether what the mapping uses is fit for use in QuickBooks: active, and not booked by QuickBooks as
well.

An item of type Inventory makes QuickBooks book its own asset and cost of goods sold on every bill and
invoice. On an account that we post to, that is the same value twice.
"""

from __future__ import annotations

from collections.abc import Iterable

from tieout.access import company as companies
from tieout.ledger import mapping
from tieout.ledger.models import Account, MappingRule
from tieout.quickbooks import findings
from tieout.quickbooks.models import Finding, FindingKind
from tieout.quickbooks.shapes import Listed


def accounts(company: int) -> list[Account]:
    """The accounts that the mapping in force uses."""
    with companies.scope(company):
        used = MappingRule.objects.filter(version=mapping.newest(), account__isnull=False)
        return list(Account.objects.filter(pk__in=used.values("account_id")).order_by("id"))


def check(company: int, *, items: Iterable[Listed]) -> None:
    """Open a finding for each thing in use that is not fit, and close those that are mended."""
    used = {account.external_id: account for account in accounts(company)}
    inactive = [account for account in used.values() if not account.active]
    for account in inactive:
        findings.open_one(
            company,
            FindingKind.INACTIVE,
            subject=f"account {account.external_id}",
            message=(
                f"The account {account.name} is mapped and inactive in QuickBooks. Activate it there, or map another."
            ),
            facts={"account": account.external_id},
        )
    doubled = [item for item in items if item.active and _touches(item, used)]
    for item in doubled:
        findings.open_one(
            company,
            FindingKind.INVENTORY_ITEM,
            subject=f"item {item.id}",
            message=(
                f"The QuickBooks item {item.title} is of type Inventory and uses an account that Tieout "
                "posts to: "
                "QuickBooks would book its value and cost of goods sold a second time. Make it "
                "non-inventory, or "
                "give it accounts of its own."
            ),
            facts={"item": item.id},
        )
    _close_others(company, FindingKind.INACTIVE, {f"account {one.external_id}" for one in inactive})
    _close_others(company, FindingKind.INVENTORY_ITEM, {f"item {one.id}" for one in doubled})


def _touches(item: Listed, used: dict[str, Account]) -> bool:
    refs = (item.asset_account_ref, item.expense_account_ref)
    return any(ref is not None and ref.value in used for ref in refs)


def _close_others(company: int, kind: FindingKind, subjects: set[str]) -> None:
    with companies.scope(company):
        still = Finding.objects.filter(kind=kind, closed_at=None)
        mended = [one.subject for one in still if one.subject not in subjects]
    for subject in mended:
        findings.close(company, kind, subject=subject)
