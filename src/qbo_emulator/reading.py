"""Reading one object by its id. Never behind a write, unlike a query."""

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.entities import Entity
from qbo_emulator.record import Record


def read(company: Company, entity: Entity, identity: str) -> Record:
    if not identity.isdecimal() and company.find(entity.name, identity) is None:
        raise faults.invalid_id(identity)
    if "read" not in entity.operations:
        raise faults.unsupported(f"read of {entity.name}")
    record = company.find(entity.name, identity)
    if record is None:
        raise faults.transaction_gone() if entity.posts else faults.object_gone()
    return record
