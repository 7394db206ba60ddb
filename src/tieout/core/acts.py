"""What an act does to the ledger, once everything it depends on is known.

Each class is the resolved input of one kind of event, as it is stored with it, and `apply` is the decision:
which movements, at which cents. An action applies it to the balances it has locked; replay applies the stored
ones, event after event, to an empty book and must get the same movements.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from tieout.core import posting
from tieout.core.balances import ZERO
from tieout.core.book import Book, Movement
from tieout.core.refusals import BadAmount, NothingToShareOver, Refusal
from tieout.core.roles import MoveKind, Role
from tieout.core.rounding import allocate, half_away


class NothingProduced(Refusal):
    """A run's value with nothing to carry it."""

    code = "nothing_produced"


class Arrival(Struct, frozen=True):
    """Goods that come in at a given value."""

    item: int
    lot: int
    origin: int
    target: int
    quantity: Decimal
    value: int


class Departure(Struct, frozen=True):
    """Goods that leave a place at what the balance says they are worth."""

    item: int
    lot: int
    origin: int
    target: int
    quantity: Decimal


class Receive(Struct, frozen=True, tag="receive"):
    """A receipt, found goods or an opening: new lots at given cents."""

    kind: MoveKind
    lines: Sequence[Arrival]

    def apply(self, book: Book) -> None:
        for line in self.lines:
            book.bring(
                self.kind,
                item=line.item,
                lot=line.lot,
                origin=line.origin,
                target=line.target,
                quantity=line.quantity,
                value=line.value,
            )


class Leave(Struct, frozen=True, tag="leave"):
    """A shipment, a transfer, a relocation or scrap: lots leave one place for another, value with them."""

    kind: MoveKind
    lines: Sequence[Departure]

    def apply(self, book: Book) -> None:
        for line in self.lines:
            book.issue(
                self.kind,
                item=line.item,
                lot=line.lot,
                origin=line.origin,
                target=line.target,
                quantity=line.quantity,
            )


class Recognised(Struct, frozen=True):
    """Shipped goods that are sold now: what of the shipment's movement, and at which of its cents."""

    item: int
    lot: int
    origin: int
    target: int
    quantity: Decimal
    value: int
    shipped: int
    """The movement that they left stock by."""


class Recognise(Struct, frozen=True, tag="recognise"):
    """Goods that stood between the accounts since they left become cost of goods sold: one movement a line."""

    lines: Sequence[Recognised]

    def apply(self, book: Book) -> None:
        for line in self.lines:
            book.bring(
                MoveKind.SHIP,
                item=line.item,
                lot=line.lot,
                origin=line.origin,
                target=line.target,
                quantity=line.quantity,
                value=line.value,
            )


class Issue(Struct, frozen=True, tag="issue"):
    """Material into a run, or back from it: a return leaves by the issue rule over what the run holds of the lot."""

    pool: int
    lines: Sequence[Departure]

    def apply(self, book: Book) -> None:
        for line in self.lines:
            book.issue(
                MoveKind.ISSUE,
                item=line.item,
                lot=line.lot,
                pool=self.pool,
                origin=line.origin,
                target=line.target,
                quantity=line.quantity,
            )


class Absorbed(Struct, frozen=True):
    """Labour or overhead taken into a run, in cents."""

    origin: int
    value: int


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


class Correction(Struct, frozen=True, omit_defaults=True):
    """A share of late cost along the movement it follows; of a cost that enters a run, along none."""

    kind: MoveKind
    item: int | None
    lot: int | None
    pool: int | None
    origin: int
    target: int
    value: int
    corrects: int | None
    target_role: Role | None = None
    origin_role: Role | None = None

    def apply(self, book: Book) -> None:
        book.bring(
            self.kind,
            item=self.item,
            lot=self.lot,
            pool=self.pool,
            origin=self.origin,
            target=self.target,
            value=self.value,
            corrects=self.corrects,
            target_role=self.target_role,
            origin_role=self.origin_role,
        )


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


class Counted(Struct, frozen=True):
    """A lot as it was counted; `unit_value`/`unit_quantity` price a gain where none of it is on hand."""

    item: int
    lot: int
    place: int
    counted: Decimal
    unit_value: int = 0
    unit_quantity: Decimal = Decimal(1)


class Count(Struct, frozen=True, tag="count"):
    """A physical count: the difference to the ledger leaves or comes, at the lot's cost on hand."""

    reason: int
    """The place that gains and losses go to and come from."""
    lines: Sequence[Counted]

    def apply(self, book: Book) -> None:
        for line in self.lines:
            held = book.stock(line.lot, line.place)
            gain = line.counted - held.quantity
            if gain < 0:
                book.issue(
                    MoveKind.COUNT,
                    item=line.item,
                    lot=line.lot,
                    origin=line.place,
                    target=self.reason,
                    quantity=-gain,
                )
            elif gain > 0:
                cost, over = (held.value, held.quantity) if held.quantity else (line.unit_value, line.unit_quantity)
                book.bring(
                    MoveKind.COUNT,
                    item=line.item,
                    lot=line.lot,
                    origin=self.reason,
                    target=line.place,
                    quantity=gain,
                    value=half_away(Fraction(cost) * Fraction(gain) / Fraction(over)),
                )


class Moved(Struct, frozen=True):
    """A movement that is on record, as a reversal takes it back."""

    id: int
    kind: MoveKind
    item: int | None
    lot: int | None
    pool: int | None
    origin: int
    target: int
    quantity: Decimal
    value: int
    target_role: Role | None = None
    origin_role: Role | None = None
    """Roles that it was booked under, where they were not its places' own."""


class Reverse(Struct, frozen=True, tag="reverse"):
    """Take back movements, the last first, at the same cents."""

    moved: Sequence[Moved]

    def apply(self, book: Book) -> None:
        book.is_taking_back = True
        for was in self.moved:
            book.mirror(
                Movement(
                    0, was.kind, was.item, was.lot, was.pool, was.origin, was.target, was.quantity, was.value,
                    None, was.target_role, was.origin_role,
                )
            )  # fmt: skip
        book.taken_back()


class Late(Struct, frozen=True, tag="late"):
    """A cost that came late: it enters a lot or a run, and follows the goods."""

    shares: Sequence[Correction]

    def apply(self, book: Book) -> None:
        for share in self.shares:
            share.apply(book)


class SentBack(Struct, frozen=True):
    """Goods back to the supplier, and what of their cost is his price."""

    item: int
    lot: int
    origin: int
    target: int
    quantity: Decimal
    price: int
    role: Role | None = None
    """VCLAIM for what was billed; empty: the accrual."""


class SendBack(Struct, frozen=True, tag="send back"):
    """A return to a supplier: goods leave by the issue rule; what he does not owe for them is a loss."""

    variance: int
    lines: Sequence[SentBack]

    def apply(self, book: Book) -> None:
        for line in self.lines:
            gone = book.issue(
                MoveKind.RECEIVE,
                item=line.item,
                lot=line.lot,
                origin=line.origin,
                target=line.target,
                quantity=line.quantity,
                target_role=line.role,
            )
            if rest := gone.value - line.price:
                book.bring(
                    MoveKind.LOSS,
                    item=line.item,
                    lot=line.lot,
                    origin=line.target,
                    target=self.variance,
                    value=rest,
                    target_role=Role.PURCHASE_RETURN_VAR,
                    origin_role=line.role,
                )


class Marked(Struct, frozen=True):
    """A lot and what a unit of it can be sold for, as cents for a quantity."""

    item: int
    lot: int
    places: Sequence[int]
    unit_value: int
    unit_quantity: Decimal


class WriteDown(Struct, frozen=True, tag="write down"):
    """What is on hand of lots is worth no more than it can be sold for; what is worth less already stays as it is."""

    reason: int
    """The place that stands for the loss."""
    lots: Sequence[Marked]

    def apply(self, book: Book) -> None:
        for one in self.lots:
            held = [book.stock(one.lot, place) for place in one.places]
            worth = sum(balance.value for balance in held)
            quantity = sum((balance.quantity for balance in held), ZERO)
            most = half_away(Fraction(one.unit_value) * Fraction(quantity) / Fraction(one.unit_quantity))
            if worth <= most:
                continue
            losses = allocate(worth - most, over=[balance.value for balance in held])
            for place, loss in zip(one.places, losses, strict=True):
                if loss:
                    book.bring(MoveKind.LOSS, item=one.item, lot=one.lot, origin=place, target=self.reason, value=loss)


class Match(Struct, frozen=True, tag="match"):
    """The papers of found goods have come: the supplier stands where nobody stood, and a difference in price
    follows the goods."""

    paper: Arrival
    shares: Sequence[Correction] = ()

    def apply(self, book: Book) -> None:
        Receive(MoveKind.RECEIVE, [self.paper]).apply(book)
        Late(self.shares).apply(book)


class Restated(Struct, frozen=True):
    """What was booked on an account and belongs on another: cents of lines of one role and paper."""

    role: Role
    document: str
    was: posting.Target
    target: posting.Target
    debit: int
    credit: int
    text: str


class Reclassify(Struct, frozen=True, tag="reclassify"):
    """Value moves between accounts, and no goods: the mapping that named the old ones was wrong."""

    lines: Sequence[Restated]

    def apply(self, book: Book) -> None:
        """Nothing on the floor changes."""

    def booked(self) -> list[posting.Line]:
        """Each on its new account as it was on the old one, and off the old one again; sides apart."""
        booked: list[posting.Line] = []
        for one in self.lines:
            facts = posting.Facts("reclassification", one.role)
            for target, debit, credit in ((one.target, one.debit, one.credit), (one.was, one.credit, one.debit)):
                for left, right in ((debit, 0), (0, credit)):
                    if left or right:
                        number = len(booked) + 1
                        booked.append(posting.Line(number, facts, target, one.document, left, right, {one.text: None}))
        return booked


Facts = (
    Receive
    | Leave
    | Recognise
    | Issue
    | Absorb
    | Report
    | Count
    | Reverse
    | Late
    | SendBack
    | WriteDown
    | Match
    | Reclassify
)
"""The stored input of an event, by its tag."""
