"""Sites and the places in them. A row without a location speaks of its site alone."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.db import connection

from tieout.access.permissions import Permission
from tieout.core.roles import STOCK_KINDS
from tieout.imports import checks
from tieout.imports.columns import Column, Form
from tieout.imports.staging import Stage
from tieout.imports.templates import Template
from tieout.stock import places

KINDS = tuple(sorted(kind for kind in STOCK_KINDS if kind not in places.AT_EACH_SITE))

TEMPLATE = Template(
    kind="locations",
    says="Sites, and the places in each. A site has a main store (MAIN) and QUARANTINE from the start.",
    permission=Permission.KEEP_PLACES,
    key=("site", "location"),
    updates="its name changes, and that of its site.",
    columns=(
        Column("site", Form.CODE, "A plant or warehouse.", "OAK", needed=True, most=20),
        Column("site_name", Form.TEXT, "Its name; empty: the code.", "Oakland plant", most=120),
        Column(
            "time_zone",
            Form.CODE,
            "Of the site; needed once, where it is new.",
            "America/Los_Angeles",
            most=64,
        ),
        Column("location", Form.CODE, "A place in it; empty: the site alone.", "RACK-A", most=40),
        Column("name", Form.TEXT, "The place's name; empty: its code.", "Rack A", most=120),
        Column("kind", Form.CHOICE, "What the place is; empty: storage.", "storage", choices=KINDS),
    ),
    examples=(
        ("OAK", "Oakland plant", "America/Los_Angeles", "", "", ""),
        ("OAK", "", "", "RACK-A", "Rack A", "storage"),
    ),
)

_FOUND = (
    "select 1 from stock_site t left join stock_location l on l.company_id = t.company_id and l.site_id = t.id"
    " and l.code = s.location where t.company_id = %s and t.code = s.site and (s.location is null or l.id is not null)"
)
_STANDING = {"MAIN": "storage", "QUARANTINE": "quarantine"}
_RESERVED = [kind.value.upper() for kind in places.AT_EACH_SITE]


def check(stage: Stage) -> None:
    checks.repeated(stage, TEMPLATE)
    checks.existing(stage, TEMPLATE, _FOUND, column="location")
    stage.refuse(
        TEMPLATE,
        column="time_zone",
        code="bad_time_zone",
        wrong="select n, time_zone || ' is not a time zone. Write one such as America/New_York.' as message"
        " from staged_locations where time_zone <> all(%s)",
        parameters=[sorted(available_timezones())],
    )
    stage.refuse(
        TEMPLATE,
        column="time_zone",
        code="missing_value",
        wrong="select min(n) as n, 'Site ' || site || ' is new and has no time zone. Fill it in once.' as message"
        " from staged_locations s where site is not null and not exists (select 1 from stock_site t"
        " where t.company_id = %s and t.code = s.site) group by site having count(time_zone) = 0",
        parameters=[stage.company],
    )
    for column in ("site_name", "time_zone"):
        _contradictions(stage, column)
    _kinds(stage)


def _contradictions(stage: Stage, column: str) -> None:
    """Said once of a site is enough; said twice it must be the same."""
    stage.refuse(
        TEMPLATE,
        column=column,
        code="contradiction",
        wrong=f"select n, 'Site ' || site || ' has another {column} in row ' || first || '. Give one.' as message"
        f" from (select *, first_value({column}) over k as one, first_value(at_row) over k as first"
        f" from staged_locations where {column} is not null window k as (partition by site order by n)) r"
        f" where {column} <> one",
    )


def _kinds(stage: Stage) -> None:
    stage.refuse(
        TEMPLATE,
        column="location",
        code="reserved_place",
        wrong="select n, location || ' is there at every site for its own purpose. Take another code.' as message"
        " from staged_locations where location = any(%s)",
        parameters=[_RESERVED],
    )
    stage.refuse(
        TEMPLATE,
        column="kind",
        code="place_in_use",
        wrong="select s.n, s.location || ' is a place of kind ' || k.kind || ', which never changes."
        " Take another code.' as message from staged_locations s"
        " join (select t.code as site, l.code, l.kind from stock_location l join stock_site t"
        " on t.company_id = l.company_id and t.id = l.site_id where l.company_id = %s"
        " union select s.site, d.code, d.kind from staged_locations s"
        " cross join unnest(%s::text[], %s::text[]) as d(code, kind)) k"
        " on k.site = s.site and k.code = s.location where coalesce(s.kind, k.kind) <> k.kind",
        parameters=[stage.company, list(_STANDING), list(_STANDING.values())],
    )


def load(stage: Stage) -> tuple[int, int]:
    """New sites one by one, because each comes with its own places; they are few. Places in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select s.site, coalesce(min(s.site_name), s.site), min(s.time_zone) from staged_locations s"
            " where not exists (select 1 from stock_site t where t.company_id = %s and t.code = s.site)"
            " group by s.site having bool_and(not s.bad) and min(s.time_zone) is not null order by min(s.n)",
            [stage.company],
        )
        new = cursor.fetchall()
    for code, name, zone in new:
        places.open_site(stage.company, code=code, name=name, time_zone=zone)
    updated = checks.count(
        "update stock_site t set name = s.site_name from staged_locations s"
        " where t.company_id = %s and t.code = s.site and s.site_name is not null and not s.bad"
        " and t.name <> s.site_name",
        [stage.company],
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into stock_location as l (company_id, site_id, code, name, kind, role, active)"
            " select t.company_id, t.id, s.location, coalesce(s.name, s.location),"
            " coalesce(s.kind, case s.location when 'QUARANTINE' then 'quarantine' else 'storage' end), '', true"
            " from staged_locations s join stock_site t on t.company_id = %s and t.code = s.site"
            " where s.location is not null and not s.bad order by s.n"
            " on conflict (company_id, site_id, code) do update set name = excluded.name returning xmax = 0",
            [stage.company],
        )
        rows = [added for (added,) in cursor.fetchall()]
    return len(new) + sum(rows), updated + len(rows) - sum(rows)
