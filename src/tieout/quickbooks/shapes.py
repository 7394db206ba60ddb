"""The documents of QuickBooks that Tieout reads: only the fields it needs, under the names QuickBooks gives
them.

Amounts are decimals from the digits on the wire, never floats. What does not have this shape does not
decode, and an answer that does not decode is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import TypeVar

import msgspec


class _Document(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """Field names in QuickBooks' spelling: `doc_number` is `DocNumber` on the wire."""


class Ref(msgspec.Struct, frozen=True, kw_only=True):
    value: str
    name: str = ""


class MetaData(_Document, frozen=True):
    create_time: str = ""
    last_updated_time: str = ""


class Name(_Document, frozen=True):
    """Who a line is about: a vendor, a customer or an employee."""

    type: str
    entity_ref: Ref


class LineDetail(_Document, frozen=True):
    posting_type: str
    account_ref: Ref
    class_ref: Ref | None = None
    department_ref: Ref | None = None
    entity: Name | None = None


class Line(_Document, frozen=True):
    detail_type: str
    amount: Decimal = Decimal(0)
    description: str = ""
    detail: LineDetail | None = msgspec.field(default=None, name="JournalEntryLineDetail")


class Tax(_Document, frozen=True):
    total_tax: Decimal = Decimal(0)


class JournalEntry(_Document, frozen=True):
    """An entry as QuickBooks has stored it."""

    id: str
    sync_token: str = "0"  # noqa: S105 -- a version number
    txn_date: str = ""
    doc_number: str = ""
    private_note: str = ""
    currency_ref: Ref | None = None
    exchange_rate: Decimal = Decimal(1)
    line: list[Line] = msgspec.field(default_factory=list)
    txn_tax_detail: Tax | None = None
    meta_data: MetaData = MetaData()
    status: str = msgspec.field(default="", name="status")
    """`Deleted` on the stub that is left of an entry in change data."""


class Listed(_Document, frozen=True):
    """An account, class, department, vendor, customer or item: whatever has a name and can be inactive."""

    id: str
    sync_token: str = "0"  # noqa: S105 -- a version number
    active: bool = True
    name: str = ""
    display_name: str = ""
    fully_qualified_name: str = ""
    account_type: str = ""
    account_sub_type: str = ""
    acct_num: str = ""
    classification: str = ""
    type: str = ""
    sku: str = ""
    asset_account_ref: Ref | None = None
    expense_account_ref: Ref | None = None
    income_account_ref: Ref | None = None
    status: str = msgspec.field(default="", name="status")
    """`Deleted` on the stub that is left of one that was merged into another."""

    @property
    def title(self) -> str:
        """What QuickBooks shows: the whole path of an account or class, the display name of a person or
        firm.
        """
        return self.fully_qualified_name or self.display_name or self.name


class Pair(_Document, frozen=True):
    name: str = ""
    value: str = ""


class CompanyInfo(_Document, frozen=True):
    company_name: str = ""
    country: str = ""
    fiscal_year_start_month: str = "January"
    name_value: list[Pair] = msgspec.field(default_factory=list)

    def said(self, name: str) -> str:
        """What it says under a name, such as `SubscriptionStatus`; empty where it does not."""
        return next((one.value for one in self.name_value if one.name == name), "")


class AccountingPrefs(_Document, frozen=True):
    book_close_date: str = ""
    first_month_of_fiscal_year: str = "January"
    class_tracking_per_txn_line: bool = False
    track_departments: bool = False


class CurrencyPrefs(_Document, frozen=True):
    multi_currency_enabled: bool = False
    home_currency: Ref | None = None


class Preferences(_Document, frozen=True):
    accounting_info_prefs: AccountingPrefs = AccountingPrefs()
    currency_prefs: CurrencyPrefs = CurrencyPrefs()


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    value: str = ""
    id: str = ""


class Cells(_Document, frozen=True):
    col_data: list[Cell] = msgspec.field(default_factory=list)


class ReportRow(_Document, frozen=True):
    """A row of a report, or a section with rows in it."""

    col_data: list[Cell] = msgspec.field(default_factory=list)
    header: Cells = Cells()
    rows: ReportRows | None = None
    summary: Cells = Cells()


class ReportRows(_Document, frozen=True):
    row: list[ReportRow] = msgspec.field(default_factory=list)


class ColumnKey(_Document, frozen=True):
    name: str = ""
    value: str = ""


class Column(_Document, frozen=True):
    col_title: str = ""
    col_type: str = ""
    meta_data: list[ColumnKey] = msgspec.field(default_factory=list)

    @property
    def key(self) -> str:
        """`tx_date`, `debt_amt` …: the newer reports say it aside, the older ones in the type or the
        title.
        """
        said = next((one.value for one in self.meta_data if one.name == "ColKey"), "")
        return said or {"Debit": "debt_amt", "Credit": "credit_amt"}.get(self.col_title, self.col_type.lower())


class ReportColumns(_Document, frozen=True):
    column: list[Column] = msgspec.field(default_factory=list)


class Report(_Document, frozen=True):
    columns: ReportColumns = ReportColumns()
    rows: ReportRows = ReportRows()


class BatchItem(_Document, frozen=True):
    """The answer to one question of a batch: rows, or a complaint."""

    id: str = msgspec.field(name="bId")
    query_response: dict[str, msgspec.Raw] | None = None
    fault: msgspec.Raw | None = None

    def rows(self, entity: str) -> list[msgspec.Raw]:
        """Raises msgspec.DecodeError where it is no answer."""
        if self.query_response is None:
            raise msgspec.DecodeError(text(bytes(self.fault or b"no answer to one question of a batch")))
        return _each(self.query_response[entity], msgspec.Raw) if entity in self.query_response else []


T = TypeVar("T")


def read(body: bytes, shape: type[T], *, under: str) -> T:
    """What an answer holds under a name; raises msgspec.DecodeError where it does not."""
    document = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    if under not in document:
        raise msgspec.DecodeError(f"no {under} in the answer")
    return msgspec.json.decode(document[under], type=shape)


def rows(body: bytes, shape: type[T], *, entity: str) -> list[T]:
    """The rows of a query's answer; no key at all means none."""
    response = read(body, dict[str, msgspec.Raw], under="QueryResponse")
    return _each(response[entity], shape) if entity in response else []


def changes(body: bytes, *, entities: Iterable[str]) -> dict[str, list[msgspec.Raw]]:
    """The objects of each entity in change data, as they came; stubs of deleted ones among them."""
    response = read(body, list[dict[str, list[dict[str, msgspec.Raw]]]], under="CDCResponse")
    groups = [group for part in response for group in part.get("QueryResponse", [])]
    return {
        entity: [one for group in groups if entity in group for one in _each(group[entity], msgspec.Raw)]
        for entity in entities
    }


def batch(body: bytes) -> dict[str, BatchItem]:
    """What a batch said to each of its questions, by its id."""
    return {one.id: one for one in read(body, list[BatchItem], under="BatchItemResponse")}


_HALF = rb"u[dD][89a-fA-F][0-9a-fA-F]{2}"
_WHOLE = rb"u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPE = re.compile(rb"\\(?:%b|(%b)|.)" % (_WHOLE, _HALF), re.DOTALL)


def whole_characters(body: bytes) -> bytes:
    """Without halves of characters, such as are left of an emoji where a text was cut off: no JSON has them, and one
    in one name would make the whole answer unreadable."""
    try:
        body.decode()
    except UnicodeDecodeError:
        body = body.decode(errors="replace").encode()
    if b"\\ud" not in body and b"\\uD" not in body:
        return body
    return _ESCAPE.sub(lambda found: rb"\ufffd" if found[1] else found[0], body)


def text(body: bytes) -> str:
    """Enough of an answer to say what is wrong with it."""
    return body[:300].decode(errors="replace")


def report(body: bytes) -> Report:
    return msgspec.json.decode(body, type=Report)


def _each(listed: msgspec.Raw, shape: type[T]) -> list[T]:
    return [msgspec.json.decode(one, type=shape) for one in msgspec.json.decode(listed, type=list[msgspec.Raw])]
