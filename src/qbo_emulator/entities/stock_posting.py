"""Postings and moves of the transactions that are about nothing but stock."""

from decimal import Decimal

from qbo_emulator.ledger import Posting
from qbo_emulator.record import Record
from qbo_emulator.stock import Move


def posting(record: Record, account: str, cents: int, line: str = "", memo: str = "") -> Posting:
    return Posting(
        account=account,
        cents=cents,
        on=record.body["TxnDate"],
        transaction=record.id,
        entity=record.kind,
        number=record.body.get("DocNumber", ""),
        memo=memo or record.body.get("PrivateNote", ""),
        department=record.body.get("DepartmentRef", {}).get("value"),
        line=line,
    )


def move(record: Record, item: str, quantity: Decimal | int, cents: int) -> Move:
    return Move(item, record.body["TxnDate"], record.id, Decimal(quantity), cents)
