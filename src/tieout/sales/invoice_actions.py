"""What finance may ask for between shipments and invoices, and what says that shipped goods are sold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct

from tieout.access.acting import Act
from tieout.access.actions import action
from tieout.access.permissions import Permission
from tieout.core.refusals import NoReason
from tieout.ledger.desk import refuse_future
from tieout.sales import agreements, crediting, customers, due, invoice_requests, links, recognition, shipments
from tieout.sales.models import Sold

# --- When goods are sold ------------------------------------------------------------------------------------


class Kept(Struct, frozen=True):
    what: str


class Sale(Struct, frozen=True):
    """What became cost of goods sold: the events and their cents."""

    events: list[str]
    value: int


@action(Permission.SET_POLICY)
def agree_on_sale(
    act: Act, *, customer: str, sold: str = "", transit_days: int | None = None, valid_from: date | None = None
) -> Kept:
    """When what leaves for this customer is sold: on shipment, on delivery (proof, or days on the road), on invoice.

    From a day on (none: today); what left before stays as it was.
    """
    act.subject = customer
    found = customers.one(customer)
    agreements.agree(act, found, sold=sold, transit_days=transit_days, valid_from=valid_from)
    return Kept(sold)


@action(Permission.SHIP)
def record_delivery(act: Act, *, shipment: str, at: datetime, proof: str) -> Sale:
    """The goods arrived, and this says so: what is sold on delivery is sold now."""
    found = shipments.one(shipment)
    act.subject = shipment
    refuse_future(act, at)
    shipments.record_delivery(act, found, at=max(at, found.shipped_at), proof=proof)
    if found.recognition != Sold.ON_DELIVERY:
        return Sale([], 0)
    return _recognise(act, shipments.events_of(found), at=max(at, found.shipped_at))


@action(Permission.POST)
def recognise(act: Act, *, shipment: str, at: datetime, reason: str) -> Sale:
    """Finance says that a shipment is sold, whatever was agreed: its cost becomes cost of goods sold."""
    found = shipments.one(shipment)
    act.subject = shipment
    if not reason.strip():
        raise NoReason(f"Say why {shipment} is sold now, whatever was agreed: the entry says it.")
    done = _recognise(act, shipments.events_of(found), at=at, reason=f"{reason.strip()[:200]}, by {act.by.name}")
    if not done.events:
        raise recognition.NothingToRecognise(f"Nothing of {shipment} waits to be sold. Look at the shipment's page.")
    return done


def _recognise(act: Act, events: Sequence[int], *, at: datetime, reason: str = "delivered") -> Sale:
    done = [
        recognition.recognise(act, event=event, at=at, reason=reason)
        for event in events
        if recognition.pending(event=event)
    ]
    return Sale([one.number for one in done], sum(one.value for one in done))


@action(Permission.POST)
def settle_sale(act: Act, *, event: int) -> Sale:
    """What of a shipment's event is sold by now is recognised; what its invoice does not bill any more is not."""
    links.one_at_a_time(act.company)
    found = due.at(act.now, event=event)
    if any(one.is_undone for one in found):
        recognition.take_back(act, event=event, at=act.now, reason="its invoice does not bill it any more")
        found = due.at(act.now, event=event)
    done = [
        recognition.recognise(act, event=event, at=one.at, wanted=one.wanted, invoice=one.invoice) for one in found
    ]  # fmt: skip
    return Sale([one.number for one in done], sum(one.value for one in done))


# --- Invoices -----------------------------------------------------------------------------------------------


class Linked(Struct, frozen=True):
    links: int


@action(Permission.POST)
def match_invoices(act: Act) -> Linked:
    """Whatever is clear between shipments and invoices is linked."""
    return Linked(links.match_all(act))


@action(Permission.POST)
def link_invoice_line(act: Act, *, line: int, shipment: str, quantity: Decimal | None = None) -> Linked:
    """Somebody says which shipment an invoice line bills."""
    act.subject = shipment
    return Linked(links.link(act, line=line, shipment=shipment, quantity=quantity))


@action(Permission.POST)
def unlink_invoice_line(act: Act, *, link: int, reason: str) -> Linked:
    """A link is not so: taken back, and seen in the list again."""
    links.unlink(act, link=link, why=reason)
    return Linked(1)


@action(Permission.MAP_ACCOUNTS)
def sell_by_channel(act: Act, *, customer: str, channel: str) -> Kept:
    """By which channel this customer buys: the mapping may tell channels apart, and a document may sum one up."""
    act.subject = customer
    customers.sell_by(customers.one(customer), channel=channel)
    return Kept(channel)


@action(Permission.MAP_ACCOUNTS)
def bill_by_channel(act: Act, *, customer: str, sums_up: bool = True) -> Kept:
    """Documents of this customer in QuickBooks sum up a day of its channel, as a web shop's do."""
    act.subject = customer
    customers.sum_up(customers.one(customer), sums_up=sums_up)
    return Kept(customer)


@action(Permission.POST)
def sort_credit(act: Act, *, line: int, reason: str, shipment: str = "", return_event: str = "") -> Kept:
    """What a credit is for: goods that came back, were destroyed there, never left, or a price."""
    act.subject = shipment or str(line)
    crediting.sort(act, line=line, reason=reason, shipment=shipment, return_event=return_event)
    return Kept(reason)


@action(Permission.SET_POLICY)
def ask_for_invoices(act: Act, *, customer: str, on: bool = True) -> Kept:
    """Tieout asks QuickBooks for the invoices of this customer's shipments, when their day is over. Off at first."""
    act.subject = customer
    customers.ask_for_invoices(customers.one(customer), on=on)
    return Kept(customer)


@action(Permission.POST)
def bill_shipment(
    act: Act, *, shipment: str, prices: Mapping[str, Decimal] | None = None, on: date | None = None
) -> Kept:
    """Ask QuickBooks for the invoice of a shipment, at these prices by SKU or those that are kept.

    What it refused is asked for again as it is known now, as a new version; what it may have stored is not.
    """
    act.subject = shipment
    return Kept(invoice_requests.ask(act, shipment=shipment, prices=prices or {}, on=on))


@action(Permission.POST)
def withdraw_invoice(act: Act, *, shipment: str, reason: str) -> Kept:
    """QuickBooks refused the invoice and is not asked again: it is entered there."""
    act.subject = shipment
    return Kept(invoice_requests.withdraw(act, shipment=shipment, reason=reason))
