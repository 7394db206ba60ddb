"""A company as one JSON document, out and in. Opaque to others: only this module knows what is inside."""

import base64
from dataclasses import asdict
from datetime import datetime
from typing import Any

from qbo_emulator.company import Answer, Company
from qbo_emulator.entities import BY_NAME
from qbo_emulator.options import Options
from qbo_emulator.record import Change, Gone, Record

FORMAT = "qbo-emulator company 1"


class UnknownState(ValueError):
    """Not a document this emulator wrote."""


def document(company: Company) -> dict[str, Any]:
    with company.lock:
        return {
            "format": FORMAT,
            "zone": str(company.zone),
            "options": company.options.document(),
            "records": [record_document(each) for kind in company.records.values() for each in kind.values()],
            "next_ids": dict(company.next_ids),
            "requestids": {identity: answer_document(each) for identity, each in company.requestids.items()},
            "changes": [{**asdict(each), "at": each.at.isoformat()} for each in company.changes],
            "gone": [{**asdict(each), "at": each.at.isoformat()} for each in company.gone],
        }


def restore(company: Company, saved: Any) -> None:
    """Put a saved company in place of whatever `company` holds."""
    if not isinstance(saved, dict) or saved.get("format") != FORMAT:
        raise UnknownState(f"not a saved company: its format is not {FORMAT!r}")
    with company.lock:
        company.clear()
        company.options = Options().changed(saved["options"])
        for each in saved["records"]:
            company.put(BY_NAME[each["kind"]], record(each))
        company.next_ids = {name: int(next_id) for name, next_id in saved["next_ids"].items()}
        company.requestids = {identity: answer(each) for identity, each in saved["requestids"].items()}
        company.changes = [change(each) for each in saved["changes"]]
        company.gone = [
            Gone(each["kind"], each["id"], datetime.fromisoformat(each["at"])) for each in saved["gone"]
        ]


def record_document(record: Record) -> dict[str, Any]:
    return {
        "kind": record.kind,
        "id": record.id,
        "token": record.token,
        "body": record.body,
        "created": record.created.isoformat(),
        "updated": record.updated.isoformat(),
    }


def record(saved: dict[str, Any]) -> Record:
    created, updated = datetime.fromisoformat(saved["created"]), datetime.fromisoformat(saved["updated"])
    return Record(saved["kind"], saved["id"], int(saved["token"]), saved["body"], created, updated)


def answer_document(answer: Answer) -> dict[str, Any]:
    return {
        "status": answer.status,
        "body": base64.b64encode(answer.body).decode(),
        "digest": answer.digest,
        "at": answer.at.isoformat(),
    }


def answer(saved: dict[str, Any]) -> Answer:
    body = base64.b64decode(saved["body"])
    return Answer(int(saved["status"]), body, saved["digest"], datetime.fromisoformat(saved["at"]))


def change(saved: dict[str, Any]) -> Change:
    return Change(**{**saved, "at": datetime.fromisoformat(saved["at"])})
