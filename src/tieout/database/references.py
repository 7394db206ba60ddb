"""References checked once a statement instead of once a row, for the tables that an act writes many rows of.

PostgreSQL checks a foreign key with a query and a row lock for each row and each reference; of a run of ten
components that is two hundred, a fifth of its time, and every writer marks the same rows of items and places. Here
one trigger a statement looks up what all its rows refer to. It holds for every writer, the tables' owner too. A
foreign key's other half, that what is referred to does not go away, needs no locks: it never goes away. Nobody
deletes it or changes its key, which a trigger on it refuses. So what was there when it was looked up stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from tieout.database.company_tables import CompanyForeignKey

KEPT = """
create or replace function tieout_kept() returns trigger language plpgsql as $$
begin
    raise exception 'a row of % is never deleted, and its key never changes: others refer to it', tg_table_name
        using errcode = 'restrict_violation';
end $$
"""


class CheckReferencesInSets(Operation):
    """Takes the place of the foreign keys of these tables of an app."""

    reversible = False

    def __init__(self, app_label: str, *, tables: tuple[str, ...]) -> None:
        self.app_label = app_label
        self.tables = tables

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [self.app_label], {"tables": self.tables}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing that Django's own state knows of changes."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        schema_editor.execute(KEPT, params=None)  # in which % is a sign, not a placeholder
        for name in self.tables:
            model = to_state.apps.get_model(self.app_label, name)
            for statement in in_sets(model):
                schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Check what {', '.join(self.tables)} refer to once a statement"


def in_sets(model: type[models.Model]) -> Iterator[str]:
    """The SQL for one table. Nested loops over indexes: of a few rows or many, a plan that never grows old."""
    table = model._meta.db_table
    references = [field for field in model._meta.fields if isinstance(field, models.ForeignKey)]
    for target in sorted({field.related_model._meta.db_table for field in references}):
        yield from kept(target)
    looked_up = "\n        union all\n".join(_missing(table, field) for field in references)
    yield f"""
do $$ declare name text; begin
    for name in select conname from pg_constraint where conrelid = '{table}'::regclass and contype = 'f' loop
        execute format('alter table {table} drop constraint %I', name);
    end loop;
end $$"""
    yield f"""
create function {table}_references() returns trigger language plpgsql security definer set search_path = public
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    missing record;
begin
    select * into missing from (
{looked_up}
    ) m limit 1;
    if found then
        raise exception '{table}: there is no % for % of company %', missing.key, missing.reference, missing.company
            using errcode = 'foreign_key_violation', constraint = missing.reference, table = '{table}';
    end if;
    return null;
end $$"""
    for event in ("insert", "update"):
        yield (
            f"create trigger references_{event} after {event} on {table} referencing new table as written "
            f"for each statement execute function {table}_references()"
        )


def _missing(table: str, field: models.ForeignKey[Any, Any]) -> str:
    """The rows written whose reference leads nowhere."""
    target = field.related_model._meta.db_table
    company = "t.company_id = w.company_id and " if isinstance(field, CompanyForeignKey) else ""
    return (
        f"        select w.company_id as company, w.{field.column} as key, '{table}_{field.column}_fk' as reference\n"
        f"        from written w where w.{field.column} is not null\n"
        f"            and not exists (select 1 from {target} t where {company}t.id = w.{field.column})"
    )


def kept(table: str) -> Iterator[str]:
    """What is referred to stays."""
    yield f"create or replace trigger kept before delete on {table} for each row execute function tieout_kept()"
    yield (
        f"create or replace trigger kept_table before truncate on {table} "
        "for each statement execute function tieout_kept()"
    )
    is_rekeyed = "new.id is distinct from old.id"
    if table != "access_company":
        is_rekeyed += " or new.company_id is distinct from old.company_id"
    yield (
        f"create or replace trigger kept_key before update on {table} for each row when ({is_rekeyed}) "
        "execute function tieout_kept()"
    )
