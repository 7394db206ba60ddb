"""Suppliers, each with the name that QuickBooks knows its vendor by."""

from __future__ import annotations

from tieout.access.permissions import Permission
from tieout.imports import checks
from tieout.imports.columns import Column, Form
from tieout.imports.staging import Stage
from tieout.imports.templates import Template

TEMPLATE = Template(
    kind="suppliers",
    says="Whom you buy from, one a row.",
    permission=Permission.BUY,
    key=("supplier",),
    updates="its name, currency, lead time and whether it is active change.",
    columns=(
        Column("supplier", Form.CODE, "What people call it.", "NUTCO", needed=True, most=40),
        Column(
            "name",
            Form.TEXT,
            "Its name, as the vendor's in QuickBooks.",
            "Nut Company",
            needed=True,
            most=200,
        ),
        Column("currency", Form.CODE, "Of its prices; empty: your own.", "EUR", most=3),
        Column("lead_time_days", Form.WHOLE, "From order to dock.", "14"),
        Column("active", Form.YES, "Whether you buy from it; empty: yes.", "yes"),
    ),
    examples=(("NUTCO", "Nut Company", "", "14", "yes"),),
)

_FOUND = "select 1 from purchasing_supplier t where t.company_id = %s and t.code = s.supplier"


def check(stage: Stage) -> None:
    checks.repeated(stage, TEMPLATE)
    checks.existing(stage, TEMPLATE, _FOUND)
    stage.refuse(
        TEMPLATE,
        column="currency",
        code="bad_currency",
        wrong="select n, currency || ' is not a currency. Write its three letters, such as EUR.' as message"
        " from staged_suppliers where currency !~ '^[A-Z]{3}$'",
    )


def load(stage: Stage) -> tuple[int, int]:
    checks.count(
        "insert into ledger_party (company_id, kind, name, external_id, active)"
        " select distinct %s::bigint, 'vendor', name, '', true from staged_suppliers where not bad"
        " on conflict (company_id, kind, name) do nothing",
        [stage.company],
    )
    updated = checks.count(
        "update purchasing_supplier t set name = s.name, party_id = p.id, currency = coalesce(s.currency, t.currency),"
        " lead_time_days = coalesce(s.lead_time_days, t.lead_time_days), active = coalesce(s.active, t.active)"
        " from staged_suppliers s join ledger_party p on p.company_id = %s and p.kind = 'vendor' and p.name = s.name"
        " where t.company_id = p.company_id and t.code = s.supplier and not s.bad",
        [stage.company],
    )
    added = checks.count(
        "insert into purchasing_supplier (company_id, code, name, party_id, currency, lead_time_days, active)"
        " select p.company_id, s.supplier, s.name, p.id, coalesce(s.currency, ''), s.lead_time_days,"
        " coalesce(s.active, true) from staged_suppliers s"
        " join ledger_party p on p.company_id = %s and p.kind = 'vendor' and p.name = s.name"
        " where not s.bad order by s.n on conflict (company_id, code) do nothing",
        [stage.company],
    )
    return added, updated
