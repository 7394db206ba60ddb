"""Another user of the same books, working on QuickBooks' own pages: what an integration must notice and
survive.
"""

from datetime import date
from typing import Any

from qbo_emulator import faults, writing
from qbo_emulator.company import Company
from qbo_emulator.entities import BY_SEGMENT, Act, Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import Body

OUTSIDER = Act("Jane Doe", frozenset({"allowduplicatedocnum"}))
"""A person at the screen can choose to save a used number."""


def act(company: Company, wanted: dict[str, Any]) -> Body:
    entity = BY_SEGMENT.get(str(wanted.get("entity", "")).lower())
    if entity is None:
        raise faults.query_invalid(f"invalid context declaration: {wanted.get('entity')}")
    what = str(wanted.get("act"))
    if what not in _ACTS:
        raise faults.unsupported(f"{what} of {entity.name}")
    changes = wanted.get("changes") or {}
    if what == "create":
        return _whole(company, entity, writing.save(company, entity, changes, OUTSIDER))
    stored = company.find(entity.name, str(wanted.get("id")))
    if stored is None:
        raise faults.transaction_gone()
    return _ACTS[what](company, entity, stored, changes)


def close_books(company: Company, closed: object) -> None:
    preferences = BY_SEGMENT["preferences"]
    text = "" if closed is None else date.fromisoformat(str(closed)).isoformat()
    _edit(company, preferences, company.only("Preferences"), {"AccountingInfoPrefs": {"BookCloseDate": text}})


def _edit(company: Company, entity: Entity, stored: Record, changes: Body) -> Body:
    changed = {**changes, "Id": stored.id, "SyncToken": str(stored.token), "sparse": True}
    return _whole(company, entity, writing.save(company, entity, changed, OUTSIDER))


def _delete(company: Company, entity: Entity, stored: Record, changes: Body) -> Body:
    writing.delete(company, entity, {"Id": stored.id, "SyncToken": str(stored.token)}, OUTSIDER)
    return {"Id": stored.id, "status": "Deleted"}


def _deactivate(company: Company, entity: Entity, stored: Record, changes: Body) -> Body:
    return _edit(company, entity, stored, {"Active": False})


def _rename(company: Company, entity: Entity, stored: Record, changes: Body) -> Body:
    return _edit(company, entity, stored, changes)


def _whole(company: Company, entity: Entity, record: Record) -> Body:
    return company.whole(entity, record)


_ACTS = {"create": _edit, "edit": _edit, "delete": _delete, "deactivate": _deactivate, "rename": _rename}
