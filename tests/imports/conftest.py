"""An administrator who imports, and a folder to put files in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tieout import imports
from tieout.access import actors
from tieout.access.acting import Acting
from tieout.access.permissions import ActorRole
from tieout.imports import Given, Report

Importing = Callable[..., Report]


@pytest.fixture
def administrator(db: None) -> Acting:
    company = actors.found("Nuts and Butters", time_zone="America/Los_Angeles")
    return actors.engage(company.pk, "Ada", ActorRole.ADMINISTRATOR)


@pytest.fixture
def importing(administrator: Acting, tmp_path: Path) -> Importing:
    """`importing(items="sku,…", dry_run=True)`: texts or bytes as files, imported together."""

    def run(*, dry_run: bool = False, update: bool = False, **files: str | bytes) -> Report:
        given = []
        for kind, content in files.items():
            path = tmp_path / f"{kind}.csv"
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            given.append(Given(str(path)))
        return imports.run(administrator, given, dry_run=dry_run, update=update)

    return run
