"""Putting the first objects into a new company, with ids and dates of their own."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from qbo_emulator.company import Company
from qbo_emulator.entities import BY_NAME, Act
from qbo_emulator.record import Record
from qbo_emulator.shape import Body

FOUNDED = datetime(2015, 10, 1, 21, 42, 7, tzinfo=UTC)
FOUNDER = Act(actor="QuickBooks")


def plant(company: Company, kind: str, body: Body, *, identity: str | None = None, on: datetime = FOUNDED) -> Record:
    """One object, completed by its own rules, under the id given or the next one."""
    entity = BY_NAME[kind]
    complete = entity.completed(company, body, None, FOUNDER)
    record = Record(kind, identity or company.new_id(entity.sequence), 0, complete, on, on)
    company.put(entity, record)
    if identity is not None:
        company.next_ids[entity.sequence] = max(company.next_ids.get(entity.sequence, 1), int(identity) + 1)
    return record


def plant_account(
    company: Company, name: str, account_type: str, sub_type: str, *, identity: str | None = None
) -> Record:
    """An account by its full name; the parent is planted before its children."""
    parent, _, own = name.rpartition(":")
    body: Body = {"Name": own, "AccountType": account_type, "AccountSubType": sub_type}
    if parent:
        above = next(company.where("Account", "FullyQualifiedName", parent))
        body["ParentRef"] = {"value": above.id}
    return plant(company, "Account", body, identity=identity)


def plant_singletons(
    company: Company,
    info: Body,
    *,
    tracking: bool,
    sales_tax: bool,
    inventory: bool,
    accounts: dict[str, str],
) -> None:
    company.put(BY_NAME["CompanyInfo"], Record("CompanyInfo", "1", 0, info, FOUNDED, FOUNDED))
    body = preferences(tracking=tracking, sales_tax=sales_tax, inventory=inventory, accounts=accounts)
    company.put(BY_NAME["Preferences"], Record("Preferences", "1", 0, body, FOUNDED, FOUNDED))


PAYMENT_METHODS = ("Cash", "Check", "Visa", "MasterCard", "Discover", "American Express", "Diners Club")


def plant_small_lists(company: Company, *, sales_tax: bool) -> None:
    """Ways to pay, the two pseudo tax codes, and what a company in California and Arizona charges."""
    for n, name in enumerate(PAYMENT_METHODS):
        plant(company, "PaymentMethod", {"Name": name, "Type": "CREDIT_CARD" if n > 1 else "NON_CREDIT_CARD"})
    usual = {"Active": True, "TaxGroup": False, "Hidden": False}
    codes = [("TAX", "Taxable", True), ("NON", "Exempt", False)]
    for identity, name, taxable in codes:
        body = {**usual, "Name": identity, "Description": name, "Taxable": taxable}
        company.put(BY_NAME["TaxCode"], Record("TaxCode", identity, 0, body, FOUNDED, FOUNDED))
    if not sales_tax:
        return
    for name, rate in (("AZ State tax", "7.1"), ("Tucson City", "2"), ("California", "8")):
        body = {"Name": name, "Description": "Sales Tax", "Active": True, "RateValue": Decimal(rate)}
        plant(company, "TaxRate", body)
    for identity, name in (("2", "California"), ("3", "Tucson")):
        body = {**usual, "Name": name, "Description": name, "Taxable": True, "TaxGroup": True}
        plant(company, "TaxCode", body, identity=identity)


def company_info(name: str, *, sku: str, founded: datetime) -> Body:
    address = {
        "Id": "1",
        "Line1": "123 Sierra Way",
        "City": "San Pablo",
        "CountrySubDivisionCode": "CA",
        "PostalCode": "87999",
    }
    address["Country"] = "USA"
    pairs = {
        "NeoEnabled": "true",
        "IndustryType": "Manufacturing",
        "IndustryCode": "31",
        "SubscriptionStatus": "SUBSCRIBED",
        "OfferingSku": sku,
        "PayrollFeature": "false",
        "AccountantFeature": "false",
        "IsQbdtMigrated": "false",
        "ItemCategoriesFeature": "true",
        "AssignedTime": founded.date().isoformat(),
    }
    return {
        "CompanyName": name,
        "LegalName": name,
        "CompanyAddr": address,
        "CustomerCommunicationAddr": address,
        "LegalAddr": address,
        "CompanyStartDate": founded.date().isoformat(),
        "FiscalYearStartMonth": "January",
        "Country": "US",
        "Email": {"Address": "office@example.com"},
        "WebAddr": {},
        "SupportedLanguages": "en",
        "NameValue": [{"Name": key, "Value": value} for key, value in pairs.items()],
    }


def preferences(*, tracking: bool, sales_tax: bool, inventory: bool, accounts: dict[str, str]) -> Body:
    others = {
        "SalesFormsPrefs.DefaultItem": "1",
        "DTXCopyMemo": "false",
        "UncategorizedAssetAccountId": accounts["asset"],
        "UncategorizedIncomeAccountId": accounts["income"],
        "UncategorizedExpenseAccountId": accounts["expense"],
        "SFCEnabled": "true",
        "DataPartner": "false",
        "Vendor1099Enabled": "true",
        "TimeTrackingFeatureEnabled": "true",
        "FDPEnabled": "false",
        "isDTXOnStage": "false",
        "ProjectsEnabled": "false",
        "VendorAndPurchasesPrefs.UseCustomTxnNumbers": "false",
        "VendorAndPurchasesPrefs.PurchaseOrderEnabled": "true",
        "WarnDuplicateCheckNumber": "true",
        "WarnDuplicateBillNumber": "false",
        "WarnDuplicateJournalNumber": "false",
    }
    sections: dict[str, Any] = {
        "AccountingInfoPrefs": {
            "UseAccountNumbers": False,
            "TrackDepartments": tracking,
            "DepartmentTerminology": "Location",
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": tracking,
            "FirstMonthOfFiscalYear": "January",
            "TaxYearMonth": "January",
            "TaxForm": "6",
            "CustomerTerminology": "Customers",
        },
        "ProductAndServicesPrefs": {
            "ForSales": True,
            "ForPurchase": True,
            "QuantityWithPriceAndRate": True,
            "QuantityOnHand": inventory,
        },
        "SalesFormsPrefs": {
            "CustomField": [],
            "CustomTxnNumbers": False,
            "AllowDeposit": False,
            "AllowDiscount": False,
            "AllowEstimates": True,
            "ETransactionEnabledStatus": "NotApplicable",
            "ETransactionAttachPDF": False,
            "ETransactionPaymentEnabled": False,
            "IPNSupportEnabled": False,
            "AllowServiceDate": False,
            "AllowShipping": False,
            "UsingPriceLevels": False,
            "DefaultTerms": {"value": "3"},
            "DefaultCustomerMessage": "Thank you for your business and have a great day!",
        },
        "EmailMessagesPrefs": {
            "InvoiceMessage": {"Subject": "Invoice", "Message": "Your invoice is attached."},
            "EstimateMessage": {"Subject": "Estimate", "Message": "Please review the estimate below."},
            "SalesReceiptMessage": {"Subject": "Sales Receipt", "Message": "Your sales receipt is attached."},
            "StatementMessage": {"Subject": "Statement", "Message": "Your statement is attached."},
        },
        "VendorAndPurchasesPrefs": {
            "TrackingByCustomer": True,
            "BillableExpenseTracking": False,
            "POCustomField": [],
        },
        "TimeTrackingPrefs": {
            "UseServices": True,
            "BillCustomers": True,
            "ShowBillRateToAll": False,
            "WorkWeekStartDate": "Monday",
            "MarkTimeEntriesBillable": True,
        },
        "TaxPrefs": {"UsingSalesTax": True, "TaxGroupCodeRef": {"value": "2"}}
        if sales_tax
        else {"UsingSalesTax": False},
        "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}},
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "OtherPrefs": {"NameValue": [{"Name": key, "Value": value} for key, value in others.items()]},
    }
    return sections
