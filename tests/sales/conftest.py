"""A factory with finished pots to ship: 100 of P-1 at 3.00, 50 of P-2 at 4.00."""

from __future__ import annotations

import pytest

from tests import factory as factories
from tests.factory import Factory


@pytest.fixture
def factory(db: None) -> Factory:
    made = factories.small()
    made.buy("POT", "100", "3", lot="P-1")
    made.buy("POT", "50", "4", lot="P-2")
    return made
