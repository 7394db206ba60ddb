"""Events of cost without goods, or of goods that go back: freight, late costs, returns, claims, write-downs.

What AP types into QuickBooks (a freight bill, a supplier's credit) is entered there once the act was done: a refused
event leaves no trace in QuickBooks either.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from tieout.access import company as companies
from tieout.core import quantities
from tieout.core.roles import PlaceKind, Role
from tieout.core.rounding import half_away
from tieout.costing import actions as costing
from tieout.costing.models import Basis
from tieout.purchasing import actions as purchasing
from tieout.purchasing import returns
from tieout.sales import actions as sales
from tieout.stock import actions as stock
from tieout.stock import lots, places
from tieout.stock.writedowns import Worth
from tieout.stories import bills, runs, vocabulary
from tieout.stories.rates import rate_of
from tieout.stories.stage import Stage
from tieout.stories.vocabulary import UnknownField, number


def freight(stage: Stage, event: vocabulary.Freight) -> None:
    """The bill of a carrier, the customs or a broker, shared over lots."""
    names = stage.names
    if (event.amount is None) == (event.fc_amount is None):
        raise UnknownField("A freight needs amount or fc_amount.")
    rate = rate_of(event.home_per_fc, event.fc_per_home, is_foreign=event.fc_amount is not None)
    said = number(event.amount or event.fc_amount or "", "The freight")
    quantities.cents(said, what="The freight")
    amount = said if rate is None else Decimal(half_away(Fraction(said) * rate * 100)).scaleb(-2)
    given = _given(event)
    done = stage.ask(
        costing.apportion_landed_cost,
        amount=amount,
        of=[names.lot(lot) for lot in event.lots],
        basis=Basis(event.basis),
        given=given,
        at=stage.world.moment(event.on),
    )
    kind: bills.Kind = "Bill" if said > 0 else "VendorCredit"
    line = bills.line(f"Freight {done.number}", said, rate)
    bills.enter(stage.world, kind=kind, on=event.on, lines=[line], rate=rate, role=Role.FREIGHT)


def _given(event: vocabulary.Freight) -> Sequence[Decimal]:
    """The weights or shares beside the lots, where the basis needs them and nowhere else."""
    wanted = {"weight": "weights", "manual": "shares"}.get(event.basis)
    for field in ("weights", "shares"):
        if (getattr(event, field) is not None) != (field == wanted):
            raise UnknownField(f"Freight by {event.basis} {'needs' if field == wanted else 'has no'} {field}.")
    said = (event.weights or event.shares or []) if wanted else []
    return [number(one, f"One of {wanted}") for one in said]


def late_cost(stage: Stage, event: vocabulary.LateCost) -> None:
    """A cost without a bill: of lots, owed as freight; of a run, owed as labour."""
    amount = number(event.amount, "The late cost")
    at = stage.world.moment(event.on)
    if (event.lots is None) == (event.run is None):
        raise UnknownField("A late_cost is for lots or for a run.")
    if event.run is not None:
        run = runs.known(stage, event.run)
        stage.ask(costing.add_late_cost, amount=amount, run=run, owed=PlaceKind.LABOUR, at=at)
    else:
        of = [stage.names.lot(lot) for lot in event.lots or ()]
        stage.ask(costing.add_late_cost, amount=amount, of=of, at=at)


def supplier_return(stage: Stage, event: vocabulary.SupplierReturn) -> None:
    names = stage.names
    quantity = number(event.qty, f"The quantity of {event.lot}")
    place = names.place_of(event.lot, event.at)
    sent = stage.ask(
        purchasing.return_to_supplier,
        lot=names.lot(event.lot),
        quantity=names.in_lot(quantity, lot=event.lot, uom=event.uom, item=event.item),
        place=place,
        at=stage.world.moment(event.on),
    )
    names.returns[event.id] = sent.number


def vendor_credit(stage: Stage, event: vocabulary.VendorCredit) -> None:
    """The supplier's credit for a return, typed in by AP where the claim stands."""
    sent = stage.names.returns.get(event.rtv)
    if sent is None:
        raise returns.UnknownReturn(f"Nothing went back to a supplier as {event.rtv}. Tell of the rtv first.")
    amount = number(event.amount, "The credit")
    with companies.scope(stage.company):
        role = returns.claim(stage.company, sent).role
    stage.ask(purchasing.settle_claim, supplier_return=sent, credited=amount, at=stage.world.moment(event.on))
    if amount:
        line = bills.line(f"Credit for {sent}", -amount)
        bills.enter(stage.world, kind="VendorCredit", on=event.on, lines=[line], role=role)


def customer_return(stage: Stage, event: vocabulary.CustomerReturn) -> None:
    """Goods of a shipment that are here again; they are quarantined until an event moves them."""
    names = stage.names
    if event.to_lot is not None and not stage.is_repeated:
        names.refuse_taken(event.to_lot)
    shipment = names.shipments.get(event.ship, event.ship)
    quantity = number(event.qty, f"The quantity of {event.ship}")
    at = names.place(event.at)
    to = at if "/" in at else f"{at}/QUARANTINE"
    back = stage.ask(
        sales.return_from_customer,
        shipment=shipment,
        quantity=_in_base(stage, event, quantity),
        lot=names.lot(event.lot) if event.lot else "",
        to=to,
        code=event.to_lot or "",
        at=stage.world.moment(event.on),
    )
    for came in back.lots:
        before = next((part for part in names.lots.values() if part.lot == came.returned_from), None)
        assert before is not None, f"lot {came.returned_from} has a name in the story"
        names.keep(came.code, came.lot, before.sku, stands=to)


def _in_base(stage: Stage, event: vocabulary.CustomerReturn, quantity: Decimal) -> Decimal:
    if not event.uom:
        return quantity
    if event.lot is None:
        raise UnknownField("A customer_return in a unit of its own needs lot, to know what it is a unit of.")
    return stage.names.in_lot(quantity, lot=event.lot, uom=event.uom, item=event.item)


def write_down(stage: Stage, event: vocabulary.WriteDown) -> None:
    """What is on hand of a lot, wherever it is, but for the parts that have another name."""
    unit = number(event.nrv_unit, f"What a unit of {event.lot} brings")
    names = stage.names
    for site in _sites(stage, event):
        stage.ask(
            stock.write_down,
            site=site,
            worth=[Worth(names.lot(event.lot), unit)],
            at=stage.world.moment(event.on),
            evidence="told so by the story",
        )


def _sites(stage: Stage, event: vocabulary.WriteDown) -> list[str]:
    names, part = stage.names, stage.names.lots.get(event.lot)
    main = [names.site(names.place_of(event.lot, event.at))]
    if event.at or part is None or part.place:
        return main
    elsewhere = {names.site(one.place) for one in names.lots.values() if one.lot == part.lot and one.place}
    with companies.scope(stage.company):
        known = places.of(stage.company)
        where = [known.site_of(place) for place in lots.places_of(stage.company, [part.lot]).get(part.lot, ())]
    found = {site.code for site in where if site is not None} - elsewhere
    return sorted(found) or main
