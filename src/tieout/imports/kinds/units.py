"""Units of measure."""

from __future__ import annotations

from tieout.access.permissions import Permission
from tieout.imports import checks
from tieout.imports.columns import Column, Form
from tieout.imports.staging import Stage
from tieout.imports.templates import Template

TEMPLATE = Template(
    kind="units",
    says="Units of measure, one a row.",
    permission=Permission.KEEP_CATALOG,
    key=("unit",),
    updates="its name changes, and its decimals may grow.",
    columns=(
        Column("unit", Form.CODE, "What people write behind a quantity.", "kg", needed=True, most=12),
        Column("name", Form.TEXT, "Its full name; empty: the code.", "Kilogram", most=60),
        Column("decimals", Form.WHOLE, "How finely it is measured: 0 to 6 decimals; empty: 6.", "3"),
    ),
    examples=(("kg", "Kilogram", "3"), ("EA", "Each", "0"), ("drum", "Drum", "2")),
)

_FOUND = "select 1 from catalog_unit t where t.company_id = %s and t.code = s.unit"


def check(stage: Stage) -> None:
    checks.repeated(stage, TEMPLATE)
    checks.existing(stage, TEMPLATE, _FOUND)
    stage.refuse(
        TEMPLATE,
        column="decimals",
        code="too_many_decimals",
        wrong="select n, decimals || ' decimals are not possible; quantities have 0 to 6.' as message"
        " from staged_units where decimals > 6",
    )
    stage.refuse(
        TEMPLATE,
        column="decimals",
        code="unit_in_use",
        wrong="select s.n, s.unit || ' has ' || t.decimals || ' decimals, and quantities that may use them.'"
        " || ' Give as many or more.' as message from staged_units s"
        " join catalog_unit t on t.company_id = %s and t.code = s.unit where s.decimals < t.decimals",
        parameters=[stage.company],
    )


def load(stage: Stage) -> tuple[int, int]:
    updated = checks.count(
        "update catalog_unit t set name = coalesce(s.name, t.name), decimals = coalesce(s.decimals, t.decimals)"
        " from staged_units s where t.company_id = %s and t.code = s.unit and not s.bad",
        [stage.company],
    )
    added = checks.count(
        "insert into catalog_unit (company_id, code, name, decimals)"
        " select %s, unit, coalesce(name, unit), coalesce(decimals, 6) from staged_units where not bad order by n"
        " on conflict (company_id, code) do nothing",
        [stage.company],
    )
    return added, updated
