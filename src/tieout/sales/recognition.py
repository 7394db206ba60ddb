"""When goods that left are sold: when their cost becomes cost of goods sold.

By the company's policy, or as agreed with a customer: when they leave, when they are delivered (on proof, or after
agreed days on the road), or when they are invoiced. Between the two the goods are in no store and their cost is
SHIPPED, NOT INVOICED. What is recognised leaves there exactly as it came, lot by lot, with every cost that came
late meanwhile; a cost that comes later still follows the goods to where they are then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.db import connection

from tieout.access.acting import Act
from tieout.core.acts.goods import Recognise, Recognised
from tieout.core.book import Book
from tieout.core.posting import Paper
from tieout.core.refusals import Refusal
from tieout.core.roles import PlaceKind
from tieout.core.rounding import half_away
from tieout.ledger import events, grouping
from tieout.ledger.desk import Desk
from tieout.ledger.journal import Grouping
from tieout.ledger.models import Event, EventKind
from tieout.sales import agreements
from tieout.sales.models import Customer, Invoice, Recognition, Shipment, Sold
from tieout.stock import lots, movements, places, reversals
from tieout.stock.movements import Doing, Recorded

POLICY = "cost of goods sold"


class NothingToRecognise(Refusal):
    """Goods that are sold already, or never stood between shipment and sale."""

    code = "nothing_to_recognise"


def agreed(desk: Desk, customer: Customer, on: date) -> Sold:
    """What holds for goods that leave for this customer on that day."""
    return Sold(agreements.in_force(customer, on) or desk.policies[POLICY])


def place(rule: Sold) -> PlaceKind:
    """Where goods go when they leave."""
    return PlaceKind.CUSTOMER if rule is Sold.ON_SHIPMENT else PlaceKind.SHIPPED_NOT_INVOICED


@dataclass(frozen=True, slots=True)
class Pending:
    """A shipment line of which something is not sold yet, and what that is worth with all that came late."""

    line: int
    event: int
    lot: int
    item: int
    movement: int
    origin: int
    quantity: Decimal
    value: int

    def part(self, quantity: Decimal) -> int:
        """Cents that go with so much of it; the last unit takes the rest."""
        if quantity == self.quantity:
            return self.value
        return half_away(Fraction(self.value) * Fraction(quantity) / Fraction(self.quantity))


_WORTH = """
select sum(w.value) from (
    select m.value union all
    select c.value from stock_movement c
    where c.company_id = m.company_id and c.corrects_id = m.id
      and c.origin_id = m.origin_id and c.target_id = m.target_id
) w
"""
"""A movement's cents with every correction along it."""

_PENDING = f"""
with shipped as (
    select l.id as line, l.event_id, l.lot_id, l.item_id, m.id as movement, m.target_id, l.quantity,
        ({_WORTH})::bigint as value
    from sales_shipmentline l
    join stock_movement m on m.company_id = l.company_id and m.event_id = l.event_id and m.number = l.movement_number
    join stock_location p on p.company_id = m.company_id and p.id = m.target_id and p.kind = 'shipped-not-invoiced'
    where {{which}} and not exists (
        select 1 from ledger_event x where x.company_id = l.company_id and x.reverses_id = l.event_id)
), gone as (
    select r.shipment_line_id as line, sum(r.quantity) as quantity, sum(({_WORTH}))::bigint as value
    from (
        select company_id, shipment_line_id, event_id, movement_number, quantity from sales_recognition
        union all select company_id, shipment_line_id, event_id, movement_number, quantity from sales_returnline
    ) r
    join shipped s on s.line = r.shipment_line_id
    join stock_movement m on m.company_id = r.company_id and m.event_id = r.event_id and m.number = r.movement_number
        and m.origin_id = s.target_id
    where not exists (
        select 1 from ledger_event x where x.company_id = r.company_id and x.reverses_id = r.event_id)
    group by 1
)
select s.line, s.event_id, s.lot_id, s.item_id, s.movement, s.target_id, s.quantity - coalesce(g.quantity, 0),
    s.value - coalesce(g.value, 0)
from shipped s left join gone g on g.line = s.line
where s.quantity > coalesce(g.quantity, 0) order by s.line
"""


def pending(*, event: int | None = None) -> list[Pending]:
    """What is not sold yet: of the lines of one shipment's event, or all there is."""
    which = "true" if event is None else "l.event_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(_PENDING.format(which=which), [] if event is None else [event])
        return [Pending(*row) for row in cursor.fetchall()]


def recognise(
    act: Act,
    *,
    event: int,
    at: datetime,
    wanted: Mapping[int, Decimal] | None = None,
    invoice: int | None = None,
    reason: str = "delivered",
) -> Recorded:
    """Goods of one shipment's event are sold: all that is pending, or so much of these shipment lines.

    For a reason, where no invoice is one.
    """
    held = lots.lock(act.company, {one.lot for one in pending(event=event)})
    due = [
        (one, quantity)
        for one in pending(event=event)
        if (quantity := one.quantity if wanted is None else min(one.quantity, wanted.get(one.line, Decimal(0)))) > 0
    ]
    shipped = Event.objects.get(pk=event)
    if not due:
        raise NothingToRecognise(f"Nothing of {shipped.number} waits to be sold. Look at the shipment's page.")
    shipment = Shipment.objects.select_related("customer", "site").get(number=shipped.subject)
    zone = places.of(act.company).site(shipment.site.code).zone
    when, desk = events.moment(act, at=max(at, shipped.occurred_at), zone=zone)
    number, _ = events.number(act, "RCG")
    facts = Recognise(_lines(act.company, due))
    book = Book(places.of(act.company))
    facts.apply(book)
    document = Invoice.objects.filter(pk=invoice).first() if invoice is not None else None
    doing = Doing(
        EventKind.RECOGNITION,
        number,
        when,
        desk,
        _grouping(desk, when, number, shipment, document),
        Paper(
            EventKind.RECOGNITION.value,
            customer=shipment.customer.party_id,
            document=shipment.number,
            channel=shipment.customer.channel,
        ),
        site=shipment.site_id,
        subject=shipment.number,
        note=_note(number, shipment, document, reason),
    )
    made = movements.record(act, doing, book=book, facts=facts, goods=movements.goods_of(held.values()))
    Recognition.objects.bulk_create(
        Recognition(
            company_id=act.company,
            shipment_line_id=one.line,
            event_id=made,
            movement_number=moved.number,
            quantity=moved.quantity,
            value=moved.value,
            invoice=document,
        )
        for (one, _), moved in zip(due, book.movements, strict=True)
    )
    return Recorded(number, made, sum(moved.value for moved in book.movements))


def take_back(act: Act, *, event: int, at: datetime, reason: str) -> None:
    """Everything that was recognised of a shipment's event is pending again."""
    for number in recognised_by([event]):
        reversals.reverse(act, number=number, at=at, reason=reason)


def recognised_by(shipped: Iterable[int]) -> list[str]:
    """The numbers of recognitions of these shipments' events that stand."""
    sql = """
    select distinct e.id, e.number from sales_recognition r
    join sales_shipmentline l on l.company_id = r.company_id and l.id = r.shipment_line_id
    join ledger_event e on e.company_id = r.company_id and e.id = r.event_id
    where l.event_id = any(%s) and not exists (
        select 1 from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.id) order by e.id
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(shipped)])
        return [number for _, number in cursor.fetchall()]


def _lines(company: int, due: Sequence[tuple[Pending, Decimal]]) -> list[Recognised]:
    customer = places.of(company).counterpart(PlaceKind.CUSTOMER)
    return [
        Recognised(one.item, one.lot, one.origin, customer, quantity, one.part(quantity), one.movement)
        for one, quantity in due
    ]


def _grouping(desk: Desk, when: events.Moment, number: str, shipment: Shipment, invoice: Invoice | None) -> Grouping:
    return grouping.shipment(
        desk,
        when,
        number=number,
        site=shipment.site_id,
        site_code=shipment.site.code,
        paper=shipment.number,
        invoice=invoice.number or invoice.external_id if invoice else "",
    )


def _note(number: str, shipment: Shipment, invoice: Invoice | None, reason: str) -> str:
    cause = f"invoice {invoice.number or invoice.external_id}" if invoice else reason
    return f"Recognition {number} of shipment {shipment.number} to {shipment.customer.name}: {cause}."
