"""Migrations run as the role that owns the tables, one process at a time.

Django knows one connection, `default`, which belongs to the runtime role. While migrating, the owner's
connection stands in its place, so that a data migration which says `Model.objects` sees the tables that its
own transaction has just made; a second alias would deadlock there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from tieout.database import urls

#: "tieout" in ASCII: any number does, so long as nothing else in the database locks it.
ADVISORY_LOCK = 0x7469656F7574

COUNTED_OFTEN = """
do $$ declare name text; begin
    for name in select c.oid::regclass::text from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id'
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
    loop
        execute format('alter table %s set (autovacuum_analyze_scale_factor = 0,'
            ' autovacuum_analyze_threshold = 1000)', name);
    end loop;
end $$
"""
"""By default a table is counted again once a tenth of it is new. Of a company that begins among large ones the planner
would believe for months that it has no rows, and walk all of them by the wrong index."""


def migrate(*, owner_url: str | None = None, verbosity: int = 0) -> list[str]:
    """Bring the database of the `default` alias up to date; the names of what was applied.

    Two processes may call this at once: the second waits and then finds nothing to do.
    """
    with as_owner(owner_url or urls.owner()) as connection, _alone(connection):
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            call_command("migrate", interactive=False, verbosity=verbosity)
            with connection.cursor() as cursor:
                cursor.execute(COUNTED_OFTEN)
        return [str(migration) for migration, _ in plan]


@contextmanager
def as_owner(owner_url: str) -> Iterator[BaseDatabaseWrapper]:
    """This thread's `default` connection belongs to the owner role for a while."""
    runtime = connections[DEFAULT_DB_ALIAS]
    owner = type(runtime)({**connections.settings[DEFAULT_DB_ALIAS], **urls.django(owner_url)}, DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = owner
    try:
        yield owner
    finally:
        owner.close()
        connections[DEFAULT_DB_ALIAS] = runtime


@contextmanager
def _alone(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Hold the advisory lock; closing the connection releases it.

    Asked for again and again instead of waited for in the server, because CREATE INDEX CONCURRENTLY waits for
    every statement that is under way, and would wait for ours.
    """
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK])
            if cursor.fetchone() == (True,):
                break
            time.sleep(0.05)
    yield
