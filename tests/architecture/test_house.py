"""What the house promises of its own code and tables."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from tieout.access.actions import Action
from tieout.access.permissions import ALLOWED, ActorRole, Permission
from tieout.core.refusals import Refusal

ROOT = Path(__file__).resolve().parents[2] / "src/tieout"
CONTEXTS = [path.parent.name for path in sorted(ROOT.glob("*/actions.py")) if path.parent.name != "access"]


@pytest.mark.parametrize("context", CONTEXTS)
def test_every_public_function_of_an_actions_module_is_an_action_with_a_permission(context: str) -> None:
    module = importlib.import_module(f"tieout.{context}.actions")
    plain = [
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    ]
    found = [value for value in vars(module).values() if isinstance(value, Action)]

    assert found
    assert all(isinstance(action.permission, Permission) for action in found)
    assert [] == [name for name in plain if "act" in inspect.signature(getattr(module, name)).parameters], (
        "takes an open act, so it belongs in a noun module or needs @action"
    )


def test_finance_runs_nothing_and_operations_post_nothing() -> None:
    floor = {Permission.RECEIVE, Permission.REPORT_RUN, Permission.MOVE, Permission.COUNT, Permission.SHIP}
    books = {Permission.POST, Permission.MAP_ACCOUNTS, Permission.CLOSE_PERIOD, Permission.SEE_COST}

    for role in (ActorRole.CONTROLLER, ActorRole.AUDITOR):
        assert not ALLOWED[role] & floor
    for role in (ActorRole.OPERATOR, ActorRole.WAREHOUSE, ActorRole.PLANNER):
        assert not ALLOWED[role] & books


def _refusals(kind: type[Refusal] = Refusal) -> list[type[Refusal]]:
    return [one for child in kind.__subclasses__() for one in (child, *_refusals(child))]


def test_every_refusal_has_a_code_of_its_own_words_and_says_its_general_case() -> None:
    for context in CONTEXTS:
        importlib.import_module(f"tieout.{context}.actions")
    ours = [one for one in _refusals() if one.__module__.startswith("tieout.")]

    assert ours
    for refusal in ours:
        assert refusal.code != "refused", refusal
        assert refusal.__doc__, refusal


COMPANY_TABLES = [model for model in apps.get_models() if any(field.name == "company" for field in model._meta.fields)]


@pytest.mark.everywhere
@pytest.mark.django_db
@pytest.mark.parametrize("model", COMPANY_TABLES, ids=lambda model: model._meta.db_table)
def test_every_company_table_is_hidden_where_no_company_is_set(model: type) -> None:
    table = model._meta.db_table  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relrowsecurity, exists (select 1 from pg_policies p where p.tablename = c.relname),"
            " exists (select 1 from pg_constraint k where k.conrelid = c.oid and k.contype = 'u'"
            "   and k.conname = c.relname || '_in_company')"
            " from pg_class c where c.relname = %s and c.relkind = 'r'",
            [table],
        )

        assert (True, True, True) == cursor.fetchone()


@pytest.mark.everywhere
@pytest.mark.django_db
@pytest.mark.parametrize(
    "model", [model for model in COMPANY_TABLES if getattr(model, "APPEND_ONLY", False)], ids=lambda m: m.__name__
)
def test_every_append_only_table_is_locked_by_privilege_and_by_trigger(model: type) -> None:
    table = model._meta.db_table  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(
            "select has_table_privilege(current_user, %s, 'update'), has_table_privilege(current_user, %s, 'delete'),"
            " has_table_privilege(current_user, %s, 'truncate'), (select count(*) from pg_trigger t"
            "   where t.tgrelid = %s::regclass and t.tgname like 'append_only%%' and t.tgenabled <> 'D')",
            [table, table, table, table],
        )

        assert (False, False, False, 2) == cursor.fetchone()


CHECKED_IN_SETS = """
select (regexp_matches(p.prosrc, '''(' || c.relname || '_\\w+_fk)''', 'g'))[1]
from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_class c on c.oid = t.tgrelid
where t.tgname = 'references_insert' and t.tgenabled in ('O', 'A')
"""


@pytest.mark.everywhere
@pytest.mark.django_db
def test_every_reference_inside_a_company_is_enforced_with_the_company() -> None:
    from tieout.database.company_tables import CompanyForeignKey

    with connection.cursor() as cursor:
        cursor.execute("select conname from pg_constraint where contype = 'f' union all " + CHECKED_IN_SETS)
        enforced = {name[:63] for (name,) in cursor.fetchall()}
    wanted = {
        f"{model._meta.db_table}_{field.column}_fk"
        for model in COMPANY_TABLES
        for field in model._meta.fields
        if isinstance(field, CompanyForeignKey)
    }

    assert set() == {name for name in wanted if name[:63] not in enforced}
