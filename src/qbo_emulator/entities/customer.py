"""Customer, with jobs as sub-customers."""

from collections.abc import Iterable

from qbo_emulator import faults, money
from qbo_emulator.company import Company
from qbo_emulator.entities import tree
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
from qbo_emulator.shape import HEAD, Body, Shape, flag, given, group, ignored, ref, text


class Customer(Contact):
    name = "Customer"
    shape = Shape(
        "Customer",
        (
            flag("Taxable"),
            group("BillAddr", ADDRESS),
            group("ShipAddr", ADDRESS),
            text("Notes", 2000),
            flag("Job"),
            flag("BillWithParent"),
            ref("ParentRef", ""),
            given("Level"),
            ref("SalesTermRef", "Term"),
            given("Balance"),
            given("BalanceWithJobs"),
            ref("CurrencyRef", "Currency"),
            text("PreferredDeliveryMethod"),
            *HEAD,
            *NAMES,
            given("FullyQualifiedName"),
            text("CompanyName", 100),
            text("DisplayName"),
            text("PrintOnCheckName", 110),
            flag("Active"),
            *PHONES,
            *ADDRESSES_ON_LINE,
            ref("DefaultTaxCodeRef", "TaxCode"),
            text("ResaleNum", 16),
            *ignored("PaymentMethodRef", "CustomerTypeRef", "OpenBalanceDate", "OverDueBalance", "TotalRevenue"),
            *ignored(
                "TotalExpense",
                "CreditLimit",
                "AcctNum",
                "ARAccountRef",
                "PriceLevelRef",
                "CCDetail",
                "RootCustomerRef",
            ),
            *ignored("JobInfo", "CustomerEx", "IsProject", "SecondaryTaxIdentifier", "PrimaryTaxIdentifier"),
            *ignored("TaxExemptionReasonId", "ClientEntityId", "GSTIN", "GSTRegistrationType", "BusinessNumber"),
            *(each for each in UNKEPT if each.name != "Level"),
        ),
    )
    filters = {**FILTERS, "Job": "flag", "ParentRef": "ref", "FullyQualifiedName": "text"}

    def check_references(self, company: Company, body: Body) -> None:
        super().check_references(company, body)
        parent = body.get("ParentRef")
        if parent and company.find("Customer", parent["value"]) is None:
            raise faults.dangling_reference("Names", parent["value"])

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        complete = super().completed(company, body, stored, act)
        tree.check_place(company, "Customer", complete, stored)
        complete["FullyQualifiedName"] = tree.full_name(company, "Customer", complete, "DisplayName")
        if "ParentRef" in complete:
            complete["Level"] = tree.level(company, "Customer", complete)
        for name in ("Job", "BillWithParent"):
            complete.setdefault(name, False)
        complete.setdefault("PreferredDeliveryMethod", "Print")
        taxed = bool(company.preference("TaxPrefs", "UsingSalesTax"))
        complete.setdefault("Taxable", taxed)
        if taxed and complete["Taxable"]:
            complete.setdefault("DefaultTaxCodeRef", {"value": "2"})
        return complete

    def changed(self, company: Company, record: Record, before: Body) -> None:
        if before.get("FullyQualifiedName") != record.body["FullyQualifiedName"]:
            tree.rename_below(company, self, record, "DisplayName")

    def derived(self, company: Company, record: Record) -> Body:
        own = self.balance(company, record, "Accounts Receivable")
        jobs = [each for each in company.of("Customer").values() if _is_below(each, record)]
        with_jobs = own + sum(self.balance(company, each, "Accounts Receivable") for each in jobs)
        return {**cash_balance(own), "BalanceWithJobs": money.amount(with_jobs)}

    def in_default_order(self, company: Company, records: Iterable[Record]) -> list[Record]:
        return sorted(records, key=lambda each: str(each.body["FullyQualifiedName"]).split(":"))


def _is_below(record: Record, parent: Record) -> bool:
    return str(record.body["FullyQualifiedName"]).startswith(f"{parent.body['FullyQualifiedName']}:")
