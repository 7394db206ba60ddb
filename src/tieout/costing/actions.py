"""What finance may ask for of costs that come late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct

from tieout.access.acting import Act
from tieout.access.actions import action
from tieout.access.permissions import Permission
from tieout.catalog import items
from tieout.core import quantities
from tieout.core.refusals import BadAmount, NothingToShareOver, Refusal
from tieout.core.roles import PlaceKind
from tieout.costing import landed, late_costs
from tieout.costing.landed import Apportioned
from tieout.costing.models import Basis, FreightRate
from tieout.ledger.models import Event, EventKind, Party
from tieout.stock import lots
from tieout.stock.models import Lot, Pool
from tieout.stock.movements import Recorded


class UnknownRun(Refusal):
    """A run number that the company does not know."""

    code = "unknown_run"


class UnknownVendor(Refusal):
    """A vendor that neither QuickBooks nor purchasing knows."""

    code = "unknown_vendor"


class Done(Struct, frozen=True):
    """What was dealt with, by its name."""

    what: str


OWED = frozenset({PlaceKind.FREIGHT, PlaceKind.LABOUR, PlaceKind.OVERHEAD})
"""What a late cost without a bill may be owed to. A supplier's price comes with his bill."""


@action(Permission.VALUE)
def add_late_cost(
    act: Act,
    *,
    amount: Decimal,
    of: Sequence[str] = (),
    run: str = "",
    owed: PlaceKind = PlaceKind.FREIGHT,
    at: datetime,
    note: str = "",
) -> Recorded:
    """A cost of lots, shared by what they cost so far, or of a run: it goes to where the goods are now.

    A cost that was wrong is undone by one of the opposite sign.
    """
    cents = quantities.cents(amount, what="The late cost")
    if not cents or owed not in OWED:
        raise BadAmount(f"{amount} owed to {owed}: give an amount that is not 0, owed to freight, labour or overhead.")
    if bool(of) == bool(run):
        raise NothingToShareOver("Say what the cost is for: lots, or one run.")
    if run:
        return late_costs.add(act, pools=[(_pool(run), cents)], origin=owed, at=at, note=note)
    ids = _lots(act, of, ())
    shares = landed.shares(act.company, ids, cents, Apportioned(Basis.VALUE))
    return late_costs.add(act, shares=list(zip(ids, shares, strict=True)), origin=owed, at=at, note=note)


@action(Permission.VALUE)
def apportion_landed_cost(
    act: Act,
    *,
    amount: Decimal,
    of: Sequence[str] = (),
    receipts: Sequence[str] = (),
    basis: Basis = Basis.QUANTITY,
    given: Sequence[Decimal] = (),
    at: datetime,
    vendor: str = "",
    document: str = "",
    note: str = "",
) -> Recorded:
    """A bill for freight, duty or a broker over lots (all lots of `receipts`), whatever became of them since.

    `given` are weights, or, shared by hand, the amounts themselves.
    """
    return landed.apportion(
        act,
        lots=_lots(act, of, receipts),
        amount=quantities.cents(amount, what="The landed cost"),
        by=landed.apportioned(basis, given),
        at=at,
        vendor=_vendor(vendor),
        document=document,
        note=note,
    )


@action(Permission.VALUE)
def reapportion_landed_cost(
    act: Act,
    *,
    landed_cost: str,
    of: Sequence[str] = (),
    receipts: Sequence[str] = (),
    basis: Basis = Basis.QUANTITY,
    given: Sequence[Decimal] = (),
    at: datetime,
    note: str = "",
) -> Recorded:
    """The same bill over other lots, or by another basis: mirrored, and shared anew."""
    was = landed.take_back(act, number=landed_cost, at=at, note=note)
    return landed.apportion(
        act,
        lots=_lots(act, of, receipts),
        amount=was.amount,
        by=landed.apportioned(basis, given),
        at=at,
        vendor=was.vendor_id,
        document=was.document,
        note=note or f"Landed cost, in place of {landed_cost}",
    )


@action(Permission.VALUE)
def take_back_landed_cost(act: Act, *, landed_cost: str, at: datetime, note: str = "") -> Done:
    """It was for none of these goods."""
    landed.take_back(act, number=landed_cost, at=at, note=note)
    return Done(landed_cost)


@action(Permission.VALUE)
def set_freight_rate(
    act: Act, *, sku: str, per_unit: Decimal = Decimal(0), percent: Decimal = Decimal(0), effective_from: date
) -> Done:
    """What getting an item here is expected to cost, per unit and of its price, from that day on."""
    for figure, what in ((per_unit, "The rate per unit"), (percent, "The per cent of the price")):
        quantities.price(figure, what=f"{what} of {sku}")
    FreightRate.objects.create(
        company_id=act.company,
        item_id=items.one(sku).id,
        per_unit=per_unit,
        percent=percent,
        effective_from=effective_from,
    )
    act.subject = sku
    return Done(sku)


def _lots(act: Act, of: Sequence[str], receipts: Sequence[str]) -> list[int]:
    """The lots that are named, then those of the receipts."""
    ids = lots.by_code(act.company, of)
    events_of = Event.objects.filter(kind=EventKind.RECEIPT, number__in=receipts)
    received = Lot.objects.filter(origin_event__in=events_of).order_by("id").values_list("id", flat=True)
    return [*(ids[code] for code in of), *received]


def _pool(run: str) -> int:
    found = Pool.objects.filter(number=run).values_list("id", flat=True).first()
    if found is None:
        raise UnknownRun(f"There is no run {run} that anything was put into. Check the number on its paper.")
    return found


def _vendor(name: str) -> int | None:
    if not name:
        return None
    found = Party.objects.filter(kind="vendor", name=name).values_list("id", flat=True).first()
    if found is None:
        raise UnknownVendor(f"There is no vendor {name}. Add it as a supplier, or check the name.")
    return found
