"""What in QuickBooks would spoil the books, found before it does: at connect, after each sweep, and every night.

Each is a finding with its reason and its ways out, opened once and closed by itself when it is mended:

    inventory item    QuickBooks would book the value and the cost of goods sold of our goods a second time
    inactive          an account, class, department, vendor or customer in use is inactive there, or was merged away
    missing name      a vendor or customer in use that QuickBooks does not know: entries that name it wait
    tracking off      the mapping says classes or locations, and QuickBooks does not keep them
    subscription      the subscription lapsed, or does not include what the mapping needs
    other currency    a supplier is dealt with in a currency that QuickBooks does not pay its vendor in; or the books
                      themselves are in another than here
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from tieout.access import company as companies
from tieout.access.models import Company
from tieout.catalog.models import Item
from tieout.ledger import mapping
from tieout.ledger.models import Account, Dimension, MappingRule, Party
from tieout.purchasing import currencies
from tieout.purchasing.models import Supplier
from tieout.quickbooks import documents, findings, masters, sessions
from tieout.quickbooks.models import Document, Finding, FindingKind
from tieout.quickbooks.shapes import CompanyInfo, Preferences
from tieout.quickbooks.waits import USUAL, Waits
from tieout.sales.models import Customer

WORKING = frozenset({"SUBSCRIBED", "TRIAL", "ACTIVE", ""})
"""What QuickBooks calls a subscription that may be written to; nothing said counts as good."""
WITHOUT_CLASSES = ("simplestart", "essentials", "solopreneur", "selfemployed")
NAMED = 5


@dataclass(frozen=True, slots=True)
class _Fault:
    """Something that is not fit for use."""

    subject: str
    message: str
    facts: dict[str, Any] = field(default_factory=dict)


def check(company: int, *, waits: Waits = USUAL) -> None:
    """All of them, with two questions to QuickBooks: about the subscription, and about its settings."""
    with sessions.opened(company, waits=waits) as client:
        about, preferences = client.company_info(), client.preferences()
    with companies.scope(company):
        masters.keep_about(company, about)
        used = _used(mapping.newest())
        subscription = list(_subscription(about, used))
        tracking = list(_tracking(preferences, used))
        foreign = list(_home(company, preferences))
        if preferences.currency_prefs.multi_currency_enabled:
            foreign += _currencies(company, documents.realm(company))
    _settle(company, FindingKind.SUBSCRIPTION, subscription)
    _settle(company, FindingKind.TRACKING, tracking)
    _settle(company, FindingKind.CURRENCY, foreign)
    check_mapped(company)


def check_mapped(company: int) -> None:
    """Those that are answered by what is mirrored here: no question to QuickBooks."""
    realm = documents.realm(company)
    with companies.scope(company):
        used = _used(mapping.newest())
        inactive, missing = list(_inactive(used)), list(_missing())
        doubled = list(_doubled(realm, used))
    _settle(company, FindingKind.INACTIVE, inactive)
    _settle(company, FindingKind.MISSING, missing)
    _settle(company, FindingKind.INVENTORY_ITEM, doubled)


@dataclass(frozen=True, slots=True)
class _Used:
    """What the mapping in force names."""

    accounts: list[Account]
    dimensions: list[Dimension]
    parties: list[Party]

    def keeps(self, kind: str) -> bool:
        return any(one.kind == kind for one in self.dimensions)


def _used(version: int) -> _Used:
    rules = MappingRule.objects.filter(version=version)
    dimensions = Q(pk__in=rules.values("klass_id")) | Q(pk__in=rules.values("department_id"))
    return _Used(
        list(Account.objects.filter(pk__in=rules.values("account_id")).order_by("id")),
        list(Dimension.objects.filter(dimensions).order_by("id")),
        list(Party.objects.filter(pk__in=rules.values("party_id")).order_by("id")),
    )


def _inactive(used: _Used) -> Iterator[_Fault]:
    for account in used.accounts:
        if not account.active:
            yield _Fault(
                f"account {account.external_id}",
                f"The account {account.name} is mapped, and inactive in QuickBooks or merged into another. Activate "
                "it there, or map another.",
                {"account": account.external_id},
            )
    for one in used.dimensions:
        if not one.active:
            yield _Fault(
                f"{one.kind} {one.external_id}",
                f"The {one.kind} {one.name} is mapped, and inactive in QuickBooks or merged into another. Activate it "
                "there, or map another.",
            )
    in_use = Q(pk__in=_parties_at_work()) | Q(pk__in=[one.pk for one in used.parties])
    for party in Party.objects.filter(in_use, active=False).exclude(external_id="").order_by("id"):
        yield _Fault(
            f"{party.kind} {party.external_id}",
            f"The {party.kind} {party.name} is in use here, and inactive in QuickBooks or merged into another: "
            "QuickBooks refuses entries that name it. Activate it there, choose on its page here whom it was merged "
            "into, or end its use here.",
        )


def _missing() -> Iterator[_Fault]:
    lacking = Party.objects.filter(pk__in=_parties_at_work(), external_id="", active=True)
    for kind in ("vendor", "customer"):
        names = list(lacking.filter(kind=kind).order_by("name").values_list("name", flat=True))
        if names:
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            yield _Fault(
                f"{kind}s",
                f"QuickBooks does not know the {kind}{'s' if len(names) > 1 else ''} {', '.join(names[:NAMED])}{more}: "
                "entries that name them wait. Let the page “QuickBooks” ask for them, or add them there under these "
                "very names.",
                {"names": names},
            )


def _parties_at_work() -> set[int]:
    suppliers = Supplier.objects.filter(active=True).values_list("party_id", flat=True)
    return {*suppliers, *Customer.objects.filter(active=True).values_list("party_id", flat=True)}


def _doubled(realm: str, used: _Used) -> Iterator[_Fault]:
    accounts = {account.external_id: account.name for account in used.accounts}
    items = Document.objects.filter(realm=realm, entity="Item", deleted=False, body__Type="Inventory")
    active = [one.body for one in items.order_by("id") if one.body and one.body.get("Active", True)]
    names = {name for one in active for name in (one.get("Sku"), one.get("Name")) if name}
    ours = set(Item.objects.filter(sku__in=names, active=True).values_list("sku", flat=True))
    for one in active:
        title = str(one.get("FullyQualifiedName") or one.get("Name"))
        touched = [accounts[id] for id in _accounts_of(one) if id in accounts]
        mine = {str(one.get("Sku")), str(one.get("Name"))} & ours
        if touched or mine:
            why = f"uses the account {touched[0]}, which Tieout posts to" if touched else f"is {min(mine)} here"
            yield _Fault(
                f"item {one['Id']}",
                f"The QuickBooks item {title} is of type Inventory and {why}: QuickBooks would book its value and its "
                "cost of goods sold a second time. Make it a non-inventory item there (as a new item), or end its use "
                "here.",
                {"item": str(one["Id"])},
            )


def _accounts_of(item: dict[str, Any]) -> Iterator[str]:
    for name in ("AssetAccountRef", "ExpenseAccountRef"):
        yield str((item.get(name) or {}).get("value") or "")


def _subscription(about: CompanyInfo, used: _Used) -> Iterator[_Fault]:
    status, sku = about.said("SubscriptionStatus"), about.said("OfferingSku")
    if status.upper() not in WORKING:
        yield _Fault(
            "subscription",
            f"The QuickBooks subscription is {status.lower()}: QuickBooks takes no entries until it is renewed. "
            "Everything recorded here waits and is not lost. Renew it in QuickBooks, then resume here.",
            {"status": status},
        )
    plain = sku.lower().replace(" ", "")
    if used.dimensions and any(name in plain for name in WITHOUT_CLASSES):
        yield _Fault(
            "plan",
            f"{sku} does not keep classes or locations, and the mapping names some. Upgrade to QuickBooks Online Plus, "
            "or take them out of the mapping.",
            {"sku": sku},
        )


def _tracking(preferences: Preferences, used: _Used) -> Iterator[_Fault]:
    settings = preferences.accounting_info_prefs
    where = "Switch it on in QuickBooks (Account and settings, Advanced, Categories), or take them out of the mapping."
    if used.keeps("class") and not settings.class_tracking_per_txn_line:
        yield _Fault("class", f"The mapping names classes, and QuickBooks does not track classes by line. {where}")
    if used.keeps("department") and not settings.track_departments:
        yield _Fault("department", f"The mapping names locations, and QuickBooks does not track locations. {where}")


def _home(company: int, preferences: Preferences) -> Iterator[_Fault]:
    here = Company.objects.values_list("currency", flat=True).get(pk=company)
    there = preferences.currency_prefs.home_currency
    if there is not None and there.value != here:
        yield _Fault(
            "home currency",
            f"QuickBooks keeps these books in {there.value}, and Tieout in {here}: entries in {here} would be foreign "
            "there. Connect the QuickBooks company that they belong to, or begin a company here that is kept in "
            f"{there.value}.",
            {"here": here, "there": there.value},
        )


def _currencies(company: int, realm: str) -> Iterator[_Fault]:
    """Bills come in the currency of their vendor, which QuickBooks never changes again."""
    agreed = currencies.agreed(company)
    vendors = Document.objects.filter(realm=realm, entity="Vendor", external_id__in={one.vendor for one in agreed})
    paid = {one.external_id: str(((one.body or {}).get("CurrencyRef") or {}).get("value") or "") for one in vendors}
    for one in agreed:
        theirs = paid.get(one.vendor) or one.currency
        if theirs != one.currency:
            what = f"{one.order} with {one.supplier} is" if one.order else f"The prices of {one.supplier} are"
            yield _Fault(
                f"vendor {one.vendor} {one.currency}",
                f"{what} in {one.currency}, and QuickBooks pays this vendor in {theirs}: bills come in {theirs}, and "
                "the exchange rate cannot be told from the price. Agree on one currency; where that is "
                f"{one.currency}, add a vendor in {one.currency} in QuickBooks (the currency of this one cannot be "
                "changed) and a supplier for it here.",
                {"vendor": one.vendor, "currency": one.currency, "paid_in": theirs},
            )


def _settle(company: int, kind: FindingKind, faults: Iterable[_Fault]) -> None:
    """Open what is found, close what is no longer so."""
    found = {one.subject: one for one in faults}
    for one in found.values():
        findings.open_one(company, kind, subject=one.subject, message=one.message, facts=one.facts)
    with companies.scope(company):
        still = Finding.objects.filter(kind=kind, closed_at=None)
        mended = [one.subject for one in still if one.subject not in {subject[:80] for subject in found}]
    for subject in mended:
        findings.close(company, kind, subject=subject)
