"""Documents in one line of text, for tests: what would take a screen of JSON otherwise.

journal_entry("Dr 81 10.00 steel", "Cr 35 10.00", DocNumber="RCV-1")      side, account, amount, text
bill("46", "57 120.00 insurance", "#11 8 @ 10.00 pumps")                  account and amount, or #item
invoice("1", "#1 100.00", "#11 2 @ 15.00")                                #item, then an amount or quantity @ price
"""

from decimal import Decimal
from typing import Any

Document = dict[str, Any]


def journal_entry(*lines: str, **fields: Any) -> Document:
    return {**fields, "Line": [journal_line(line) for line in lines]}


def journal_line(text: str, **detail: Any) -> Document:
    side, account, amount, *words = text.split()
    posting = {"PostingType": {"Dr": "Debit", "Cr": "Credit"}[side], "AccountRef": {"value": account}}
    line: Document = {"Amount": Decimal(amount), "DetailType": "JournalEntryLineDetail"}
    return {**_described(line, words), "JournalEntryLineDetail": {**posting, **detail}}


def bill(vendor: str, *lines: str, **fields: Any) -> Document:
    """Also a vendor credit or a purchase order: they have the same lines."""
    return {**fields, "VendorRef": {"value": vendor}, "Line": [expense_line(line) for line in lines]}


def expense_line(text: str, **detail: Any) -> Document:
    if text.startswith("#"):
        return _item_line(text, "ItemBasedExpenseLineDetail", detail)
    account, amount, *words = text.split()
    kind = "AccountBasedExpenseLineDetail"
    line: Document = {"Amount": Decimal(amount), "DetailType": kind}
    return {**_described(line, words), kind: {"AccountRef": {"value": account}, **detail}}


def invoice(customer: str, *lines: str, **fields: Any) -> Document:
    """Also a credit memo, a sales receipt or a refund receipt."""
    return {**fields, "CustomerRef": {"value": customer}, "Line": [sales_line(line) for line in lines]}


def sales_line(text: str, **detail: Any) -> Document:
    return _item_line(text, "SalesItemLineDetail", detail)


def settling(kind: str, identity: str, amount: str) -> Document:
    """A line of a payment: what it pays and with how much."""
    return {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": identity, "TxnType": kind}]}


def _item_line(text: str, kind: str, detail: Document) -> Document:
    item, first, *words = text.removeprefix("#").split()
    line: Document = {"Amount": Decimal(first), "DetailType": kind}
    known: Document = {"ItemRef": {"value": item}}
    if words[:1] == ["@"]:
        quantity, price = Decimal(first), Decimal(words[1])
        line["Amount"], known = round(quantity * price, 2), {**known, "Qty": quantity, "UnitPrice": price}
        words = words[2:]
    return {**_described(line, words), kind: {**known, **detail}}


def _described(line: Document, words: list[str]) -> Document:
    return {**line, "Description": " ".join(words)} if words else line
