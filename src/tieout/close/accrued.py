"""Invariant 8, for what is owed to suppliers: accrued less billed less returned is the accrual, by receipt line.

What a bill's price and rate were off is on the accrual as its clearings say, so a receipt line that is billed whole
owes nothing; no bill line pays for more than it says; and no cent stands on the accrual that neither goods nor an
entry of finance put there. And what is kept so that nobody looks at history again is true: no receipt line of which
anything is open is off the list, and every bill line has got as far as its clearings say.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tieout.close.findings import MOST, Finding, Outcome, money, rows
from tieout.purchasing import accruals, progress

_DIFFERENCES = f"""
with said as (
    select c.event_id, r.lot_id, sum(c.price_difference + c.exchange_difference)::bigint as cents
    from purchasing_clearing c
    join purchasing_receiptline r on r.company_id = c.company_id and r.id = c.receipt_line_id
    where c.company_id = %(company)s and c.event_id is not null group by 1, 2
), booked as (
    select m.event_id, m.lot_id, sum(side.sign * abs(m.value))::bigint as cents
    from (select distinct event_id from said) s
    join stock_movement m on m.company_id = %(company)s and m.event_id = s.event_id
    cross join lateral (values (m.credit_line, 1), (m.debit_line, -1)) as side(line, sign)
    join ledger_journalline l on l.company_id = m.company_id and l.event_id = m.event_id and l.number = side.line
        and l.role = 'GRNI'
    group by 1, 2
)
select s.event_id, e.number, t.code, s.cents, coalesce(b.cents, 0) from said s
left join booked b on b.event_id = s.event_id and b.lot_id = s.lot_id
join ledger_event e on e.company_id = %(company)s and e.id = s.event_id
join stock_lot t on t.company_id = %(company)s and t.id = s.lot_id
where s.cents <> coalesce(b.cents, 0) order by 1, 3 limit {MOST}
"""

_OVERPAID = f"""
select l.id, b.kind, coalesce(nullif(b.number, ''), b.external_id), l.number, l.amount, c.cents
from purchasing_billline l
join purchasing_bill b on b.company_id = l.company_id and b.id = l.bill_id
join lateral (select sum(c.accrued + c.price_difference + c.exchange_difference)::bigint as cents
    from purchasing_clearing c where c.company_id = l.company_id and c.bill_line_id = l.id) c on true
where l.company_id = %(company)s and (abs(c.cents) > abs(l.amount) or c.cents * l.amount < 0)
order by l.id limit {MOST}
"""

_BOOKED = """
select coalesce(sum(credit - debit), 0)::bigint from ledger_journalline
where company_id = %(company)s and role = 'GRNI'
"""

_OF_OTHERS = """
select coalesce(sum(side.sign * abs(m.value)), 0)::bigint from stock_movement m
cross join lateral (
    select c.sign from (values (m.credit_line, 1), (m.debit_line, -1)) as c(line, sign)
    join ledger_journalline l on l.company_id = m.company_id and l.event_id = m.event_id and l.number = c.line
        and l.role = 'GRNI'
) side
where m.company_id = %(company)s and m.value <> 0 and not exists (
    select 1 from purchasing_receiptline r where r.company_id = m.company_id and r.lot_id = m.lot_id)
"""

_WITHOUT_GOODS = """
select coalesce(sum(l.credit - l.debit), 0)::bigint from ledger_journalline l
where l.company_id = %(company)s and l.role = 'GRNI' and not exists (
    select 1 from stock_movement m where m.company_id = l.company_id and m.event_id = l.event_id)
"""
"""A reclassification between accounts has lines and no movements."""


_STATES = """
select receipt_line_id, settled_on from purchasing_accrualstate where company_id = %(company)s
"""

_PROGRESS = f"""
select l.id, b.kind, coalesce(nullif(b.number, ''), b.external_id), l.number, s.progress, s.due
from ({progress.SAID}) s
join purchasing_billline l on l.company_id = %(company)s and l.id = s.id
join purchasing_bill b on b.company_id = l.company_id and b.id = l.bill_id
where s.progress <> s.due order by 1 limit {MOST}
"""


def check(company: int) -> Outcome:
    every = accruals.of(company)
    findings = [
        *_booked_otherwise(company),
        *_overpaid(company),
        *_unowed(company, every),
        *_off_the_list(company, every),
        *_got_otherwise(company),
    ]
    return Outcome(len(every), findings, list(_not_settled(company, every)))


def _not_settled(company: int, every: dict[int, accruals.Accrual]) -> Iterator[str]:
    """Not wrong, and to be seen: a price that came without its bill, or a bill whose price came without it."""
    still_open = [id for id, one in every.items() if not one.open_quantity and one.open][:MOST]
    facts = accruals.goods(company, still_open)
    for id in still_open:
        yield f"{facts[id].receipt}, {facts[id].sku}: billed or returned whole, and {money(every[id].open)} is accrued"


def _booked_otherwise(company: int) -> Iterator[Finding]:
    for event, number, lot, said, booked in rows(_DIFFERENCES, company=company):
        what = f"{number} for lot {lot}"
        yield Finding("ledger_event", str(event), what, f"{money(booked)} on the accrual", f"{money(said)}, as cleared")


def _overpaid(company: int) -> Iterator[Finding]:
    for id, kind, number, n, amount, cents in rows(_OVERPAID, company=company):
        yield Finding("purchasing_billline", str(id), f"{kind} {number}, line {n}", f"{money(cents)} cleared by it", (
            f"no more than its {money(amount)}"))  # fmt: skip


def _unowed(company: int, every: dict[int, accruals.Accrual]) -> Iterator[Finding]:
    owed = sum(one.owed for one in every.values())
    ((booked,),), ((others,),) = rows(_BOOKED, company=company), rows(_OF_OTHERS, company=company)
    without_movements = rows(_WITHOUT_GOODS, company=company)[0][0]
    if booked != owed + others + without_movements:
        should = f"{money(owed + others + without_movements)}, as its receipt lines and entries"
        yield Finding("ledger_journalline", "on GRNI", "", f"{money(booked)} owed in all", should)


def _off_the_list(company: int, every: dict[int, accruals.Accrual]) -> Iterator[Finding]:
    """A line may be on it in vain; one that is off it would never be looked at again."""
    states: dict[int, date | None] = dict(rows(_STATES, company=company))
    missing = [id for id in every if id not in states][:MOST]
    early = [id for id, one in every.items() if not _is_listed_right(one, states.get(id))][:MOST]
    facts = accruals.goods(company, [*missing, *early])
    for id in missing:
        yield Finding("purchasing_receiptline", str(id), _named(facts[id]), "nothing of what is open", "that it may be")
    for id in early:
        last = "not settled" if not every[id].is_settled else f"settled on {every[id].last_on}"
        yield Finding("purchasing_accrualstate", f"of {id}", _named(facts[id]), f"settled on {states[id]}", last)


def _is_listed_right(one: accruals.Accrual, settled_on: date | None) -> bool:
    return settled_on is None or (one.is_settled and one.last_on is not None and one.last_on <= settled_on)


def _named(goods: accruals.Goods) -> str:
    return f"{goods.receipt}, {goods.sku} lot {goods.lot_code}"


def _got_otherwise(company: int) -> Iterator[Finding]:
    for id, kind, number, n, says, due in rows(_PROGRESS, company=company):
        yield Finding("purchasing_billline", str(id), f"{kind} {number}, line {n}", f"that it is {says}", f"{due}")
