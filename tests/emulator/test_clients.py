"""Real clients that others wrote, unmodified: only the addresses they talk to are changed.

They bring dependencies nobody else here needs, so they may live in an environment of their own:

    python3 -m venv ~/qbo-clients
    ~/qbo-clients/bin/pip install python-quickbooks==0.9.12 intuit-oauth==1.2.6 qbosdk==1.6.1
    QBO_CLIENTS_PYTHON=~/qbo-clients/bin/python pytest tests/emulator/test_clients.py

Without that variable the interpreter of the tests is tried. Where the clients are not installed, the tests are skipped
and say so.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qbo_emulator import notification
from qbo_emulator.testing import Books

SCRIPTS = Path(__file__).parent / "clients"
INTERPRETER = os.environ.get("QBO_CLIENTS_PYTHON", sys.executable)


def run(qbo: Books, script: str, *modules: str) -> dict[str, Any]:
    wanted = "; ".join(f"import {each}" for each in modules)
    if subprocess.run([INTERPRETER, "-W", "ignore", "-c", wanted], capture_output=True).returncode:
        pytest.skip(f"NOT TRIED with a real client: {INTERPRETER} lacks {', '.join(modules)}; see {__file__}")
    body = '{"eventNotifications":[]}'
    signature = notification.signature(body.encode(), qbo.introduction["webhook_verifier"])
    given = json.dumps({**qbo.introduction, "hook": {"body": body, "signature": signature}})
    path = SCRIPTS / script
    found = subprocess.run(
        [INTERPRETER, "-W", "ignore", path], input=given, capture_output=True, text=True, timeout=120
    )
    assert 0 == found.returncode, found.stderr
    return dict(json.loads(found.stdout))


def test_python_quickbooks_with_intuit_oauth_works_as_it_is(qbo: Books) -> None:
    seen = run(qbo, "with_python_quickbooks.py", "quickbooks", "intuitlib")
    lists, transactions = seen.pop("lists"), seen.pop("transactions")

    assert {
        "user": "jordan@example.com",
        "preferences": "January",
        "replayed": True,
        "found": True,
        "changed": "1",
        "order": "Closed",
        "bill": 0,
        "bill_open_again": 20,
        "invoice": [60, "1001"],
        "voided": "Voided",
        "file": "hello",
        "batch": [1, "6240"],
        "changes": [1, 2, "Acme Steel"],
        "report": "TrialBalance",
        "refusals": [["ValidationException", 2020], ["ObjectNotFoundException", 610], ["QuickbooksException", 5010]],
        "signature": True,
        "revoked": 401,
    } == seen
    assert {"Class": False, "Department": False} == {name: there for name, there in lists.items() if not there}
    assert {
        "Bill": 1,
        "BillPayment": 1,
        "Invoice": 2,
        "JournalEntry": 1,
        "Payment": 1,
        "Purchase": 1,
        "PurchaseOrder": 1,
        "SalesReceipt": 1,
        "VendorCredit": 1,
    } == {name: count for name, count in transactions.items() if count}
    assert 0 == sum(qbo.another("empty").trial_balance().values())


def test_qbosdk_works_as_it_is(qbo: Books) -> None:
    seen = run(qbo, "with_qbosdk.py", "qbosdk")

    assert {
        "accounts": True,
        "company": "Sandbox Company_US_1",
        "bill": [120.0, "note", 120.0],
        "paid": 0,
        "entries": ["J1"],
        "purchase": 120.0,
        "file": "JournalEntry",
        "generated": True,
        "lists": [0, 0, 2, 4, 3],
        "items": True,
        "refused": "2020",
    } == seen
    assert 401 == qbo.call("GET", "preferences").status, "the connection was revoked at the end"
