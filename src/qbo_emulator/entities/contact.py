"""What Customer, Vendor and Employee share: one id sequence, one space of names, the same parts of a name."""

import re
from collections.abc import Iterable

from qbo_emulator import faults, money
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies, tree
from qbo_emulator.entities.entity import Act, Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import Body, Shape, given, group, ignored, text

KINDS = ("Customer", "Vendor", "Employee")
NAME_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
NAME_TAKEN = "Another customer, vendor or employee is already using this name. Please use a different name."
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

PHONE = Shape("TelephoneNumber", (text("FreeFormNumber", 30), *ignored("Id", "DeviceType", "CountryCode", "AreaCode")))
ADDRESS_LINES = tuple(text(f"Line{n}", 500) for n in range(1, 6))
ADDRESS = Shape(
    "PhysicalAddress",
    (
        text("Id"),
        *ADDRESS_LINES,
        text("City", 255),
        text("Country", 255),
        text("CountrySubDivisionCode", 255),
        text("PostalCode", 30),
        text("Lat"),
        text("Long"),
        *ignored("CountryCode", "PostalCodeSuffix", "Tag", "Note"),
    ),
)
ADDRESS_NAMES = ("BillAddr", "ShipAddr", "VendorAddr", "PrimaryAddr")
EMAIL_ADDRESS = Shape("EmailAddress", (text("Address", 100), *ignored("Id", "Default", "Tag")))
WEB_ADDRESS = Shape("WebSiteAddress", (text("URI", 1000), *ignored("Id", "Default", "Tag")))
NAMES = (
    text("Title", 16),
    text("GivenName", 100),
    text("MiddleName", 100),
    text("FamilyName", 100),
    text("Suffix", 16),
)
PHONES = tuple(group(name, PHONE) for name in ("PrimaryPhone", "AlternatePhone", "Mobile", "Fax"))
ADDRESSES_ON_LINE = (group("PrimaryEmailAddr", EMAIL_ADDRESS), group("WebAddr", WEB_ADDRESS))
UNKEPT = (
    *ignored(
        "Organization",
        "UserId",
        "OtherAddr",
        "OtherContactInfo",
        "ContactName",
        "AltContactName",
        "TaxRegime",
    ),
    *ignored(
        "CustomField",
        "AttachableRef",
        "status",
        "IntuitId",
        "NameAndId",
        "TDSEnabled",
        "Source",
        "V4IDPseudonym",
    ),
    given("Level"),
)
FILTERS = {
    **dict.fromkeys(NAME_PARTS, "text"),
    "DisplayName": "text",
    "CompanyName": "text",
    "PrintOnCheckName": "text",
    "Active": "flag",
    "Balance": "number",
}


def with_address_ids(company: Company, body: Body) -> Body:
    """Every address has an id; one that came without gets the next."""
    fresh = [name for name in ADDRESS_NAMES if name in body and "Id" not in body[name]]
    return {**body, **{name: {**body[name], "Id": company.new_id("address")} for name in fresh}}


class Contact(Entity):
    sequence = "name"
    indexed = ("DisplayName", "FullyQualifiedName")
    cacheable = False
    computed = frozenset({"Balance"})

    def required(self, body: Body) -> Iterable[faults.Error]:
        address = body.get("PrimaryEmailAddr", {}).get("Address")
        if address and not all(EMAIL.fullmatch(each.strip()) for each in address.split(",")):
            yield faults.bad_email(address)

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        named = with_address_ids(company, {**body, "DisplayName": body.get("DisplayName") or _built_name(body)})
        named.setdefault("Active", True)
        marked = tree.with_deleted_mark(named, "DisplayName", stored)
        if len(marked["DisplayName"]) > 500:
            raise faults.Fault(faults.bad_length("DisplayName", len(marked["DisplayName"]), 500), timed=False)
        tree.check_letters(marked["DisplayName"], "DisplayName", ":\t\n")
        check_name_is_free(company, self.name, marked["DisplayName"], stored)
        marked.setdefault("PrintOnCheckName", named["DisplayName"])
        currencies.settle_for_good(company, marked, stored)
        return marked

    def balance(self, company: Company, record: Record, account_type: str) -> int:
        accounts = (each.id for each in company.of("Account").values() if each.body["AccountType"] == account_type)
        party = (self.name, record.id)
        return sum(company.ledger.balance_with(party, account) for account in accounts)


def _built_name(body: Body) -> str:
    parts = [body[part] for part in NAME_PARTS if body.get(part)]
    if not parts:
        raise faults.no_name()
    return " ".join(parts)


def check_name_is_free(company: Company, own_kind: str, name: str, stored: Record | None) -> None:
    """The detail is `null` within one list, as recorded, and a sentence across lists, as documented."""
    for kind in KINDS:
        for other in company.where(kind, "DisplayName", name):
            if stored is None or (other.kind, other.id) != (stored.kind, stored.id):
                raise faults.duplicate_name("null" if other.kind == own_kind else NAME_TAKEN)


def cash_balance(cents: int) -> Body:
    return {"Balance": money.amount(cents)}
