"""A bill looked at: what its lines are coded to, what they may be for, and what of that needs no person.

Any document of a vendor with open receipts is a candidate, whatever its account. A line on the accrual account, or on
a product that is booked there, can be cleared; one on an expense, on cost of goods or on inventory that seems to be
for goods is *miscoded*: AP codes it again in QuickBooks, or finance moves it by an entry. Lines on the accrued freight
wait for a landed cost, in its queue and not here, and lines for services, charges or deposits are set aside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db import connection

from tieout.core import matching
from tieout.core.evidence import Charge, Waiting
from tieout.core.matching import Proposal, Tolerances
from tieout.core.roles import Role
from tieout.ledger import mapping
from tieout.purchasing import bills, clearings, offers, progress
from tieout.purchasing.clearings import Left
from tieout.purchasing.models import Bill, BillLine, BillLineVerdict, Product, Verdict


class Coding(StrEnum):
    """What a line is booked on, as far as goods are concerned."""

    ACCRUAL = "accrual"
    FREIGHT = "freight"
    OTHER = "other"


class Standing(StrEnum):
    """How far a line has got."""

    MATCHED = "matched"
    PROPOSED = "proposed"
    MISCODED = "miscoded"
    WAITING = "waiting for goods"
    FREIGHT = "waiting for a landed cost"
    OUTSIDE = "not for goods"


@dataclass(frozen=True, slots=True)
class Looked:
    """A line, what is left of it, and what it may be for."""

    line: BillLine
    left: Left
    coding: Coding
    standing: Standing
    item: int | None = None
    proposal: Proposal | None = None
    verdict: str = ""
    account: str = ""
    """Where it stands in QuickBooks, by its name there."""
    account_external_id: str = ""


def tolerances(policies: dict[str, str]) -> Tolerances:
    """What finance allows without looking."""
    percent, amount = policies["bill price tolerance"], policies["bill amount tolerance"]
    return Tolerances(
        None if percent == "any" else Decimal(percent),
        None if amount == "any" else int(amount) * 100,
        Decimal(policies["bill quantity tolerance"]),
    )


def look(bill: Bill, allowed: Tolerances) -> list[Looked]:
    """Every line of a bill with what can be said of it now."""
    every = bills.lines(bill)
    rest = clearings.left(bill)
    products = products_of(every)
    accounts = accounts_of(bill.company_id)
    verdicts = _verdicts(every)
    coded = {line.pk: _coding(line, products, accounts, verdicts.get(line.pk, "")) for line in every}
    open_lines = [line for line in every if _is_open(line, rest[line.pk], coded[line.pk], verdicts.get(line.pk, ""))]
    proposals = _proposals(bill, open_lines, rest, products, coded, allowed)
    names = _account_names(every, products)
    return [
        Looked(
            line,
            rest[line.pk],
            coded[line.pk],
            _standing(rest[line.pk], coded[line.pk], verdicts.get(line.pk, ""), proposals.get(line.pk)),
            _item(line, products),
            proposals.get(line.pk),
            verdicts.get(line.pk, ""),
            names.get(line.pk, ""),
            account_of(line, products),
        )
        for line in every
    ]


def automatic(looked: Sequence[Looked]) -> list[clearings.Wanted]:
    """What needs no person."""
    sure = [one for one in looked if one.proposal is not None and one.proposal.automatic]
    return [clearings.Wanted(one.line, part) for one in sure if one.proposal for part in one.proposal.parts]


def accounts_of(company: int) -> dict[Coding, set[str]]:
    """The accounts of QuickBooks, by their ids there, that play the accrual's and the freight's roles."""
    rules = mapping.version(company, mapping.newest()).rules
    ids = {
        coding: {rule.target.account for rule in rules.get(role, ()) if rule.target.account}
        for coding, role in ((Coding.ACCRUAL, Role.GRNI), (Coding.FREIGHT, Role.FREIGHT))
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, external_id from ledger_account where company_id = %s and id = any(%s)",
            [company, list(set().union(*ids.values()))],
        )
        external = dict(cursor.fetchall())
    return {coding: {external[one] for one in some if one in external} for coding, some in ids.items()}


def offered(bill: Bill, lines: Sequence[BillLine], rest: Mapping[int, Left]) -> list[Waiting]:
    """What of the vendor's goods these lines may be for."""
    if bill.vendor_id is None or not lines:
        return []
    return offers.to_document(
        bill.company_id,
        bill.vendor_id,
        document=bill.pk,
        currency=bill.currency,
        texts={_text(bill, line) for line in lines},
        order_lines={line.order_line_id for line in lines if line.order_line_id is not None},
        credited_on=bill.billed_on if any(rest[line.pk].amount < 0 for line in lines) else None,
    )


def _proposals(
    bill: Bill,
    lines: Sequence[BillLine],
    rest: dict[int, Left],
    products: dict[str, Product],
    coded: dict[int, Coding],
    allowed: Tolerances,
) -> dict[int, Proposal]:
    charges = [
        Charge(
            line.pk,
            rest[line.pk].amount,
            rest[line.pk].quantity,
            rest[line.pk].foreign,
            _text(bill, line),
            line.order_line_id,
            _item(line, products),
            coded[line.pk] is Coding.ACCRUAL,
        )
        for line in lines
    ]
    found = matching.propose(charges, offered(bill, lines, rest), allowed, charged=clearings.charged(bill))
    return {one.charge: one for one in found}


def _text(bill: Bill, line: BillLine) -> str:
    return f"{line.description} {bill.note} {bill.number}"


def _is_open(line: BillLine, rest: Left, coding: Coding, verdict: str) -> bool:
    return bool(rest.amount) and coding is not Coding.FREIGHT and verdict != Verdict.OUTSIDE


def _standing(rest: Left, coding: Coding, verdict: str, proposal: Proposal | None) -> Standing:
    if not rest.amount:
        return Standing.MATCHED
    if verdict == Verdict.OUTSIDE:
        return Standing.OUTSIDE
    if coding is Coding.FREIGHT:
        return Standing.FREIGHT
    if coding is Coding.OTHER:
        return Standing.MISCODED if proposal else Standing.OUTSIDE
    return Standing.PROPOSED if proposal else Standing.WAITING


def _coding(line: BillLine, products: dict[str, Product], accounts: dict[Coding, set[str]], verdict: str) -> Coding:
    if verdict == Verdict.RECLASSIFIED:
        return Coding.ACCRUAL
    account = account_of(line, products)
    return next((coding for coding, known in accounts.items() if account in known), Coding.OTHER)


def account_of(line: BillLine, products: dict[str, Product]) -> str:
    """The account that QuickBooks books it on: its own, or its product's."""
    product = products.get(line.product_external_id)
    return line.account_external_id or (product.account_external_id if product else "")


def _item(line: BillLine, products: dict[str, Product]) -> int | None:
    product = products.get(line.product_external_id)
    return product.item_id if product else None


def products_of(lines: Sequence[BillLine]) -> dict[str, Product]:
    wanted = {line.product_external_id for line in lines if line.product_external_id}
    return {one.external_id: one for one in Product.objects.filter(external_id__in=wanted)} if wanted else {}


def _verdicts(lines: Sequence[BillLine]) -> dict[int, str]:
    """Line → the last decision on it, unless that opened it again."""
    rows = BillLineVerdict.objects.filter(bill_line_id__in=[line.pk for line in lines]).order_by("id")
    latest = dict(rows.values_list("bill_line_id", "verdict"))
    return {line: verdict for line, verdict in latest.items() if verdict != Verdict.OPEN}


def _account_names(lines: Sequence[BillLine], products: dict[str, Product]) -> dict[int, str]:
    used = {line.pk: account_of(line, products) for line in lines}
    with connection.cursor() as cursor:
        cursor.execute("select external_id, name from ledger_account where external_id = any(%s)", [[*used.values()]])
        names = dict(cursor.fetchall())
    return {line: names.get(account, "") for line, account in used.items()}


def waiting(company: int) -> list[int]:
    """Bills that a round may have something to do with: to take back, or to match; the oldest first."""
    return progress.waiting(company, accounts_of(company)[Coding.ACCRUAL])
