"""Purchase orders carried to QuickBooks exactly once, and those read there that a company begins with.

As with journal entries: what is to be sent is a row first, its id the `requestid`; that it is being sent is committed
before the first byte leaves; and what has no clear answer is looked for, by its number and by our mark, before it is
ever sent again. Products and services are mirrored with them, because lines name those.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from tieout.access import company as companies
from tieout.catalog.models import Item
from tieout.ledger import policies
from tieout.purchasing import bills, purchase_orders_sync
from tieout.purchasing.models import OrderLineLink, OrderSending, SendingState
from tieout.purchasing.purchase_orders_sync import Offered
from tieout.quickbooks import payloads, query, sessions
from tieout.quickbooks.client import Client
from tieout.quickbooks.outcomes import Accepted, Outcome, Rejected, Why
from tieout.quickbooks.waits import USUAL, Waits
from tieout.sales import item_links

ENTITY = "PurchaseOrder"
AGAIN = timedelta(seconds=30)
"""How long after a try without a clear answer it is looked for."""

_encode = msgspec.json.Encoder(decimal_format="number").encode

Document = dict[str, Any]


@dataclass(slots=True)
class Sent:
    """What one round did."""

    confirmed: int = 0
    in_doubt: int = 0
    rejected: dict[str, str] = field(default_factory=dict)


def mirror_products(company: int, *, waits: Waits = USUAL) -> int:
    """Products and services as they are in QuickBooks; how many were new or changed."""
    with sessions.opened(company, waits=waits) as client:
        listed = list(client.every("Item", Document, query.ACTIVE_OR_NOT))
    with companies.scope(company):
        ours = dict(Item.objects.values_list("sku", "id"))
        return bills.keep_products(company, listed, items=ours, links=item_links.of())


def offered(company: int, on: date, *, waits: Waits = USUAL) -> list[Offered]:
    """The orders that QuickBooks holds open and that are not known here."""
    mirror_products(company, waits=waits)
    with sessions.opened(company, waits=waits) as client:
        documents = list(client.every(ENTITY, Document))
    with companies.scope(company):
        return purchase_orders_sync.offered(company, documents, on=on)


def keep_in_step(company: int, *, waits: Waits = USUAL) -> Sent:
    """Bring QuickBooks up to date with the orders here, as of now."""
    return send_due(company, timezone.now().date(), waits=waits)


def anything_due(company: int, on: date) -> bool:
    """Whether an order is not there as it is here, where the company wants it there. Asks QuickBooks nothing."""
    with companies.scope(company):
        if policies.in_force(on)["purchase orders"] != "kept there too":
            return False
        purchase_orders_sync.write_down(company)
        return bool(_due().exists())


def send_due(company: int, on: date, *, waits: Waits = USUAL) -> Sent:
    """Bring QuickBooks' orders up to date, where the company wants them there."""
    sent = Sent()
    if not anything_due(company, on):
        return sent
    with companies.scope(company):
        due = list(_due().values_list("id", flat=True))
    with sessions.opened(company, waits=waits) as client:
        for id in due:
            _carry(client, company, id, sent)
    return sent


def _due() -> Any:
    states = [SendingState.PENDING, SendingState.IN_DOUBT]
    return OrderSending.objects.filter(state__in=states, next_at__lte=Now()).order_by("order_id", "version")


def _carry(client: Client, company: int, id: Any, sent: Sent) -> None:
    """One row: written down that it is tried, looked for if it was tried before, sent, and what came of it."""
    with companies.scope(company):
        one = _due().select_for_update(skip_locked=True).filter(pk=id).first()
        if one is None or _earlier_in_doubt(one):
            return
        was_tried = one.state == SendingState.IN_DOUBT
        external_id, lines = _known(one)
        OrderSending.objects.filter(pk=id).update(
            state=SendingState.IN_DOUBT, tries=F("tries") + 1, next_at=Now() + AGAIN
        )
    stored = _look(client, one, external_id) if was_tried or external_id else None
    if stored is not None and not differences(one.body, stored):
        _arrived(company, one, stored, sent)
        return
    if external_id and stored is None:
        _refused(company, one, "The order is not in QuickBooks any more. Close it here, or enter it there again.", sent)
        return
    # Ours under its number, as an earlier version left it: this one is an edit of it.
    version = str(stored["SyncToken"]) if stored else ""
    body = document(one, external_id=str(stored["Id"]) if stored else "", version=version, lines=lines)
    _concluded(company, one, client.create(ENTITY, _encode(body), requestid=one.pk), sent)


def _earlier_in_doubt(one: OrderSending) -> bool:
    """States of one order arrive in their order."""
    earlier = OrderSending.objects.filter(order_id=one.order_id, version__lt=one.version)
    return earlier.filter(state__in=[SendingState.PENDING, SendingState.IN_DOUBT]).exists()


def _known(one: OrderSending) -> tuple[str, dict[int, str]]:
    """The order's id in QuickBooks, and its lines', from what arrived before."""
    links = OrderLineLink.objects.filter(order_line__order_id=one.order_id)
    rows = list(links.values_list("order_line_id", "order_external_id", "line_external_id"))
    return (rows[0][1] if rows else ""), {line: external for line, _, external in rows}


def _look(client: Client, one: OrderSending, external_id: str) -> Document | None:
    """The order there: by its id, or by its number and our mark."""
    where = query.is_("Id", external_id) if external_id else query.is_("DocNumber", one.number)
    found = list(client.every(ENTITY, Document, where))
    ours = [hit for hit in found if external_id or _mark(one) in str(hit.get("PrivateNote") or "")]
    return min(ours, key=lambda hit: int(hit["Id"])) if ours else None


def _concluded(company: int, one: OrderSending, outcome: Outcome, sent: Sent) -> None:
    if isinstance(outcome, Accepted):
        _arrived(company, one, msgspec.json.decode(outcome.reply.body)[ENTITY], sent)
    elif isinstance(outcome, Rejected) and outcome.why is not Why.STALE:
        _refused(company, one, str(outcome), sent)
    else:
        # Throttled, silent, or overtaken by somebody's edit: looked for, then sent again under the same id.
        with companies.scope(company):
            OrderSending.objects.filter(pk=one.pk).update(reason=str(outcome))
        sent.in_doubt += 1


def _arrived(company: int, one: OrderSending, stored: Document, sent: Sent) -> None:
    lines = [str(line["Id"]) for line in stored["Line"] if line.get("DetailType") != "DescriptionOnly"]
    with companies.scope(company):
        purchase_orders_sync.arrived(one, external_id=str(stored["Id"]), version=str(stored["SyncToken"]), lines=lines)
    sent.confirmed += 1


def _refused(company: int, one: OrderSending, reason: str, sent: Sent) -> None:
    with companies.scope(company):
        OrderSending.objects.filter(pk=one.pk).update(state=SendingState.REJECTED, reason=reason)
    sent.rejected[one.number] = reason


def document(one: OrderSending, *, external_id: str, version: str, lines: dict[int, str]) -> Document:
    """The order as QuickBooks takes it; an edit names the document and the lines that it replaces."""
    body = one.body
    found: Document = {
        "VendorRef": {"value": body["vendor"]},
        "DocNumber": body["number"],
        "TxnDate": body["date"],
        "POStatus": body["status"],
        "CurrencyRef": {"value": body["currency"]},
        "PrivateNote": f"{payloads.printable(body['memo'])} {_mark(one)}".strip(),
        "Line": [_line(line, lines.get(line["line"], "")) for line in body["lines"]],
    }
    if body["due"]:
        found["DueDate"] = body["due"]
    return found | ({"Id": external_id, "SyncToken": version} if external_id else {})


def _line(line: dict[str, Any], external_id: str) -> Document:
    """By its product, or straight on the accrual where QuickBooks has none for the item."""
    money = {"Description": line["description"], "Amount": Decimal(line["amount"]).scaleb(-2)}
    known = {"Id": external_id} if external_id else {}
    if line["product"]:
        detail: Document = {"ItemRef": {"value": line["product"]}, "Qty": Decimal(line["quantity"])}
        # QuickBooks multiplies: a price that does not give the amount to the cent stays unsaid.
        if round(Decimal(line["quantity"]) * Decimal(line["price"]), 2) == money["Amount"]:
            detail["UnitPrice"] = Decimal(line["price"])
        return known | money | {"DetailType": "ItemBasedExpenseLineDetail", "ItemBasedExpenseLineDetail": detail}
    text = f"{line['description']}, {line['quantity']} {line['unit']}"
    detail = {"AccountRef": {"value": line["account"]}}
    return (
        known
        | money
        | {"Description": text, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    )


def differences(body: dict[str, Any], stored: Document) -> list[str]:
    """What stands there otherwise than it is to; none means equal."""
    found = []
    for name, said, there in (
        ("vendor", body["vendor"], str(stored["VendorRef"]["value"])),
        ("date", body["date"], str(stored["TxnDate"])[:10]),
        ("status", body["status"], stored.get("POStatus", "Open")),
    ):
        if said != there:
            found.append(f"The {name} is {there}, not {said}.")
    wanted = [(line["product"] or line["account"], line["amount"]) for line in body["lines"]]
    there_now = [_stored(line) for line in stored["Line"] if line.get("DetailType") != "DescriptionOnly"]
    if wanted != there_now:
        found.append(f"The lines are {there_now}, not {wanted}.")
    return found


def _stored(line: Document) -> tuple[str, int]:
    detail = line[line["DetailType"]]
    ref = detail.get("ItemRef") or detail.get("AccountRef") or {}
    return str(ref.get("value")), int((Decimal(str(line["Amount"])) * 100).to_integral_value())


def _mark(one: OrderSending) -> str:
    """Ours, whatever its version: the order's own id."""
    return f"[tieout order {one.order_id}]"
