"""What a production run takes in and gives out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from tieout.core.acts.corrections import Correction
from tieout.core.acts.goods import Departure
from tieout.core.balances import ZERO
from tieout.core.book import Book, Movement
from tieout.core.refusals import BadAmount, NothingToShareOver, Refusal
from tieout.core.roles import MoveKind
from tieout.core.rounding import allocate, half_away


class NothingProduced(Refusal):
    """A run's value with nothing to carry it."""

    code = "nothing_produced"


class Absorbed(Struct, frozen=True):
    """Labour or overhead taken into a run, in cents."""

    origin: int
    value: int


class Issue(Struct, frozen=True, tag="issue"):
    """Material into a run, or back from it: a return leaves by the issue rule over what the run holds of the lot."""

    pool: int
    lines: Sequence[Departure]

    def apply(self, book: Book) -> None:
        for line in self.lines:
            line.leave(book, MoveKind.ISSUE, pool=self.pool)


class Absorb(Struct, frozen=True, tag="absorb"):
    """Hours become cost of the run."""

    pool: int
    production: int
    lines: Sequence[Absorbed]

    def apply(self, book: Book) -> None:
        for line in self.lines:
            book.bring(MoveKind.ABSORB, pool=self.pool, origin=line.origin, target=self.production, value=line.value)


class Output(Struct, frozen=True):
    """Goods a run made; `weight` is what they share its pool by."""

    item: int
    lot: int
    target: int
    quantity: Decimal
    weight: Decimal


class Byproduct(Struct, frozen=True):
    """Goods that leave the pool first, at their net realisable value."""

    item: int
    lot: int
    target: int
    quantity: Decimal
    value: int


class Loss(Struct, frozen=True):
    """What leaves the pool as no goods: recovery of scrap by its value, abnormal loss by its weight."""

    target: int
    value: int = 0
    weight: Decimal = ZERO


class Earlier(Struct, frozen=True):
    """An output of an earlier, partial report: what it weighs, and what it took."""

    movement: int
    item: int
    lot: int
    target: int
    weight: Decimal
    value: int


class Provisional(Struct, frozen=True):
    """What a partial report expects of the run: cents still to come, and the whole output."""

    planned_rest: int
    expected: Decimal


class Report(Struct, frozen=True, tag="report"):
    """A run's report: what was used and worked, what came out, and whether that is all."""

    pool: int
    production: int
    uses: Sequence[Departure] = ()
    absorbed: Sequence[Absorbed] = ()
    outputs: Sequence[Output] = ()
    byproducts: Sequence[Byproduct] = ()
    recovery: Sequence[Loss] = ()
    abnormal: Sequence[Loss] = ()
    final: bool = True
    provisional: Provisional | None = None
    earlier: Sequence[Earlier] = ()
    follow: Sequence[Correction] = ()
    """Where the differences of earlier outputs went on to, when the goods had moved already."""

    def apply(self, book: Book) -> None:
        """Consume, absorb, let recovery and by-products leave first, then share what is left."""
        self._correct(book, self.differences(book))
        assert not self.final or book.pool(self.pool, self.production) == 0, "a closed run holds value"

    def differences(self, book: Book) -> list[tuple[Earlier, int]]:
        """Everything but what earlier outputs cost more or less now; that is the answer."""
        Issue(self.pool, self.uses).apply(book)
        Absorb(self.pool, self.production, self.absorbed).apply(book)
        self._first_out(book)
        if self.final:
            return self._close(book)
        self._partial(book)
        return []

    def _first_out(self, book: Book) -> None:
        first = sum(one.value for one in self.byproducts) + sum(one.value for one in self.recovery)
        pool = book.pool(self.pool, self.production)
        if first > max(pool, 0):
            raise BadAmount(
                f"By-products and recovery are worth {first / 100:.2f}, the run holds {pool / 100:.2f}. "
                "Value them at no more than what went in."
            )
        for one in self.recovery:
            book.bring(MoveKind.LOSS, pool=self.pool, origin=self.production, target=one.target, value=one.value)
        for made in self.byproducts:
            self._bring(book, made, made.value)

    def _partial(self, book: Book) -> None:
        """(Pool to date + planned rest) × quantity / expected output, and never more than the pool."""
        assert self.provisional is not None
        pool = book.pool(self.pool, self.production)
        whole = pool + sum(one.value for one in self.earlier) + self.provisional.planned_rest
        quantity = sum((one.quantity for one in self.outputs), ZERO)
        part = half_away(Fraction(whole) * Fraction(quantity) / Fraction(self.provisional.expected))
        value = max(0, min(pool, part))
        for made, share in zip(self.outputs, allocate(value, over=[one.weight for one in self.outputs]), strict=True):
            self._bring(book, made, share)

    def _close(self, book: Book) -> list[tuple[Earlier, int]]:
        """The whole pool over all outputs of the run, abnormal loss beside them; differences follow the goods."""
        weights = self.weights()
        whole = book.pool(self.pool, self.production) + sum(one.value for one in self.earlier)
        if weights and not any(weights):
            raise NothingToShareOver("The shares of what the run made add up to nothing. Give at least one above 0.")
        if not weights:
            if whole:
                raise NothingProduced(
                    f"The run holds {whole / 100:.2f} and made nothing. "
                    "Say what it made, or that all of it is abnormal loss."
                )
            return []
        shares = iter(allocate(whole, over=weights))
        differences = [(one, next(shares) - one.value) for one in self.earlier]
        for made in self.outputs:
            self._bring(book, made, next(shares))
        for loss in self.abnormal:
            book.bring(MoveKind.LOSS, pool=self.pool, origin=self.production, target=loss.target, value=next(shares))
        return differences

    def weights(self) -> list[Decimal]:
        """In the order in which shares are given: earlier outputs, these, abnormal loss."""
        return [
            *(one.weight for one in self.earlier),
            *(one.weight for one in self.outputs),
            *(one.weight for one in self.abnormal),
        ]

    def _correct(self, book: Book, differences: list[tuple[Earlier, int]]) -> None:
        """Money taken out comes back from where the goods went before it leaves the lot, so nothing dips below zero."""
        entries = [
            Correction(
                MoveKind.OUTPUT,
                one.item,
                one.lot,
                self.pool,
                self.production,
                one.target,
                difference,
                one.movement,
            )
            for one, difference in differences
            if difference
        ]
        rising = [one for one in entries if one.value > 0]
        falling = [one for one in entries if one.value < 0]
        for correction in (*rising, *self.follow, *falling):
            correction.apply(book)

    def _bring(self, book: Book, made: Output | Byproduct, value: int) -> Movement:
        return book.bring(
            MoveKind.OUTPUT,
            item=made.item,
            lot=made.lot,
            pool=self.pool,
            origin=self.production,
            target=made.target,
            quantity=made.quantity,
            value=value,
        )
