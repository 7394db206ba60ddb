"""Merging two list objects: the loser disappears and everything that named it names the survivor.

The transactions themselves do not change their SyncToken, which is what makes a merge hard to notice.
"""

from typing import Any

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.entities import ENTITIES, Act, Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import Body, Property, Shape

MERGEABLE = frozenset({"Account", "Class", "Customer", "Department", "Employee", "Item", "Vendor"})


def merge(company: Company, entity: Entity, loser: Record, survivor: Record, act: Act) -> None:
    if entity.name not in MERGEABLE:
        raise faults.unsupported(f"merge of {entity.name}")
    if loser.body.get("AccountType") != survivor.body.get("AccountType"):
        raise faults.rule_broken("Only accounts of the same type can be merged.")
    if loser.body.get("CurrencyRef") != survivor.body.get("CurrencyRef"):
        raise faults.rule_broken("Only names and accounts in the same currency can be merged.")
    for other in ENTITIES:
        for record in list(company.of(other.name).values()):
            body = _renamed(other.shape, record.body, (entity.name, loser.id), survivor.id)
            if body != record.body:
                moved = Record(record.kind, record.id, record.token, body, record.created, record.updated)
                company.put(other, moved)
    company.remove(entity, loser)
    company.note(act.actor, f"merge into {survivor.id}", loser)


def _renamed(shape: Shape, body: Body, lost: tuple[str, str], survivor: str) -> Body:
    return {
        name: _renamed_value(shape, shape.known[name], value, lost, survivor) if name in shape.known else value
        for name, value in body.items()
    }


def _renamed_value(shape: Shape, known: Property, value: Any, lost: tuple[str, str], survivor: str) -> Any:
    if known.kind == "ref":
        kind = value.get("of") or known.target or shape.java_class
        return {**value, "value": survivor} if (kind, value["value"]) == lost else value
    if known.kind == "group" and known.shape:
        return _renamed(known.shape, value, lost, survivor)
    if known.kind == "several" and known.shape:
        return [_renamed(known.shape, each, lost, survivor) for each in value]
    return value
