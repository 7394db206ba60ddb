"""Freight, duty and brokers: a bill shared over the lots that it brought, at any time, and what was expected of it.

A rate puts an estimate on each lot as it is received, owed to FREIGHT; the bill then takes the estimate's place, and
only the difference follows the goods. A bill that was shared over the wrong lots, or by the wrong basis, is mirrored
and shared anew: each time the cents go to where the goods are then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.db import connection

from tieout.access.acting import Act
from tieout.core import quantities
from tieout.core.refusals import BadAmount, NothingToShareOver, Refusal
from tieout.core.roles import PlaceKind
from tieout.core.rounding import Weight, allocate, half_away
from tieout.costing import late, late_costs, weights
from tieout.costing.models import Basis, FreightRate, LandedCost, LandedEstimate, LandedShare
from tieout.stock.movements import Recorded


class UnknownLandedCost(Refusal):
    """No landed cost of that number that still stands."""

    code = "unknown_landed_cost"


@dataclass(frozen=True, slots=True)
class Apportioned:
    """By what an amount is shared: `given` holds weights (none: what the catalog says), or (manual) the shares
    themselves in cents."""

    basis: Basis
    given: Sequence[Decimal] = ()


def apportioned(basis: Basis, given: Sequence[Decimal]) -> Apportioned:
    """As people say it: weights, or (manual) the shares in money."""
    if basis is Basis.MANUAL:
        return Apportioned(basis, [Decimal(quantities.cents(one, what="A share")) for one in given])
    return Apportioned(basis, given)


def shares(company: int, lots: Sequence[int], amount: int, by: Apportioned) -> list[int]:
    """Each lot's cents."""
    if not lots:
        raise NothingToShareOver("No lots were named. Say which goods the cost is for.")
    if len(set(lots)) < len(lots):
        raise BadAmount("A lot is named twice. Name each lot once.")
    if by.given and len(by.given) != len(lots):
        raise BadAmount(f"{len(by.given)} figures were given for {len(lots)} lots. Give one for each.")
    if by.basis is Basis.MANUAL:
        return _as_given(amount, by)
    bases = by.given or _weights(company, lots, by.basis)
    if any(base < 0 for base in bases):
        raise BadAmount("A weight is below 0. Give 0 or more.")
    if not any(bases):
        raise NothingToShareOver(f"{amount / 100:.2f} cannot be shared by {by.basis.label}: that is 0 for every lot.")
    return allocate(amount, over=bases)


def _as_given(amount: int, by: Apportioned) -> list[int]:
    cents = [int(one) for one in by.given]
    if sum(cents) != amount:
        raise BadAmount(f"The shares add up to {sum(cents) / 100:.2f}, not to {amount / 100:.2f}. Mend one of them.")
    return cents


_ENTERED = """
with entry as (
    select distinct on (m.lot_id) m.lot_id, m.id, m.event_id, m.target_id, m.quantity, m.value from stock_movement m
    where m.company_id = %(company)s and m.lot_id = any(%(lots)s) and m.quantity > 0 order by m.lot_id, m.id
)
select e.lot_id, e.quantity, (e.value + coalesce(sum(c.value), 0))::bigint from entry e
left join stock_movement c on c.company_id = %(company)s and c.lot_id = e.lot_id and c.quantity = 0
    and c.target_id = e.target_id and (c.corrects_id = e.id or c.corrects_id is null and c.event_id = e.event_id)
    and exists (select 1 from stock_location o where o.company_id = c.company_id and o.id = c.origin_id
        and o.kind not in ('storage', 'quarantine', 'staging', 'in-transit', 'external'))
group by 1, 2, e.value
"""


def entered(company: int, lots: Sequence[int]) -> dict[int, tuple[Decimal, int]]:
    """What each lot was when it came, and what it cost with everything since: whatever became of it."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTERED, {"company": company, "lots": list(lots)})
        return {lot: (quantity, value) for lot, quantity, value in cursor}


def _weights(company: int, lots: Sequence[int], basis: Basis) -> Sequence[Weight]:
    found = entered(company, lots)
    if basis is Basis.WEIGHT:
        return weights.of(lots, {lot: quantity for lot, (quantity, _) in found.items()})
    return [found[lot][0] if basis is Basis.QUANTITY else Decimal(found[lot][1]) for lot in lots]


def apportion(
    act: Act,
    *,
    lots: Sequence[int],
    amount: int,
    by: Apportioned,
    at: datetime,
    vendor: int | None = None,
    document: str = "",
    note: str = "",
) -> Recorded:
    """Share a bill over lots, inside the caller's transaction; estimates of these lots are set off."""
    if not amount:
        raise BadAmount("A landed cost of 0.00 is none. Give its amount.")
    reach = late.Reach(act.company, of_lots=sorted(set(lots)))
    cents = shares(act.company, lots, amount, by)
    estimated = outstanding(act.company, lots)
    parts = [(lot, share, estimated.get(lot, 0)) for lot, share in zip(lots, cents, strict=True)]
    return _record(
        act, parts, reach=reach, amount=amount, basis=by.basis, at=at, vendor=vendor, document=document, note=note
    )


def take_back(act: Act, *, number: str, at: datetime, note: str = "") -> LandedCost:
    """The same shares the other way; the estimates stand again."""
    landed = LandedCost.objects.filter(number=number, mirrors=None).first()
    if landed is None or LandedCost.objects.filter(mirrors=landed).exists():
        raise UnknownLandedCost(f"There is no landed cost {number} that still stands. Look for it among the events.")
    rows = LandedShare.objects.filter(landed=landed).order_by("id")
    parts = [(one.lot_id, -one.amount, -one.estimated) for one in rows]
    reach = late.Reach(act.company, of_lots=sorted(lot for lot, *_ in parts))
    _record(
        act,
        parts,
        reach=reach,
        amount=-landed.amount,
        basis=Basis(landed.basis),
        at=at,
        vendor=landed.vendor_id,
        document=landed.document,
        note=note or f"{number} taken back",
        mirrors=landed,
    )
    return landed


def _record(
    act: Act,
    parts: Sequence[tuple[int, int, int]],
    *,
    reach: late.Reach,
    amount: int,
    basis: Basis,
    at: datetime,
    vendor: int | None,
    document: str,
    note: str,
    mirrors: LandedCost | None = None,
) -> Recorded:
    """Lot, its cents, and the cents of its estimate that they take the place of."""
    done = late_costs.add(
        act,
        shares=[(lot, share - estimated) for lot, share, estimated in parts],
        origin=PlaceKind.FREIGHT,
        at=at,
        vendor=vendor,
        document=document,
        note=note or "Landed cost",
        reach=reach,
    )
    landed = LandedCost.objects.create(
        company_id=act.company,
        event_id=done.event,
        number=done.number,
        vendor_id=vendor,
        document=document[:60],
        amount=amount,
        basis=basis,
        mirrors=mirrors,
    )
    LandedShare.objects.bulk_create(
        LandedShare(company_id=act.company, landed=landed, lot_id=lot, amount=share, estimated=estimated)
        for lot, share, estimated in parts
    )
    return done


# --- Estimates --------------------------------------------------------------------------------------------------

_OUTSTANDING = """
select lot_id, sum(cents)::bigint from (
    select e.lot_id, e.value as cents from costing_landedestimate e
    where e.company_id = %(company)s and e.lot_id = any(%(lots)s) and not exists (
        select 1 from ledger_event x where x.company_id = e.company_id and x.reverses_id = e.event_id)
    union all
    select lot_id, -estimated from costing_landedshare where company_id = %(company)s and lot_id = any(%(lots)s)
) every group by 1 having sum(cents) <> 0
"""


def outstanding(company: int, lots: Sequence[int]) -> dict[int, int]:
    """Estimated freight of these lots that no bill has taken the place of."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTSTANDING, {"company": company, "lots": list(lots)})
        return dict(cursor.fetchall())


def estimate(goods: Sequence[tuple[int, Decimal, int]], on: date) -> list[int]:
    """What getting goods here is expected to cost, in cents: of each its item, quantity and price in cents."""
    rates = _rates({item for item, *_ in goods}, on)
    return [_expected(rates[item], quantity, price) if item in rates else 0 for item, quantity, price in goods]


def _rates(items: set[int], on: date) -> Mapping[int, FreightRate]:
    found = FreightRate.objects.filter(item_id__in=items, effective_from__lte=on)
    return {rate.item_id: rate for rate in found.order_by("effective_from", "id")}


def _expected(rate: FreightRate, quantity: Decimal, price: int) -> int:
    by_unit = Fraction(rate.per_unit) * Fraction(quantity) * 100
    return half_away(by_unit + Fraction(rate.percent) * price / 100)


def record_estimates(company: int, event: int, lots: Sequence[tuple[int, int]]) -> None:
    """Lot and cents, as they were received."""
    LandedEstimate.objects.bulk_create(
        LandedEstimate(company_id=company, event_id=event, lot_id=lot, value=cents) for lot, cents in lots if cents
    )
