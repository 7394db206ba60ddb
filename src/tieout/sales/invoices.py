"""QuickBooks' documents of revenue, mirrored: invoices, sales receipts, credit memos and refund receipts.

QuickBooks owns them. Here is what they say now, and each version word for word. A line that an edit leaves as it was
keeps its row, and with it its links to shipments; one that changed or went is ended, and its links are taken back.
Told twice, or in the wrong order, a version changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import msgspec
from django.db import connection

from tieout.core.refusals import Refusal
from tieout.core.rounding import half_away
from tieout.ledger.models import Party
from tieout.sales import links
from tieout.sales.models import Invoice, InvoiceKind, InvoiceLine, InvoiceState, InvoiceVersion

Kind = Literal["Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt"]
GIVEN_BACK = (InvoiceKind.CREDIT_MEMO, InvoiceKind.REFUND_RECEIPT)
NOTHING = Decimal(0)


class UnknownInvoice(Refusal):
    """A document of revenue, or a line of one, that QuickBooks has not told of."""

    code = "unknown_invoice"


@dataclass(frozen=True, slots=True)
class Change:
    """What a document that came from QuickBooks meant here."""

    invoice: int | None
    number: str
    what: Literal["new", "changed", "same", "older", "voided", "deleted", "unknown"]
    lines_new: int = 0
    lines_ended: int = 0


class Line(NamedTuple):
    """A line as far as it bears revenue."""

    external_line: str
    external_item: str
    item_name: str
    description: str
    quantity: Decimal | None
    revenue: int


def mirror(company: int, document: Mapping[str, Any], *, kind: Kind, deleted: bool = False) -> Change:
    """Take over one document, inside the caller's scope."""
    external = str(document["Id"])
    known = Invoice.objects.select_for_update().filter(kind=kind, external_id=external).first()
    if deleted or document.get("status") == "Deleted":
        return _deleted(company, known, document)
    version = int(document.get("SyncToken") or 0)
    if known is not None and (version < known.version or known.state == InvoiceState.DELETED):
        return Change(known.pk, known.number, "older")
    if known is not None and version == known.version:
        # A payment changes what is still owed, and not the version.
        Invoice.objects.filter(pk=known.pk).update(balance=_cents(document, "Balance", document.get("Balance")))
        return Change(known.pk, known.number, "same")
    state = InvoiceState.VOIDED if is_voided(document) else InvoiceState.ENTERED
    lines = [] if state == InvoiceState.VOIDED else list(_lines(document, kind))
    row = _keep(company, known, document, kind=kind, state=state, revenue=sum(line.revenue for line in lines))
    InvoiceVersion.objects.create(
        company_id=company, invoice=row, version=version, state=state, document=_plain(document)
    )
    added, ended = _keep_lines(company, row, lines)
    what = "voided" if state == InvoiceState.VOIDED else "new" if known is None else "changed"
    return Change(row.pk, row.number, what, added, ended)  # type: ignore[arg-type]  # one of the words above


def is_voided(document: Mapping[str, Any]) -> bool:
    """QuickBooks keeps a voided document with its lines, all at nothing, and says so in its note."""
    note = str(document.get("PrivateNote") or "")
    return note.startswith("Voided") and not Decimal(str(document.get("TotalAmt") or 0))


def _deleted(company: int, known: Invoice | None, document: Mapping[str, Any]) -> Change:
    if known is None:
        return Change(None, "", "unknown")
    if known.state != InvoiceState.DELETED:
        InvoiceVersion.objects.create(
            company_id=company,
            invoice=known,
            version=known.version + 1,
            state=InvoiceState.DELETED,
            document=_plain(document),
        )
        known.state, known.version, known.revenue, known.balance = InvoiceState.DELETED, known.version + 1, 0, 0
        known.save(update_fields=["state", "version", "revenue", "balance"])
    _, ended = _keep_lines(company, known, [])
    return Change(known.pk, known.number, "deleted", 0, ended)


def _keep(
    company: int, known: Invoice | None, document: Mapping[str, Any], *, kind: Kind, state: InvoiceState, revenue: int
) -> Invoice:
    row = known or Invoice(company_id=company, kind=kind, external_id=str(document["Id"]))
    customer = document.get("CustomerRef") or {}
    row.version = int(document.get("SyncToken") or 0)
    row.state = state
    row.number = str(document.get("DocNumber") or "")[:40]
    row.party = Party.objects.filter(kind="customer", external_id=str(customer.get("value") or "-")).first()
    row.customer = str(customer.get("name") or "")[:200]
    row.on = date.fromisoformat(str(document["TxnDate"])[:10])
    row.currency = str((document.get("CurrencyRef") or {}).get("value") or _home())
    row.revenue = revenue
    row.balance = _cents(document, "Balance", document.get("Balance"))
    row.text = _text(document)
    row.save()
    return row


def _keep_lines(company: int, invoice: Invoice, lines: Sequence[Line]) -> tuple[int, int]:
    """Rows for lines that are new or changed; the rest of what stood is ended with its links. How many of each."""
    standing: dict[Line, list[InvoiceLine]] = {}
    for row in InvoiceLine.objects.filter(invoice=invoice, until=None).order_by("id"):
        said = Line(
            row.external_line, row.external_item, row.item_name, row.description, row.quantity, row.revenue
        )  # fmt: skip
        standing.setdefault(said, []).append(row)
    new = []
    for n, line in enumerate(lines, 1):
        if same := standing.get(line):
            same.pop()
        else:
            new.append(
                InvoiceLine(company_id=company, invoice=invoice, number=n, since=invoice.version, **line._asdict())
            )
    ended = [row.pk for rows in standing.values() for row in rows]
    links.take_back_of_lines(company, ended, why=f"the line was changed or removed in QuickBooks ({invoice.state})")
    InvoiceLine.objects.filter(pk__in=ended).update(until=invoice.version)
    InvoiceLine.objects.bulk_create(new)
    return len(new), len(ended)


def _lines(document: Mapping[str, Any], kind: Kind) -> Iterator[Line]:
    """Lines that bear revenue: goods and services, bundles by their parts, and discounts as less."""
    sign = -1 if kind in GIVEN_BACK else 1
    for line in document.get("Line") or ():
        detail = str(line.get("DetailType") or "")
        if detail == "GroupLineDetail":
            parts = {"Line": (line.get("GroupLineDetail") or {}).get("Line") or (), **_rate(document)}
            yield from _lines(parts, kind)
        elif detail == "SalesItemLineDetail":
            about = line.get(detail) or {}
            item, quantity = about.get("ItemRef") or {}, about.get("Qty")
            yield Line(
                str(line.get("Id") or "")[:40],
                str(item.get("value") or "")[:40],
                str(item.get("name") or "")[:200],
                str(line.get("Description") or ""),
                None if quantity is None else Decimal(str(quantity)).quantize(_SIX),
                sign * _cents(document, "Amount", line.get("Amount")),
            )
        elif detail == "DiscountLineDetail":
            amount = _cents(document, "Amount", line.get("Amount"))
            yield Line(str(line.get("Id") or "")[:40], "", "", "Discount", None, -sign * amount)


_SIX = Decimal("0.000001")


def _cents(document: Mapping[str, Any], field: str, amount: object) -> int:
    """An amount of the document in cents of the home currency."""
    home = document.get(f"Home{field}")
    if home is not None:
        return half_away(Decimal(str(home)) * 100)
    return half_away(Decimal(str(amount or 0)) * 100 * Decimal(str(document.get("ExchangeRate") or 1)))


def _rate(document: Mapping[str, Any]) -> dict[str, Any]:
    return {"ExchangeRate": document["ExchangeRate"]} if document.get("ExchangeRate") else {}


def _text(document: Mapping[str, Any]) -> str:
    """Whatever may name an order or a shipment: its number, custom fields, memos, tracking number."""
    said = [
        document.get("DocNumber"),
        document.get("PONumber"),
        document.get("TrackingNum"),
        *(field.get("StringValue") for field in document.get("CustomField") or ()),
        (document.get("CustomerMemo") or {}).get("value"),
        document.get("PrivateNote"),
    ]
    return "\n".join(str(one) for one in said if one)


def _plain(document: Mapping[str, Any]) -> Any:
    """As JSON keeps it: decimals with their digits."""
    return msgspec.json.decode(msgspec.json.Encoder(decimal_format="string").encode(document))


def _home() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select currency from access_company where id = current_setting('tieout.company')::bigint")
        return str(cursor.fetchone()[0])
