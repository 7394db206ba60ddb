"""Preferences: one object; what it says about closing, tracking and numbering decides what transactions may
do.
"""

from collections.abc import Iterable

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies, lazy_accounts
from qbo_emulator.entities.account import Account
from qbo_emulator.entities.entity import Act, Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import HEAD, Body, Shape, flag, given, group, ignored, on, ref, several, text

ACCOUNTING = Shape(
    "CompanyAccountingPrefs",
    (
        flag("UseAccountNumbers"),
        flag("TrackDepartments"),
        text("DepartmentTerminology"),
        flag("ClassTrackingPerTxn"),
        flag("ClassTrackingPerTxnLine"),
        text("FirstMonthOfFiscalYear"),
        text("TaxYearMonth"),
        text("TaxForm"),
        on("BookCloseDate"),
        text("CustomerTerminology"),
        *ignored("RequiresAccounts", "AutoJournalEntryNumber", "ClosingDate", "OtherContentInfo"),
    ),
)
PRODUCTS = Shape(
    "ProductAndServicesPrefs",
    (
        flag("ForSales"),
        flag("ForPurchase"),
        flag("QuantityWithPriceAndRate"),
        flag("QuantityOnHand"),
        *ignored("RevenueRecognitionEnabled", "RevenueRecognition", "RevenueRecognitionFrequency"),
    ),
)
SALES = Shape(
    "SalesFormsPrefs",
    (
        given("CustomField"),
        flag("CustomTxnNumbers"),
        *(
            flag(name)
            for name in (
                "AllowDeposit",
                "AllowDiscount",
                "AllowEstimates",
                "ETransactionAttachPDF",
                "ETransactionPaymentEnabled",
                "IPNSupportEnabled",
                "AllowServiceDate",
                "AllowShipping",
                "UsingPriceLevels",
            )
        ),
        text("ETransactionEnabledStatus"),
        text("DefaultCustomerMessage"),
        ref("DefaultTerms", "Term"),
        *ignored("AutoApplyCredit", "AutoApplyPayments", "DefaultDiscountAccount", "DefaultShippingAccount"),
        *ignored("EstimateMessage", "UsingProgressInvoicing"),
        *ignored("SalesEmailBcc", "SalesEmailCc", "PrintItemWithZeroAmount", "EmailCopyToCompany"),
    ),
)
PURCHASES = Shape(
    "VendorAndPurchasesPrefs",
    (
        flag("TrackingByCustomer"),
        flag("BillableExpenseTracking"),
        given("POCustomField"),
        *ignored("TPAREnabled", "DefaultTerms", "DefaultMarkup", "DefaultMarkupAccount"),
    ),
)
CURRENCY = Shape("CurrencyPrefs", (flag("MultiCurrencyEnabled"), given("HomeCurrency")))
REPORTS = Shape("ReportPrefs", (text("ReportBasis"), flag("CalcAgingReportFromTxnDate")))
NAME_VALUE = Shape("NameValue", (text("Name"), text("Value")))
OTHER = Shape("OtherPrefs", (several("NameValue", NAME_VALUE),))


class Preferences(Entity):
    name = "Preferences"
    sequence = "Preferences"
    operations = frozenset({"read", "query", "update"})
    solitary = True
    shape = Shape(
        "Preferences",
        (
            group("AccountingInfoPrefs", ACCOUNTING),
            group("ProductAndServicesPrefs", PRODUCTS),
            group("SalesFormsPrefs", SALES),
            given("EmailMessagesPrefs"),
            group("VendorAndPurchasesPrefs", PURCHASES),
            given("TimeTrackingPrefs"),
            given("TaxPrefs"),
            group("CurrencyPrefs", CURRENCY),
            group("ReportPrefs", REPORTS),
            group("OtherPrefs", OTHER),
            *HEAD,
            *ignored("AdvancedInventoryPrefs", "PrintDocumentPrefs", "CustomField", "AttachableRef", "status"),
        ),
    )

    def required(self, body: Body) -> Iterable[faults.Error]:
        for pair in body.get("OtherPrefs", {}).get("NameValue", []):
            yield from (faults.missing(name) for name in ("Name", "Value") if name not in pair)

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        """Sections are changed field by field: what is not sent stays, an empty text clears."""
        before = stored.body if stored else {}
        complete = {**before}
        for section, sent in body.items():
            if section == "OtherPrefs":
                complete[section] = {"NameValue": _merged_pairs(before.get(section, {}), sent)}
            elif isinstance(sent, dict):
                merged = {**before.get(section, {}), **sent}
                complete[section] = {name: value for name, value in merged.items() if value != ""}
        if stored and currencies.are_many(company) and not complete["CurrencyPrefs"]["MultiCurrencyEnabled"]:
            raise faults.rule_broken("You can't turn off Multicurrency once it has been turned on.")
        return complete

    def changed(self, company: Company, record: Record, before: Body) -> None:
        company.names_generation += 1
        if record.body.get("ProductAndServicesPrefs", {}).get("QuantityOnHand"):
            for name in lazy_accounts.INVENTORY:
                lazy_accounts.needed(company, Account(), name)
        if currencies.are_many(company):
            lazy_accounts.needed(company, Account(), "Exchange Gain or Loss")


def _merged_pairs(before: Body, sent: Body) -> list[Body]:
    pairs = {pair["Name"]: pair["Value"] for pair in before.get("NameValue", [])}
    pairs.update({pair["Name"]: pair["Value"] for pair in sent.get("NameValue", [])})
    return [{"Name": name, "Value": value} for name, value in pairs.items()]
