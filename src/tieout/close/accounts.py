"""Invariant 6: the goods, the lines and QuickBooks say the same of every inventory account.

Event by event the movements put into each inventory role what the lines say, so the two agree at any accounting
date (an event, its movements and its lines bear the same one: invariant 1). What QuickBooks says differs by what
has not arrived yet, what others booked and what they changed of ours, and by nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from tieout.close.findings import MOST, Finding, Outcome, money, rows, together
from tieout.close.lines import PLACES, ROLE_OF
from tieout.close.outside import Seen
from tieout.core.roles import INVENTORY, Role
from tieout.quickbooks.books import AccountTie, Term

ROLES = sorted(role.value for role in (*INVENTORY, Role.WIP))
SHOWN = 20
"""Terms of one kind that are listed one by one."""

_EVENTS = f"""
with moved as (
    select event_id, role, sum(value) as cents from (
        select m.event_id, {ROLE_OF.format(place="p")} as role, e.sign * m.value as value
        from stock_movement m
        cross join lateral (values (m.origin_id, -1), (m.target_id, 1)) as e(location_id, sign)
        join {PLACES} p on p.id = e.location_id
        left join catalog_item i on i.company_id = m.company_id and i.id = m.item_id
        where m.company_id = %(company)s and m.value <> 0
    ) ends where role = any(%(roles)s) group by event_id, role
), booked as (
    select event_id, role, sum(debit - credit) as cents from ledger_journalline
    where company_id = %(company)s and role = any(%(roles)s) group by event_id, role
)
select coalesce(m.event_id, b.event_id), e.number, coalesce(m.role, b.role), coalesce(b.cents, 0), coalesce(m.cents, 0)
from moved m full join booked b on b.event_id = m.event_id and b.role = m.role
left join ledger_event e on e.company_id = %(company)s and e.id = coalesce(m.event_id, b.event_id)
where coalesce(m.cents, 0) <> coalesce(b.cents, 0)
  and exists (select 1 from stock_movement x
      where x.company_id = %(company)s and x.event_id = coalesce(m.event_id, b.event_id))
order by 1, 3 limit {MOST}
"""
"""A reclassification has lines and no movements: its lines cancel between the roles or accounts they name."""

_TOTALS = f"""
with held as (
    select {ROLE_OF.format(place="p")} as role, sum(b.value) as cents from stock_balance b
    join {PLACES} p on p.id = b.location_id
    left join catalog_item i on i.company_id = b.company_id and i.id = b.item_id
    where b.company_id = %(company)s and (b.pool_id is null) = (b.lot_id is not null) group by 1
), booked as (
    select role, sum(debit - credit) as cents from ledger_journalline
    where company_id = %(company)s and role = any(%(roles)s) group by role
)
select r.role, coalesce(h.cents, 0), coalesce(b.cents, 0) from unnest(%(roles)s::text[]) as r(role)
left join held h on h.role = r.role left join booked b on b.role = r.role order by 1
"""


def check(company: int, seen: Seen | None) -> Outcome:
    return together((_ledger(company), _books(seen)))


def _ledger(company: int) -> Outcome:
    found = [
        Finding(
            "ledger_event",
            str(id),
            f"{number}",
            f"in its lines {money(booked)} into {role}",
            f"{money(moved)}, as its movements",
        )
        for id, number, role, booked, moved in rows(_EVENTS, company=company, roles=ROLES)
    ]
    totals = rows(_TOTALS, company=company, roles=ROLES)
    found += [
        Finding("ledger_journalline", f"on {role}", "", f"{money(booked)} in all", f"{money(held)}, as the balances")
        for role, held, booked in totals
        if held != booked
    ]
    return Outcome(len(totals), found)


def _books(seen: Seen | None) -> Outcome:
    if seen is None:
        return Outcome(0, [], ["QuickBooks is not connected: only the ledger's own side was looked at."])
    if seen.unread:
        return Outcome(0, [seen.as_finding])
    found = [finding for tie in seen.ties for finding in _unequal(tie)]
    return Outcome(len(seen.ties), found, [line for tie in seen.ties for line in _listed(tie)])


def _unequal(tie: AccountTie) -> Iterator[Finding]:
    """What is tampered with is an explanation of the difference, and wrong all the same."""
    for term in tie.tampered:
        says = f"{money(term.cents)} more than was sent ({term.what})" if term.cents > 0 else (
            f"{money(-term.cents)} less than was sent ({term.what})")  # fmt: skip
        yield Finding("QuickBooks' journal entry", term.number, f"on {tie.name}", says, "what was sent")
    if not tie.ties:
        should = (
            f"{money(tie.quickbooks - tie.rest)}: {money(tie.sub_ledger)} of ours, less {_total(tie.unposted)} "
            f"unposted, with {_total(tie.billed)} of bills, {_total((*tie.foreign, *tie.decided))} of others and "
            f"{_total(tie.tampered)} changed"
        )
        yield Finding("QuickBooks' account", tie.external_id, tie.name, f"{money(tie.quickbooks)} on {tie.on}", should)


def _listed(tie: AccountTie) -> Iterator[str]:
    for what, terms in (
        ("not there yet", tie.unposted),
        ("of bills", tie.billed),
        ("booked by others", tie.foreign),
        ("decided about", tie.decided),
    ):
        for term in terms[:SHOWN]:
            yield f"{tie.name}: {money(term.cents)} {what}: {term.number} ({term.what})"
        if len(terms) > SHOWN:
            yield f"{tie.name}: {_total(terms[SHOWN:])} {what}, {len(terms) - SHOWN} documents more"


def _total(terms: tuple[Term, ...]) -> str:
    return money(sum(term.cents for term in terms))
