"""Bills and credit notes, entered in QuickBooks as AP would, read back, and matched with the lots they name.

The hard case is a bill that comes before its goods: it stands in QuickBooks as billed and not here, and is matched
when a later event of the story receives the lot. What is billed beyond what came stays on the accrual, for all to see.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import msgspec

from tieout.access import company as companies
from tieout.access.actions import KeyReused
from tieout.core import quantities
from tieout.core.refusals import BadAmount, Refusal, ZeroQuantity
from tieout.core.roles import Role
from tieout.core.rounding import half_away
from tieout.purchasing import accruals, bill_actions, bills, suppliers
from tieout.purchasing.bill_actions import For
from tieout.purchasing.models import Bill, BillLine, ReceiptLine
from tieout.quickbooks import query
from tieout.quickbooks.outcomes import Accepted
from tieout.stock.lots import UnknownLot
from tieout.stories import vocabulary
from tieout.stories.billed import Line, Unmatched
from tieout.stories.rates import rate_of
from tieout.stories.stage import Stage
from tieout.stories.vocabulary import UnknownField, number
from tieout.stories.world import ABROAD, FOREIGN, SUPPLIER, World

Kind = Literal["Bill", "VendorCredit"]


class NoBill(Refusal):
    """QuickBooks did not take a bill."""

    code = "no_bill"


def bill(stage: Stage, event: vocabulary.Bill) -> None:
    """Charges on one bill, what is given back on one credit note."""
    if stage.is_repeated:
        raise KeyReused(f"The key {event.key} was used for something else. Give each event its own.")
    rate = rate_of(event.home_per_fc, event.fc_per_home, is_foreign=any(x.fc_amount is not None for x in event.lines))
    lines = _said(stage, event, rate)
    stage.refuse_future(event.on)
    papers = [(kind, is_foreign, some) for kind, is_foreign in _PAPERS if (some := _on(lines, kind, is_foreign))]
    tax = _tax(stage, event, len(papers))
    for kind, is_foreign, some in papers:
        _enter_and_match(stage, event, kind, some, rate if is_foreign else None, tax)


_PAPERS: tuple[tuple[Kind, bool], ...] = (
    ("Bill", False),
    ("VendorCredit", False),
    ("Bill", True),
    ("VendorCredit", True),
)
"""A document charges or gives back, in one currency."""


def _on(lines: list[Line], kind: Kind, is_foreign: bool) -> list[Line]:
    return [one for one in lines if one.is_foreign is is_foreign and (one.amount < 0) is (kind == "VendorCredit")]


def _tax(stage: Stage, event: vocabulary.Bill, papers: int) -> Decimal:
    """What the supplier charges beside the lines, in the money that they are in."""
    if event.tax is None:
        return Decimal(0)
    if event.tax_is is None or papers > 1:
        raise UnknownField("A bill with tax needs tax_is, and charges or gives back in one currency.")
    tax = number(event.tax, "The tax")
    if quantities.cents(tax, what="The tax") < 0:
        raise BadAmount(f"The tax cannot be {tax}. Give 0 or more; a credit note gives it back.")
    stage.world.agree_on_tax(event.tax_is, event.on)
    return tax


def arrived(stage: Stage, lot: str, on: date) -> None:
    """Goods that were billed before they came."""
    waiting = [one for one in stage.billed if one.said.lot == lot]
    for one in waiting:
        stage.billed.remove(one)
        _match(stage, one.bill, [(one.line, one.said)], expensed=one.expensed, on=max(on, one.on))


def _said(stage: Stage, event: vocabulary.Bill, rate: Fraction | None) -> list[Line]:
    """Every line checked before anything is entered: a refused event leaves no trace, in QuickBooks neither."""
    if not event.lines:
        raise ZeroQuantity("A bill needs at least one line.")
    return [_line(stage, event, one, rate) for one in event.lines]


def _line(stage: Stage, event: vocabulary.Bill, one: vocabulary.BillLine, rate: Fraction | None) -> Line:
    if (one.amount is None) == (one.fc_amount is None):
        raise UnknownField("A line of a bill needs amount or fc_amount.")
    quantity = number(one.qty, f"The quantity of {one.lot}")
    amount = number(one.amount or one.fc_amount or "", f"The amount of {one.lot}")
    quantities.cents(amount, what=f"The amount of {one.lot}")
    if not quantity and amount >= 0:
        raise ZeroQuantity(f"The quantity of {one.lot} must be more than 0; only a credit may be for the price alone.")
    if quantity * amount < 0:
        raise BadAmount(f"{one.lot}: a quantity of {quantity} at {amount}. Both are negative on a credit note.")
    _refuse_unknown(stage, one.lot)
    if one.lot in stage.names.lots:
        quantity = stage.names.in_lot(quantity, lot=one.lot, uom=event.uom, item=event.item)
    said = f"{quantities.plain(quantity)} of lot {one.lot}"
    return line(said, amount, rate if one.fc_amount is not None else None, lot=one.lot, quantity=quantity)


def line(
    text: str, amount: Decimal, rate: Fraction | None = None, *, lot: str = "", quantity: Decimal = Decimal(0)
) -> Line:
    """A line in our own money, or in another at a rate."""
    cents = half_away(Fraction(amount) * (rate or 1) * 100)
    return Line(lot, quantity, amount, cents, text, is_foreign=rate is not None)


def _refuse_unknown(stage: Stage, lot: str) -> None:
    """A lot that was bought, or that a later event will receive."""
    known = stage.names.lots.get(lot)
    if known is None and lot not in stage.coming:
        raise UnknownLot(f"There is no lot {lot}, and nothing in the story receives one.")
    if known is not None and _receipt_line(stage, lot) is None:
        raise UnknownLot(f"Lot {lot} was not bought: no bill is for it. Name the lot that was received.")


def _receipt_line(stage: Stage, lot: str) -> int | None:
    with companies.scope(stage.company):
        found = ReceiptLine.objects.filter(lot_id=stage.names.lots[lot].lot).order_by("id").last()
    return found.pk if found else None


def _enter_and_match(
    stage: Stage, event: vocabulary.Bill, kind: Kind, lines: list[Line], rate: Fraction | None, tax: Decimal
) -> None:
    document = enter(stage.world, kind=kind, on=event.on, lines=lines, rate=rate, tax=tax)
    with companies.scope(stage.company):
        bills.mirror(stage.company, document, kind=kind)
        mirrored = Bill.objects.get(kind=kind, external_id=document["Id"])
        there = bills.lines(mirrored)
    expensed = event.policy == "ppv"
    pairs = [(one.pk, _as_mirrored(said, one)) for one, said in zip(there, lines, strict=True)]
    stage.billed += [
        Unmatched(mirrored.pk, id, said, expensed, event.on) for id, said in pairs if said.lot not in stage.names.lots
    ]
    here = [(id, said) for id, said in pairs if said.lot in stage.names.lots]
    if here:
        _match(stage, mirrored.pk, here, expensed=expensed, on=event.on)


def _as_mirrored(said: Line, line: BillLine) -> Line:
    """With its tax, and at the rate as QuickBooks has it."""
    return replace(said, cents=line.amount, amount=said.amount if line.foreign_amount is None else line.foreign_amount)


def _match(stage: Stage, bill: int, lines: list[tuple[int, Line]], *, expensed: bool, on: date) -> None:
    """As much as there are goods for; the rest of a line waits in QuickBooks."""
    wanted: list[For] = []
    taken: dict[int, Decimal] = {}
    for id, said in lines:
        receipt_line = _receipt_line(stage, said.lot)
        assert receipt_line is not None, f"lot {said.lot} was bought a moment ago"
        with companies.scope(stage.company):
            one = accruals.of(stage.company, ids=[receipt_line])[receipt_line]
        most = -one.billed_quantity if said.quantity < 0 else one.open_quantity
        most -= taken.get(receipt_line, Decimal(0))
        quantity = min(said.quantity, most, key=abs)
        if said.quantity and not quantity:
            continue
        taken[receipt_line] = taken.get(receipt_line, Decimal(0)) + quantity
        share = Fraction(quantity) / Fraction(said.quantity) if said.quantity else Fraction(1)
        foreign = Decimal(half_away(Fraction(said.amount) * share * 100)).scaleb(-2) if said.is_foreign else None
        wanted.append(For(id, receipt_line, quantity, half_away(said.cents * share), foreign))
    if wanted:
        at = stage.world.moment(on)
        stage.ask(bill_actions.clear_bill, bill=bill, lines=wanted, at=at, reason="as billed", expensed=expensed)


def enter(
    world: World,
    *,
    kind: Kind,
    on: date,
    lines: list[Line],
    rate: Fraction | None = None,
    tax: Decimal = Decimal(0),
    role: Role = Role.GRNI,
) -> dict[str, Any]:
    """The document typed into QuickBooks, in its own money, all of it on the accrual (or another role); as it stands
    there then."""
    if rate is not None:
        world.open_abroad()
    with companies.scope(world.company):
        vendor = suppliers.one(SUPPLIER if rate is None else ABROAD).party.external_id
    account = next(account for account, plays in world.roles.items() if plays is role)
    code = {"TaxCodeRef": {"value": "TAX"}} if tax else {}
    body = {
        "VendorRef": {"value": vendor},
        "TxnDate": on.isoformat(),
        **({} if rate is None else {"CurrencyRef": {"value": FOREIGN}, "ExchangeRate": _as_typed(rate)}),
        **({"TxnTaxDetail": {"TotalTax": tax}} if tax else {}),
        "Line": [
            {
                "Amount": abs(line.amount),
                "DetailType": "AccountBasedExpenseLineDetail",
                "Description": line.text,
                "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}, **code},
            }
            for line in lines
        ],
    }
    encoded = msgspec.json.Encoder(decimal_format="number").encode(body)
    outcome = world.books.create(kind, encoded, requestid=uuid.uuid4())
    if not isinstance(outcome, Accepted):
        raise NoBill(f"QuickBooks did not take the bill: {outcome}")
    id = msgspec.json.decode(outcome.reply.body)[kind]["Id"]
    (document,) = world.books.every(kind, dict[str, Any], query.is_("Id", id))
    return document


def _as_typed(rate: Fraction) -> Decimal:
    """As many places as a rate has in QuickBooks; what it is worth there then counts, not the fraction."""
    return Decimal(half_away(rate * 10**12)).scaleb(-12)
