"""TaxCode and TaxRate: read only. Lines of a US company carry one of the two pseudo codes, TAX and NON."""

from collections.abc import Iterable

from qbo_emulator.company import Company
from qbo_emulator.entities.entity import Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import HEAD, Body, Shape, flag, given, ignored, number, ref, text


class Tax(Entity):
    operations = frozenset({"read", "query"})
    captured = False

    def in_default_order(self, company: Company, records: Iterable[Record]) -> list[Record]:
        return sorted(records, key=lambda each: str(each.body["Name"]).casefold())


class TaxCode(Tax):
    name = "TaxCode"
    sequence = "TaxCode"
    indexed = ("Name",)
    filters = {"Name": "text", "Active": "flag"}
    shape = Shape(
        "TaxCode",
        (
            text("Name"),
            text("Description"),
            flag("Active"),
            flag("Hidden"),
            flag("Taxable"),
            flag("TaxGroup"),
            given("SalesTaxRateList"),
            given("PurchaseTaxRateList"),
            *HEAD,
            *ignored("TaxCodeConfigType", "CustomField", "AttachableRef", "status"),
        ),
    )

    def derived(self, company: Company, record: Record) -> Body:
        """The pseudo codes have no SyncToken: they are no objects of the company."""
        return {} if record.id.isdecimal() else {"SyncToken": None}


class TaxRate(Tax):
    name = "TaxRate"
    sequence = "TaxRate"
    indexed = ("Name",)
    filters = {"Name": "text", "Active": "flag"}
    shape = Shape(
        "TaxRate",
        (
            text("Name"),
            text("Description"),
            flag("Active"),
            number("RateValue"),
            ref("AgencyRef", ""),
            given("SpecialTaxType"),
            given("DisplayType"),
            *HEAD,
            *ignored("TaxReturnLineRef", "EffectiveTaxRate", "OriginalTaxRate", "CustomField", "status"),
        ),
    )
