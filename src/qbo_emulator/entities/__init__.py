"""The kinds of object the emulator knows: one line here for each."""

from qbo_emulator.entities.account import Account
from qbo_emulator.entities.company_info import CompanyInfo
from qbo_emulator.entities.customer import Customer
from qbo_emulator.entities.employee import Employee
from qbo_emulator.entities.entity import Act, Entity
from qbo_emulator.entities.item import Item
from qbo_emulator.entities.journal_entry import JournalEntry
from qbo_emulator.entities.preferences import Preferences
from qbo_emulator.entities.term import Term
from qbo_emulator.entities.tracking import Class, Department
from qbo_emulator.entities.vendor import Vendor

ENTITIES: tuple[Entity, ...] = (
    Account(),
    Class(),
    CompanyInfo(),
    Customer(),
    Department(),
    Employee(),
    Item(),
    JournalEntry(),
    Preferences(),
    Term(),
    Vendor(),
)
BY_SEGMENT = {entity.name.lower(): entity for entity in ENTITIES}
"""By the lower-case name a URL uses."""
BY_NAME = {entity.name: entity for entity in ENTITIES}

__all__ = ["BY_NAME", "BY_SEGMENT", "ENTITIES", "Act", "Entity"]
