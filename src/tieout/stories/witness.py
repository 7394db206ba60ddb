"""What the ledger and the books say, read by a witness who computes nothing: balances, lots, shipments, journals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from tieout.access import company as companies
from tieout.core import quantities
from tieout.core.roles import Role
from tieout.quickbooks.shapes import Listed
from tieout.stories.files import ACCOUNTS, SUMS
from tieout.stories.naming import Names
from tieout.stories.world import MAIN, World

PROFIT_AND_LOSS = frozenset({"Income", "Other Income", "Expense", "Other Expense", "Cost of Goods Sold"})
"""Types of accounts that QuickBooks begins again at 0 with every year."""

BY_TYPE = {"Accounts Payable": "AP", "Accounts Receivable": "AR", "Income": "REVENUE"}
"""Balances of QuickBooks' own documents, by the type of the account they stand on."""


@dataclass(frozen=True, slots=True)
class Line:
    """A side of a journal event before netting: of one lot, by one event."""

    account: str
    debit: Decimal
    credit: Decimal
    lot: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal event that is in QuickBooks."""

    id: str
    on: date
    kind: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that a story can expect something of."""

    accounts: dict[str, Decimal]
    lots: dict[str, tuple[Decimal, Decimal]]
    ships: dict[str, Decimal]
    journals: list[Journal]


def look(world: World, names: Names) -> Seen:
    """The books by QuickBooks, the goods by the ledger."""
    with companies.scope(world.company):
        return Seen(accounts(world), _lots(world, names), _ships(world, names), _journals(world, names))


def accounts(world: World) -> dict[str, Decimal]:
    """Role → balance, debits positive, as the trial balance of QuickBooks has it."""
    types = {one.id: one.account_type for one in world.books.every("Account", Listed)}
    names = {account: BY_TYPE[kind] for account, kind in types.items() if kind in BY_TYPE} | world.roles
    total: dict[str, Decimal] = dict.fromkeys((*Role, *BY_TYPE.values()), Decimal(0))
    for account, balance in _trial_balance(world, types).items():
        if name := names.get(account):
            total[name] += balance
    own = dict(total)
    for name, parts in SUMS.items():
        total[name] = sum((own[part] for part in parts), Decimal(0))
    return {name: total[name] for name in ACCOUNTS}


def _trial_balance(world: World, types: Mapping[str, str]) -> dict[str, Decimal]:
    """Account id → balance over all years: what earlier years earned or cost is added to the last one's."""
    years = _years(world)
    total: dict[str, Decimal] = {}
    for year in years:
        report = world.books.trial_balance(starts=date(year, 1, 1), ends=date(year, 12, 31))
        for row in report.rows.row:
            if len(row.col_data) < 3 or not row.col_data[0].id:
                continue
            account, debit, credit = row.col_data[:3]
            balance = Decimal(debit.value or 0) - Decimal(credit.value or 0)
            if types.get(account.id) in PROFIT_AND_LOSS:
                total[account.id] = total.get(account.id, Decimal(0)) + balance
            elif year == years[-1]:
                total[account.id] = balance
    return total


def _years(world: World) -> list[int]:
    rows = _rows(
        "select extract(year from d)::int from (select min(day) as f, max(day) as t from ("
        " select accounting_date as day from ledger_event where company_id = %(company)s union all"
        " select billed_on from purchasing_bill where company_id = %(company)s) days) e,"
        " generate_series(date_trunc('year', e.f), e.t, '1 year') d",
        world,
    )
    return [year for (year,) in rows]


_LOTS = """
select b.lot_id, s.code, l.code, sum(b.quantity), sum(b.value)::bigint
from stock_balance b
join stock_location l on l.company_id = b.company_id and l.id = b.location_id
join stock_site s on s.company_id = l.company_id and s.id = l.site_id
where b.company_id = %(company)s and b.lot_id is not null and b.pool_id is null group by 1, 2, 3 order by 1, 2, 3
"""


def _lots(world: World, names: Names) -> dict[str, tuple[Decimal, Decimal]]:
    """Each name with what is on hand of it; and, where a lot is or was at another site, `LOT@SITE`."""
    found = {name: (Decimal(0), Decimal(0)) for name in names.lots}
    for lot, site, location, quantity, cents in _rows(_LOTS, world):
        place = site if location == MAIN else f"{site}/{location}"
        name = names.name_of(lot, place, site)
        if name is None:
            continue
        shown = [name, f"{name}@{site}"] if quantity or site != MAIN else [name]
        for one in shown:
            before = found.get(one, (Decimal(0), Decimal(0)))
            found[one] = (before[0] + quantity, before[1] + Decimal(cents) / 100)
    return found


_SHIPS = """
select document, sum(debit - credit)::bigint from ledger_journalline
where company_id = %(company)s and role in ('COGS', 'COGS_LATE') group by document
"""


def _ships(world: World, names: Names) -> dict[str, Decimal]:
    """What each shipment cost, net of everything that came later."""
    by_number = {document: Decimal(cents) / 100 for document, cents in _rows(_SHIPS, world)}
    return {id: by_number.get(number, Decimal(0)) for id, number in names.shipments.items()}


_JOURNALS = """
select j.id, j.number, t.accounting_date, j.kind, l.role, l.debit > 0, m.lot_id, e.number, sum(abs(m.value))::bigint
from ledger_journalevent j
join ledger_transmission t on t.company_id = j.company_id and t.journal_id = j.id and t.state <> 'superseded'
join ledger_event e on e.company_id = j.company_id and e.journal_id = j.id
join ledger_journalline l on l.company_id = e.company_id and l.event_id = e.id
join stock_movement m on m.company_id = e.company_id and m.event_id = e.id
    and l.number in (m.debit_line, m.credit_line)
where j.company_id = %(company)s and j.state = 'sealed'
group by j.id, j.number, t.accounting_date, j.kind, e.id, l.number, l.role, l.debit > 0, m.lot_id, e.number
order by j.id, e.id, l.number, min(m.number)
"""


def _journals(world: World, names: Names) -> list[Journal]:
    called: dict[int, str] = {}
    for name, part in names.lots.items():
        called.setdefault(part.lot, name)
    found: dict[int, Journal] = {}
    for id, number, on, kind, role, is_debit, lot, source, cents in _rows(_JOURNALS, world):
        amount, nothing = Decimal(cents) / 100, Decimal("0.00")
        sides = (amount, nothing) if is_debit else (nothing, amount)
        journal = found.setdefault(id, Journal(number, on, kind, []))
        journal.lines.append(Line(role, *sides, called.get(lot), source))
    return list(found.values())


def _rows(sql: str, world: World) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"company": world.company})
        return list(cursor.fetchall())


def money(amount: Decimal) -> str:
    """As books are written: two decimals, no thousands."""
    return f"{amount:.2f}" if amount else "0.00"


def quantity(given: Decimal) -> str:
    return quantities.plain(given)
