"""pytest's plugin for the database, loaded early by `addopts`: settings are read before any conftest.

pytest-django's fixtures `db`, `transactional_db` and `client` work as ever. What differs is underneath: the
database is a copy of one migrated template, and the tests connect as the runtime role, so that a right the
product does not have fails in its tests. Ask for `fresh_database` where a test needs a database of its own,
or other roles.

`--everywhere` leaves only what depends on PostgreSQL's version, for a second pass on another one.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tieout.testing.run import Run

RUN = pytest.StashKey[Run]()
SECOND_PASS_FOLDERS = ("database", "stories")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--everywhere",
        action="store_true",
        help="only what depends on the server: tests/database, tests/stories, marked everywhere",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    run = Run.begin()
    run.set_environment()
    early_config.stash[RUN] = run
    early_config.add_cleanup(run.end)


def pytest_configure(config: pytest.Config) -> None:
    # Registered now and not as a plugin of its own: after pytest-django, whose django_db_setup ours replaces.
    from tieout.testing import fixtures

    config.pluginmanager.register(fixtures, "tieout-fixtures")
    config.addinivalue_line("markers", "everywhere: runs in the second pass too, on another PostgreSQL")
    config.addinivalue_line("markers", "soak: takes minutes; left out unless asked for by -m soak")
    config.addinivalue_line("markers", "browser: needs a chromium, and says so when there is none")


def pytest_report_header(config: pytest.Config) -> str:
    return f"postgresql: {config.stash[RUN].cluster.tool('postgres')}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--everywhere"):
        return
    chosen = [item for item in items if _runs_everywhere(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def _runs_everywhere(item: pytest.Item) -> bool:
    if item.get_closest_marker("everywhere"):
        return True
    inside = Path(os.path.relpath(item.path, item.config.rootpath)).parts
    return inside[:1] == ("tests",) and inside[1:2] != () and inside[1] in SECOND_PASS_FOLDERS
