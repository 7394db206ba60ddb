"""QuickBooks' lists mirrored here by their ids there: accounts, classes, departments, vendors, customers.

Names change, ids do not. An inactive one keeps the name it had (QuickBooks appends " (deleted)"). A
name that the floor asked for and QuickBooks knows by now is linked, so what was held for it goes on.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from tieout.access import company as companies
from tieout.access.models import Company
from tieout.ledger.models import Account, Dimension, Party
from tieout.purchasing.models import Supplier
from tieout.quickbooks import query, sessions
from tieout.quickbooks.client import Client
from tieout.quickbooks.models import Connection
from tieout.quickbooks.outcomes import Rejected, Why
from tieout.quickbooks.shapes import CompanyInfo, Listed
from tieout.quickbooks.waits import USUAL, Waits

MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


@dataclass(slots=True)
class Requested:
    """What became of the names that QuickBooks lacked."""

    linked: list[str] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def request_parties(company: int, *, waits: Waits = USUAL) -> Requested:
    """Link or create in QuickBooks the vendors and customers that only the floor knows so far."""
    requested = Requested()
    with companies.scope(company):
        unknown = list(Party.objects.filter(external_id="", active=True).order_by("id"))
    if not unknown:
        return requested
    with sessions.opened(company, waits=waits) as client:
        for party in unknown:
            _request(client, party, requested)
    return requested


def request_id(company: int, what: str) -> uuid.UUID:
    """The same id each time the same thing is asked for, in the same QuickBooks company."""
    with companies.scope(company):
        connection = Connection.objects.get(company_id=company)
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{connection.base_url}/{connection.realm}/{company}/{what}")


def keep_accounts(company: int, listed: Iterable[Listed]) -> int:
    """Inside the caller's scope: add and update; nothing is removed, because lines point here."""
    listed = list(listed)
    known = {one.external_id: one for one in Account.objects.filter(external_id__in=_ids(listed))}
    new, changed = [], []
    for found in listed:
        one = known.get(found.id)
        if one is None:
            one = Account(company_id=company, external_id=found.id, name=found.title[:200])
            new.append(one)
        columns = {"number": found.acct_num, "type": found.account_type, "active": found.active}
        if _differs(one, {**columns, **_name(one.name, found)}) and one.pk:
            changed.append(one)
    Account.objects.bulk_create(new)
    Account.objects.bulk_update(changed, ["name", "number", "type", "active"])
    return len(new) + len(changed)


def keep_about(company: int, about: CompanyInfo) -> None:
    """Inside the caller's scope: the company file's own name and fiscal year."""
    month = about.fiscal_year_start_month
    Connection.objects.filter(company_id=company).update(
        company_name=about.company_name[:200],
        fiscal_month=MONTHS.index(month) + 1 if month in MONTHS else 1,
    )


def retire(entity: str, ids: Iterable[str]) -> None:
    """Inside the caller's scope: merged into another, or deleted, in QuickBooks. Lines point here, so it stays."""
    gone = list(ids)
    match entity:
        case "Account":
            Account.objects.filter(external_id__in=gone).update(active=False)
        case "Class" | "Department":
            Dimension.objects.filter(kind=entity.lower(), external_id__in=gone).update(active=False)
        case "Vendor" | "Customer":
            Party.objects.filter(kind=entity.lower(), external_id__in=gone).update(active=False)


def keep_dimensions(company: int, kind: str, listed: Iterable[Listed]) -> int:
    """The same for classes or departments."""
    listed = list(listed)
    known = {one.external_id: one for one in Dimension.objects.filter(kind=kind, external_id__in=_ids(listed))}
    new, changed = [], []
    for found in listed:
        one = known.get(found.id)
        if one is None:
            named = {"name": found.title[:200], "active": found.active}
            new.append(Dimension(company_id=company, kind=kind, external_id=found.id, **named))
        elif _differs(one, {"active": found.active, **_name(one.name, found)}):
            changed.append(one)
    Dimension.objects.bulk_create(new)
    Dimension.objects.bulk_update(changed, ["name", "active"])
    return len(new) + len(changed)


def keep_parties(company: int, kind: str, listed: Iterable[Listed]) -> int:
    """The same for vendors or customers; one that the floor asked for is linked by its name."""
    listed = list(listed)
    meant = Q(external_id__in=_ids(listed)) | Q(name__in=[found.title[:200] for found in listed])
    every = list(Party.objects.filter(meant, kind=kind))
    known = {one.external_id: one for one in every if one.external_id}
    by_name = {one.name: one for one in every}
    count = 0
    for found in listed:
        one, title = known.get(found.id), found.title[:200]
        namesake = by_name.get(title)
        if one is None and namesake is not None and not namesake.external_id:
            one = namesake  # the floor asked for it before QuickBooks knew it
        if one is None:
            if namesake is None and found.active:
                by_name[title] = Party.objects.create(company_id=company, kind=kind, name=title, external_id=found.id)
                count += 1
            continue
        columns: dict[str, object] = {"external_id": found.id, "active": found.active}
        if namesake in (None, one):
            columns |= _name(one.name, found)
        if _differs(one, columns):
            one.save()
            count += 1
    return count


def _ids(listed: Iterable[Listed]) -> list[str]:
    return [found.id for found in listed]


def _name(now: str, found: Listed) -> dict[str, object]:
    return {"name": found.title[:200] if found.active else now}


def _differs(one: Account | Dimension | Party, columns: dict[str, object]) -> bool:
    """Whether the row says otherwise; it says so afterwards."""
    changed = {name: value for name, value in columns.items() if getattr(one, name) != value}
    for name, value in changed.items():
        setattr(one, name, value)
    return bool(changed)


def _request(client: Client, party: Party, requested: Requested) -> None:
    entity = party.kind.capitalize()
    money = _currency(party)
    there = list(client.every(entity, Listed, query.is_("DisplayName", party.name)))
    if there:
        _link(party, there[0])
        requested.linked.append(party.name)
        return
    # Vendors, customers and employees share one space of names: who is both gets a mark in one of them.
    for name in (party.name, f"{party.name} ({party.kind})"):
        try:
            wanted = {"DisplayName": name, **money}
            made = client.add(entity, wanted, requestid=request_id(party.company_id, f"{entity}/{name}"))
        except Rejected as refused:
            requested.refused[party.name] = str(refused)
            if refused.why != Why.NAME_TAKEN:
                return
        else:
            _link(party, made)
            requested.refused.pop(party.name, None)
            requested.created.append(party.name)
            return


def _currency(party: Party) -> dict[str, Any]:
    """What a supplier is paid in, where that is foreign: QuickBooks never changes it again."""
    with companies.scope(party.company_id):
        home = Company.objects.values_list("currency", flat=True).get(pk=party.company_id)
        said = Supplier.objects.filter(party=party).exclude(currency__in=["", home]).order_by("id").first()
    return {"CurrencyRef": {"value": said.currency}} if said else {}


def _link(party: Party, found: Listed) -> None:
    with companies.scope(party.company_id):
        Party.objects.filter(pk=party.pk).update(external_id=found.id)
