"""BOM versions, one line of a version a row."""

from __future__ import annotations

from itertools import pairwise

from django.db import connection

from tieout.access.permissions import Permission
from tieout.catalog import boms as catalog
from tieout.core import boms
from tieout.core.boms import Use
from tieout.imports import checks, factors
from tieout.imports.columns import Column, Form
from tieout.imports.staging import Stage
from tieout.imports.templates import Template

TEMPLATE = Template(
    kind="boms",
    says=(
        "BOM versions: each row a component (or by-product) of a version; what is said of the version itself"
        " is the same in all its rows. In effect from its first through its last day."
    ),
    permission=Permission.KEEP_CATALOG,
    key=("sku", "version", "component", "by_product"),
    columns=(
        Column("sku", Form.CODE, "The item that is made.", "ALM-BUTTER-250", needed=True),
        Column("version", Form.CODE, "The version's name.", "1", needed=True, most=20),
        Column("site", Form.CODE, "Where it is made so; empty: everywhere.", "OAK", most=20),
        Column("effective_from", Form.DATE, "Its first day.", "2024-01-01", needed=True),
        Column("effective_to", Form.DATE, "Its last day; empty: no end.", "2024-12-31"),
        Column("output_quantity", Form.NUMBER, "For so much of the item, in its unit; empty: 1.", "100"),
        Column("expected_yield", Form.NUMBER, "Share of the output that is good; empty: 1.", "0.95"),
        Column("labour_hours", Form.NUMBER, "Hours for the output quantity; empty: none.", "2.5", zero=True),
        Column("component", Form.CODE, "The item that goes in.", "ALM-RAW", needed=True),
        Column("quantity", Form.NUMBER, "How much of it.", "27.5", needed=True),
        Column("unit", Form.CODE, "In which unit; empty: the component's own.", "kg", most=12),
        Column("by_product", Form.YES, "Whether it comes out instead; empty: no.", "no"),
    ),
    examples=(
        ("ALM-BUTTER-250", "1", "", "2024-01-01", "", "100", "0.95", "2.5", "ALM-RAW", "27.5", "kg", "no"),
        ("ALM-BUTTER-250", "1", "", "2024-01-01", "", "100", "0.95", "2.5", "JAR-250", "100", "EA", "no"),
    ),
)

_FOUND = (
    "select 1 from catalog_bom t join catalog_item i on i.company_id = t.company_id and i.id = t.item_id"
    " where t.company_id = %s and i.sku = s.sku and t.version = s.version"
)
_OF_VERSION = ["site", "effective_from", "effective_to", "output_quantity", "expected_yield", "labour_hours"]

_VERSIONS = """
create temporary table bom_versions on commit drop as
select s.sku, s.version, min(s.n) as n, min(i.id) as item_id, coalesce(min(s.site), '') as site,
    min(s.effective_from) as effective_from, min(s.effective_to) as effective_to,
    coalesce(min(s.output_quantity), 1) as output_quantity, coalesce(min(s.expected_yield), 1) as expected_yield,
    coalesce(min(s.labour_hours), 0) as labour_hours
from staged_boms s left join catalog_item i on i.company_id = %s and i.sku = s.sku
where s.sku is not null and s.version is not null group by s.sku, s.version
"""


def check(stage: Stage) -> None:
    checks.existing(stage, TEMPLATE, _FOUND, document=("sku", "version"))
    checks.unknown(stage, TEMPLATE, "sku", checks.ITEM)
    checks.unknown(stage, TEMPLATE, "component", checks.ITEM)
    checks.unknown(stage, TEMPLATE, "site", checks.SITE)
    checks.unknown(stage, TEMPLATE, "unit", checks.UNIT)
    checks.differs(stage, TEMPLATE, key="(sku || ' version ' || version)", columns=_OF_VERSION, called="The BOM of")
    _limits(stage)
    factors.resolve(stage, TEMPLATE, item="component")
    factors.exact(stage, TEMPLATE, item="component", quantity="quantity")
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists pg_temp.bom_versions")
        cursor.execute(_VERSIONS, [stage.company])
        cursor.execute("create index on bom_versions (sku, version)")
        cursor.execute("analyze bom_versions")
    _outputs(stage)
    _overlaps(stage)
    _cycles(stage)


def _limits(stage: Stage) -> None:
    for column, wrong, message in (
        ("effective_to", "effective_to < effective_from", "The last day is before the first. Check both."),
        (
            "expected_yield",
            "expected_yield > 10",
            "That is more than ten times. Give a share such as 0.95.",
        ),
        ("labour_hours", "labour_hours >= 100000000", "That is too many hours. Check the number."),
        ("labour_hours", "round(labour_hours, 4) <> labour_hours", "Hours have at most 4 decimals. Round them."),
    ):
        stage.refuse(
            TEMPLATE,
            column=column,
            code="bad_bom",
            wrong=f"select n, '{message}' as message from staged_boms where {wrong}",
        )


def _outputs(stage: Stage) -> None:
    stage.refuse(
        TEMPLATE,
        column="output_quantity",
        code="too_many_decimals",
        wrong="select v.n, trim_scale(v.output_quantity) || ' is finer than ' || u.code || ' is counted, '"
        " || u.decimals || ' decimals. Round it.' as message from bom_versions v"
        " join catalog_item i on i.company_id = %s and i.id = v.item_id"
        " join catalog_unit u on u.company_id = i.company_id and u.id = i.unit_id"
        " where round(v.output_quantity, u.decimals) <> v.output_quantity",
        parameters=[stage.company],
    )
    stage.refuse(
        TEMPLATE,
        column="component",
        code="bad_bom",
        wrong="select min(n) as n, 'The BOM of ' || sku || ' version ' || version ||"
        " ' has by-products only. Give a component.' as message from staged_boms"
        " group by sku, version having bool_and(coalesce(by_product, false))",
    )


def _overlaps(stage: Stage) -> None:
    """Of one item at one site, no two versions on one day: among the file's own, and with those there are."""
    stage.refuse(
        TEMPLATE,
        column="effective_from",
        code=catalog.BomOverlap.code,
        wrong="select v.n, 'Version ' || v.version || ' of ' || v.sku || ' would be in effect together with version '"
        " || min(o.version) || ', from ' || min(o.effective_from) || '. End one before the other starts.' as message"
        " from bom_versions v join (select item_id, site, version, n, effective_from, effective_to from bom_versions"
        " union all select item_id, site_code, version, 0, effective_from, effective_to from catalog_bom"
        " where company_id = %s and approved) o on o.item_id = v.item_id and o.site = v.site and o.n < v.n"
        " and o.effective_from <= coalesce(v.effective_to, 'infinity')"
        " and coalesce(o.effective_to, 'infinity') >= v.effective_from"
        " where coalesce(v.effective_to, 'infinity') >= v.effective_from"
        " and coalesce(o.effective_to, 'infinity') >= o.effective_from group by v.n, v.version, v.sku",
        parameters=[stage.company],
    )


def _cycles(stage: Stage) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select s.n, v.item_id, c.id, v.effective_from, v.effective_to from staged_boms s"
            " join bom_versions v on v.sku = s.sku and v.version = s.version"
            " join catalog_item c on c.company_id = %s and c.sku = s.component"
            " where not coalesce(s.by_product, false) and v.item_id is not null and v.effective_from is not null"
            " order by s.n",
            [stage.company],
        )
        lines = cursor.fetchall()
    own = [Use(item, part, since, until or boms.END_OF_TIME) for _, item, part, since, until in lines]
    path = boms.cycle([*own, *catalog.below([use.component for use in own])])
    if not path:
        return
    steps = set(pairwise(path))
    n = next(n for n, item, part, *_ in reversed(lines) if (item, part) in steps)
    stage.refuse(
        TEMPLATE,
        column="component",
        code=boms.BomCycle.code,
        wrong="select %s::bigint as n, 'It would be made of itself: ' || string_agg(i.sku, ' → ' order by p.place)"
        " || '. Take one of these lines out.' as message"
        " from unnest(%s::bigint[]) with ordinality as p(item, place)"
        " join catalog_item i on i.company_id = %s and i.id = p.item",
        parameters=[n, path, stage.company],
    )


def load(stage: Stage) -> tuple[int, int]:
    checks.count(
        "delete from bom_versions v using staged_boms s where s.sku = v.sku and s.version = v.version and s.bad", []
    )
    added = checks.count(
        "insert into catalog_bom (company_id, item_id, version, site_code, output_quantity, expected_yield,"
        " labour_hours, effective_from, effective_to, approved)"
        " select %s, item_id, version, site, output_quantity, expected_yield, labour_hours, effective_from,"
        " effective_to, true from bom_versions where item_id is not null order by n"
        " on conflict (company_id, item_id, version) do nothing",
        [stage.company],
    )
    checks.count(
        "insert into catalog_bomline (company_id, bom_id, number, component_id, quantity, is_output)"
        " select b.company_id, b.id, row_number() over (partition by b.id order by s.n), c.id,"
        " s.quantity * f.numerator / f.denominator, coalesce(s.by_product, false)"
        " from bom_versions v join catalog_bom b on b.company_id = %s and b.item_id = v.item_id"
        " and b.version = v.version join staged_boms s on s.sku = v.sku and s.version = v.version"
        " join catalog_item c on c.company_id = b.company_id and c.sku = s.component"
        " join catalog_unit u on u.company_id = c.company_id and u.id = c.unit_id"
        " join factors_boms f on f.sku = s.component and f.unit = coalesce(s.unit, u.code)",
        [stage.company],
    )
    return added, 0
