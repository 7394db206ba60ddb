"""Bills as AP types them by hand: every awkward way has a name. Each goes on in three steps: the goods come; AP types;
somebody looks at what is left. What stays open when all is done is said in `left` and `not_here`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from tests.journeys.month import Month
from tieout.core.roles import Role
from tieout.costing.models import Basis

Case = Callable[[Month], Iterator[None]]


def as_it_came(month: Month) -> Iterator[None]:
    lot = month.come()
    yield
    month.type(month.line("50.00", f"10 kg honey, {month.lots[lot]}"))


def nothing_but_the_amount(month: Month) -> Iterator[None]:
    month.come(price="43.21")
    yield
    month.type(month.line("432.10"))


def dearer(month: Month) -> Iterator[None]:
    lot = month.come()
    yield
    month.type(month.line("51.90", f"lot {lot}"))


def cheaper_by_item(month: Month) -> Iterator[None]:
    lot = month.come("OIL", price="7.77")
    yield
    month.type(month.item("10", "7.53", f"lot {lot}", sku="OIL"))


def bill_first(month: Month) -> Iterator[None]:
    """Typed and read before the truck is there."""
    order = month.order("HONEY", price="6.10")
    first = month.type(month.line("61.30", f"your order {order}"))
    month.look()
    assert month.waits(first)
    month.receive(order, "HONEY")
    yield


def split_bills(month: Month) -> Iterator[None]:
    lot = month.come()
    yield
    month.type(month.item("6", "5.05", f"first part of {lot}"))
    month.type(month.item("4", "4.99", f"the rest of {lot}"))


def several_receipts_on_one_line(month: Month) -> Iterator[None]:
    order = month.order("HONEY", quantity="30")
    for _ in range(3):
        month.receive(order, "HONEY")
    yield
    month.type(month.line("150.01", f"all of {order}"))


def several_receipts_on_one_bill(month: Month) -> Iterator[None]:
    honey, oil, jar = month.come(), month.come("OIL", price="7.77"), month.come("JAR", price="0.33", quantity="100")
    yield
    month.type(
        month.line("50.00", f"lot {honey}"),
        month.item("10", "7.80", f"lot {oil}", sku="OIL"),
        month.item("100", "0.332", f"lot {jar}", sku="JAR"),
    )


def more_than_came(month: Month) -> Iterator[None]:
    lot = month.come()
    yield
    month.type(month.item("12", "5.00", f"12 kg, {month.lots[lot]}"))
    month.not_here += 1000


def less_than_came(month: Month) -> Iterator[None]:
    lot = month.come()
    yield
    month.type(month.item("8", "5.01", f"8 kg, lot {lot}"))
    month.left[lot] = "2 for 10.00"


def discount(month: Month) -> Iterator[None]:
    honey, oil = month.come(), month.come("OIL", price="7.77")
    yield
    month.type(
        month.line("50.00", f"lot {honey}"),
        month.line("77.70", f"lot {oil}"),
        month.line("-2.55", "2 % for payment within ten days"),
    )


def credit_note(month: Month) -> Iterator[None]:
    """Four of ten are given back in money; a corrected bill for them is to come."""
    lot = month.come()
    yield
    month.type(month.item("10", "5.10", f"lot {lot}"))
    month.type(month.item("4", "5.10", f"lot {lot}"), kind="VendorCredit")
    month.left[lot] = "4 for 20.00"


def credit_for_the_price(month: Month) -> Iterator[None]:
    lot = month.come()
    yield
    month.type(month.line("52.50", f"lot {lot}"))
    credit = month.type(month.line("2.50", "price as agreed"), kind="VendorCredit")
    yield
    month.clear(credit, lot, "0", amount=-250)


def freight_on_the_same_bill(month: Month) -> Iterator[None]:
    lot = month.come()
    yield
    typed = month.type(month.line("50.00", f"lot {lot}"), month.line("12.34", "pallet freight", role=Role.FREIGHT))
    yield
    assert not month.waits(typed)
    month.freight("12.34", [month.lots[lot]], basis=Basis.VALUE)


def two_bills_for_one_receipt(month: Month) -> Iterator[None]:
    """The scan and the paper were both typed; of all things the one that was matched is deleted."""
    lot = month.come()
    yield
    both = [month.type(month.line("50.00", f"lot {lot}")) for _ in range(2)]
    yield
    (matched,) = (one for one in both if not month.waits(one))
    month.delete(matched)


def edited(month: Month) -> Iterator[None]:
    lot = month.come()
    yield
    typed = month.type(month.line("52.00", f"lot {lot}"))
    yield
    month.edit(typed, month.line("49.50", f"lot {lot}"))


def deleted(month: Month) -> Iterator[None]:
    lot = month.come()
    yield
    typed = month.type(month.line("52.00", f"lot {lot}"))
    yield
    month.delete(typed)
    month.left[lot] = "10 for 50.00"


def on_an_expense_and_moved(month: Month) -> Iterator[None]:
    lot = month.come()
    yield
    typed = month.type(month.line("50.60", f"lot {lot}", role=Role.SAMPLES))
    yield
    assert month.waits(typed)
    month.move(typed)


def on_inventory_and_moved(month: Month) -> Iterator[None]:
    lot = month.come()
    yield
    typed = month.type(month.line("49.40", f"lot {lot}", role=Role.RAW))
    yield
    month.move(typed)


def on_an_expense_and_coded_again(month: Month) -> Iterator[None]:
    lot = month.come()
    yield
    typed = month.type(month.line("50.60", f"lot {lot}", role=Role.SAMPLES))
    yield
    month.edit(typed, month.line("50.60", f"lot {lot}"))


def paid_by_card(month: Month) -> Iterator[None]:
    lot = month.come("JAR", price="0.33", quantity="100")
    yield
    month.type(month.line("33.00", f"jars {lot}"), kind="Purchase")


def far_too_dear(month: Month) -> Iterator[None]:
    """Outside the tolerances: finance looks, and takes it."""
    lot = month.come()
    yield
    typed = month.type(month.line("71.00", f"lot {lot}"))
    yield
    assert month.waits(typed)
    month.clear(typed, lot, "10")


def with_a_deposit(month: Month) -> Iterator[None]:
    """Pallets, on the accrual by mistake: set aside, and AP codes it elsewhere next month."""
    lot = month.come()
    yield
    typed = month.type(month.line("50.00", f"lot {lot}"), month.line("8.00", "pallet deposit"))
    yield
    month.set_aside(typed, "deposit", line=2)
    month.not_here += 800


CASES: tuple[Case, ...] = (
    as_it_came,
    nothing_but_the_amount,
    dearer,
    cheaper_by_item,
    bill_first,
    split_bills,
    several_receipts_on_one_line,
    several_receipts_on_one_bill,
    more_than_came,
    less_than_came,
    discount,
    credit_note,
    credit_for_the_price,
    freight_on_the_same_bill,
    two_bills_for_one_receipt,
    edited,
    deleted,
    on_an_expense_and_moved,
    on_inventory_and_moved,
    on_an_expense_and_coded_again,
    paid_by_card,
    far_too_dear,
    with_a_deposit,
)


def usual(n: int) -> Case:
    """One of the many that are as they should be, or a little off."""

    def case(month: Month) -> Iterator[None]:
        sku, price, quantity = (("HONEY", "5.00", "10"), ("OIL", "7.77", "10"), ("JAR", "0.33", "100"))[n % 3]
        lot = month.come(sku, price=price, quantity=quantity)
        yield
        asked = round(Decimal(price) * (100 + n % 5 - 2) / 100, 4)
        if n % 2:
            month.type(month.item(quantity, f"{asked}", f"lot {lot}", sku=sku))
        else:
            month.type(month.line(f"{round(asked * Decimal(quantity), 2)}", f"{sku.lower()} {month.lots[lot]}"))

    return case
