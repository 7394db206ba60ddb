"""CompanyInfo: who the company is and what its subscription includes."""

from qbo_emulator.company import Company
from qbo_emulator.entities.contact import ADDRESS, EMAIL_ADDRESS, PHONE, WEB_ADDRESS
from qbo_emulator.entities.entity import Act, Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import HEAD, Body, Shape, given, group, ignored, text


class CompanyInfo(Entity):
    name = "CompanyInfo"
    sequence = "CompanyInfo"
    operations = frozenset({"read", "query", "update"})
    solitary = True
    cacheable = False
    shape = Shape(
        "CompanyInfo",
        (
            text("CompanyName", 1024),
            text("LegalName", 1024),
            group("CompanyAddr", ADDRESS),
            group("CustomerCommunicationAddr", ADDRESS),
            group("LegalAddr", ADDRESS),
            group("CustomerCommunicationEmailAddr", EMAIL_ADDRESS),
            group("PrimaryPhone", PHONE),
            given("CompanyStartDate"),
            given("EmployerId"),
            text("FiscalYearStartMonth"),
            given("Country"),
            group("Email", EMAIL_ADDRESS),
            group("WebAddr", WEB_ADDRESS),
            given("SupportedLanguages"),
            given("DefaultTimeZone"),
            given("NameValue"),
            *HEAD,
            *ignored("CustomField", "AttachableRef", "status", "MultiByteCharsSupported", "QBVersion", "CompanyURL"),
        ),
    )

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        return {**(stored.body if stored else {}), **body}

    def derived(self, company: Company, record: Record) -> Body:
        """The subscription is not for the client to change; the emulator's options set it."""
        shown = {
            "SubscriptionStatus": company.options.subscription_status,
            "OfferingSku": company.options.offering_sku,
        }
        pairs = record.body.get("NameValue", [])
        return {
            "DefaultTimeZone": company.options.zone,
            "NameValue": [{**pair, "Value": shown.get(pair["Name"], pair["Value"])} for pair in pairs],
        }
