"""The neutral body of a transmission as QuickBooks' JournalEntry, and what differs in what QuickBooks has
stored.

Pure. The bytes are the same each time, because the same id must never carry other content; amounts are
JSON numbers with two decimals, made from whole cents. Comparing is by the multiset of lines: QuickBooks
may reorder lines and change their texts, and neither changes the books.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections import Counter
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from tieout.quickbooks.shapes import JournalEntry, Line

NOTE_MOST = 4000
DESCRIPTION_MOST = 4000

_encode = msgspec.json.Encoder(decimal_format="number").encode


class Side(NamedTuple):
    """What of a line counts in the books."""

    account: str
    posting: str
    cents: int
    klass: str
    department: str
    name: str

    def __str__(self) -> str:
        more = [f"{what} {value}" for what, value in (("class", self.klass), ("department", self.department)) if value]
        about = ", ".join([f"account {self.account}", *more, *([self.name] if self.name else [])])
        return f"{self.posting.lower()} {Decimal(self.cents).scaleb(-2)} on {about}"


def journal_entry(body: dict[str, Any], *, transmission: uuid.UUID) -> bytes:
    """The document as it is sent, byte for byte."""
    return _encode(
        {
            "DocNumber": body["number"],
            "TxnDate": body["date"],
            "PrivateNote": note(body["memo"], transmission=transmission),
            "CurrencyRef": {"value": body["currency"]},
            "Line": [_line(line) for line in body["lines"]],
        }
    )


def note(memo: str, *, transmission: uuid.UUID) -> str:
    """The memo with our id behind it: not searchable there, but read back with every entry."""
    mark = f" [{transmission}]"
    return printable(memo)[: NOTE_MOST - len(mark)].rstrip() + mark


def is_marked(entry: JournalEntry, transmission: uuid.UUID) -> bool:
    """Whether the entry says that it is this transmission, or a copy of it."""
    return str(transmission) in entry.private_note


def printable(text: str) -> str:
    """One line without control characters, composed: what QuickBooks takes and gives back unchanged."""
    composed = unicodedata.normalize("NFC", text)
    kept = (" " if char in "\r\n\t" else char for char in composed)
    return "".join(char for char in kept if unicodedata.category(char)[0] != "C").strip()


def differences(body: dict[str, Any], stored: JournalEntry) -> list[str]:
    """What QuickBooks has stored otherwise than it was sent, as sentences; none means equal."""
    found = []
    if stored.doc_number.lower() != str(body["number"]).lower():
        found.append(f"The number is {stored.doc_number or 'empty'}, not {body['number']}.")
    if stored.txn_date[:10] != body["date"]:
        found.append(f"The date is {stored.txn_date}, not {body['date']}.")
    if stored.currency_ref and stored.currency_ref.value != body["currency"]:
        found.append(f"The currency is {stored.currency_ref.value}, not {body['currency']}.")
    if stored.exchange_rate != 1:
        found.append(f"The exchange rate is {stored.exchange_rate}, not 1.")
    if stored.txn_tax_detail and stored.txn_tax_detail.total_tax:
        found.append(f"QuickBooks added tax: {stored.txn_tax_detail.total_tax}.")
    sent, there = Counter(sides(body)), Counter(stored_sides(stored))
    found += [f"Missing: {side}{_times(count)}." for side, count in sorted((sent - there).items())]
    found += [f"Not ours: {side}{_times(count)}." for side, count in sorted((there - sent).items())]
    return found


def sides(body: dict[str, Any]) -> list[Side]:
    return [_side(line) for line in body["lines"]]


def stored_sides(entry: JournalEntry) -> list[Side]:
    """The lines that post; a line of pure text counts only if somebody gave it an amount."""
    return [_stored_side(line) for line in entry.line if line.detail is not None or line.amount]


def _line(line: dict[str, Any]) -> dict[str, Any]:
    debit = bool(line["debit"])
    detail: dict[str, Any] = {
        "PostingType": "Debit" if debit else "Credit",
        "AccountRef": {"value": line["account"]},
    }
    if line.get("class"):
        detail["ClassRef"] = {"value": line["class"]}
    if line.get("department"):
        detail["DepartmentRef"] = {"value": line["department"]}
    if party := line.get("party"):
        detail["Entity"] = {"Type": party["kind"].capitalize(), "EntityRef": {"value": party["id"]}}
    return {
        "Description": printable(line["description"])[:DESCRIPTION_MOST],
        "Amount": Decimal(line["debit"] if debit else line["credit"]).scaleb(-2).quantize(Decimal("0.01")),
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": detail,
    }


def _side(line: dict[str, Any]) -> Side:
    party = line.get("party")
    return Side(
        account=line["account"],
        posting="Debit" if line["debit"] else "Credit",
        cents=line["debit"] or line["credit"],
        klass=line.get("class") or "",
        department=line.get("department") or "",
        name=f"{party['kind']} {party['id']}" if party else "",
    )


def _stored_side(line: Line) -> Side:
    detail = line.detail
    if detail is None:
        return Side("", line.detail_type, _cents(line.amount), "", "", "")
    return Side(
        account=detail.account_ref.value,
        posting=detail.posting_type,
        cents=_cents(line.amount),
        klass=detail.class_ref.value if detail.class_ref else "",
        department=detail.department_ref.value if detail.department_ref else "",
        name=f"{detail.entity.type.lower()} {detail.entity.entity_ref.value}" if detail.entity else "",
    )


def _cents(amount: Decimal) -> int:
    """Half cents away from zero; QuickBooks keeps two decimals, so only a stranger's line could have more."""
    return int((amount * 100).to_integral_value(rounding="ROUND_HALF_UP"))


def _times(count: int) -> str:
    return f" ({count} times)" if count > 1 else ""
