"""One company's books: its objects, its ledger, its indexes, its memory of requestids and of who changed
what.

Everything that changes the books goes through `put` and `remove`, under the company's lock.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from qbo_emulator import shape
from qbo_emulator.clock import Clock, day, stamp
from qbo_emulator.ledger import Ledger
from qbo_emulator.links import Links
from qbo_emulator.options import Options
from qbo_emulator.record import Change, Gone, Record
from qbo_emulator.stock import Stock

if TYPE_CHECKING:
    from qbo_emulator.entities.entity import Entity

CURRENCIES = {
    "AUD": "Australian Dollar",
    "BRL": "Brazilian Real",
    "CAD": "Canadian Dollar",
    "CHF": "Swiss Franc",
    "CNY": "Chinese Yuan",
    "CZK": "Czech Koruna",
    "DKK": "Danish Krone",
    "EUR": "Euro",
    "GBP": "British Pound Sterling",
    "HKD": "Hong Kong Dollar",
    "ILS": "Israeli Shekel",
    "INR": "Indian Rupee",
    "JPY": "Japanese Yen",
    "KRW": "South Korean Won",
    "MXN": "Mexican Peso",
    "NOK": "Norwegian Krone",
    "NZD": "New Zealand Dollar",
    "PLN": "Polish Zloty",
    "SEK": "Swedish Krona",
    "SGD": "Singapore Dollar",
    "THB": "Thai Baht",
    "TRY": "Turkish Lira",
    "TWD": "Taiwan Dollar",
    "USD": "United States Dollar",
    "VND": "Vietnamese Dong",
    "ZAR": "South African Rand",
}
ANSWER = "requestid"
"""How a remembered answer is marked among the things a store has to write down."""
FIRST_IDS = {"Class": 5000000000000085682, "Attachable": 5000000000000503624, "address": 101}


@dataclass(slots=True)
class Answer:
    """What a requestid was answered with; the digest tells whether the same body came back."""

    status: int
    body: bytes
    digest: str
    at: datetime
    forget_at: datetime | None = None


class Company:
    def __init__(self, clock: Clock) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self._options = Options()
        self.touched: dict[tuple[str, str], None] | None = None
        """What changed since a store last wrote it down; none when nothing is stored."""
        self.listener: Callable[[Change], None] = lambda change: None
        """Hears of every change of the books, by whomever."""
        self.realm_id = ""
        self.link_to_file: Callable[[str], str] = lambda identity: ""
        """Where an uploaded file can be fetched for a while."""
        self.clear()

    def clear(self) -> None:
        self.records: dict[str, dict[str, Record]] = {}
        self.ledger = Ledger()
        self.links = Links()
        self.stock = Stock()
        self.highest_numbers: dict[str, int] = {}
        self.next_ids: dict[str, int] = {}
        self.requestids: dict[str, Answer] = {}
        self.changes: list[Change] = []
        self.gone: list[Gone] = []
        self.names_generation = 0
        self._indexes: dict[tuple[str, str], dict[str, dict[str, None]]] = {}

    @property
    def options(self) -> Options:
        return self._options

    @options.setter
    def options(self, options: Options) -> None:
        """A new zone shows in every object, so nothing printed before is used again."""
        self._options = options
        self.names_generation += 1

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self._options.zone)

    # What is there

    def of(self, kind: str) -> dict[str, Record]:
        return self.records.setdefault(kind, {})

    def find(self, kind: str, identity: str) -> Record | None:
        return self.records.get(kind, {}).get(identity)

    def where(self, kind: str, name: str, value: str) -> Iterator[Record]:
        """By an indexed property, without regard to case."""
        for identity in self._indexes.get((kind, name), {}).get(value.casefold(), ()):
            yield self.records[kind][identity]

    def only(self, kind: str) -> Record:
        """The one object of a kind of which there is just one: Preferences, CompanyInfo."""
        return next(iter(self.records[kind].values()))

    def name_of(self, kind: str, identity: str) -> str | None:
        if kind == "Currency":
            return CURRENCIES.get(identity)
        if kind == "TaxCode":
            return None  # the pseudo codes are printed without a name
        found = self.find(kind, identity)
        if found is None:
            return None
        body = found.body
        return body.get("DisplayName") or body.get("FullyQualifiedName") or body.get("Name")

    def today(self) -> date:
        return day(self.clock.now(), self.zone)

    def preference(self, section: str, name: str) -> Any:
        return self.only("Preferences").body.get(section, {}).get(name)

    def other_preference(self, name: str) -> str:
        pairs = self.only("Preferences").body.get("OtherPrefs", {}).get("NameValue", [])
        return next((pair["Value"] for pair in pairs if pair["Name"] == name), "false")

    # What changes it

    def new_id(self, sequence: str) -> str:
        next_id = self.next_ids.get(sequence, FIRST_IDS.get(sequence, 1))
        self.next_ids[sequence] = next_id + 1
        return str(next_id)

    def put(self, entity: "Entity", record: Record) -> None:
        kind = self.of(record.kind)
        before = kind.get(record.id)
        if before is not None:
            self._unindex(entity, before)
        kind[record.id] = record
        self.touch(record.kind, record.id)
        self._index(entity, record)
        self.take_effect(entity, record)
        if not entity.posts and not entity.solitary:
            self.names_generation += 1

    def take_effect(self, entity: "Entity", record: Record) -> None:
        """What a transaction does to accounts, to other transactions and to quantities."""
        if entity.posts:
            self.links.put((record.kind, record.id), entity.links(self, record))
            self.ledger.post(record.id, entity.postings(self, record))
            self.stock.put(record.id, entity.moves(self, record))
            number = record.body.get("DocNumber", "")
            if number.isdecimal():
                self.highest_numbers[record.kind] = max(int(number), self.highest_numbers.get(record.kind, 0))

    def refill(self, entity: "Entity", record: Record, values: shape.Body) -> None:
        """Add to a new object what its document could not carry."""
        self.put(entity, replace(record, body={**record.body, **values}, printed=None))

    def remove(self, entity: "Entity", record: Record) -> None:
        self._unindex(entity, record)
        del self.of(record.kind)[record.id]
        self.touch(record.kind, record.id)
        if entity.posts:
            self.ledger.post(record.id, ())
            self.links.put((record.kind, record.id), ())
            self.stock.put(record.id, ())
        self.gone.append(Gone(record.kind, record.id, self.clock.now()))

    def note(self, actor: str, act: str, record: Record) -> None:
        body = record.body
        label = body.get("DocNumber") or body.get("DisplayName") or body.get("FullyQualifiedName") or ""
        change = Change(len(self.changes) + 1, self.clock.now(), actor, act, record.kind, record.id, str(label))
        self.changes.append(change)
        self.listener(change)

    def last_editor(self, kind: str, identity: str) -> str:
        for change in reversed(self.changes):
            if (change.kind, change.id) == (kind, identity):
                return change.actor
        return "Another user"

    # What it looks like

    def printed(self, entity: "Entity", record: Record) -> str:
        """The object as every answer shows it. Printed once per change, as long as nothing it names is
        renamed.
        """
        if entity.cacheable and record.printed and record.printed[0] == self.names_generation:
            return record.printed[1]
        text = shape.printed(entity.shape, self.whole(entity, record), self.name_of)
        record.printed = (self.names_generation, text)
        return text

    def whole(self, entity: "Entity", record: Record) -> shape.Body:
        stamps = {
            "CreateTime": stamp(record.created, self.zone),
            "LastUpdatedTime": stamp(record.updated, self.zone),
        }
        return {
            **record.body,
            "domain": "QBO",
            "sparse": False,
            "Id": record.id,
            "SyncToken": str(record.token),
            "MetaData": stamps,
            **entity.derived(self, record),
        }

    def touch(self, kind: str, key: str) -> None:
        if self.touched is not None:
            self.touched[kind, key] = None

    def _index(self, entity: "Entity", record: Record) -> None:
        for name, value in _indexed(entity, record):
            self._indexes.setdefault((record.kind, name), {}).setdefault(value, {})[record.id] = None

    def _unindex(self, entity: "Entity", record: Record) -> None:
        for name, value in _indexed(entity, record):
            ids = self._indexes[record.kind, name][value]
            ids.pop(record.id, None)
            if not ids:
                del self._indexes[record.kind, name][value]


def _indexed(entity: "Entity", record: Record) -> Iterable[tuple[str, str]]:
    for name in entity.indexed:
        value = record.body.get(name)
        if value:
            yield name, str(value).casefold()
