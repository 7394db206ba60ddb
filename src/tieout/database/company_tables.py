"""Tables that belong to a company, and the truths PostgreSQL holds for each of them.

Django knows foreign keys of one column only. Here a reference between two tables of a company is
(company_id, x_id) → (company_id, id), so no row can ever point into another company. `Guard`, a migration
operation, writes that for every table of an app, with row-level security and, where the table says so, the
triggers and missing privileges that make it append-only (design: the model, sections 4 and 12).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

RUNTIME_ROLE = "tieout_app"

THIS_COMPANY = "(select nullif(current_setting('tieout.company', true), '')::bigint)"
"""A sub-select, so that PostgreSQL reads the setting once a statement and not once a row."""


class CompanyForeignKey(models.ForeignKey):  # type: ignore[type-arg]  # Django's own descriptor types are kept
    """A reference to a row of the same company; enforced in SQL by `Guard`, indexed where a query needs it."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **options: Any) -> None:
        options.setdefault("related_name", "+")
        options["db_constraint"] = False
        options.setdefault("db_index", False)
        super().__init__(to, on_delete, **options)

    def deconstruct(self) -> Any:
        """Django leaves an index out of what it writes down, because its own references have one unless told not to."""
        name, path, arguments, options = super().deconstruct()
        options.setdefault("db_index", True)
        return name, path, arguments, options


class CompanyTable(models.Model):
    """A table whose every row belongs to one company."""

    APPEND_ONLY: ClassVar[bool] = False

    company = models.ForeignKey("access.Company", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class Guard(Operation):
    """Company references, row-level security and append-only triggers for an app's tables."""

    reversible = False

    def __init__(self, app_label: str, *, append_only: tuple[str, ...] = (), tables: tuple[str, ...] = ()) -> None:
        self.app_label = app_label
        self.append_only = append_only
        self.tables = tables

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (
            self.__class__.__name__,
            [self.app_label],
            {"append_only": self.append_only, "tables": self.tables},
        )

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing that Django's own state knows of changes."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        every = to_state.apps.get_app_config(self.app_label).get_models()
        guarded = [
            model
            for model in every
            if (not self.tables or model._meta.model_name in self.tables)
            and any(field.name == "company" for field in model._meta.fields)
        ]
        for model in guarded:
            schema_editor.execute(reachable(model))
        for model in guarded:
            for statement in guards(model, append_only=model._meta.model_name in self.append_only):
                schema_editor.execute(statement)

    def describe(self) -> str:
        return f"Guard the tables of {self.app_label}"


def reachable(model: type[models.Model]) -> str:
    """The key that references between tables of a company need."""
    table = model._meta.db_table
    return f'alter table "{table}" add constraint "{table}_in_company" unique (company_id, id)'


def guards(model: type[models.Model], *, append_only: bool) -> Iterator[str]:
    """The SQL that makes one table safe."""
    table = model._meta.db_table
    for field in model._meta.fields:
        if isinstance(field, CompanyForeignKey):
            target = field.related_model._meta.db_table
            yield (
                f'alter table "{table}" add constraint "{table}_{field.column}_fk" foreign key '
                f'(company_id, "{field.column}") references "{target}" (company_id, id) deferrable initially immediate'
            )
    yield f'alter table "{table}" enable row level security'
    yield (
        f'create policy company on "{table}" to {RUNTIME_ROLE} using (company_id = {THIS_COMPANY}) '
        f"with check (company_id = {THIS_COMPANY})"
    )
    if append_only:
        yield from append_only_guards(table)


def append_only_guards(table: str) -> Iterator[str]:
    """No UPDATE, DELETE or TRUNCATE: the runtime role lacks the right, and a trigger stops everybody else."""
    yield f'revoke update, delete, truncate on "{table}" from {RUNTIME_ROLE}'
    yield (
        f'create trigger append_only before update or delete on "{table}" '
        "for each row execute function tieout_append_only()"
    )
    yield (
        f'create trigger append_only_table before truncate on "{table}" '
        "for each statement execute function tieout_append_only()"
    )
