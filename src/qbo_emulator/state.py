"""A company as one JSON document, out and in. Opaque to others: only this module knows what is inside."""

import base64
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from qbo_emulator import settling
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
            "options": exact(company.options.document()),
            "records": [record_document(each) for kind in company.records.values() for each in kind.values()],
            "next_ids": dict(company.next_ids),
            "requestids": {identity: answer_document(each) for identity, each in company.requestids.items()},
            "changes": [dated(each) for each in company.changes],
            "gone": [dated(each) for each in company.gone],
        }


def restore(company: Company, saved: Any) -> None:
    """Put a saved company in place of whatever `company` holds."""
    if not isinstance(saved, dict) or saved.get("format") != FORMAT:
        raise UnknownState(f"not a saved company: its format is not {FORMAT!r}")
    with company.lock:
        company.clear()
        company.options = Options().changed(ordinary(saved["options"]))
        advance(company, {**saved, "put": saved["records"], "removed": []})


def advance(company: Company, changed: dict[str, Any]) -> None:
    """Put what one or many writes changed into a company: lists first, because transactions look things up there."""
    for each in sorted(changed["put"], key=lambda each: BY_NAME[each["kind"]].posts):
        company.put(BY_NAME[each["kind"]], record(each))
    for kind, identity in changed["removed"]:
        company.remove(BY_NAME[kind], company.of(kind)[identity])
    put = [(each["kind"], each["id"]) for each in changed["put"]]
    settling.revalue(company, [*put, *(link.target for own in put for link in company.links.of(own))])
    company.next_ids.update({name: int(next_id) for name, next_id in changed["next_ids"].items()})
    company.requestids.update({key: answer(each) for key, each in changed["requestids"].items()})
    company.changes += [change(each) for each in changed["changes"]]
    if changed["removed"]:
        del company.gone[-len(changed["removed"]) :]
    company.gone += [Gone(**{**each, "at": datetime.fromisoformat(each["at"])}) for each in changed["gone"]]


def dated(entry: Change | Gone) -> dict[str, Any]:
    return {**asdict(entry), "at": entry.at.isoformat()}


def exact(document: Any) -> Any:
    """Ordinary numbers with fractions, which the wire does not know, as decimals."""
    if isinstance(document, dict):
        return {key: exact(value) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [exact(value) for value in document]
    return Decimal(str(document)) if isinstance(document, float) else document


def ordinary(options: dict[str, Any]) -> dict[str, Any]:
    return {key: float(value) if isinstance(value, Decimal) else value for key, value in options.items()}


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
