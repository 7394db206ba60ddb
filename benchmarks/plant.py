"""A plant to measure in: items with BOMs of 3 to 100 components, lots to pick from, and a history behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import connection

from tieout.access import actors, company
from tieout.access.acting import Acting
from tieout.access.permissions import ActorRole
from tieout.catalog.actions import Part, add_item, add_unit, approve_bom, set_rate
from tieout.database import urls
from tieout.database.migrate import as_owner
from tieout.production.actions import confirm_run, plan_run, report_run
from tieout.production.reports import Made, Use
from tieout.purchasing.actions import Came, OrderLine, add_supplier, place_order, receive
from tieout.sales.actions import Going, add_customer, ship
from tieout.stock import positions
from tieout.stock.actions import add_site, open_balances
from tieout.stock.openings import OpeningLine

AT = datetime(2026, 1, 5, 15, tzinfo=UTC)
BEGAN = datetime(2024, 12, 31, tzinfo=UTC)
"""Before all history."""
SIZES = (3, 10, 30, 100)
LOTS_EACH = 3
"""Layers per component, so that a run is picked over one to three of them."""


@dataclass(frozen=True, slots=True)
class Plant:
    """A company at work, with as many sets of components as there are writers."""

    by: Acting
    sets: int

    def component(self, writer: int, n: int) -> str:
        return f"C{writer}-{n}"

    def product(self, writer: int, size: int) -> str:
        return f"P{writer}-{size}"


def build(name: str, *, sets: int = 1) -> Plant:
    """A company whose writers each have components and products of their own; writer 0's can be shared."""
    founded = actors.found(name)
    by = actors.engage(founded.pk, "Ada", ActorRole.ADMINISTRATOR)
    plant = Plant(by, sets)
    add_site(by, code="EAST", name="East")
    add_unit(by, code="kg", name="Kilogram")
    for kind in ("labour", "overhead"):
        set_rate(by, kind=kind, cents_per_hour=2400, effective_from=date(2026, 1, 1))
    add_supplier(by, code="SUP", name=f"Supplier of {name}")
    add_customer(by, code="CUS", name=f"Customer of {name}")
    for writer in range(sets):
        _build_set(plant, writer, SIZES if writer == 0 else (10,))
    count_rows()
    return plant


def _build_set(plant: Plant, writer: int, sizes: tuple[int, ...]) -> None:
    by, most = plant.by, max(sizes)
    for n in range(most):
        add_item(by, sku=plant.component(writer, n), name="Component", kind="raw", unit="kg")
    for size in sizes:
        add_item(by, sku=plant.product(writer, size), name="Product", kind="finished", unit="kg")
        approve_bom(
            by,
            sku=plant.product(writer, size),
            version="1",
            parts=[Part(plant.component(writer, n), Decimal(2)) for n in range(size)],
            labour_hours=Decimal("0.1"),
            effective_from=date(2026, 1, 1),
        )
    stock = [
        OpeningLine(plant.component(writer, n), Decimal(amount), Decimal("12345.67"), "EAST")
        for n in range(most)
        for amount in (7000, 60000, 9_000_000)[:LOTS_EACH]
    ]
    open_balances(by, site="EAST", at=AT, lines=stock)
    open_balances(
        by,
        site="EAST",
        at=AT,
        lines=[OpeningLine(plant.product(writer, 10), Decimal(900_000), Decimal("98765.43"), "EAST")],
    )


def planned(plant: Plant, *, size: int, count: int, writer: int = 0) -> list[str]:
    """Confirmed runs, ready to be reported."""
    runs = []
    for _ in range(count):
        run = plan_run(plant.by, sku=plant.product(writer, size), quantity=Decimal(10), site="EAST").run
        confirm_run(plant.by, run=run, at=AT)
        runs.append(run)
    return runs


def complete(plant: Plant, run: str, *, size: int, writer: int = 0) -> None:
    """What is measured: everything used and made said, two quantities off the standard, one act, one commit."""
    uses = [Use(Decimal("20.5") if n < 2 else Decimal(20), sku=plant.component(writer, n)) for n in range(size)]
    done = report_run(plant.by.once(f"done {run}"), run=run, made=[Made(Decimal("9.5"))], uses=uses, at=AT)
    assert len(done.lots) == 1
    assert done.lots[0].value > 0
    assert done.left_in_run == 0


def ordered(plant: Plant, count: int) -> list[str]:
    """Purchase orders of ten lines."""
    lines = [OrderLine(plant.component(0, n), Decimal(100), Decimal("5.123")) for n in range(10)]
    return [
        place_order(plant.by, supplier="SUP", site="EAST", lines=lines, ordered_on=AT.date()).number
        for _ in range(count)
    ]


def take_in(plant: Plant, order: str) -> None:
    """A receipt of ten lots."""
    lines = [Came(n + 1, Decimal(100), lot=f"{order}-{n}") for n in range(10)]
    receipt = receive(plant.by.once(f"in {order}"), order=order, lines=lines, at=AT)
    assert sum(lot.value for lot in receipt.lots) == 512_300


def send_out(plant: Plant, key: str) -> None:
    """A shipment of one line."""
    sent = ship(
        plant.by.once(f"out {key}"),
        customer="CUS",
        site="EAST",
        lines=[Going(Decimal(1), sku=plant.product(0, 10))],
        at=AT,
    )
    assert sent.value > 0


def work(plant: Plant, runs: int) -> None:
    """What a plant that has been at work leaves behind: the same lots taken from again and again, each run's holdings
    of them, and, for every tenth run, ten more lots on the shelf to pick from."""
    for run in planned(plant, size=10, count=runs):
        complete(plant, run, size=10)
    for order in ordered(plant, runs // 10):
        take_in(plant, order)


def value_as_of(plant: Plant, at: datetime) -> int:
    """Cents on every shelf and in every run, as of a moment."""
    with company.scope(plant.by.company):
        return sum(one.cents or 0 for one in positions.positions(plant.by.company, at=at))


_HISTORY = """
with event as (
    insert into ledger_event (company_id, kind, number, actor_id, occurred_at, local_date, accounting_date, subject,
        note, payload, schema, mapping_version)
    values (%(company)s, 'opening', %(number)s, %(actor)s, %(at)s, %(on)s, %(on)s, '', '', '{}', 0, 0) returning id
), item as (
    select row_number() over (order by id) - 1 as n, id from catalog_item
    where company_id = %(company)s and sku like 'C0-%%' limit 10
), lot as (
    insert into stock_lot (company_id, item_id, code, origin_event_id, origin_line, made_at, unverified, supplier_lot)
    select %(company)s, item.id, %(number)s || '-' || g, event.id, g, %(at)s, false, ''
    from event, generate_series(1, %(lots)s) g join item on item.n = g %% 10 returning id, item_id
)
select event.id, array_agg(lot.id), array_agg(lot.item_id) from event, lot group by event.id
"""


def count_rows() -> None:
    """What the server does by itself some seconds later: only the tables' owner may ask for it."""
    with as_owner(urls.owner()) as connection, connection.cursor() as cursor:
        cursor.execute("analyze")


def add_history(plant: Plant, movements: int) -> None:
    """So many movements of goods that came and went, spread over a year, written by the ledger's own writer."""
    each = 100
    with company.scope(plant.by.company), connection.cursor() as cursor:
        cursor.execute("select id from stock_location where kind = 'opening' and company_id = %s", [plant.by.company])
        (origin,) = cursor.fetchone()
        cursor.execute("select id from stock_location where code = 'MAIN' and company_id = %s", [plant.by.company])
        (store,) = cursor.fetchone()
    for n in range(movements // each):
        on = date(2025, 1 + n % 12, 1 + n % 28)
        at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
        facts = {
            "company": plant.by.company, "actor": plant.by.actor, "number": f"HISTORY-{n}", "at": at, "on": on,
            "lots": each // 2,
        }  # fmt: skip
        # A transaction each: in one, the plans of foreign-key checks stay those of the small tables it began with.
        with company.scope(plant.by.company), connection.cursor() as cursor:
            cursor.execute(_HISTORY, facts)
            event, lots, items = cursor.fetchone()
            _came_and_went(cursor, plant, event, at, on, lots, items, origin, store)
    count_rows()


def _came_and_went(cursor, plant, event, at, on, lots, items, origin, store) -> None:  # type: ignore[no-untyped-def]
    """Every lot in and out again: its balance is an empty row, as in a plant some years old."""
    count = len(lots)
    both, zero = [lot for lot in lots for _ in "io"], [Decimal(0)] * count
    cursor.execute(
        "select stock_record(%s, %s, %s, %s, %s::int[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],"
        " %s::bigint[], %s::bigint[], %s::numeric[], %s::bigint[], %s::bigint[], %s::smallint[], %s::smallint[],"
        " %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::bigint[], %s::numeric[],"
        " %s::numeric[])",
        [
            plant.by.company, event, at, on, list(range(1, 2 * count + 1)), ["open"] * 2 * count,
            [item for item in items for _ in "io"], both, [None] * 2 * count, [origin, store] * count,
            [store, origin] * count, [Decimal(5)] * 2 * count, [700] * 2 * count, [None] * 2 * count,
            [None] * 2 * count, [None] * 2 * count, [store] * count, lots, [None] * count, items,
            zero, [0] * count, zero, zero,
        ],
    )  # fmt: skip
