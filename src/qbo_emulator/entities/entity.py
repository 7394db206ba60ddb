"""What every kind of object has in common: a shape, the operations it allows, and rules to override.

A further kind of object is one subclass in one file of this folder and one line in the table of `__init__`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qbo_emulator import faults, references
from qbo_emulator.company import Company
from qbo_emulator.ledger import Posting
from qbo_emulator.links import Link
from qbo_emulator.record import Record
from qbo_emulator.shape import Body, Shape
from qbo_emulator.stock import Move


@dataclass(frozen=True)
class Act:
    """A wish to change the books: who wishes it and with which `include` words."""

    actor: str
    includes: frozenset[str] = field(default_factory=frozenset)


class Entity:
    name: str
    shape: Shape
    sequence: str
    operations: frozenset[str] = frozenset({"create", "read", "query", "update"})
    indexed: tuple[str, ...] = ()
    filters: Mapping[str, str] = {}
    """Properties a query may filter and sort by, and how each compares."""
    computed: frozenset[str] = frozenset()
    """Those of the filters that `derived` works out."""
    posts = False
    """A transaction: it has a date and postings, if only none."""
    guarded = True
    """Deleting it takes the current SyncToken."""
    sparse_only = False
    """An update has to be sparse."""
    captured = True
    """Change data capture knows it."""
    solitary = False
    """There is exactly one in a company."""
    cacheable = True
    """Its text depends on its own body and on names only."""

    def needs_plus(self, body: Body) -> bool:
        """Whether it is beyond the Simple Start and Essentials subscriptions."""
        return False

    def required(self, body: Body) -> Iterable[faults.Error]:
        """Problems of single fields that only show when the whole body is known."""
        return ()

    def required_at_first(self, body: Body) -> Iterable[faults.Error]:
        """The same, for what is only needed when it is created."""
        return ()

    def prepared(self, company: Company, body: Body, stored: Record | None) -> Body:
        """The body with what the server adds before references can be checked."""
        return body

    def check_period(self, company: Company, body: Body, stored: Record | None) -> None:
        """Refuse what a closed period forbids."""

    def check_references(self, company: Company, body: Body) -> None:
        references.check(company, self.shape, body)

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        """The body to store: business rules passed, defaults filled in."""
        return body

    def check_record(self, company: Company, record: Record) -> None:
        """Refuse what only shows in the postings that it would have."""

    def changed(self, company: Company, record: Record, before: Body) -> None:
        """What else follows from a change that was saved."""

    def follow_ups(
        self, company: Company, record: Record, sent: Body, before: Record | None
    ) -> Sequence[tuple[str, Body]]:
        """Further objects QuickBooks makes by itself when this one is saved: entity and document."""
        return ()

    def check_removal(self, company: Company, record: Record) -> None:
        """Refuse to delete what something else depends on."""

    def derived(self, company: Company, record: Record) -> Body:
        """Values printed with the object that are not stored in it."""
        return {}

    def several_of(self, record: Record, name: str) -> list[str]:
        """The values of a filter that has many for one object, in lower case."""
        return []

    def postings(self, company: Company, record: Record) -> Sequence[Posting]:
        return ()

    def moves(self, company: Company, record: Record) -> Sequence[Move]:
        """What it does to the quantities of items."""
        return ()

    def links(self, company: Company, record: Record) -> Sequence[Link]:
        """What it settles or fulfils."""
        return ()

    def settled(self, company: Company, record: Record) -> Body:
        """The body after something linked to it, or no longer does."""
        return record.body

    def unlinked(self, company: Company, record: Record, target: tuple[str, str]) -> Body:
        """The body without its links to a transaction that was voided."""
        return record.body

    def voided(self, company: Company, record: Record) -> Body:
        """The body with every amount zero."""
        raise faults.unsupported(f"void of {self.name}")

    def in_default_order(self, company: Company, records: Iterable[Record]) -> list[Record]:
        return sorted(records, key=lambda each: int(each.id), reverse=True)
