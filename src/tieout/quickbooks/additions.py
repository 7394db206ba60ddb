"""Accounts beyond the roles' own, and departments for sites: made in QuickBooks if they lack, mirrored
here.
"""

from __future__ import annotations

from collections.abc import Sequence

from tieout.access import company as companies
from tieout.core.roles import Role
from tieout.ledger.models import Account, Dimension
from tieout.quickbooks import masters, sessions
from tieout.quickbooks.set_up import ACCOUNTS
from tieout.quickbooks.shapes import Listed
from tieout.quickbooks.waits import USUAL, Waits


def account(company: int, name: str, *, like: Role, waits: Waits = USUAL) -> Account:
    """Another account of the same type as a role's, such as packaging beside raw materials."""
    wanted = ACCOUNTS[like]
    fields = {"Name": name, "AccountType": wanted.type, "AccountSubType": wanted.sub_type}
    listed = _there_or_made(company, "Account", name, fields, waits)
    with companies.scope(company):
        masters.keep_accounts(company, [listed])
        return Account.objects.get(external_id=listed.id)


def departments(company: int, names: Sequence[str], *, waits: Waits = USUAL) -> dict[str, Dimension]:
    """A department (QuickBooks shows it as a location) for each name."""
    listed = {name: _there_or_made(company, "Department", name, {"Name": name}, waits) for name in names}
    with companies.scope(company):
        masters.keep_dimensions(company, "department", listed.values())
        rows = {one.external_id: one for one in Dimension.objects.filter(kind="department")}
    return {name: rows[one.id] for name, one in listed.items()}


def _there_or_made(company: int, entity: str, name: str, fields: dict[str, str], waits: Waits) -> Listed:
    with sessions.opened(company, waits=waits) as client:
        there = [one for one in client.every(entity, Listed) if one.title.lower() == name.lower()]
        if there:
            return there[0]
        return client.add(entity, fields, requestid=masters.request_id(company, f"{entity}/{name}"))
