"""March's bills as people really type them: every awkward way once, each by a supplier whose week it was.

A way goes on in steps: the clerk types; it is read and matched as far as that needs nobody; somebody looks at what is
left. The last two are left to whoever looks at the demo.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils import timezone

from tieout.access import company as companies
from tieout.core.rounding import half_away
from tieout.demo.clerk import FREIGHT, OFFICE, PRINTING, SUPPLIES
from tieout.demo.company import KC
from tieout.demo.payables import Desk, How, Week
from tieout.purchasing import queries


def dearer(desk: Desk, week: Week) -> Iterator[None]:
    first, *others = week.deliveries
    desk.type(week, desk.line(first, off=38_40), *(desk.line(one) for one in others))
    yield


def cheaper_by_product(desk: Desk, week: Week) -> Iterator[None]:
    desk.type(week, *(line for one in week.deliveries for line in desk.lots(one, price=Decimal("0.985"))))
    yield


def in_two_halves(desk: Desk, week: Week) -> Iterator[None]:
    first, *others = week.deliveries
    lines = desk.lots(first)
    desk.type(week, *lines[::2])
    desk.type(week, *lines[1::2], *(desk.line(one) for one in others), number=f"{week.number}-2")
    yield


def paid_by_check(desk: Desk, week: Week) -> Iterator[None]:
    desk.type(week, *(desk.line(one) for one in week.deliveries), kind="Purchase")
    yield


def with_freight(desk: Desk, week: Week) -> Iterator[None]:
    carried = desk.clerk.line(186_50, "Freight", account=FREIGHT)
    desk.type(week, *(desk.line(one) for one in week.deliveries), carried)
    yield
    desk.share(186_50, [one.receipt for one in week.deliveries], vendor=week.vendor, document=week.number)


def typed_twice(desk: Desk, week: Week) -> Iterator[None]:
    """The scan and the paper; of all things the one that was matched is deleted."""
    lines = [desk.line(one) for one in week.deliveries]
    matched, _ = (desk.type(week, *lines) for _ in range(2))
    yield
    desk.clerk.delete(matched)
    yield


def miscoded(desk: Desk, week: Week) -> Iterator[None]:
    desk.type(week, *(desk.line(one, account=SUPPLIES) for one in week.deliveries))
    yield
    desk.move(week, "It is for goods; next time AP codes it to the accrual.")
    yield


def short(desk: Desk, week: Week) -> Iterator[None]:
    first, *others = week.deliveries
    desk.type(week, *desk.lots(first, packs=Decimal("0.9")), *(desk.line(one) for one in others))
    yield


def credited(desk: Desk, week: Week) -> Iterator[None]:
    first, *others = week.deliveries
    desk.type(week, desk.line(first, off=64_00), *(desk.line(one) for one in others))
    yield
    lowered = desk.clerk.line(64_00, f"{first.receipt}: the price as it was agreed")
    desk.type(week, lowered, number=f"{week.number}-CR", kind="VendorCredit")
    yield


def with_a_service(desk: Desk, week: Week) -> Iterator[None]:
    plates = desk.clerk.line(315_00, "New printing plates", account=PRINTING)
    desk.type(week, *(desk.line(one) for one in week.deliveries), plates)
    yield
    desk.set_aside(week, line=len(week.deliveries) + 1, what="service")


def mistyped(desk: Desk, week: Week) -> Iterator[None]:
    first, *others = week.deliveries
    rest = [desk.line(one) for one in others]
    typed = desk.type(week, desk.line(first, off=45_00), *rest)
    yield
    desk.clerk.edit(typed, desk.line(first), *rest)
    yield


def with_a_discount(desk: Desk, week: Week) -> Iterator[None]:
    lowered = desk.clerk.line(-18_75, "Discount for prompt payment")
    desk.type(week, *(desk.line(one) for one in week.deliveries), lowered)
    yield


def order_by_order(desk: Desk, week: Week) -> Iterator[None]:
    """One line for all that came on an order, in however many deliveries."""
    orders: dict[str, int] = {}
    for one in week.deliveries:
        orders[one.order] = orders.get(one.order, 0) + one.cents
    desk.type(week, *(desk.clerk.line(cents, f"Your order {order}") for order, cents in orders.items()))
    yield


def before_its_goods(desk: Desk, week: Week) -> Iterator[None]:
    """An order that is on the road is charged with the deliveries that came."""
    with companies.scope(desk.clerk.company):
        row = max(queries.open_orders(text=week.vendor), key=lambda one: one.number)
        order = queries.order(row.number)
    cents = half_away(sum((Fraction(line.price) * Fraction(line.ordered) * 100 for line in order.lines), Fraction(0)))
    coming = desk.clerk.line(cents, f"Your order {row.number}")
    desk.type(week, *(desk.line(one) for one in week.deliveries), coming)
    yield


def far_too_dear(desk: Desk, week: Week) -> Iterator[None]:
    first, *others = week.deliveries
    desk.type(week, desk.line(first, off=first.cents * 9 // 100), *(desk.line(one) for one in others))
    yield


def miscoded_still(desk: Desk, week: Week) -> Iterator[None]:
    """On an account that nothing of ours is on, so both systems agree all the same. Its date is the one that stood in
    the form: after half a year nobody is asked whether an expense was for goods."""
    today = timezone.now().astimezone(KC.zone).date()
    desk.type(week, *(desk.line(one, account=OFFICE) for one in week.deliveries), on=today)
    yield


@dataclass(frozen=True, slots=True)
class Awkward:
    """Whose bill on which Friday, what is the matter with it in words, and how it is typed."""

    on: date
    supplier: str
    says: str
    how: How

    @property
    def number(self) -> str:
        return f"{self.supplier}-{self.on:%m%d}"


def _march(day: int, *rows: tuple[str, str, How]) -> list[Awkward]:
    return [Awkward(date(2026, 3, day), *row) for row in rows]


AWKWARD = (
    *_march(
        6,
        ("VALLEY", "a fuel surcharge of 38.40 in the price", dearer),
        ("GLASSCO", "by product, 1.5 % cheaper than ordered", cheaper_by_product),
        ("PACIFIC", "one delivery on two bills", in_two_halves),
        ("SOUTHERN", "paid by check at once, and no bill", paid_by_check),
        ("SPICE", "freight on the same bill", with_freight),
    ),
    *_march(
        13,
        ("VALLEY", "64.00 too dear, then a credit note", credited),
        ("MIDWEST", "typed twice, and one of them deleted", typed_twice),
        ("PRAIRIE", "coded to Supplies, moved by finance", miscoded),
        ("SOUTHERN", "a tenth of a delivery is not charged", short),
        ("LABELWKS", "printing plates on the same bill", with_a_service),
        ("PACIFIC", "mistyped by 45.00, edited later", mistyped),
    ),
    *_march(
        20,
        ("BOXWORKS", "a discount on the whole bill", with_a_discount),
        ("GLASSCO", "a line an order, not a delivery", order_by_order),
        ("SOUTHERN", "with an order that is still on the road", before_its_goods),
    ),
    *_march(
        27,
        ("SOUTHERN", "9 % dearer than ordered", far_too_dear),
        ("BOXWORKS", "coded to Office Expenses, and dated today", miscoded_still),
    ),
)

WAYS = {(one.on, one.supplier): one.how for one in AWKWARD}
