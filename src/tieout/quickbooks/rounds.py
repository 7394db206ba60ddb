"""What is done for a company again and again: every few seconds, every few minutes, every night.

The queue behind this may lose anything: each round looks at the tables for what there is to do, and the
table of transmissions is the list of work. A step that fails does not keep the others from their turn.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from django.utils import timezone

from tieout.access import audit
from tieout.access import company as companies
from tieout.access.models import Company
from tieout.ledger import sealing
from tieout.quickbooks import (
    changes,
    closing_date,
    duplicates,
    findings,
    guards,
    inbound,
    invoices,
    matches,
    oauth,
    other_costs,
    pace,
    poster,
    purchase_orders,
    readback,
    reconciliation,
    replacing,
)
from tieout.quickbooks.models import Credential, FindingKind
from tieout.quickbooks.outcomes import Failure
from tieout.quickbooks.waits import USUAL, Waits

ROUND = timedelta(seconds=10)
"""A worker asked to stop begins nothing new after this."""
WARNING = timedelta(days=30)
"""Consent that ends sooner is on the controller's screen."""

Step = Callable[[int, Waits], object]


def often(company: int, *, waits: Waits = USUAL) -> None:
    """Seal what is due, post what is due, read back, read what was heard of, delete approved copies, chain the
    trail.
    """
    _each(company, waits, [_seal, _post, _read_back, _inbound, _duplicates, _replace, _invoices, _chain])


def sometimes(company: int, *, waits: Waits = USUAL) -> None:
    """Look at all that changed, match it, and look at the closing date and how long the consent still holds."""
    _each(company, waits, [_sweep, _match, _orders, _closing_date, _consent, _revoke])


def nightly(company: int, *, waits: Waits = USUAL) -> None:
    """Look at all that changed, check that what is in use is fit for use, and compare both systems."""
    _each(company, waits, [_sweep, _products, _guards, _reconcile, _other_costs])


def companies_at_work() -> list[int]:
    return list(Company.objects.order_by("id").values_list("id", flat=True))


def _each(company: int, waits: Waits, steps: list[Step]) -> None:
    failed = []
    for step in steps:
        try:
            step(company, waits)
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup(f"A round for company {company} did not do everything", failed)


def _seal(company: int, waits: Waits) -> None:
    sealing.seal_due(company, timezone.now())


def _post(company: int, waits: Waits) -> None:
    poster.post_due(company, waits=waits, until=timezone.now() + ROUND)


def _invoices(company: int, waits: Waits) -> None:
    invoices.post_due(company, waits=waits)


def _other_costs(company: int, waits: Waits) -> None:
    other_costs.check(company)


def _read_back(company: int, waits: Waits) -> None:
    _ask(company, waits, readback.read_back)


def _products(company: int, waits: Waits) -> None:
    inbound.know_items_again(company)


def _orders(company: int, waits: Waits) -> None:
    if purchase_orders.anything_due(company, timezone.now().date()):
        _ask(company, waits, purchase_orders.keep_in_step)


def _duplicates(company: int, waits: Waits) -> None:
    _ask(company, waits, duplicates.delete_approved)


def _replace(company: int, waits: Waits) -> None:
    _ask(company, waits, replacing.carry_out)


def _reconcile(company: int, waits: Waits) -> None:
    _ask(company, waits, reconciliation.nightly)


def _chain(company: int, waits: Waits) -> None:
    audit.chain(company)


def _inbound(company: int, waits: Waits) -> None:
    """What a webhook told is matched at once; what only changed on the floor, with the next sweep."""
    if _ask(company, waits, inbound.work):
        _match(company, waits)


def _sweep(company: int, waits: Waits) -> None:
    _ask(company, waits, changes.sweep)


def _match(company: int, waits: Waits) -> None:
    matches.match(company)


def _guards(company: int, waits: Waits) -> None:
    _ask(company, waits, guards.check)


def _closing_date(company: int, waits: Waits) -> None:
    if closing_date.is_stale(company, waits=waits):
        _ask(company, waits, closing_date.refresh)


def _consent(company: int, waits: Waits) -> None:
    with companies.scope(company):
        ends = Credential.objects.values_list("refresh_expires_at", flat=True).first()
    if ends is None or ends - WARNING > timezone.now():
        findings.close(company, FindingKind.REFRESH, subject="connection")
        return
    findings.open_one(
        company,
        FindingKind.REFRESH,
        subject="connection",
        message=f"The connection to QuickBooks ends on {ends:%Y-%m-%d}. Connect again before that day.",
        facts={"ends": ends.isoformat()},
    )


def _revoke(company: int, waits: Waits) -> None:
    """Only where somebody has disconnected and QuickBooks has not heard it."""
    oauth.revoke(company, waits=waits)


def _ask(company: int, waits: Waits, question: Callable[..., object]) -> object:
    """Unless QuickBooks is not to be asked now. A failure is noted on the connection, and asked again next
    time.
    """
    if not pace.is_connected(company) or pace.standing(company, waits=waits).stopped:
        return None
    with suppress(Failure):
        answer = question(company, waits=waits)
        pace.clear(company)
        return answer
    return None
