"""The words of a story: every type of event with its fields, and nothing else.

An event is read when its turn comes, so that a wrong word is a refusal like any other: it has a code, leaves no
trace, and the story goes on. Numbers are texts: a JSON number is a float to most programs, and 0.1 is none.
"""

from __future__ import annotations

import re
import typing
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from tieout.core import quantities
from tieout.core.refusals import BadAmount, Refusal
from tieout.core.roles import Role

DEFAULT_DAY = date(2026, 1, 15)

Number = Annotated[str, Meta(description="a number as a text")]
Name = Annotated[str, Meta(min_length=1, max_length=60)]


class UnknownType(Refusal):
    """A word for an event that stories do not know."""

    code = "unknown_type"


class UnknownField(Refusal):
    """A field that an event does not have, lacks, or holds in another form."""

    code = "unknown_field"


class _Event(Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """What every event may carry."""

    on: date = DEFAULT_DAY
    at: str = ""
    item: str = ""
    uom: str = ""
    key: str = ""
    """Makes the event happen once, however often it is told: the idempotency key of its action."""


class Receive(_Event, frozen=True, kw_only=True, tag="receive"):
    lot: Name
    qty: Number
    unit_cost: Number | None = None
    amount: Number | None = None
    fc_unit: Number | None = None
    home_per_fc: Number | None = None
    fc_per_home: Number | None = None
    credit: Role | None = None


class BillLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lot: Name
    qty: Number
    amount: Number | None = None
    fc_amount: Number | None = None


class Bill(_Event, frozen=True, kw_only=True, tag="bill"):
    lines: list[BillLine]
    policy: typing.Literal["flow", "ppv"] = "flow"
    tax: Number | None = None
    tax_is: typing.Literal["cost", "reclaimed"] | None = None
    home_per_fc: Number | None = None
    fc_per_home: Number | None = None


class Freight(_Event, frozen=True, kw_only=True, tag="freight"):
    amount: Number | None = None
    fc_amount: Number | None = None
    home_per_fc: Number | None = None
    fc_per_home: Number | None = None
    basis: typing.Literal["qty", "value", "weight", "manual"]
    lots: list[Name]
    weights: list[Number] | None = None
    shares: list[Number] | None = None


class LateCost(_Event, frozen=True, kw_only=True, tag="late_cost"):
    amount: Number
    lots: list[Name] | None = None
    run: Name | None = None


class Issue(_Event, frozen=True, kw_only=True, tag="issue"):
    run: Name
    lot: Name
    qty: Number


class Absorb(_Event, frozen=True, kw_only=True, tag="absorb"):
    run: Name
    amount: Number
    kind: typing.Literal["labour", "overhead"]


class Made(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lot: Name
    qty: Number
    share: Number | None = None


class Byproduct(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lot: Name
    qty: Number
    nrv_total: Number


class Abnormal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    share: Number | None = None
    qty: Number | None = None


class Complete(_Event, frozen=True, kw_only=True, tag="complete"):
    run: Name
    outputs: list[Made]
    byproducts: list[Byproduct] = []
    scrap_recovery: Number | None = None
    abnormal: Abnormal | None = None


class ReverseRun(_Event, frozen=True, kw_only=True, tag="reverse_run"):
    run: Name


class Ship(_Event, frozen=True, kw_only=True, tag="ship"):
    id: Name
    lot: Name
    qty: Number
    revenue: Number | None = None
    sold: typing.Literal["", "shipment", "delivery", "invoice"] = ""
    """When it becomes cost of goods sold; a shipment's first line says so for all of it."""


class Deliver(_Event, frozen=True, kw_only=True, tag="deliver"):
    ship: Name


class Invoice(_Event, frozen=True, kw_only=True, tag="invoice"):
    ship: Name
    amount: Number
    qty: Number | None = None


class DeleteInvoice(_Event, frozen=True, kw_only=True, tag="delete_invoice"):
    ship: Name


class CustomerReturn(_Event, frozen=True, kw_only=True, tag="customer_return"):
    ship: Name
    qty: Number
    lot: Name | None = None
    to_lot: Name | None = None


class SupplierReturn(_Event, frozen=True, kw_only=True, tag="rtv"):
    id: Name
    lot: Name
    qty: Number


class VendorCredit(_Event, frozen=True, kw_only=True, tag="vendor_credit"):
    rtv: Name
    amount: Number


class Count(_Event, frozen=True, kw_only=True, tag="count"):
    lot: Name
    counted: Number
    unit_cost: Number | None = None


class WriteDown(_Event, frozen=True, kw_only=True, tag="writedown"):
    lot: Name
    nrv_unit: Number


class Transfer(_Event, frozen=True, kw_only=True, tag="transfer"):
    lot: Name
    qty: Number
    to: Name | None = None
    to_lot: Name | None = None


class Scrap(_Event, frozen=True, kw_only=True, tag="scrap"):
    lot: Name
    qty: Number
    reason: str = ""


class ClosePeriod(_Event, frozen=True, kw_only=True, tag="close_period"):
    on: date


class Checkpoint(_Event, frozen=True, kw_only=True, tag="checkpoint"):
    id: Name


Event = (
    Receive
    | Bill
    | Freight
    | LateCost
    | Issue
    | Absorb
    | Complete
    | ReverseRun
    | Ship
    | Deliver
    | Invoice
    | DeleteInvoice
    | CustomerReturn
    | SupplierReturn
    | VendorCredit
    | Count
    | WriteDown
    | Transfer
    | Scrap
    | ClosePeriod
    | Checkpoint
)

TYPES: dict[str, type[_Event]] = {one.__struct_config__.tag: one for one in typing.get_args(Event)}


def read(said: dict[str, Any]) -> Event:
    """The event that was meant, or a refusal that names the word or field that is not known."""
    named = said.get("type")
    if named not in TYPES:
        raise UnknownType(f"There is no event of type {named!r}. There are {', '.join(TYPES)}.")
    try:
        event = msgspec.convert(said, TYPES[named])
    except msgspec.ValidationError as error:
        raise _refusal(str(error), named) from error
    return typing.cast(Event, event)


def number(text: str, what: str) -> Decimal:
    """A quantity or an amount as it is written in a story."""
    try:
        return quantities.number(text, what=what)
    except quantities.BadNumber as error:
        raise BadAmount(str(error)) from error


def _refusal(message: str, named: str) -> Refusal:
    """What msgspec found wrong, in a story's words."""
    at = re.search(r"at `\$\.?([^`]*)`", message)
    where = f"{named}.{at[1]}" if at and at[1] else named
    known = ", ".join(TYPES[named].__struct_fields__)
    if unknown := re.search(r"unknown field `([^`]+)`", message):
        hint = f" A {named} knows {known}." if where == named else ""
        return UnknownField(f"{where} has no field {unknown[1]}.{hint}")
    if missing := re.search(r"missing required field `([^`]+)`", message):
        return UnknownField(f"{where} lacks the field {missing[1]}. A {named} knows {known}.")
    if "Expected `str`, got `int`" in message or "Expected `str`, got `float`" in message:
        return BadAmount(f'{where} is a number. Write it as a text, such as "12.50".')
    return UnknownField(f"{where} cannot be read: {message.split(' - at ')[0]}.")
