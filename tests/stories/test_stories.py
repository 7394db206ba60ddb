"""Every story in this folder, told to the product, is as it expects; and the command that tells them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from tieout.database import memory
from tieout.database.migrate import as_owner
from tieout.stories.emulator import Emulator, started
from tieout.testing.plugin import RUN

HERE = Path(__file__).parent
STORIES = sorted(HERE.glob("*.json")) + sorted(HERE.glob("*.toml"))


@pytest.fixture(scope="module")
def emulator(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Emulator]:
    """QuickBooks for this module's stories, and a database that all of them share, each in its own company."""
    with (
        pytestconfig.stash[RUN].fresh_database() as database,
        django_db_blocker.unblock(),
        as_owner(database.url),
        started(tmp_path_factory.mktemp("emulator")) as running,
    ):
        memory.forget()
        yield running


@pytest.mark.everywhere
@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_product_does_what_the_story_says(emulator: Emulator, path: Path) -> None:
    from tieout.stories import files, telling

    told = telling.tell(files.read(path), emulator)

    assert [] == told.failures


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Where the command may put things while it runs; PostgreSQL's own user must be able to pass through."""
    with tempfile.TemporaryDirectory(prefix="tieout-test-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


def run(temporary: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TIEOUT_")}
    programs = os.environ.get("TIEOUT_TEST_PG_BIN") or os.environ.get("TIEOUT_PG_BIN")
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from tieout.cli.main import main; sys.exit(main())",
            "story",
            "run",
            *arguments,
        ],
        env={**kept, "TMPDIR": str(temporary), **({"TIEOUT_PG_BIN": programs} if programs else {})},
        capture_output=True,
        text=True,
        check=False,
    )


def written(temporary: Path, story: Any) -> Path:
    path = temporary / "story.json"
    path.write_text(json.dumps(story))
    return path


RECEIPT = {"type": "receive", "lot": "L", "qty": "3", "amount": "10.00"}


def test_the_command_says_what_is_not_as_expected_and_leaves_nothing(temporary: Path) -> None:
    told = STORIES[0]
    expect = {
        "accounts": {"INV": "10.01"},
        "lots": {"L": ["4", "10.00"], "M": ["1", "1.00"]},
        "errors": [[0, "bad_amount"]],
    }
    wrong = written(temporary, {"title": "Wrong", "events": [RECEIPT], "expect": expect})

    done = run(temporary, "--json", told, wrong)

    first, second = [json.loads(line) for line in done.stdout.splitlines()]
    assert (1, True, False) == (done.returncode, first["ok"], second["ok"]), done.stderr
    assert [
        "At the end: account INV: expected 10.01, got 10.00.",
        "At the end: lot L: expected 4 worth 10.00, got 3 worth 10.00.",
        "At the end: lot M: expected 1 worth 1.00, got no lot of that name.",
        "Event 0 (receive): expected to be refused as bad_amount, got done.",
    ] == second["failures"]
    wrong.unlink()
    assert [] == list(temporary.iterdir())


def test_the_answer_holds_all_accounts_lots_and_journal_events(temporary: Path) -> None:
    ship = {"type": "ship", "id": "S", "lot": "L", "qty": "1"}
    checkpoint = {"type": "checkpoint", "id": "c"}
    path = written(temporary, {"title": "All", "events": [RECEIPT, ship, checkpoint, {"type": "nap"}]})

    (line,) = run(temporary, "--json", path).stdout.splitlines()

    answer = json.loads(line)
    assert {"RAW": "6.67", "INV": "6.67", "COGS": "3.33", "GRNI": "-10.00", "AP": "0.00", "FX": "0.00"}.items() <= (
        answer["accounts"].items()
    )
    assert {"L": ["2", "6.67"]} == answer["lots"]
    assert {"S": "3.33"} == answer["ships"] == answer["checkpoints"]["c"]["ships"]
    assert [("receipt", "2026-01-15"), ("shipment", "2026-01-15")] == [
        (one["kind"], one["on"]) for one in answer["journals"]
    ]
    assert [
        {"account": "COGS", "debit": "3.33", "credit": "0.00", "lot": "L", "source": "SHP-000001"},
        {"account": "RAW", "debit": "0.00", "credit": "3.33", "lot": "L", "source": "SHP-000001"},
    ] == answer["journals"][1]["lines"]
    assert [(3, "unknown_type")] == [(one["event"], one["code"]) for one in answer["errors"]]
    assert ["file", "title", "ok", "accounts", "lots", "ships", "journals", "errors", "checkpoints", "failures"] == [
        *answer
    ]


def test_an_accountant_can_read_the_page(temporary: Path) -> None:
    expect = {"accounts": {"GRNI": "-9.99"}}
    path = written(temporary, {"title": "Tea comes in", "events": [RECEIPT], "expect": expect})

    page = run(temporary, path).stdout

    assert page.startswith("Tea comes in\n")
    assert re.search(r"^    RAW L \(RCV-000001\) +10\.00$", page, re.MULTILINE)
    assert "  Not as expected\n    At the end: account GRNI: expected -9.99, got -10.00.\n" in page


def test_events_without_an_action_are_refused_before_anything_is_told(
    transactional_db: None, emulator: Emulator
) -> None:
    from tieout.stories import telling, vocabulary
    from tieout.stories.files import Story

    for later in ({"type": "bill", "lines": []}, {"type": "writedown", "lot": "L", "nrv_unit": "1"}):
        if vocabulary.TYPES[later["type"]] in telling.TELLERS:
            continue
        told = telling.tell(Story(title="Too early", events=[RECEIPT, later]), emulator)

        assert [
            f"This story has events that cannot be told yet: {later['type']}. Tell it without them."
        ] == told.failures


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not JSON"),
        ('{"title": "No events"}', "missing required field `events`"),
        ('{"events": [], "wish": 1}', "the story has no field wish"),
        ('{"events": [], "expect": {"cash": 1}}', "expect has no field cash"),
        ('{"events": [], "expect": {"accounts": {"CASH": "1"}}}', "expect.accounts has no account CASH"),
        ('{"events": [], "expect": {"accounts": {"INV": 1.5}}}', "expect.accounts"),
        ('{"events": [], "events": []}', "“events” is there twice"),
    ],
)
def test_a_file_that_is_no_story_is_refused_with_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    from tieout.core.refusals import Refusal
    from tieout.stories import files

    path = tmp_path / "story.json"
    path.write_text(text)

    with pytest.raises(Refusal, match=says.replace("[", r"\[")):
        files.read(path)


def test_a_story_may_be_written_in_toml(tmp_path: Path) -> None:
    from tieout.stories import files, vocabulary

    path = tmp_path / "tea_comes_in.toml"
    path.write_text('[[events]]\ntype = "receive"\nlot = "TEA"\nqty = "1"\nunit_cost = "2"\non = 2026-01-16\n')

    story = files.read(path)

    assert "tea comes in" == story.title
    assert "2026-01-16" == str(vocabulary.read(story.events[0]).on)
