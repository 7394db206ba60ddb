"""Another user of the same books at QuickBooks' own pages: what an integration must notice and survive."""

from collections.abc import Callable
from datetime import date
from typing import Any

from qbo_emulator import faults, merging, writing
from qbo_emulator.company import Company
from qbo_emulator.entities import BY_NAME, BY_SEGMENT, Act, Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import Body

OUTSIDER = Act("Jane Doe", frozenset({"allowduplicatedocnum"}))
"""A person at the screen can choose to save a used number."""


class BadAct(ValueError):
    """The act asked for makes no sense."""


def act(company: Company, wanted: dict[str, Any]) -> Body:
    """`{"act", "entity", "id", "changes"}`; a merge names the survivor as `{"into": id}` in `changes`."""
    entity = BY_SEGMENT.get(str(wanted.get("entity", "")).lower())
    what = str(wanted.get("act"))
    if entity is None or what not in (*_ACTS, "create"):
        raise BadAct(f"cannot {what} {wanted.get('entity')}; acts are create, {', '.join(_ACTS)}")
    changes = wanted.get("changes") or {}
    if what == "create":
        return company.whole(entity, writing.save(company, entity, changes, OUTSIDER))
    stored = company.find(entity.name, str(wanted.get("id")))
    if stored is None:
        raise faults.transaction_gone()
    return _ACTS[what](company, entity, stored, changes)


def close_books(company: Company, closed: object) -> None:
    """Up to and including this date; none opens them again."""
    try:
        text = "" if closed is None else date.fromisoformat(str(closed)).isoformat()
    except ValueError:
        raise BadAct(f"{closed!r} is not an ISO date") from None
    changes = {"AccountingInfoPrefs": {"BookCloseDate": text}}
    _edit(company, BY_NAME["Preferences"], company.only("Preferences"), changes)


def _edit(company: Company, entity: Entity, stored: Record, changes: Body) -> Body:
    changed = {**changes, "Id": stored.id, "SyncToken": str(stored.token), "sparse": True}
    return company.whole(entity, writing.save(company, entity, changed, OUTSIDER))


def _delete(company: Company, entity: Entity, stored: Record, changes: Body) -> Body:
    writing.delete(company, entity, {"Id": stored.id, "SyncToken": str(stored.token)}, OUTSIDER)
    return {"Id": stored.id, "status": "Deleted"}


def _void(company: Company, entity: Entity, stored: Record, changes: Body) -> Body:
    return company.whole(
        entity, writing.void(company, entity, {"Id": stored.id, "SyncToken": str(stored.token)}, OUTSIDER)
    )


def _deactivate(company: Company, entity: Entity, stored: Record, changes: Body) -> Body:
    return _edit(company, entity, stored, {"Active": False})


def _merge(company: Company, entity: Entity, stored: Record, changes: Body) -> Body:
    survivor = company.find(entity.name, str(changes.get("into")))
    if survivor is None or survivor.id == stored.id:
        raise BadAct("a merge names another object of the same kind as changes.into")
    merging.merge(company, entity, stored, survivor, OUTSIDER)
    return company.whole(entity, survivor)


_ACTS: dict[str, Callable[[Company, Entity, Record, Body], Body]] = {
    "edit": _edit,
    "delete": _delete,
    "void": _void,
    "deactivate": _deactivate,
    "merge": _merge,
    "rename": _edit,
}
