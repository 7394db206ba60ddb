"""What tests of costs look at: balances by role, lots, shipments, and that every invariant of the ledger holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from tests.factory import Factory
from tieout.access import company as companies
from tieout.access.acting import Act, Acting
from tieout.access.models import Company
from tieout.close import verify
from tieout.core.roles import PlaceKind
from tieout.costing import late_costs, trace
from tieout.ledger.models import Period
from tieout.stock import lots
from tieout.stock.models import Pool
from tieout.stock.movements import Recorded

OF_THE_LEDGER = (1, 2, 3, 4, 5, 6, 8, 9, 10)


def roles(factory: Factory) -> dict[str, int]:
    """Role → cents, debits positive; what is at nothing is left out."""
    sql = "select role, sum(debit - credit)::bigint from ledger_journalline group by role"
    return {role: cents for role, cents in rows(factory, sql) if cents}


def shipments(factory: Factory) -> dict[str, int]:
    """What each shipment cost."""
    sql = """select document, sum(debit - credit)::bigint from ledger_journalline
        where role in ('COGS', 'COGS_LATE') group by document"""
    return dict(rows(factory, sql))


def lot(factory: Factory, code: str) -> tuple[Decimal, int]:
    """What is on hand of a lot, wherever it is."""
    sql = """select coalesce(sum(b.quantity), 0), coalesce(sum(b.value), 0)::bigint from stock_lot l
        left join stock_balance b on b.lot_id = l.id and b.pool_id is null where l.code = %s"""
    ((quantity, value),) = rows(factory, sql, code)
    return quantity, value


def rows(factory: Factory, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
    with companies.scope(factory.company), connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return list(cursor.fetchall())


def late(
    factory: Factory,
    shares: Sequence[tuple[str, int]] = (),
    *,
    runs: Sequence[tuple[str, int]] = (),
    origin: PlaceKind = PlaceKind.SUPPLIER,
    policy: Literal["flow", "expense"] = "flow",
) -> Recorded:
    """A late cost of lots and runs by what people call them, in a transaction of its own."""
    with companies.scope(factory.company):
        ids = lots.by_code(factory.company, [code for code, _ in shares])
        pools = dict(Pool.objects.values_list("number", "id"))
        return late_costs.add(
            act(factory.controller, factory),
            shares=[(ids[code], cents) for code, cents in shares],
            pools=[(pools[run], cents) for run, cents in runs],
            origin=origin,
            policy=policy,
            at=factory.at(),
        )


def act(by: Acting, factory: Factory) -> Act:
    """An act under way, for what is done inside of actions."""
    company = Company.objects.get(pk=factory.company)
    return Act(by, factory.company, company.state, company.currency, ZoneInfo(company.time_zone), timezone.now())


def close(factory: Factory, starts: date, ends: date) -> None:
    """A month that is over."""
    with companies.scope(factory.company):
        Period.objects.create(company_id=factory.company, starts=starts, ends=ends)


def hold(factory: Factory) -> None:
    """Every invariant of the ledger, told again from its events too, and every lot can be traced."""
    for result in verify.check(factory.company, only=OF_THE_LEDGER):
        found = [str(one) for one in result.findings]
        assert not found, found
    for (id,) in rows(factory, "select id from stock_lot"):
        trace.of(factory.company, f"#{id}")
    for (number,) in rows(factory, "select number from ledger_event"):
        trace.of(factory.company, number)
