"""More than one currency: names and accounts in their own, one foreign in a transaction, the ledger at home."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbo_emulator.clock import Clock
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies
from qbo_emulator.seeds.new_company import plant_new_company
from qbo_emulator.testing import Answer, Books, Document, bill, expense_line, invoice, journal_entry, settling

ACCRUED, CHECKING, INCOME = "152", "35", "1"
ONE_ONLY = "Multi Currency should be enabled to perform this operation"
SAME_AS_ACCOUNT = "The transaction needs to be in the same currency as the A/R and A/P accounts you use."
ONE_FOREIGN = "Transactions can have only one foreign currency at a time."


@pytest.fixture
def books(qbo: Books) -> Books:
    """With many currencies."""
    qbo.prefer("CurrencyPrefs", MultiCurrencyEnabled=True)
    return qbo


def vendor(books: Books, code: str = "EUR", name: str = "Teehaus") -> str:
    return str(books.create("Vendor", {"DisplayName": name, "CurrencyRef": {"value": code}})["Id"])


def customer(books: Books, code: str = "EUR") -> str:
    return str(books.create("Customer", {"DisplayName": "Kunde", "CurrencyRef": {"value": code}})["Id"])


def entered(books: Books, *lines: str, whom: str, rate: str = "1.1", **fields: Any) -> Document:
    return books.create("Bill", bill(whom, *lines, TxnDate="2026-01-20", ExchangeRate=Decimal(rate), **fields))


def paid(books: Books, whom: str, of: Document, amount: str, rate: str, bank: str = CHECKING) -> Document:
    way = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": bank}}}
    body = {"VendorRef": {"value": whom}, "TotalAmt": Decimal(amount), "ExchangeRate": Decimal(rate), **way}
    return books.create("BillPayment", {**body, "Line": [settling("Bill", of["Id"], amount)]})


def detail(answer: Answer) -> str:
    assert ["6000"] == answer.codes
    return str(answer.errors[0]["Detail"]).removeprefix("Business Validation Error: ")


# --- One currency only ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Vendor", "Customer"])
def test_a_company_with_one_currency_knows_no_other_for_names(qbo: Books, kind: str) -> None:
    sent = {"DisplayName": "Teehaus", "CurrencyRef": {"value": "EUR"}}

    assert ONE_ONLY == detail(qbo.call("POST", kind.lower(), sent))


@pytest.mark.parametrize(
    ("entity", "body"),
    [
        ("bill", bill("46", "57 1.00")),
        ("invoice", invoice("1", "#1 1.00")),
        ("journalentry", journal_entry("Dr 57 1.00", "Cr 35 1.00")),
    ],
)
def test_a_company_with_one_currency_takes_no_transaction_in_another(qbo: Books, entity: str, body: Document) -> None:
    assert ONE_ONLY == detail(qbo.call("POST", entity, {**body, "CurrencyRef": {"value": "EUR"}}))


def test_its_own_currency_may_be_said_and_a_rate_is_not_kept(qbo: Books) -> None:
    found = qbo.create("Bill", bill("46", "57 1.00", CurrencyRef={"value": "USD"}, ExchangeRate=7))

    assert ("USD", False) == (found["CurrencyRef"]["value"], "ExchangeRate" in found)


def test_many_currencies_are_there_to_stay(books: Books) -> None:
    found = books.call("GET", "preferences").document["Preferences"]
    off = {"Id": "1", "SyncToken": found["SyncToken"], "sparse": True, "CurrencyPrefs": {"MultiCurrencyEnabled": False}}

    assert "You can't turn off Multicurrency once it has been turned on." == detail(
        books.call("POST", "preferences", off)
    )
    assert books.account("Exchange Gain or Loss")


def test_a_currency_that_does_not_exist_is_no_reference(books: Books) -> None:
    assert ["2500"] == books.call("POST", "vendor", {"DisplayName": "X", "CurrencyRef": {"value": "XXZ"}}).codes


# --- Names and accounts ---------------------------------------------------------------------------------------------


def test_the_currency_of_a_name_is_there_for_good(books: Books) -> None:
    found = books.create("Vendor", {"DisplayName": "Teehaus", "CurrencyRef": {"value": "EUR"}})
    changed = {**found, "CurrencyRef": {"value": "GBP"}}

    assert {"value": "EUR", "name": "Euro"} == found["CurrencyRef"]
    assert "The currency can't be changed once it has been set." == detail(books.call("POST", "vendor", changed))
    assert "EUR" == books.update("Vendor", {**found, "CurrencyRef": None})["CurrencyRef"]["value"]


def test_a_foreign_payables_account_comes_with_the_first_bill_and_is_named_as_recorded(books: Books, recorded) -> None:
    expected = next(
        one for one in recorded("qbo_sdk_py/accounts.json") if one["Name"] == "Accounts Payable (A/P) - GBP"
    )
    found = entered(books, "57 100.00", whom=vendor(books, "GBP"))

    account = books.read("Account", found["APAccountRef"]["value"])
    for name in ("Name", "CurrencyRef", "AccountType", "AccountSubType", "Classification"):
        assert expected[name] == account[name]


def test_a_foreign_account_has_its_balance_in_its_currency(books: Books) -> None:
    found = entered(books, "57 100.00", whom=vendor(books), rate="1.25")

    assert Decimal("-100.00") == books.read("Account", found["APAccountRef"]["value"])["CurrentBalance"]
    assert Decimal("-125.00") == books.trial_balance()["Accounts Payable (A/P) - EUR"]


def test_income_and_expense_accounts_are_in_the_home_currency(books: Books) -> None:
    sent = {"Name": "Frais", "AccountType": "Expense", "CurrencyRef": {"value": "EUR"}}

    assert ["6000"] == books.call("POST", "account", sent).codes


def test_names_in_two_currencies_are_not_merged(books: Books) -> None:
    euro, pound = vendor(books), vendor(books, "GBP", "Teahouse")

    answer = books.send(
        "POST",
        f"/_emulator/outsider?realm={books.realm_id}",
        {"act": "merge", "entity": "Vendor", "id": euro, "changes": {"into": pound}},
        {"Content-Type": "application/json"},
    )
    assert 200 != answer.status


# --- Rates ----------------------------------------------------------------------------------------------------------


def test_078_the_home_currency_is_always_at_one(books: Books) -> None:
    found = books.create("JournalEntry", journal_entry("Dr 57 1.00", "Cr 35 1.00", ExchangeRate=9))

    assert (1, "USD") == (found["ExchangeRate"], found["CurrencyRef"]["value"])


def test_the_rate_of_the_list_goes_in_where_none_is_sent(books: Books) -> None:
    whom = vendor(books)
    assert 1 == books.create("Bill", bill(whom, "57 1.00", TxnDate="2026-01-20"))["ExchangeRate"]
    for day, rate in (("2026-01-10", "1.07"), ("2026-01-21", "1.31")):
        books.create("ExchangeRate", {"SourceCurrencyCode": "EUR", "AsOfDate": day, "Rate": Decimal(rate)})

    assert Decimal("1.07") == books.create("Bill", bill(whom, "57 1.00", TxnDate="2026-01-20"))["ExchangeRate"]


def test_rates_are_asked_for_by_currency_and_look_as_recorded(books: Books, recorded) -> None:
    expected = recorded("qbo_sdk_py/exchange_rates.json")[1]
    sent = {"SourceCurrencyCode": "GBP", "AsOfDate": expected["AsOfDate"], "Rate": expected["Rate"]}
    books.create("ExchangeRate", sent)
    found = books.call("GET", "exchangerate", sourcecurrencycode="GBP", asofdate="2019-12-20").document["ExchangeRate"]

    assert list(expected) == list(found)
    assert expected["Rate"] == found["Rate"]
    assert 1 == books.call("GET", "exchangerate", sourcecurrencycode="USD").document["ExchangeRate"]["Rate"]


def test_a_rate_is_more_than_nothing(books: Books) -> None:
    sent = bill(vendor(books), "57 1.00", ExchangeRate=0)

    assert "The exchange rate must be more than 0." == detail(books.call("POST", "bill", sent))


# --- Bills ----------------------------------------------------------------------------------------------------------


def test_a_bill_is_in_the_currency_of_its_vendor_and_in_no_other(books: Books) -> None:
    whom = vendor(books)

    assert "EUR" == entered(books, "57 1.00", whom=whom)["CurrencyRef"]["value"]
    for code in ("USD", "GBP"):
        sent = bill(whom, "57 1.00", CurrencyRef={"value": code})
        assert SAME_AS_ACCOUNT == detail(books.call("POST", "bill", sent))


def test_a_bill_goes_to_the_ledger_at_its_rate_line_by_line(books: Books) -> None:
    found = entered(books, "57 0.33", "7 0.33", whom=vendor(books), rate="1.105")

    balances = books.trial_balance()
    assert (Decimal("0.66"), Decimal("0.72")) == (found["TotalAmt"], found["HomeBalance"])
    assert Decimal("0.36") == balances["Insurance:Workers Compensation"] == balances["Advertising"]
    assert Decimal("-0.72") == balances["Accounts Payable (A/P) - EUR"]


def test_an_account_in_another_currency_is_not_for_a_bill(books: Books) -> None:
    other = entered(books, "57 1.00", whom=vendor(books, "GBP", "Teahouse"))["APAccountRef"]
    sent = bill(vendor(books), "57 1.00", APAccountRef={"value": other["value"]})

    assert SAME_AS_ACCOUNT == detail(books.call("POST", "bill", sent))


def test_another_rate_later_is_another_amount_at_home(books: Books) -> None:
    found = entered(books, "57 100.00", whom=vendor(books), rate="1.1")
    again = books.update("Bill", {**found, "ExchangeRate": Decimal("1.2")})

    assert Decimal("120.00") == again["HomeBalance"]
    assert Decimal("-120.00") == books.trial_balance()["Accounts Payable (A/P) - EUR"]


def test_a_vendor_credit_and_an_order_are_in_the_vendors_currency_too(books: Books) -> None:
    whom = vendor(books)
    credit = books.create("VendorCredit", bill(whom, "57 50.00", ExchangeRate=Decimal("1.2")))
    order = books.create("PurchaseOrder", bill(whom, "#11 8 @ 10.00", ExchangeRate=Decimal("1.2")))

    assert (Decimal("60.00"), "EUR") == (credit["HomeBalance"], credit["CurrencyRef"]["value"])
    assert ("EUR", Decimal("80.00"), Decimal("1.2")) == (
        order["CurrencyRef"]["value"],
        order["TotalAmt"],
        order["ExchangeRate"],
    )
    assert Decimal("60.00") == books.trial_balance()["Accounts Payable (A/P) - EUR"]
    assert Decimal("-50.00") == books.read("Vendor", whom)["Balance"]


def test_stock_bought_abroad_costs_what_it_is_worth_at_home(books: Books) -> None:
    item = {"Name": "Tea", "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 0, "InvStartDate": "2026-01-01"}
    accounts = {"AssetAccountRef": "81", "IncomeAccountRef": "79", "ExpenseAccountRef": "80"}
    refs = {name: {"value": value} for name, value in accounts.items()}
    tea = books.create("Item", {**item, **refs})["Id"]
    entered(books, f"#{tea} 10 @ 2.00", whom=vendor(books), rate="1.5")
    books.create("Invoice", invoice("1", f"#{tea} 10 @ 5.00", TxnDate="2026-01-21"))

    assert Decimal("30.00") == books.trial_balance()["Cost of Goods Sold"]


# --- Payments -------------------------------------------------------------------------------------------------------


def test_a_payment_at_another_rate_leaves_a_gain_or_a_loss_and_no_payable(books: Books) -> None:
    whom = vendor(books)
    found = entered(books, "57 100.00", whom=whom, rate="1.1")
    paid(books, whom, found, "100.00", "1.2")

    balances = books.trial_balance()
    assert Decimal("-120.00") == balances["Checking"]
    assert Decimal("10.00") == balances["Exchange Gain or Loss"]
    assert 0 == balances.get("Accounts Payable (A/P) - EUR", 0)
    assert 0 == books.read("Bill", found["Id"])["Balance"] == books.read("Bill", found["Id"])["HomeBalance"]


def test_payments_in_parts_leave_no_cent_of_the_payable(books: Books) -> None:
    whom = vendor(books)
    found = entered(books, "57 10.00", whom=whom, rate="1.005")
    for amount in ("3.33", "3.33", "3.34"):
        paid(books, whom, found, amount, "1.3")

    assert 0 == books.trial_balance().get("Accounts Payable (A/P) - EUR", 0)


def test_a_bill_whose_rate_changes_after_it_was_paid_is_still_paid(books: Books) -> None:
    whom = vendor(books)
    found = entered(books, "57 100.00", whom=whom, rate="1.1")
    paid(books, whom, found, "100.00", "1.2")
    books.update("Bill", {**books.read("Bill", found["Id"]), "ExchangeRate": Decimal("1.4")})

    balances = books.trial_balance()
    assert 0 == balances.get("Accounts Payable (A/P) - EUR", 0)
    assert Decimal("-20.00") == balances["Exchange Gain or Loss"]


def test_a_bill_and_a_credit_at_two_rates_settle_each_other_without_money(books: Books) -> None:
    whom = vendor(books)
    found = entered(books, "57 100.00", whom=whom, rate="1.1")
    credit = books.create("VendorCredit", bill(whom, "57 100.00", ExchangeRate=Decimal("1.2"), TxnDate="2026-01-21"))
    way = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": CHECKING}}}
    lines = [settling("Bill", found["Id"], "100.00"), settling("VendorCredit", credit["Id"], "100.00")]
    books.create("BillPayment", {"VendorRef": {"value": whom}, "TotalAmt": 0, **way, "Line": lines})

    balances = books.trial_balance()
    assert 0 == balances.get("Accounts Payable (A/P) - EUR", 0)
    assert Decimal("10.00") == balances["Exchange Gain or Loss"]


def test_a_bank_account_is_in_the_payments_currency_or_at_home(books: Books) -> None:
    whom = vendor(books)
    found = entered(books, "57 100.00", whom=whom, rate="1.1")
    banks = {
        code: books.create("Account", {"Name": code, "AccountType": "Bank", "CurrencyRef": {"value": code}})["Id"]
        for code in ("EUR", "GBP")
    }
    paid(books, whom, found, "60.00", "1.1", bank=banks["EUR"])
    way = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": banks["GBP"]}}}
    sent = {"VendorRef": {"value": whom}, "TotalAmt": 40, **way, "Line": [settling("Bill", found["Id"], "40.00")]}

    assert ONE_FOREIGN == detail(books.call("POST", "billpayment", sent))
    assert Decimal("-60.00") == books.read("Account", banks["EUR"])["CurrentBalance"]


def test_a_customers_invoice_and_payment_are_in_his_currency(books: Books) -> None:
    whom = customer(books)
    found = books.create("Invoice", invoice(whom, "#1 100.00", ExchangeRate=Decimal("1.1"), TxnDate="2026-01-20"))
    assert ("EUR", Decimal("110.00"), Decimal("110.00")) == (
        found["CurrencyRef"]["value"],
        found["HomeTotalAmt"],
        found["HomeBalance"],
    )
    sent = {"CustomerRef": {"value": whom}, "TotalAmt": 100, "ExchangeRate": Decimal("1.3")}
    books.create("Payment", {**sent, "Line": [settling("Invoice", found["Id"], "100.00")]})

    balances = books.trial_balance()
    assert 0 == balances.get("Accounts Receivable (A/R) - EUR", 0)
    assert Decimal("-20.00") == balances["Exchange Gain or Loss"]
    assert Decimal("130.00") == balances["Undeposited Funds"]


def test_receipts_and_credit_memos_are_in_the_customers_currency_too(books: Books) -> None:
    whom = customer(books)
    sold = books.create("SalesReceipt", invoice(whom, "#1 100.00", ExchangeRate=Decimal("1.1"), TxnDate="2026-01-20"))
    billed = books.create("Invoice", invoice(whom, "#1 50.00", ExchangeRate=Decimal("1.2"), TxnDate="2026-01-20"))
    memo = books.create("CreditMemo", invoice(whom, "#1 50.00", ExchangeRate=Decimal("1.4"), TxnDate="2026-01-21"))
    lines = [settling("Invoice", billed["Id"], "50.00"), settling("CreditMemo", memo["Id"], "50.00")]
    books.create("Payment", {"CustomerRef": {"value": whom}, "TotalAmt": 0, "Line": lines})

    balances = books.trial_balance()
    assert ["EUR"] * 3 == [one["CurrencyRef"]["value"] for one in (sold, billed, memo)]
    assert (Decimal("110.00"), Decimal("70.00")) == (sold["HomeTotalAmt"], memo["HomeBalance"])
    assert 0 == balances.get("Accounts Receivable (A/R) - EUR", 0)
    assert Decimal("10.00") == -balances["Exchange Gain or Loss"]
    assert Decimal("-100.00") == balances["Services"]


def test_voiding_a_payment_leaves_its_bill_as_it_was(books: Books) -> None:
    whom = vendor(books)
    found = entered(books, "57 100.00", whom=whom, rate="1.1")
    books.void("BillPayment", paid(books, whom, found, "100.00", "1.2"))

    balances = books.trial_balance()
    assert Decimal("-110.00") == balances["Accounts Payable (A/P) - EUR"]
    assert 0 == balances.get("Exchange Gain or Loss", 0)
    assert Decimal("110.00") == books.read("Bill", found["Id"])["HomeBalance"]


# --- Journal entries ------------------------------------------------------------------------------------------------


def test_an_entry_in_another_currency_balances_there_and_at_home(books: Books) -> None:
    sent = journal_entry("Dr 57 0.33", "Dr 7 0.33", "Cr 35 0.66", CurrencyRef={"value": "EUR"})
    books.create("JournalEntry", {**sent, "ExchangeRate": Decimal("1.105")})

    balances = books.trial_balance()
    assert Decimal("-0.73") == balances["Checking"]
    assert Decimal("0.73") == balances["Insurance:Workers Compensation"] + balances["Advertising"]


def test_an_entry_has_one_foreign_currency_at_most(books: Books) -> None:
    for code in ("EUR", "GBP"):
        books.create("Account", {"Name": code, "AccountType": "Bank", "CurrencyRef": {"value": code}})
    euro, pound = books.account("EUR"), books.account("GBP")
    sent = journal_entry(f"Dr {euro} 1.00", f"Cr {pound} 1.00", CurrencyRef={"value": "EUR"})
    at_home = journal_entry(f"Dr {euro} 1.00", "Cr 35 1.00")

    assert ONE_FOREIGN == detail(books.call("POST", "journalentry", sent))
    assert ONE_FOREIGN == detail(books.call("POST", "journalentry", at_home))


def test_an_entry_touches_a_foreign_payable_in_its_currency_only(books: Books) -> None:
    whom = vendor(books)
    payable = entered(books, "57 1.00", whom=whom)["APAccountRef"]["value"]
    sent = journal_entry("Dr 57 1.00", f"Cr {payable} 1.00")
    sent["Line"][1]["JournalEntryLineDetail"]["Entity"] = {"Type": "Vendor", "EntityRef": {"value": whom}}

    assert SAME_AS_ACCOUNT == detail(books.call("POST", "journalentry", sent))
    assert books.create("JournalEntry", {**sent, "CurrencyRef": {"value": "EUR"}, "ExchangeRate": 2})


# --- Expenses, and reports ------------------------------------------------------------------------------------------


def test_an_expense_is_in_the_currency_of_whom_it_is_paid_to_or_of_the_account(books: Books) -> None:
    euro = books.create("Account", {"Name": "EUR", "AccountType": "Bank", "CurrencyRef": {"value": "EUR"}})["Id"]
    sent = {"PaymentType": "Cash", "Line": [expense_line("57 10.00")], "ExchangeRate": Decimal("1.2")}
    alone = books.create("Purchase", {**sent, "AccountRef": {"value": euro}})
    whom = {"value": vendor(books), "type": "Vendor"}
    named = books.create("Purchase", {**sent, "AccountRef": {"value": CHECKING}, "EntityRef": whom})

    assert "EUR" == alone["CurrencyRef"]["value"] == named["CurrencyRef"]["value"]
    assert Decimal("24.00") == books.trial_balance()["Insurance:Workers Compensation"]


def keys(report: Document) -> list[str]:
    return [column["MetaData"][0]["Value"] for column in report["Columns"]["Column"]]


def test_154_a_ledger_of_many_currencies_has_its_amounts_under_other_keys(books: Books) -> None:
    entered(books, "57 100.00", whom=vendor(books), rate="1.25")
    asked = "tx_date,debt_amt,credit_amt,debt_home_amt,credit_home_amt,currency,exch_rate"
    found = books.report("GeneralLedger", start_date="2026-01-01", end_date="2026-01-31", columns=asked, account="57")

    assert ["tx_date", "debt_home_amt", "credit_home_amt", "currency", "exch_rate"] == keys(found)
    section = found["Rows"]["Row"][0]
    inner = section["Rows"]["Row"][0]["Rows"]["Row"][0] if "Rows" in section["Rows"]["Row"][0] else None
    cells = [cell["value"] for cell in (inner or section["Rows"]["Row"][0])["ColData"]]
    assert ["2026-01-20", "125.00", "", "EUR", "1.25"] == cells
    assert "subt_nat_home_amount" in keys(books.report("GeneralLedger"))


def test_154_a_ledger_of_one_currency_leaves_the_other_keys_out(qbo: Books) -> None:
    assert ["tx_date", "debt_amt"] == keys(qbo.report("GeneralLedger", columns="tx_date,debt_amt,debt_home_amt"))


def test_what_is_open_is_reported_at_home_and_adds_up_to_the_account(books: Books) -> None:
    whom = vendor(books)
    found = entered(books, "57 100.00", whom=whom, rate="1.1")
    paid(books, whom, found, "40.00", "1.3")
    rows = books.report("VendorBalance", report_date="2026-12-31")["Rows"]["Row"]

    assert "66.00" == rows[-1]["Summary"]["ColData"][-1]["value"]
    assert Decimal("-66.00") == books.trial_balance()["Accounts Payable (A/P) - EUR"]


def test_a_person_sees_what_is_in_another_currency(books: Books) -> None:
    found = entered(books, "57 100.00", whom=vendor(books), rate="1.25")

    for path in ("bills", f"transaction/{found['Id']}", "vendors"):
        assert "100.00 EUR" in books.send("GET", f"/books/{path}").text


def test_171_a_saved_company_has_the_same_books(books: Books) -> None:
    whom = vendor(books)
    found = entered(books, "57 10.00", whom=whom, rate="1.005")
    for amount in ("3.33", "6.67"):
        paid(books, whom, found, amount, "1.3")
    before, saved = books.trial_balance(), books.control("GET", "state")
    books.control("PUT", "state", saved)

    assert before == books.trial_balance()


# --- Arithmetic -----------------------------------------------------------------------------------------------------


@given(
    amounts=st.lists(st.integers(0, 10**9), min_size=1, max_size=20),
    rate=st.decimals("0.000001", 1000, places=6),
)
def test_amounts_converted_one_by_one_are_their_sum_converted(amounts: list[int], rate: Decimal) -> None:
    company = Company(Clock())
    plant_new_company(company)
    body = {"CurrencyRef": {"value": "EUR"}, "ExchangeRate": rate}
    found = currencies.one_by_one(company, body, amounts)

    assert currencies.at_home(company, body, sum(amounts)) == sum(found)
    assert all(abs(each - amount * rate) <= 1 for each, amount in zip(found, amounts, strict=True))
