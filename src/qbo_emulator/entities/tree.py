"""Lists whose members can have a parent: accounts, classes, locations, items, customers with their jobs.

The full name, `Parent:Child`, is stored with each member so that it can be found by it; a rename carries
through to everything below without touching their SyncTokens, as in QuickBooks.
"""

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.entities.entity import Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import Body

LEVELS = 5
DELETED = " (deleted)"


def full_name(company: Company, kind: str, body: Body, own: str) -> str:
    parent = parent_of(company, kind, body)
    return f"{parent.body['FullyQualifiedName']}:{body[own]}" if parent else str(body[own])


def parent_of(company: Company, kind: str, body: Body) -> Record | None:
    parent = body.get("ParentRef")
    return company.find(kind, parent["value"]) if parent else None


def level(company: Company, kind: str, body: Body) -> int:
    """How many ancestors it has."""
    parent = parent_of(company, kind, body)
    return 1 + level(company, kind, parent.body) if parent else 0


def check_place(company: Company, kind: str, body: Body, stored: Record | None) -> None:
    """Not too deep, and not below itself."""
    above = parent_of(company, kind, body)
    while above is not None:
        if stored is not None and above.id == stored.id:
            raise faults.rule_broken("An object cannot be its own parent.")
        above = parent_of(company, kind, above.body)
    if level(company, kind, body) >= LEVELS:
        raise faults.too_deep()


def rename_below(company: Company, entity: Entity, record: Record, own: str) -> None:
    for child in list(company.of(record.kind).values()):
        if child.body.get("ParentRef", {}).get("value") == record.id:
            body = {**child.body, "FullyQualifiedName": full_name(company, record.kind, child.body, own)}
            renamed = Record(child.kind, child.id, child.token, body, child.created, child.updated)
            company.put(entity, renamed)
            rename_below(company, entity, renamed, own)


def with_deleted_mark(body: Body, own: str, stored: Record | None) -> Body:
    """Deactivated objects wear the suffix; it comes off again when they are activated under the same name."""
    name = str(body[own])
    if not body["Active"] and not name.endswith(DELETED):
        return {**body, own: name + DELETED}
    if body["Active"] and stored is not None and not stored.active and name == stored.body[own]:
        return {**body, own: name.removesuffix(DELETED)}
    return body


def check_letters(name: str, element: str, forbidden: str) -> None:
    found = [letter for letter in forbidden if letter in name]
    if found:
        detail = f"{element} has an invalid character: {', '.join(map(repr, found))}"
        raise faults.Fault(faults.invalid_characters(element, detail))
