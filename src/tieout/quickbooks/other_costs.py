"""Cost of goods sold that others book: a point of sale, an inventory app, QuickBooks' own inventory items.

Whoever posts cost of goods sold beside Tieout posts it twice. The reconciliation lists every document on those
accounts that is not ours; here each account that has any is a finding, until the documents are gone or decided about.
"""

from __future__ import annotations

from collections.abc import Iterable

from tieout.access import company as companies
from tieout.core.roles import Role
from tieout.ledger import mapping
from tieout.ledger.models import MappingRule
from tieout.quickbooks import findings
from tieout.quickbooks.models import Finding, FindingKind, ReconciledTerm, Reconciliation
from tieout.quickbooks.reconciliation import FOREIGN

ROLES = (Role.COGS.value, Role.COGS_LATE.value)
SHOWN = 5


def check(company: int) -> None:
    """By the latest comparison of both systems."""
    with companies.scope(company):
        foreign = _foreign()
        open_now = set(
            Finding.objects.filter(kind=FindingKind.OTHER_COST, closed_at=None).values_list("subject", flat=True)
        )
    for account, terms in foreign.items():
        findings.open_one(
            company,
            FindingKind.OTHER_COST,
            subject=account,
            message=_message(terms),
            facts={"documents": [term.subject for term in terms], "cents": sum(term.cents for term in terms)},
        )
    for subject in open_now - foreign.keys():
        findings.close(company, FindingKind.OTHER_COST, subject=subject)


def _foreign() -> dict[str, list[ReconciledTerm]]:
    """Account → what others booked on it and nobody has decided about."""
    run = Reconciliation.objects.order_by("-id").first()
    used = MappingRule.objects.filter(version=mapping.newest(), role__in=ROLES, account__isnull=False)
    terms = ReconciledTerm.objects.filter(
        line__run=run, kind=FOREIGN, remedy=None, line__account__in=used.values("account_id")
    )
    found: dict[str, list[ReconciledTerm]] = {}
    for term in terms.select_related("line__account").order_by("dated", "id"):
        found.setdefault(f"account {term.line.account.external_id}", []).append(term)
    return found


def _message(terms: Iterable[ReconciledTerm]) -> str:
    every = list(terms)
    total = sum(term.cents for term in every)
    named = ", ".join(term.number or term.subject for term in every[:SHOWN])
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return (
        f"Others have booked {total / 100:,.2f} on {every[0].line.account.name}, where Tieout posts cost of goods "
        f"sold: {named}{more}. If another app posts it as well, it is there twice: switch that off there and delete its"
        " entries, or decide about each of them in the reconciliation."
    )
