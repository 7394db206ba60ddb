"""Tax on bills of companies outside the US: beside the lines, and on an account of its own or with the lines."""

from decimal import Decimal
from typing import Any

import pytest

from qbo_emulator.testing import Books, Document, bill, expense_line

MUGS, COMPENSATION, ADVERTISING = "43", "Insurance:Workers Compensation", "Advertising"
TAXED = {"TaxCodeRef": {"value": "TAX"}}


def taxed(*lines: Document, tax: str, **fields: Any) -> Document:
    return {"VendorRef": {"value": MUGS}, "Line": list(lines), "TxnTaxDetail": {"TotalTax": Decimal(tax)}, **fields}


def by_rate(*amounts: str) -> Document:
    rate = {"PercentBased": True, "TaxPercent": 20, "NetAmountTaxable": 100}
    lines = [{"Amount": Decimal(one), "DetailType": "TaxLineDetail", "TaxLineDetail": rate} for one in amounts]
    return {"TaxLine": lines}


def test_a_us_bill_has_no_tax_beside_its_lines(qbo: Books) -> None:
    line = expense_line("57 100.00", TaxAmount=20)
    found = qbo.create("Bill", taxed(line, tax="20", GlobalTaxCalculation="TaxExcluded"))

    assert Decimal("100.00") == found["TotalAmt"]
    assert set() == {"TxnTaxDetail", "GlobalTaxCalculation"} & set(found)
    assert "TaxAmount" not in found["Line"][0]["AccountBasedExpenseLineDetail"]


def test_tax_that_is_reclaimed_goes_to_an_account_of_its_own(qbo: Books) -> None:
    qbo.options(tax_on_purchases="reclaimed")
    found = qbo.create("Bill", taxed(expense_line("57 100.00", **TAXED), tax="20"))

    balances = qbo.trial_balance()
    assert (Decimal("120.00"), "TaxExcluded") == (found["TotalAmt"], found["GlobalTaxCalculation"])
    assert Decimal("20.00") == balances["Tax Agency Payable"] == found["TxnTaxDetail"]["TotalTax"]
    assert (Decimal("100.00"), Decimal("-120.00")) == (balances[COMPENSATION], balances["Accounts Payable (A/P)"])


def test_tax_that_is_cost_goes_where_the_lines_go_that_bear_it(qbo: Books) -> None:
    qbo.options(tax_on_purchases="cost")
    lines = expense_line("57 100.00", **TAXED), expense_line("57 50.00", **TAXED), expense_line("7 50.00")
    qbo.create("Bill", taxed(*lines, tax="10.01"))

    balances = qbo.trial_balance()
    assert (Decimal("160.01"), Decimal("50.00")) == (balances[COMPENSATION], balances[ADVERTISING])
    assert Decimal("-210.01") == balances["Accounts Payable (A/P)"]


def test_what_a_line_says_of_its_tax_goes_before_shares(qbo: Books) -> None:
    qbo.options(tax_on_purchases="cost")
    lines = expense_line("57 100.00", TaxAmount=5, **TAXED), expense_line("7 100.00", TaxAmount=20, **TAXED)
    qbo.create("Bill", taxed(*lines, tax="25"))

    balances = qbo.trial_balance()
    assert (Decimal("105.00"), Decimal("120.00")) == (balances[COMPENSATION], balances[ADVERTISING])


def test_a_credit_takes_its_tax_back(qbo: Books) -> None:
    qbo.options(tax_on_purchases="reclaimed")
    document = taxed(expense_line("57 100.00", **TAXED), tax="20")
    qbo.create("Bill", document)
    qbo.create("VendorCredit", document)

    assert 0 == qbo.trial_balance().get("Tax Agency Payable", 0)


def test_taxes_by_rate_are_the_total_where_none_is_said_and_may_not_differ(qbo: Books) -> None:
    qbo.options(tax_on_purchases="reclaimed")
    line = expense_line("57 100.00", **TAXED)
    found = qbo.create("Bill", {**bill(MUGS), "Line": [line], "TxnTaxDetail": by_rate("20.00", "1.50")})
    wrong = {**bill(MUGS), "Line": [line], "TxnTaxDetail": {**by_rate("20.00"), "TotalTax": 19}}

    assert Decimal("21.50") == found["TxnTaxDetail"]["TotalTax"]
    assert ["6000"] == qbo.call("POST", "bill", wrong).codes


def test_another_option_later_leaves_what_was_entered(qbo: Books) -> None:
    qbo.options(tax_on_purchases="cost")
    found = qbo.create("Bill", taxed(expense_line("57 100.00", **TAXED), tax="20"))
    qbo.options(tax_on_purchases="reclaimed")

    assert Decimal("120.00") == qbo.trial_balance()[COMPENSATION]
    qbo.update("Bill", {**found, "PrivateNote": "again"})
    assert Decimal("100.00") == qbo.trial_balance()[COMPENSATION]


def test_an_expense_can_be_taxed_and_foreign_tax_is_converted_with_its_line(qbo: Books) -> None:
    qbo.prefer("CurrencyPrefs", MultiCurrencyEnabled=True)
    qbo.options(tax_on_purchases="cost")
    card = {"PaymentType": "Cash", "AccountRef": {"value": "35"}, "CurrencyRef": {"value": "EUR"}}
    line = expense_line("57 10.00", **TAXED)
    qbo.create("Purchase", {**card, "ExchangeRate": Decimal("1.5"), "Line": [line], "TxnTaxDetail": {"TotalTax": 2}})

    assert Decimal("18.00") == qbo.trial_balance()[COMPENSATION]


def test_an_option_that_is_none_is_refused(qbo: Books) -> None:
    with pytest.raises(AssertionError, match="tax_on_purchases cannot be 'sometimes'"):
        qbo.options(tax_on_purchases="sometimes")
