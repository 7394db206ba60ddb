"""Cost of goods sold that another app books is a finding until it is gone or decided about."""

from __future__ import annotations

from datetime import date

from qbo_emulator.testing import journal_entry
from tests.quickbooks.conftest import Factory
from tieout.access import company as companies
from tieout.core.posting import Rule, Target
from tieout.core.roles import Role
from tieout.ledger import actions as ledger
from tieout.ledger.models import Account
from tieout.quickbooks import other_costs, reconciliation
from tieout.quickbooks.poster import post_due
from tieout.quickbooks.waits import Waits

ON = date(2026, 1, 31)


def test_what_others_book_on_cost_of_goods_sold_is_a_finding_and_closes_itself(factory: Factory, waits: Waits) -> None:
    """The accrual's account plays cost of goods sold here: what counts is that we post to it."""
    with companies.scope(factory.company):
        account = Account.objects.get(external_id=factory.accrued)
    ledger.set_mapping(factory.controller, rules=[Rule(Role.COGS, Target(account.pk))])
    factory.transmission(cents=500)
    post_due(factory.company, waits=waits)
    entry = journal_entry(
        f"Dr {factory.accrued} 33.00", f"Cr {factory.raw} 33.00", DocNumber="POS-1", TxnDate=ON.isoformat()
    )
    stranger = factory.books.create("JournalEntry", entry)
    reconciliation.reconcile(factory.company, ON, waits=waits)
    other_costs.check(factory.company)

    (finding,) = factory.findings()
    assert ("others' cost", f"account {factory.accrued}", 3300) == (
        finding.kind,
        finding.subject,
        finding.facts["cents"],
    )
    assert (
        "Others have booked 33.00 on Goods received, where Tieout posts cost of goods sold: POS-1." in finding.message
    )

    factory.books.outsider("delete", "JournalEntry", stranger["Id"])
    reconciliation.reconcile(factory.company, ON, waits=waits)
    other_costs.check(factory.company)
    assert [] == factory.findings()
