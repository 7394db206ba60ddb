"""Five thousand entries are no burden. Measured in time of the processor, without the wire."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

from qbo_emulator import wire, writing
from qbo_emulator.company import Company
from qbo_emulator.entities import BY_NAME, Act
from qbo_emulator.query import run
from qbo_emulator.realm import Realm
from qbo_emulator.reports import report
from qbo_emulator.testing import journal_entry

ENTRY = BY_NAME["JournalEntry"]
ACT = Act("Integration")
MANY = 5000


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    began = time.process_time()
    yield
    assert time.process_time() - began < seconds


def enter(company: Company, n: int) -> None:
    sides = ("Dr 81 10.00 steel", "Cr 80 10.00 steel") * 5
    raw = wire.dump(journal_entry(*sides, DocNumber=f"RCV-{n}", TxnDate="2026-03-05")).encode()
    company.printed(ENTRY, writing.save(company, ENTRY, wire.load(raw), ACT))


def test_thousands_of_entries_are_written_found_and_reported_fast() -> None:
    company = Realm("1", "sandbox", random.Random(1)).company
    with at_most(0.002 * MANY):
        for n in range(MANY):
            enter(company, n)
    with at_most(0.2):
        for n in range(0, MANY, 25):
            assert f'"DocNumber":"RCV-{n}"' in run.answer(
                company, f"select * from JournalEntry where DocNumber = 'rcv-{n}'"
            )
    year = {"start_date": "2026-01-01", "end_date": "2026-12-31"}
    with at_most(1.5):
        ledger = report(company, "GeneralLedger", year)

    assert 5 * MANY == len(ledger["Rows"]["Row"][0]["Rows"]["Row"])
