"""The ledger in memory: balances that an act touches, and the movements it makes of them.

An action loads the balances it has locked, moves goods and money here, and writes what came of it in bulk.
Replay loads nothing, feeds every event of a company through the same functions and compares. So there is one
arithmetic, and a test of it needs no database.

Three kinds of balance:
  stock      (lot, place)        quantity and value, never negative
  holding    (lot, pool)         what a run holds of a lot it was issued, and may give back
  pool       (pool)              the value in a run: work in process
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from tieout.core.balances import EMPTY, ZERO, Balance, NotEnough
from tieout.core.refusals import BadAmount, Refusal, ZeroQuantity
from tieout.core.roles import MoveKind, PlaceKind, Role


class GoodsMovedOn(Refusal):
    """What is to be taken back is not all there any more."""

    code = "goods_moved_on"


class Place(NamedTuple):
    """A location as the ledger sees it; `role` is empty where the item decides."""

    id: int
    kind: PlaceKind
    role: Role | None
    site: int | None


class Key(NamedTuple):
    """Which balance: a lot in a place, a lot held by a run, or (no lot) a run's pool."""

    place: int
    lot: int | None
    pool: int | None


@dataclass(slots=True)
class Movement:
    """A quantity and its cents of one lot leaving one place for another, before it has a row."""

    number: int
    kind: MoveKind
    item: int | None
    lot: int | None
    pool: int | None
    origin: int
    target: int
    quantity: Decimal
    value: int
    corrects: int | None = None
    target_role: Role | None = None
    """Set where the target's own role does not apply: COGS_LATE for a shipment in a closed period."""
    origin_role: Role | None = None
    """The same of the origin, for goods that come back from there."""


@dataclass(slots=True)
class Book:
    """Balances at hand and the movements made so far."""

    places: Mapping[int, Place]
    balances: dict[Key, Balance] = field(default_factory=dict)
    movements: list[Movement] = field(default_factory=list)
    changed: set[Key] = field(default_factory=set)
    names: Mapping[int, str] = field(default_factory=dict)
    """Lot id → what people call it, for sentences."""
    is_taking_back: bool = False
    """Of a movement and a lower cost along it, either dips when both are taken back: only the end is looked at."""

    def issue(
        self,
        kind: MoveKind,
        *,
        item: int,
        lot: int,
        origin: int,
        target: int,
        quantity: Decimal,
        pool: int | None = None,
        target_role: Role | None = None,
    ) -> Movement:
        """Goods leave by the issue rule: the balance says what they are worth."""
        key = self._end(kind, origin, lot, pool)
        assert key is not None, f"{kind} of lot {lot} from a place that holds no goods"
        held = self.require(key, quantity)
        value, rest = held.issue(quantity)
        self._set(key, rest)
        if key.pool is not None:
            self._add(Key(origin, None, pool), ZERO, -value)
        return self._arrive(kind, item, lot, pool, origin, target, quantity, value, target_role=target_role)

    def require(self, key: Key, quantity: Decimal) -> Balance:
        """What is there, if it is enough."""
        held = self.balances.get(key, EMPTY)
        lot = key.lot
        if quantity <= 0:
            raise ZeroQuantity(f"{self._lot(lot)}: the quantity must be more than 0, not {quantity:f}.")
        if quantity > held.quantity:
            raise NotEnough(
                f"{self._lot(lot)} has {held.quantity.normalize():f} here, {quantity.normalize():f} was asked for."
                " Take another lot as well, or record the rest as found goods."
            )
        return held

    def bring(
        self,
        kind: MoveKind,
        *,
        origin: int,
        target: int,
        value: int,
        item: int | None = None,
        lot: int | None = None,
        pool: int | None = None,
        quantity: Decimal = ZERO,
        corrects: int | None = None,
        target_role: Role | None = None,
        origin_role: Role | None = None,
    ) -> Movement:
        """Goods or pure value move at cents that are given: a receipt, an output, a correction, a reversal."""
        for key, exact in self._ends(kind, origin, lot, pool):
            self._add(key, -quantity if exact else ZERO, -value)
        return self._arrive(kind, item, lot, pool, origin, target, quantity, value, corrects, target_role, origin_role)

    def mirror(self, was: Movement, *, corrects: int | None = None) -> Movement:
        """Take a movement back, at the same cents, or say why the goods are not there to be taken back."""
        key = self._end(was.kind, was.target, was.lot, was.pool)
        if key is not None and was.quantity:
            held = self.balances.get(key, EMPTY)
            if held.quantity < was.quantity:
                raise GoodsMovedOn(
                    f"{self._lot(was.lot)}: {was.quantity.normalize():f} came by this, "
                    f"{held.quantity.normalize():f} of it is still here. "
                    "Take back what used it first, or correct the quantity instead."
                )
        return self.bring(
            was.kind,
            item=was.item,
            lot=was.lot,
            pool=was.pool,
            origin=was.target,
            target=was.origin,
            quantity=was.quantity,
            value=was.value,
            corrects=corrects,
            target_role=was.origin_role,
            origin_role=was.target_role,
        )

    def taken_back(self) -> None:
        """Looked at once everything is taken back: cents that left with goods do not come back without them."""
        self.is_taking_back = False
        for key in self.changed:
            balance = self.balances[key]
            if key.lot is not None and (balance.value < 0 or (not balance.quantity and balance.value)):
                raise GoodsMovedOn(
                    f"{self._lot(key.lot)} is not here as it came by this: {balance.value / 100:+.2f} would be left "
                    "over. Take back what used it first, or enter the difference as a late cost."
                )

    def pool(self, pool: int, production: int) -> int:
        """Cents in a run now."""
        return self.balances.get(Key(production, None, pool), EMPTY).value

    def stock(self, lot: int, place: int) -> Balance:
        return self.balances.get(Key(place, lot, None), EMPTY)

    def _arrive(
        self,
        kind: MoveKind,
        item: int | None,
        lot: int | None,
        pool: int | None,
        origin: int,
        target: int,
        quantity: Decimal,
        value: int,
        corrects: int | None = None,
        target_role: Role | None = None,
        origin_role: Role | None = None,
    ) -> Movement:
        for key, exact in self._ends(kind, target, lot, pool):
            self._add(key, quantity if exact else ZERO, value)
        made = Movement(
            len(self.movements) + 1,
            kind,
            item,
            lot,
            pool,
            origin,
            target,
            quantity,
            value,
            corrects,
            target_role,
            origin_role,
        )
        self.movements.append(made)
        return made

    def _ends(self, kind: MoveKind, place: int, lot: int | None, pool: int | None) -> Iterable[tuple[Key, bool]]:
        """Every balance that one end of a movement changes, and whether its quantity changes too."""
        at = self.places[place].kind
        if at.holds_stock:
            assert lot is not None, "a place that holds goods holds lots"
            yield Key(place, lot, None), True
        elif at is PlaceKind.PRODUCTION:
            yield Key(place, None, pool), False
            if kind is MoveKind.ISSUE:
                yield Key(place, lot, pool), True

    def _end(self, kind: MoveKind, place: int, lot: int | None, pool: int | None) -> Key | None:
        """The balance that holds goods at one end of a movement, if any does."""
        goods = [key for key, exact in self._ends(kind, place, lot, pool) if exact]
        return goods[0] if goods else None

    def _add(self, key: Key, quantity: Decimal, value: int) -> None:
        self._set(key, self.balances.get(key, EMPTY).change(quantity, value))

    def _set(self, key: Key, balance: Balance) -> None:
        if key.lot is not None:
            if balance.quantity < 0:
                raise NotEnough(f"{self._lot(key.lot)} would go below zero here.")
            if balance.value < 0 and not self.is_taking_back:
                raise BadAmount(f"{self._lot(key.lot)} would be worth less than nothing ({balance.value} cents).")
        self.balances[key] = balance
        self.changed.add(key)

    def settled(self) -> None:
        """Looked at once an act is whole: on its way after goods that were moved, a late cost passes empty places."""
        for key in self.changed:
            balance = self.balances[key]
            is_worth = key.lot is not None and not balance.quantity and balance.value
            assert not is_worth, f"an empty balance worth {balance.value} cents: {key}"

    def _lot(self, lot: int | None) -> str:
        return f"Lot {self.names.get(lot or 0, lot)}"
