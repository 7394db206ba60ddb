"""Somebody else's data, the whole way: 8,845 order lines into stock, into QuickBooks, and not a cent between them."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path

import pytest

from examples.adventureworks.replay import replay
from qbo_emulator.testing import running
from tieout.access import actors
from tieout.access.permissions import ActorRole
from tieout.close import verify

DATA = Path(os.environ.get("TIEOUT_ADVENTUREWORKS") or Path(__file__).parents[3] / "shared" / "data" / "adventureworks")


@pytest.mark.skipif(
    not DATA.is_dir(), reason=f"AdventureWorks is not at {DATA}: set TIEOUT_ADVENTUREWORKS to its folder"
)
def test_every_order_line_becomes_a_receipt_and_the_books_agree_to_the_cent(transactional_db: None) -> None:
    company = actors.found("AdventureWorks").pk
    controller = actors.engage(company, "Cora", ActorRole.CONTROLLER)
    loader = actors.engage(company, "Ada", ActorRole.ADMINISTRATOR)
    with running("empty") as books:
        names = ("url", "realm_id", "client_id", "client_secret", "access_token", "refresh_token")
        done = replay(controller, loader, DATA, {name: getattr(books, name) for name in names}, out=StringIO())

    assert 8845 == done.receipt_lines
    assert (0, 0) == (done.waiting, done.difference)
    assert 250 < done.entries < 350, "one entry a day"
    assert [] == [finding for result in verify.check(company, only=(1, 2, 3, 4, 5)) for finding in result.findings]
