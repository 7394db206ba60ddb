"""Bills and the receipts they are for, after years of both: all from one supplier, which is the worst there is.

The history is written as it lies in the tables of a plant some years old: goods came and were used up, each receipt
was billed whole. What is measured is today: a bill of some lines is mirrored, looked at and matched in a round.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import connection

from benchmarks import corrections
from benchmarks.plant import AT, count_rows
from tieout.access import actors, company
from tieout.access.acting import Acting
from tieout.access.permissions import ActorRole
from tieout.core.roles import Role
from tieout.purchasing import accruals, bill_queries, bills, progress, settling
from tieout.purchasing.actions import Came, OrderLine, place_order, receive

YEARS = 5
EACH = 50
"""Receipt lines of an order, of its receipt and of its bill."""
LINES = 5
"""Of a bill that is measured."""
OPEN = 6
"""Receipts of as many lines that are never billed."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """A company with so many receipt lines behind it, all billed but some."""

    by: Acting
    accounts: tuple[str, ...]


def build(lines: int) -> Buyer:
    """The company, its history, and what is open today."""
    founded = actors.found(f"Bench of {lines} receipt lines")
    by = actors.engage(founded.pk, "Ada", ActorRole.ADMINISTRATOR)
    corrections.furnish(by)
    for n in range(lines // EACH):
        with company.scope(by.company), connection.cursor() as cursor:
            _bought_and_billed(cursor, by, n, AT.date() - timedelta(days=365 * YEARS - 365 * YEARS * EACH * n // lines))
    with company.scope(by.company):
        accruals.settle_all(by.company)
    for n in range(OPEN):
        _take_in(by, f"OPEN-{n}")
    count_rows()
    return Buyer(by, (Role.GRNI.value,))


def came(buyer: Buyer, key: str) -> None:
    """Goods of some lines, and the bill for them as QuickBooks has it, a cent dearer a line."""
    _take_in(buyer.by, key)
    lines = [
        {
            "Id": str(n),
            "Description": f"{key}-{n}",
            "Amount": "50.01",
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": Role.GRNI.value}},
        }
        for n in range(LINES)
    ]
    document = {"Id": key, "SyncToken": "0", "DocNumber": key, "VendorRef": {"value": "SUP"}, "Line": lines}
    with company.scope(buyer.by.company):
        bills.mirror(buyer.by.company, {**document, "TxnDate": AT.date().isoformat()}, kind="Bill")


def match(buyer: Buyer) -> None:
    """What is measured first: a round that finds the bill, looks at it and matches it."""
    done = settling.settle(buyer.by.company, AT + timedelta(hours=2))
    assert [LINES] == [one.cleared for one in done.matched], done


def look(buyer: Buyer) -> None:
    """What is measured second: the pages where finance sees what is owed, and what waits."""
    with company.scope(buyer.by.company):
        assert len(accruals.ageing(buyer.by.company, AT.date())) == OPEN * LINES
        assert not progress.billed_not_here(buyer.by.company, buyer.accounts)
        assert not bill_queries.rows(waiting=True)


def _take_in(by: Acting, key: str) -> None:
    wanted = [OrderLine("RAW", Decimal(10), Decimal(5))] * LINES
    order = place_order(by, supplier="SUP", site="EAST", lines=wanted, ordered_on=AT.date())
    lines = [Came(n + 1, Decimal(10), lot=f"{key}-{n}") for n in range(LINES)]
    receive(by, order=order.number, lines=lines, at=AT)


_HISTORY = """
with facts as (
    select s.id as supplier, s.party_id as vendor, i.id as item, i.unit_id as unit, t.id as site,
        (select id from ledger_account where company_id = %(company)s and external_id = 'GRNI') as account
    from purchasing_supplier s, catalog_item i, stock_site t
    where s.company_id = %(company)s and i.company_id = %(company)s and i.sku = 'RAW' and t.company_id = %(company)s
), ordered as (
    insert into purchasing_purchaseorder (company_id, number, supplier_id, site_id, ordered_on, state, currency, note)
    select %(company)s, 'PO-H' || %(number)s, supplier, site, %(on)s, 'received', '', '' from facts returning id
), line as (
    insert into purchasing_purchaseorderline (company_id, order_id, number, item_id, unit_id, quantity, price,
        factor_numerator, factor_denominator, received, rejected)
    select %(company)s, o.id, g, f.item, f.unit, 10, 5, 1, 1, 10, 0
    from ordered o, facts f, generate_series(1, %(each)s) g returning id, number
), event as (
    insert into ledger_event (company_id, kind, number, actor_id, occurred_at, local_date, accounting_date, subject,
        note, payload, schema, mapping_version)
    select %(company)s, 'receipt', 'RCV-H' || %(number)s, %(actor)s, %(at)s, %(on)s, %(on)s, '', '', '{}', 0, 0
    returning id
), booked as (
    insert into ledger_journalline (company_id, event_id, number, role, debit, credit, document, description, facts,
        accounting_date)
    select %(company)s, e.id, l.number, l.role, l.debit, l.credit, '', '', '{}', %(on)s
    from event e, (values (1, 'RAW', 5000 * %(each)s, 0), (2, 'GRNI', 0, 5000 * %(each)s))
        as l(number, role, debit, credit)
), lot as (
    insert into stock_lot (company_id, item_id, code, origin_event_id, origin_line, made_at, unverified, supplier_lot,
        supplier_id)
    select %(company)s, f.item, 'H' || %(number)s || '-' || g, e.id, g, %(at)s, false, '', f.vendor
    from facts f, event e, generate_series(1, %(each)s) g returning id, origin_line
), came as (
    insert into purchasing_receiptline (company_id, event_id, number, order_line_id, lot_id, quantity, rejected, value,
        reason)
    select %(company)s, e.id, l.number, l.id, t.id, 10, 0, 5000, '' from event e, line l join lot t
        on t.origin_line = l.number returning id, number
), billed as (
    insert into purchasing_bill (company_id, kind, external_id, sync_token, version, number, vendor_id, billed_on,
        currency, rate, total, note, deleted)
    select %(company)s, 'Bill', 'H' || %(number)s, 0, 1, 'INV-H' || %(number)s, vendor, %(on)s, '', 1,
        5000 * %(each)s, '', false from facts returning id
), said as (
    insert into purchasing_billline (company_id, bill_id, version, external_id, number, account_external_id,
        product_external_id, description, amount, order_external_id, order_line_external_id, progress)
    select %(company)s, b.id, 1, g, g, 'GRNI', '', '', 5000, '', '', 'done' from billed b,
        generate_series(1, %(each)s) g returning id, number
), cleared as (
    insert into purchasing_clearing (company_id, bill_line_id, receipt_line_id, quantity, accrued, price_difference,
        exchange_difference, expensed, actor_id, reason)
    select %(company)s, s.id, c.id, 10, 5000, 0, 0, false, %(actor)s, '' from said s join came c using (number)
)
select e.id, (select array_agg(id order by id) from lot), f.item from event e, facts f
"""


def _bought_and_billed(cursor, by: Acting, n: int, on: date) -> None:  # type: ignore[no-untyped-def]
    """One order: received, billed whole at its price, and used up."""
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    facts = {"company": by.company, "actor": by.actor, "number": n, "at": at, "on": on, "each": EACH}
    cursor.execute("set constraints all deferred")
    cursor.execute(_HISTORY, facts)
    event, lots, item = cursor.fetchone()
    cursor.execute(
        "select max(id) filter (where kind = 'supplier'), max(id) filter (where code = 'MAIN'),"
        " max(id) filter (where kind = 'count') from stock_location where company_id = %s",
        [by.company],
    )
    supplier, store, count = cursor.fetchone()
    twice, zero = 2 * EACH, [Decimal(0)] * EACH
    cursor.execute(
        "select stock_record(%s, %s, %s, %s, %s::int[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],"
        " %s::bigint[], %s::bigint[], %s::numeric[], %s::bigint[], %s::bigint[], %s::smallint[], %s::smallint[],"
        " %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::bigint[], %s::numeric[],"
        " %s::numeric[])",
        [
            by.company, event, at, on, list(range(1, twice + 1)), ["receive", "count"] * EACH, [item] * twice,
            [lot for lot in lots for _ in "io"], [None] * twice, [supplier, store] * EACH, [store, count] * EACH,
            [Decimal(10)] * twice, [5000] * twice, [None] * twice, [1, None] * EACH, [2, None] * EACH,
            [store] * EACH, lots, [None] * EACH, [item] * EACH, zero, [0] * EACH, zero, zero,
        ],
    )  # fmt: skip
