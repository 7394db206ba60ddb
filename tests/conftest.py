"""Fixtures that every test may ask for. The database's own are in `tieout.testing`."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is; speed is looked at in benchmarks/.
settings.register_profile("tieout", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tieout")
