"""Bills and invoices as people see them, and what a person types back in. Any other transaction can be looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qbo_emulator import money
from qbo_emulator.books import in_its_own, shown
from qbo_emulator.company import Company
from qbo_emulator.entities import BY_NAME, ENTITIES
from qbo_emulator.entities.transaction import Transaction
from qbo_emulator.record import Change, Record
from qbo_emulator.reports import balances
from qbo_emulator.shape import Body

Row = dict[str, Any]
NEWEST = 500
KINDS = tuple(each.name for each in ENTITIES if isinstance(each, Transaction) and each.operations)
ACCOUNT, ITEM, SALE = "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail", "SalesItemLineDetail"


@dataclass(frozen=True)
class Paper:
    """A kind of transaction a person can type."""

    kind: str
    path: str
    title: str
    party: str
    party_ref: str
    by_account: bool
    """Its lines may name an account instead of an item."""


BILL = Paper("Bill", "bill", "Bill", "Vendor", "VendorRef", by_account=True)
INVOICE = Paper("Invoice", "invoice", "Invoice", "Customer", "CustomerRef", by_account=False)
PAPERS = {paper.path: paper for paper in (BILL, INVOICE)}


def find(company: Company, identity: str) -> Record | None:
    """Transactions share one sequence of ids, so the id alone says which it is."""
    return next((found for kind in KINDS if (found := company.find(kind, identity))), None)


def listed(company: Company, paper: Paper, party: str = "") -> list[Row]:
    """The newest, of one vendor or customer where one is named."""
    entity = BY_NAME[paper.kind]
    records = sorted(company.of(paper.kind).values(), key=lambda each: int(each.id), reverse=True)
    wanted = [each for each in records if not party or each.body[paper.party_ref]["value"] == party]
    return [
        {
            "id": each.id,
            "on": each.body["TxnDate"],
            "number": each.body.get("DocNumber", ""),
            "name": company.name_of(paper.party, each.body[paper.party_ref]["value"]) or "",
            "due": each.body["DueDate"],
            "total": in_its_own(company, each.body, money.cents(each.body["TotalAmt"])),
            "balance": in_its_own(company, each.body, money.cents(entity.derived(company, each)["Balance"])),
            "edited": each.token,
        }
        for each in wanted[:NEWEST]
    ]


def looked_at(company: Company, record: Record) -> Row:
    """One transaction of any kind: its head, what it did to accounts, what it is linked to."""
    entity, body = BY_NAME[record.kind], record.body
    assert isinstance(entity, Transaction)
    postings = company.ledger.of_transaction(record.id)
    links = entity.derived(company, record).get("LinkedTxn") or []
    named = ("VendorRef", "Vendor"), ("CustomerRef", "Customer")
    names = [company.name_of(kind, body[ref]["value"]) or "" for ref, kind in named if ref in body]
    return {
        "id": record.id,
        "token": record.token,
        "kind": record.kind,
        "title": entity.title_of(record),
        "number": body.get("DocNumber", ""),
        "on": body["TxnDate"],
        "due": body.get("DueDate", ""),
        "name": names[0] if names else "",
        "memo": body.get("PrivateNote", ""),
        "total": in_its_own(company, body, money.cents(body.get("TotalAmt", 0))),
        "postings": [_posted(company, each.account, each.memo, each.cents) for each in postings],
        "links": [(link["TxnType"], link["TxnId"]) for link in links],
        "can_void": "void" in entity.operations,
        "path": record.kind.lower() if record.kind.lower() in PAPERS else "",
    }


def _posted(company: Company, account: str, memo: str, cents: int) -> Row:
    return {
        "account": account,
        "account_name": company.name_of("Account", account) or "",
        "memo": memo,
        "debit": shown(cents) if cents > 0 else "",
        "credit": shown(-cents) if cents < 0 else "",
    }


def history(company: Company, record: Record) -> list[Change]:
    return [each for each in company.changes if (each.kind, each.id) == (record.kind, record.id)]


# What a person types


def choices(company: Company, paper: Paper) -> Row:
    """What the selects of the form offer."""
    people = BY_NAME[paper.party]
    items = BY_NAME["Item"]
    return {
        "parties": [
            (each.id, str(each.body["DisplayName"]))
            for each in people.in_default_order(company, company.of(paper.party).values())
            if each.active
        ],
        "items": [
            (each.id, str(each.body["FullyQualifiedName"]))
            for each in items.in_default_order(company, company.of("Item").values())
            if each.active and each.body["Type"] != "Category"
        ],
        "accounts": [
            (each.id, str(each.body["FullyQualifiedName"]))
            for each in balances.in_statement_order(company)
            if each.active
        ]
        if paper.by_account
        else [],
    }


def blank(company: Company) -> Row:
    return {
        "id": None,
        "party": "",
        "on": company.today().isoformat(),
        "due": "",
        "number": "",
        "memo": "",
        "lines": [],
    }


def as_form(paper: Paper, record: Record) -> Row:
    body = record.body
    return {
        "id": record.id,
        "party": body[paper.party_ref]["value"],
        "on": body["TxnDate"],
        "due": body["DueDate"],
        "number": body.get("DocNumber", ""),
        "memo": body.get("PrivateNote", ""),
        "lines": [_form_line(line) for line in body["Line"]],
    }


def _form_line(line: Body) -> Row:
    detail = line.get(line["DetailType"], {})
    return {
        "id": line["Id"],
        "account": detail.get("AccountRef", {}).get("value", ""),
        "item": detail.get("ItemRef", {}).get("value", ""),
        "description": line.get("Description", ""),
        "quantity": detail.get("Qty", ""),
        "amount": line.get("Amount", ""),
    }


def retyped(identity: str | None, form: Mapping[str, str]) -> Row:
    """The form as it was sent, to be shown again with what is wrong with it."""
    names = ("id", "account", "item", "description", "quantity", "amount")
    lines = [{name: form.get(f"{name}-{n}", "") for name in names} for n in _numbers(form)]
    head = {name: form.get(name, "") for name in ("party", "on", "due", "number", "memo")}
    return {"id": identity, **head, "lines": [line for line in lines if line["amount"]]}


def typed(paper: Paper, record: Record | None, form: Mapping[str, str]) -> Body:
    """The document the form stands for. A line without an amount was left blank or cleared."""
    before = {line["Id"]: line for line in record.body["Line"]} if record else {}
    lines = [
        _typed_line(paper, before.get(form.get(f"id-{n}", "")), form, n)
        for n in _numbers(form)
        if form.get(f"amount-{n}")
    ]
    found: Body = {
        paper.party_ref: {"value": form.get("party", "")},
        "TxnDate": form.get("on", ""),
        "DueDate": form.get("due", ""),
        "DocNumber": form.get("number", ""),
        "PrivateNote": form.get("memo", ""),
        "Line": lines,
    }
    return {name: value for name, value in found.items() if record is not None or value not in ("", {"value": ""})}


def _numbers(form: Mapping[str, str]) -> list[int]:
    return sorted(int(name.removeprefix("amount-")) for name in form if name.startswith("amount-"))


def _typed_line(paper: Paper, before: Body | None, form: Mapping[str, str], n: int) -> Body:
    """What a line had besides stays with it: its links, its class, its customer, its price unless it is another."""
    item, quantity = form.get(f"item-{n}", ""), form.get(f"quantity-{n}", "").strip()
    amount = form[f"amount-{n}"].replace(",", "").strip()
    kind = SALE if not paper.by_account else ITEM if item else ACCOUNT
    kept = before if before is not None and before["DetailType"] == kind else {}
    detail = dict(kept.get(kind, {}))
    if (quantity, amount) != (str(detail.get("Qty", "")), str(kept.get("Amount", ""))):
        detail.pop("UnitPrice", None)
    for name in ("Qty", "ItemRef", "AccountRef"):
        detail.pop(name, None)
    if kind == ACCOUNT:
        detail["AccountRef"] = {"value": form.get(f"account-{n}", "")}
    else:
        detail["ItemRef"] = {"value": item}
    if quantity:
        detail["Qty"] = quantity
    typed: Body = {"Amount": amount, "Description": form.get(f"description-{n}", ""), "DetailType": kind, kind: detail}
    return {**{name: kept[name] for name in ("Id", "LinkedTxn") if name in kept}, **typed}
