"""Accounts payable, the last act: the month's bills are typed into QuickBooks by hand, and come back from there.

One bill a supplier and week, a line a receipt. The first of them is dearer than agreed, so its difference follows the
goods to where they are by then. What came in the last days is not billed yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from tieout.access import company as companies
from tieout.demo import books
from tieout.demo.books import Introduction
from tieout.demo.company import KC
from tieout.ledger.models import Party
from tieout.purchasing import accruals, matching, settling
from tieout.purchasing.accruals import Aged
from tieout.purchasing.matching import Coding
from tieout.quickbooks import documents, inbound
from tieout.quickbooks.documents import Notice

MONTH, NOT_YET = timedelta(days=31), timedelta(days=5)
"""How far back the bills go that are typed, and how old a delivery is then at least."""
DEARER_PER_CENT = 2


def bill(company: int, emulator: Introduction, last: date) -> None:
    """The bills of the month before that day are typed, told of, read, and matched."""
    with companies.scope(company):
        typed = list(_bills(company, last))
    told = [books.by_hand(emulator, {"act": "create", "entity": "Bill", "changes": one})["Id"] for one in typed]
    now = datetime.now(UTC)
    documents.hear(company, documents.realm(company), [Notice("Bill", id, now, False) for id in told])
    inbound.work(company)
    settling.settle(company, datetime.combine(last, time(18), KC.zone))


def _bills(company: int, last: date) -> Iterator[dict[str, Any]]:
    vendors = dict(Party.objects.filter(kind="vendor").exclude(external_id="").values_list("name", "external_id"))
    (accrual,) = matching.accounts_of(company)[Coding.ACCRUAL]
    due = [one for one in accruals.ageing(company, last - NOT_YET) if last - one.goods.received_on < MONTH]
    due = sorted((one for one in due if one.vendor in vendors), key=_supplier_and_week)
    for n, ((vendor, _), of_week) in enumerate(groupby(due, key=_supplier_and_week)):
        some = list(of_week)
        lines = list(_lines(some, accrual))
        if not n:
            lines[0]["Amount"] = round(lines[0]["Amount"] * (100 + DEARER_PER_CENT) / 100, 2)
        yield {
            "VendorRef": {"value": vendors[vendor]},
            "DocNumber": f"{vendor.split()[0][:10].upper()}-{400 + n}",
            "TxnDate": max(one.goods.received_on for one in some).isoformat(),
            "Line": lines,
        }


def _lines(some: list[Aged], account: str) -> Iterator[dict[str, Any]]:
    """Straight on the accrual, with the number of the delivery: as people type."""
    kind = "AccountBasedExpenseLineDetail"
    for receipt, of_receipt in groupby(some, key=lambda one: one.goods.receipt):
        cents = sum(one.accrual.open for one in of_receipt)
        yield {
            "Amount": cents / 100,
            "Description": f"Goods as of {receipt}",
            "DetailType": kind,
            kind: {"AccountRef": {"value": account}},
        }


def _supplier_and_week(one: Aged) -> tuple[str, int]:
    return one.vendor, one.goods.received_on.isocalendar().week
