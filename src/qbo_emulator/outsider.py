"""Another user of the same books at QuickBooks' own pages: what an integration must notice and survive."""

from collections.abc import Callable
from datetime import date
from typing import Any

from qbo_emulator import faults, merging, wire, writing
from qbo_emulator.company import Company
from qbo_emulator.entities import BY_NAME, BY_SEGMENT, Act, Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import Body


class BadAct(ValueError):
    """The act asked for makes no sense."""


USERS = ("Jane Doe", "Luis Ortega")
"""Two people work in these books besides the integration; the first is meant where none is named."""


def user(name: object = None) -> Act:
    """A person at the screen can choose to save a used number."""
    chosen = USERS[0] if name in (None, "") else str(name)
    if chosen not in USERS:
        raise BadAct(f"there is no user {chosen!r}; there are {', '.join(USERS)}")
    return Act(chosen, frozenset({"allowduplicatedocnum"}))


def act(company: Company, wanted: dict[str, Any]) -> Body:
    """`{"act", "entity", "id", "changes", "user"}`; a merge names the survivor as `{"into": id}` in `changes`."""
    who = user(wanted.get("user"))
    entity = BY_SEGMENT.get(str(wanted.get("entity", "")).lower())
    what = str(wanted.get("act"))
    if entity is None or what not in (*_ACTS, "create"):
        raise BadAct(f"cannot {what} {wanted.get('entity')}; acts are create, {', '.join(_ACTS)}")
    changes = wanted.get("changes") or {}
    if what == "create":
        return _shown(company, entity, writing.save(company, entity, changes, who))
    stored = company.find(entity.name, str(wanted.get("id")))
    if stored is None:
        raise faults.transaction_gone()
    return _ACTS[what](company, entity, stored, changes, who)


def _shown(company: Company, entity: Entity, record: Record) -> Body:
    """As the API would show it."""
    found: Body = wire.load(company.printed(entity, record).encode())
    return found


def close_books(company: Company, closed: object) -> None:
    """Up to and including this date; none opens them again."""
    try:
        text = "" if closed is None else date.fromisoformat(str(closed)).isoformat()
    except ValueError:
        raise BadAct(f"{closed!r} is not an ISO date") from None
    changes = {"AccountingInfoPrefs": {"BookCloseDate": text}}
    _edit(company, BY_NAME["Preferences"], company.only("Preferences"), changes, user())


def _edit(company: Company, entity: Entity, stored: Record, changes: Body, who: Act) -> Body:
    changed = {**changes, "Id": stored.id, "SyncToken": str(stored.token), "sparse": True}
    return _shown(company, entity, writing.save(company, entity, changed, who))


def _delete(company: Company, entity: Entity, stored: Record, changes: Body, who: Act) -> Body:
    writing.delete(company, entity, {"Id": stored.id, "SyncToken": str(stored.token)}, who)
    return {"Id": stored.id, "status": "Deleted"}


def _void(company: Company, entity: Entity, stored: Record, changes: Body, who: Act) -> Body:
    named = {"Id": stored.id, "SyncToken": str(stored.token)}
    return _shown(company, entity, writing.void(company, entity, named, who))


def _deactivate(company: Company, entity: Entity, stored: Record, changes: Body, who: Act) -> Body:
    return _edit(company, entity, stored, {"Active": False}, who)


def _merge(company: Company, entity: Entity, stored: Record, changes: Body, who: Act) -> Body:
    survivor = company.find(entity.name, str(changes.get("into")))
    if survivor is None or survivor.id == stored.id:
        raise BadAct("a merge names another object of the same kind as changes.into")
    merging.merge(company, entity, stored, survivor, who)
    return _shown(company, entity, survivor)


_ACTS: dict[str, Callable[[Company, Entity, Record, Body, Act], Body]] = {
    "edit": _edit,
    "delete": _delete,
    "void": _void,
    "deactivate": _deactivate,
    "merge": _merge,
    "rename": _edit,
}
