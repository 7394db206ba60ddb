"""Vendor: whom the company owes."""

from collections.abc import Iterable

from qbo_emulator.company import Company
from qbo_emulator.entities.contact import (
    ADDRESS,
    ADDRESSES_ON_LINE,
    FILTERS,
    NAMES,
    PHONES,
    UNKEPT,
    Contact,
    cash_balance,
)
from qbo_emulator.entities.entity import Act
from qbo_emulator.record import Record
from qbo_emulator.shape import HEAD, Body, Shape, flag, given, group, ignored, number, ref, text


class Vendor(Contact):
    name = "Vendor"
    shape = Shape(
        "Vendor",
        (
            group("BillAddr", ADDRESS),
            ref("TermRef", "Term"),
            text("TaxIdentifier", 20),
            given("Balance"),
            text("AcctNum", 100),
            flag("Vendor1099"),
            number("CostRate"),
            number("BillRate"),
            ref("CurrencyRef", "Currency"),
            *HEAD,
            *NAMES,
            text("CompanyName", 100),
            text("DisplayName"),
            text("PrintOnCheckName", 110),
            flag("Active"),
            *PHONES,
            *ADDRESSES_ON_LINE,
            text("Notes", 4000),
            ref("APAccountRef", "Account"),
            *ignored(
                "OpenBalanceDate",
                "CreditLimit",
                "T4AEligible",
                "T5018Eligible",
                "HasTPAR",
                "VendorEx",
                "GSTIN",
            ),
            *ignored(
                "TaxReportingBasis",
                "VendorPaymentBankDetail",
                "DefaultTaxCodeRef",
                "ShipAddr",
                "FullyQualifiedName",
                "VendorType",
            ),
            *UNKEPT,
        ),
    )
    filters = FILTERS

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        complete = super().completed(company, body, stored, act)
        complete.setdefault("Vendor1099", False)
        identifier = complete.get("TaxIdentifier")
        if identifier:
            complete["TaxIdentifier"] = "X" * max(len(identifier) - 4, 0) + identifier[-4:]
        return complete

    def derived(self, company: Company, record: Record) -> Body:
        return cash_balance(-self.balance(company, record, "Accounts Payable"))

    def in_default_order(self, company: Company, records: Iterable[Record]) -> list[Record]:
        return sorted(records, key=lambda each: str(each.body["DisplayName"]))
