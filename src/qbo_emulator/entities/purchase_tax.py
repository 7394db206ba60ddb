"""Tax that a vendor charges, where a company is outside the US: an amount beside the lines, which are without it.

There is no tax engine: the document says how much, by rate in `TxnTaxDetail`, perhaps by line in `TaxAmount`. What
becomes of it is the company's option `tax_on_purchases`. *Reclaimed*, it goes to an account of its own. As *cost*, it
goes where the lines go that bear it. In a US company (*none*) a document has no such tax, and what is sent is dropped.
"""

from collections.abc import Iterator
from decimal import Decimal

from qbo_emulator import faults, money
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies, lazy_accounts
from qbo_emulator.entities.account import Account
from qbo_emulator.ledger import Posting
from qbo_emulator.record import Record
from qbo_emulator.shape import Body, Shape, cash, choice, flag, group, hidden, ignored, number, ref, several

RECLAIMED, COST = "reclaimed", "cost"
NOT_TAXED = "NON"
KEPT, ACCOUNT = "TaxKept", "TaxAccount"
CALCULATION = choice("GlobalTaxCalculation", "TaxExcluded", "TaxInclusive", "NotApplicable")
TAX_LINE_DETAIL = Shape(
    "TaxLineDetail",
    (
        ref("TaxRateRef", "TaxRate"),
        flag("PercentBased"),
        number("TaxPercent"),
        cash("NetAmountTaxable"),
        *ignored("TaxInclusiveAmount", "OverrideDeltaAmount", "ServiceDate", "TaxLineDetailEx"),
    ),
)
TAX_LINE = Shape(
    "Line",
    (
        cash("Amount"),
        choice("DetailType", "TaxLineDetail"),
        group("TaxLineDetail", TAX_LINE_DETAIL),
        *ignored("Id", "LineNum", "Description", "LinkedTxn", "CustomField", "LineEx"),
    ),
)
DETAIL = group(
    "TxnTaxDetail",
    Shape(
        "TxnTaxDetail",
        (
            ref("TxnTaxCodeRef", "TaxCode"),
            cash("TotalTax"),
            several("TaxLine", TAX_LINE),
            *ignored("DefaultTaxCodeRef", "UseAutomatedSalesTax"),
        ),
    ),
)
PROPERTIES = (DETAIL, CALCULATION, hidden(KEPT), hidden(ACCOUNT))
"""Of documents that carry it."""


def way(company: Company) -> str:
    return company.options.tax_on_purchases


def settle(company: Company, body: Body) -> None:
    """The tax of a document whose lines are settled, as part of its total."""
    for name in (KEPT, ACCOUNT):
        body.pop(name, None)
    if way(company) == "none":
        for name in ("TxnTaxDetail", "GlobalTaxCalculation"):
            body.pop(name, None)
        return
    body.setdefault("GlobalTaxCalculation", "TaxExcluded")
    detail = body.get("TxnTaxDetail") or {}
    by_rate = sum((line.get("Amount", Decimal(0)) for line in detail.get("TaxLine", ())), Decimal(0))
    tax = detail.get("TotalTax", by_rate)
    if detail.get("TaxLine") and tax != by_rate:
        raise faults.rule_broken("The total tax is not what the taxes by rate add up to.")
    if not tax:
        body.pop("TxnTaxDetail", None)
        return
    body["TxnTaxDetail"] = {**detail, "TotalTax": tax}
    body["TotalAmt"] += tax
    body[KEPT] = way(company)
    if body[KEPT] == RECLAIMED:
        body[ACCOUNT] = lazy_accounts.needed(company, Account(), "Tax Agency Payable").id


def _cents(body: Body) -> int:
    return money.cents(body.get("TxnTaxDetail", {}).get("TotalTax", 0))


def by_line(body: Body) -> dict[str, int]:
    """What each line bears of a tax that is cost, by the line's id."""
    tax = _cents(body)
    if body.get(KEPT) != COST or not tax:
        return {}
    lines = [line for line in body["Line"] if "Amount" in line]
    taxed = [line for line in lines if _code(line) != NOT_TAXED] or lines
    said = {line["Id"]: money.cents(line[line["DetailType"]].get("TaxAmount", 0)) for line in taxed}
    if sum(said.values()) == tax:
        return said
    return dict(zip(said, _shared(tax, [abs(money.cents(line["Amount"])) or 1 for line in taxed]), strict=True))


def _code(line: Body) -> str:
    return str(line.get(line["DetailType"], {}).get("TaxCodeRef", {}).get("value", NOT_TAXED))


def _shared(total: int, over: list[int]) -> list[int]:
    """In proportion, to the cent: those with the largest remainders get what rounding down leaves."""
    whole = sum(over)
    found = [abs(total) * weight // whole for weight in over]
    rest = sorted(range(len(over)), key=lambda n: (-(abs(total) * over[n] % whole), n))
    for n in rest[: abs(total) - sum(found)]:
        found[n] += 1
    return found if total >= 0 else [-each for each in found]


def postings(company: Company, record: Record, party: tuple[str, str] | None, sign: int) -> Iterator[Posting]:
    """What is reclaimed; a cost is with the lines already."""
    body = record.body
    if ACCOUNT in body:
        posting = Posting(
            account=body[ACCOUNT],
            cents=sign * _cents(body),
            on=body["TxnDate"],
            transaction=record.id,
            entity=record.kind,
            number=body.get("DocNumber", ""),
            memo="Tax",
            party=party,
        )
        yield from currencies.converted(company, body, [posting])
