"""The books as rows for people to read: accounts, registers, entries, and what a person types back in."""

from collections.abc import Iterator, Mapping
from typing import Any

from qbo_emulator import money
from qbo_emulator.company import Company
from qbo_emulator.entities import BY_NAME, currencies
from qbo_emulator.record import Change, Record
from qbo_emulator.reports import balances
from qbo_emulator.reports.posting_columns import title_of
from qbo_emulator.shape import Body

JOURNAL_ENTRY = BY_NAME["JournalEntry"]
NEWEST = 500
Row = dict[str, Any]


def shown(cents: int) -> str:
    """Money for people: thousands apart."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def in_its_own(company: Company, body: Body, cents: int) -> str:
    """Money of a name or a document; in another currency it says so."""
    code = f" {currencies.of(body)}" if currencies.is_foreign(company, body) else ""
    return f"{shown(cents)}{code}"


def chart(company: Company) -> list[Row]:
    found = []
    for account in balances.in_statement_order(company):
        body = account.body
        cents = balances.natural(account, company.ledger.balance(account.id))
        found.append(
            {
                "id": account.id,
                "name": body["Name"],
                "depth": body["FullyQualifiedName"].count(":"),
                "number": body.get("AcctNum", ""),
                "type": body["AccountType"],
                "sub_type": body["AccountSubType"],
                "active": account.active,
                "cents": cents,
                "balance": shown(cents),
            }
        )
    return found


def register(company: Company, account: Record) -> list[Row]:
    """Oldest first, with the balance after each line."""
    running, lines = 0, []
    for posting in company.ledger.of_account(account.id):
        running += balances.natural(account, posting.cents)
        lines.append(
            {
                "on": posting.on,
                "title": title_of(company, posting),
                "transaction": posting.transaction,
                "entity": posting.entity,
                "number": posting.number,
                "name": company.name_of(*posting.party) if posting.party else "",
                "memo": posting.memo,
                "debit": shown(posting.cents) if posting.cents > 0 else "",
                "credit": shown(-posting.cents) if posting.cents < 0 else "",
                "balance": shown(running),
            }
        )
    return lines


def entries(company: Company) -> list[Row]:
    """The newest journal entries."""
    found = sorted(company.of("JournalEntry").values(), key=lambda each: int(each.id), reverse=True)
    return [
        {
            "id": each.id,
            "on": each.body["TxnDate"],
            "number": each.body.get("DocNumber", ""),
            "memo": each.body.get("PrivateNote", ""),
            "total": shown(_total(company, each)),
            "edited": each.token,
        }
        for each in found[:NEWEST]
    ]


def entry(company: Company, record: Record) -> Row:
    body = record.body
    return {
        "id": record.id,
        "token": record.token,
        "on": body["TxnDate"],
        "number": body.get("DocNumber", ""),
        "memo": body.get("PrivateNote", ""),
        "adjustment": body.get("Adjustment", False),
        "total": shown(_total(company, record)),
        "lines": [_line(company, line) for line in body["Line"]],
    }


def _total(company: Company, record: Record) -> int:
    return sum(each.cents for each in company.ledger.of_transaction(record.id) if each.cents > 0)


def _line(company: Company, line: Body) -> Row:
    detail = line.get("JournalEntryLineDetail", {})
    side, amount = detail.get("PostingType"), line.get("Amount", 0)
    account = detail.get("AccountRef", {}).get("value", "")
    party = detail.get("Entity")
    return {
        "id": line["Id"],
        "account": account,
        "account_name": company.name_of("Account", account) or "",
        "description": line.get("Description", ""),
        "name": company.name_of(party["Type"], party["EntityRef"]["value"]) if party else "",
        "entity": f"{party['Type']}:{party['EntityRef']['value']}" if party else "",
        "class": detail.get("ClassRef", {}).get("value", ""),
        "class_name": _name(company, "Class", detail.get("ClassRef")),
        "department": detail.get("DepartmentRef", {}).get("value", ""),
        "department_name": _name(company, "Department", detail.get("DepartmentRef")),
        "debit": money.plain(money.cents(amount)) if side == "Debit" else "",
        "credit": money.plain(money.cents(amount)) if side == "Credit" else "",
    }


def _name(company: Company, kind: str, ref: Body | None) -> str:
    return (company.name_of(kind, ref["value"]) or "") if ref else ""


def history(company: Company, identity: str) -> list[Change]:
    return [each for each in company.changes if (each.kind, each.id) == ("JournalEntry", identity)]


def vendors(company: Company) -> list[Row]:
    entity = BY_NAME["Vendor"]
    found = entity.in_default_order(company, company.of("Vendor").values())
    return [
        {
            "id": each.id,
            "name": each.body["DisplayName"],
            "active": each.active,
            "balance": in_its_own(company, each.body, money.cents(entity.derived(company, each)["Balance"])),
        }
        for each in found
    ]


def postable(company: Company) -> list[tuple[str, str]]:
    """Accounts a person can choose: id and full name."""
    found = [each for each in balances.in_statement_order(company) if each.active]
    return [(each.id, str(each.body["FullyQualifiedName"])) for each in found]


# What a person types


def blank_entry(company: Company) -> Row:
    return {"id": None, "token": 0, "on": company.today().isoformat(), "number": "", "memo": "", "lines": []}


def typed_entry(form: Mapping[str, str]) -> Body:
    """The document the form stands for. A line without an account was left blank or cleared."""
    lines = [_typed_line(form, n) for n in _line_numbers(form) if form.get(f"account-{n}")]
    return {
        "TxnDate": form.get("on", ""),
        "DocNumber": form.get("number", ""),
        "PrivateNote": form.get("memo", ""),
        "Line": lines,
    }


def _line_numbers(form: Mapping[str, str]) -> Iterator[int]:
    return iter(sorted(int(name.removeprefix("account-")) for name in form if name.startswith("account-")))


def _typed_line(form: Mapping[str, str], n: int) -> Body:
    debit, credit = (form.get(f"{side}-{n}", "").replace(",", "").strip() for side in ("debit", "credit"))
    detail: Body = {
        "PostingType": "Debit" if debit or not credit else "Credit",
        "AccountRef": {"value": form[f"account-{n}"]},
    }
    kind, _, identity = form.get(f"entity-{n}", "").partition(":")
    if identity:
        detail["Entity"] = {"Type": kind, "EntityRef": {"value": identity}}
    for name, key in (("ClassRef", f"class-{n}"), ("DepartmentRef", f"department-{n}")):
        if form.get(key):
            detail[name] = {"value": form[key]}
    line: Body = {
        "Amount": debit or credit or "0",
        "Description": form.get(f"description-{n}", ""),
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": detail,
    }
    if form.get(f"id-{n}"):
        line["Id"] = form[f"id-{n}"]
    return line


def retyped(company: Company, identity: str | None, form: Mapping[str, str]) -> Row:
    """The form as it was sent, to be shown again with what is wrong with it."""
    names = ("id", "account", "description", "entity", "class", "department", "debit", "credit")
    lines = [{name: form.get(f"{name}-{n}", "") for name in names} for n in _line_numbers(form)]
    found = company.find("JournalEntry", identity) if identity else None
    return {
        "id": identity,
        "token": found.token if found else 0,
        "on": form.get("on", ""),
        "number": form.get("number", ""),
        "memo": form.get("memo", ""),
        "lines": [line for line in lines if line["account"]],
    }


# Reports


def flat_rows(document: Row) -> list[Row]:
    """A report's tree as lines with a depth, ready for a table."""
    return list(_flattened(document.get("Rows", {}).get("Row", []), 0))


def _flattened(rows: list[Row], depth: int) -> Iterator[Row]:
    for row in rows:
        if "Header" in row:
            yield {"kind": "header", "depth": depth, "cells": row["Header"]["ColData"]}
        if "ColData" in row:
            yield {"kind": "data", "depth": depth, "cells": row["ColData"]}
        yield from _flattened(row.get("Rows", {}).get("Row", []), depth + 1)
        if "Summary" in row:
            yield {"kind": "total", "depth": depth, "cells": row["Summary"]["ColData"]}
