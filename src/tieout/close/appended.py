"""Invariant 1: what is written once stays as it was written.

The database refuses every change, by trigger to everybody and by right to the program. Whoever owns the tables
can switch both off, so the switches are looked at, and so is what a change behind their back would leave: a
number missing between two others, a row without its event, a link of the audit chain that does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.apps import apps

from tieout.access import audit
from tieout.close.findings import MOST, Finding, Outcome, count, rows, together
from tieout.database.company_tables import RUNTIME_ROLE, CompanyTable

IN_SETS = ("stock_movement", "stock_balance", "ledger_journalline", "costing_composition", "costing_poolshare")
"""Tables whose references a trigger looks up, once a statement."""
OTHER_TRIGGERS = (
    ("ledger_event", "journal_is_open"),
    ("ledger_journalline", "balanced"),
    ("ledger_journalevent", "seal_holds"),
    ("ledger_transmission", "body_holds"),
    ("purchasing_receiptline", "received"),
    ("stock_movement", "accrual_touched"),
    *((table, f"references_{written}") for table in IN_SETS for written in ("insert", "update")),
)
ONE_WRITER = (("stock_balance", "INSERT"), ("stock_balance", "UPDATE"), ("stock_balance", "DELETE"),
              ("stock_balance", "TRUNCATE"), ("stock_movement", "INSERT"))  # fmt: skip
"""Rights that nobody but `stock_record` uses."""

_TRIGGERS = """
select w.at, w.named, t.tgenabled::text from unnest(%(tables)s::text[], %(triggers)s::text[]) as w(at, named)
left join pg_trigger t on t.tgrelid = to_regclass(w.at) and t.tgname = w.named
where coalesce(t.tgenabled, 'D') not in ('O', 'A')
"""
_RIGHTS = """
select w.at, w.privilege from unnest(%(tables)s::text[], %(rights)s::text[]) as w(at, privilege)
where has_table_privilege(%(role)s, w.at, w.privilege)
   or (w.privilege = 'UPDATE' and has_any_column_privilege(%(role)s, w.at, 'UPDATE'))
"""
_ROLE = """
select rolsuper, rolbypassrls, (select count(*) from pg_class where relowner = r.oid)
from pg_roles r where rolname = %(role)s and (rolsuper or rolbypassrls or exists (
    select 1 from pg_class where relowner = r.oid and relkind = 'r' and relpersistence <> 't'))
"""
_GAPS = """
select {of}, count(*), max(number) from {table} where company_id = %(company)s
group by {of} having count(*) <> max(number) or min(number) <> 1 limit {most}
"""
_STRAYS = """
select m.id, m.event_id, e.id, m.accounting_date, e.accounting_date{more} from {table} m
left join ledger_event e on e.company_id = m.company_id and e.id = m.event_id
where m.company_id = %(company)s and (e.id is null or m.accounting_date <> e.accounting_date{or_more})
order by m.id limit {most}
"""
NUMBERED = (
    ("stock_movement", "event_id"),
    ("ledger_journalline", "event_id"),
    ("ledger_attempt", "transmission_id"),
    ("purchasing_receiptline", "event_id"),
)


def check(company: int) -> Outcome:
    tables = append_only_tables()
    return together((_switches(tables), _gaps(company), _strays(company), _chain(company)))


def append_only_tables() -> list[str]:
    """Every table that declares itself append-only; a new one is checked without being listed here."""
    return [
        model._meta.db_table for model in apps.get_models() if issubclass(model, CompanyTable) and model.APPEND_ONLY
    ]


def _switches(tables: list[str]) -> Outcome:
    triggers = [(table, name) for table in tables for name in ("append_only", "append_only_table")]
    triggers += OTHER_TRIGGERS
    rights = [(table, right) for table in tables for right in ("UPDATE", "DELETE", "TRUNCATE")]
    rights += ONE_WRITER
    found = [*_disabled(triggers), *_granted(rights), *_mighty()]
    return Outcome(len(triggers) + len(rights), found)


def _disabled(triggers: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    at, named = zip(*triggers, strict=True)
    for table, trigger, state in rows(_TRIGGERS, tables=list(at), triggers=list(named)):
        says = "that it is switched off" if state else "that it is gone"
        yield Finding("pg_trigger", f"{trigger} on {table}", "", says, "that it fires for everybody")


def _granted(rights: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    at, privilege = zip(*rights, strict=True)
    for table, right in rows(_RIGHTS, tables=list(at), rights=list(privilege), role=RUNTIME_ROLE):
        yield Finding("pg_class", table, "", f"that {RUNTIME_ROLE} may {right} it", "that it may not")


def _mighty() -> Iterator[Finding]:
    for is_super, bypasses, owned in rows(_ROLE, role=RUNTIME_ROLE):
        what = "is superuser" if is_super else "bypasses row-level security" if bypasses else f"owns {owned} tables"
        yield Finding("pg_roles", RUNTIME_ROLE, "", f"that it {what}", "that it has no such power")


def _gaps(company: int) -> Outcome:
    """Rows that are numbered from 1 within their event: one that was taken out leaves a hole."""
    found = []
    for table, of in NUMBERED:
        for parent, there, last in rows(_GAPS.format(table=table, of=of, most=MOST), company=company):
            found.append(
                Finding(
                    table,
                    f"of {of.removesuffix('_id')} {parent}",
                    "",
                    f"that it has {there} rows, the last numbered {last}",
                    f"that they are numbered 1 to {there} without a hole",
                )
            )
    return Outcome(sum(count(f"select count(*) from {table} where company_id = %(company)s", company=company)
                       for table, _ in NUMBERED), found)  # fmt: skip


def _strays(company: int) -> Outcome:
    """Movements and lines copy their event's dates; one without its event, or with other dates, was moved."""
    moved = _STRAYS.format(
        table="stock_movement",
        more=", m.occurred_at, e.occurred_at",
        or_more=" or m.occurred_at <> e.occurred_at",
        most=MOST,
    )
    lines = _STRAYS.format(table="ledger_journalline", more="", or_more="", most=MOST)
    found = []
    for table, sql in (("stock_movement", moved), ("ledger_journalline", lines)):
        for id, event, there, on, due, *at in rows(sql, company=company):
            if there is None:
                found.append(Finding(table, str(id), "", f"event {event}, which is not there", "an event on record"))
            elif on != due:
                found.append(Finding(table, str(id), f"event {event}", f"accounting date {on}", f"{due}, as its event"))
            else:
                found.append(Finding(table, str(id), f"event {event}", f"that it occurred at {at[0]}", f"{at[1]}"))
    return Outcome(0, found)


def _chain(company: int) -> Outcome:
    """The audit trail is chained by hashes: a row changed, removed or put in breaks every link after it."""
    broken = audit.broken(company)
    links = count("select count(*) from access_auditlink where company_id = %(company)s", company=company)
    if broken is None:
        return Outcome(links, [])
    return Outcome(
        links,
        [Finding("access_auditrow", str(broken), "", "something else than when it was chained", "what its hash says")],
    )
