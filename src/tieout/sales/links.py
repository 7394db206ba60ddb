"""Shipment lines and the invoice lines that bill them: linked by themselves where that is clear, else by a person.

A link is written once; what is not so any more is taken back by a row that names it. Both ends keep their ids, here
and (by the mirror) in QuickBooks. A shipment's entry in the books names the invoices that are known when it is sealed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import connection

from tieout.access.acting import Act
from tieout.core import invoicing, quantities
from tieout.core.invoicing import InvoicedLine, Matched, Proposal, ShippedLine
from tieout.core.refusals import Refusal
from tieout.ledger.models import PaperNote
from tieout.sales.models import InvoiceLine, InvoiceLink

LINKING_LOCK = 0x71E1

STANDS = (
    "k.reverses_id is null and not exists ("
    "select 1 from sales_invoicelink x where x.company_id = k.company_id and x.reverses_id = k.id)"
)
"""Of a link `k`: that it was not taken back."""


class UnknownLink(Refusal):
    """A link that is not there, or was taken back."""

    code = "unknown_link"


class NothingToLink(Refusal):
    """Goods or a line that have nothing left to be linked."""

    code = "nothing_to_link"


SHIPPED = f"""
select l.id, s.number, e.number, s.order_number, c.party_id, c.channel, l.item_id, e.local_date,
    l.quantity - coalesce(k.quantity, 0)
from sales_shipmentline l
join sales_shipment s on s.company_id = l.company_id and s.id = l.shipment_id
join sales_customer c on c.company_id = s.company_id and c.id = s.customer_id
join ledger_event e on e.company_id = l.company_id and e.id = l.event_id
left join lateral (
    select sum(k.quantity) as quantity from sales_invoicelink k
    where k.company_id = l.company_id and k.shipment_line_id = l.id and {STANDS}
) k on true
where l.quantity > coalesce(k.quantity, 0)
  and not exists (select 1 from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.id)
order by l.id
"""
"""Goods that left, were not taken back, and are not billed as far as this says."""

INVOICED = f"""
select v.id, i.party_id, coalesce(n.item_id, t.id), v.quantity - coalesce(k.quantity, 0), v.quantity is null, i.on,
    i.text || chr(10) || v.description, coalesce(c.channel, '')
from sales_invoiceline v
join sales_invoice i on i.company_id = v.company_id and i.id = v.invoice_id
    and i.kind in ('Invoice', 'SalesReceipt') and i.state = 'entered'
left join sales_itemlink n on n.company_id = v.company_id and n.external_item = v.external_item
left join lateral (
    select t.id from catalog_item t where t.company_id = v.company_id and v.item_name <> '' and (
        lower(t.sku) in (lower(v.item_name), lower(split_part(v.item_name, ':', -1)))
        or lower(t.name) = lower(v.item_name))
    order by lower(t.name) = lower(v.item_name), t.id limit 1
) t on true
left join sales_customer c on c.company_id = i.company_id and c.party_id = i.party_id and c.bills_channel
left join lateral (
    select sum(k.quantity) as quantity from sales_invoicelink k
    where k.company_id = v.company_id and k.invoice_line_id = v.id and {STANDS}
) k on true
where v.until is null and v.revenue > 0
  and case when v.quantity is null then k.quantity is null else v.quantity > coalesce(k.quantity, 0) end
order by v.id
"""
"""Lines of revenue that have no goods yet, or not enough. A QuickBooks item is ours by its link, else by its name."""


def match_all(act: Act) -> int:
    """Link whatever is clear now; how many links."""
    one_at_a_time(act.company)
    sure = waiting().sure
    for proposal in sure:
        _write(act.company, proposal, actor=act.by.actor)
    name_papers(act.company, [id for one in sure for id, _ in one.takes])
    return sum(len(one.takes) for one in sure)


def waiting() -> Matched:
    """What would be linked by itself, and what a person has to choose from."""
    return invoicing.match(shipped(), invoiced())


def shipped() -> list[ShippedLine]:
    with connection.cursor() as cursor:
        cursor.execute(SHIPPED)
        return [
            ShippedLine(id, number, tuple({number: 1, event: 1}), *rest)
            for id, number, event, *rest in cursor.fetchall()
        ]


def invoiced() -> list[InvoicedLine]:
    with connection.cursor() as cursor:
        cursor.execute(INVOICED)
        return [
            InvoicedLine(id, party, item, None if whole else quantity, *rest)
            for id, party, item, quantity, whole, *rest in cursor.fetchall()
        ]


def link(act: Act, *, line: int, shipment: str, quantity: Decimal | None = None) -> int:
    """A person says which shipment a line bills; how many links. Lots go in the order in which they left."""
    one_at_a_time(act.company)
    billed = next((one for one in invoiced() if one.id == line), None)
    if billed is None:
        raise NothingToLink("That invoice line is linked already, or is not there any more. Reload the page.")
    goods = [
        one
        for one in shipped()
        if shipment in one.papers and (billed.item is None or one.item == billed.item)
    ]  # fmt: skip
    if not goods:
        raise NothingToLink(f"Nothing of the line's item on {shipment} waits for an invoice. Check the number.")
    if quantity is not None:
        quantities.quantity(quantity)
    wanted = quantity if quantity is not None else billed.quantity
    there = sum((one.quantity for one in goods), Decimal(0))
    if quantity is not None and (quantity > there or (billed.quantity is not None and quantity > billed.quantity)):
        raise NothingToLink(
            f"{quantity.normalize():f} is more than what waits: {there.normalize():f} on {shipment}"
            + (f", {billed.quantity.normalize():f} on the line." if billed.quantity is not None else ".")
        )
    takes = invoicing.in_order(goods, there if wanted is None else min(wanted, there))
    _write(act.company, Proposal(line, shipment, takes, 100, (f"by {act.by.name}",)), actor=act.by.actor)
    name_papers(act.company, [id for id, _ in takes])
    return len(takes)


def unlink(act: Act, *, link: int, why: str) -> None:
    """Somebody says that it is not so."""
    one_at_a_time(act.company)
    found = _standing("k.id = any(%s)", [link])
    if not found:
        raise UnknownLink("That link was taken back already. Reload the page.")
    _take_back(act.company, found, why=f"{why}, by {act.by.name}", actor=act.by.actor)


def take_back_of_lines(company: int, lines: Sequence[int], *, why: str) -> None:
    """An invoice changed in QuickBooks: what linked the lines that it has not any more is taken back."""
    if lines:
        _take_back(company, _standing("k.invoice_line_id = any(%s)", list(lines)), why=why, actor=None)


def take_back_of_shipment(act: Act, *, event: int, why: str) -> None:
    """Goods that never left are not billed by anything."""
    of_event = "k.shipment_line_id in (select id from sales_shipmentline where event_id = any(%s))"
    _take_back(act.company, _standing(of_event, [event]), why=why, actor=act.by.actor)


def _standing(which: str, ids: Sequence[int]) -> list[InvoiceLink]:
    return list(
        InvoiceLink.objects.raw(f"select k.* from sales_invoicelink k where {which} and {STANDS} order by k.id", [ids])
    )


def _take_back(company: int, standing: Sequence[InvoiceLink], *, why: str, actor: int | None) -> None:
    InvoiceLink.objects.bulk_create(
        InvoiceLink(
            company_id=company,
            shipment_line_id=one.shipment_line_id,
            invoice_line_id=one.invoice_line_id,
            quantity=one.quantity,
            revenue=one.revenue,
            score=0,
            reasons=why[:400],
            reverses=one,
            actor_id=actor,
        )
        for one in standing
    )
    name_papers(company, [one.shipment_line_id for one in standing])


def _write(company: int, proposal: Proposal, *, actor: int) -> None:
    line = InvoiceLine.objects.get(pk=proposal.line)
    covered = sum((one.quantity for one in _standing("k.invoice_line_id = any(%s)", [line.pk])), Decimal(0))
    parts = invoicing.revenue_of(line.revenue, line.quantity, covered, [quantity for _, quantity in proposal.takes])
    InvoiceLink.objects.bulk_create(
        InvoiceLink(
            company_id=company,
            shipment_line_id=shipment_line,
            invoice_line=line,
            quantity=quantity,
            revenue=cents,
            score=proposal.score,
            reasons=", ".join(proposal.reasons)[:400],
            actor_id=actor,
        )
        for (shipment_line, quantity), cents in zip(proposal.takes, parts, strict=True)
    )


_NAMES = f"""
select s.number, string_agg(distinct coalesce(nullif(i.number, ''), i.external_id), ', ')
from sales_shipment s
left join sales_shipmentline l on l.company_id = s.company_id and l.shipment_id = s.id
left join sales_invoicelink k on k.company_id = l.company_id and k.shipment_line_id = l.id and {STANDS}
left join sales_invoiceline v on v.company_id = k.company_id and v.id = k.invoice_line_id
left join sales_invoice i on i.company_id = v.company_id and i.id = v.invoice_id
where s.id in (select shipment_id from sales_shipmentline where id = any(%s)) group by s.id
"""


def name_papers(company: int, shipment_lines: Iterable[int]) -> None:
    """What the books say of these shipments from now on: the invoices that bill them."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [list(shipment_lines)])
        named = cursor.fetchall()
    PaperNote.objects.bulk_create(
        [PaperNote(company_id=company, document=one, note=_note(invoices)) for one, invoices in named],
        update_conflicts=True,
        unique_fields=["company", "document"],
        update_fields=["note"],
    )


def _note(invoices: str | None) -> str:
    return f"invoice {invoices}"[:200] if invoices else ""


def one_at_a_time(company: int) -> None:
    """Two rounds must not give the same goods to two invoices."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LINKING_LOCK, company])
