"""Documents that code can check are checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tieout.cli.main import COMMANDS
from tieout.core.roles import Role
from tieout.ledger.models import EventKind

ROOT = Path(__file__).resolve().parents[2]
RULES = (ROOT / "docs/posting-rules.md").read_text()


@pytest.mark.parametrize("kind", [kind.value for kind in EventKind])
def test_every_kind_of_event_has_a_posting_rule(kind: str) -> None:
    assert f"`{kind}`" in RULES


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_every_account_role_is_in_the_posting_rules(role: str) -> None:
    assert re.search(rf"\b{role}\b", RULES)


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"demo", "serve"}))
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"tieout {command}" in (ROOT / "README.md").read_text()


def test_the_readme_has_its_two_commands() -> None:
    readme = (ROOT / "README.md").read_text()

    assert "python3 dev.py demo" in readme
    assert "python3 dev.py test" in readme


@pytest.mark.parametrize(
    "page",
    sorted(
        path.relative_to(ROOT).as_posix()
        for path in ROOT.glob("**/*.md")
        if not {".venv", "node_modules"} & set(path.parts)
    ),
)
def test_every_link_between_documents_leads_somewhere(page: str) -> None:
    text = (ROOT / page).read_text()
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (ROOT / page).parent.joinpath(target).exists(), f"{page} links to {target}"
