"""Fixtures that every test may ask for. The database's own are in `tieout.testing`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tieout.database import memory

# How long an example takes says how busy the machine is; speed is looked at in benchmarks/.
settings.register_profile("tieout", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tieout")


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """A database that is put back gives the same ids again, for other rows: what was read of the last is forgotten."""
    memory.forget()
