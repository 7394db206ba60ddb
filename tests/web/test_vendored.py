"""What is not ours is what it says it is: every vendored file is listed with its hash, its version and its licence."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import django_htmx
import pytest
from django.contrib.staticfiles import finders

VENDOR = Path(__file__).resolve().parents[2] / "src/tieout/web/static/vendor"
LIST = (VENDOR / "VENDORED.txt").read_text()
LISTED = dict(reversed(line.split("  ")) for line in LIST.splitlines() if re.match(r"[0-9a-f]{64}  ", line))


def test_every_file_is_listed_and_every_listed_file_is_there() -> None:
    there = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()} - {"VENDORED.txt"}

    assert there == set(LISTED)


@pytest.mark.parametrize("name", sorted(LISTED))
def test_a_vendored_file_is_as_it_was_when_it_was_taken(name: str) -> None:
    assert LISTED[name] == hashlib.sha256((VENDOR / name).read_bytes()).hexdigest()


def test_every_folder_names_its_version_and_holds_its_licence() -> None:
    for folder in (path for path in VENDOR.iterdir() if path.is_dir()):
        version = re.fullmatch(r"[a-z-]+-(\d+\.\d+\.\d+)", folder.name)

        assert version, folder.name
        assert (folder / "LICENSE").exists(), folder.name
        assert f" {version[1]} " in LIST, folder.name


def test_the_packed_files_hold_the_same_bytes() -> None:
    for packed in VENDOR.rglob("*.gz"):
        assert gzip.decompress(packed.read_bytes()) == packed.with_suffix("").read_bytes(), packed.name


def test_htmx_is_the_one_that_django_htmx_ships() -> None:
    theirs = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"

    assert theirs.read_bytes() == (VENDOR / "htmx-2.0.10/htmx.min.js").read_bytes()


def test_pages_name_only_files_that_are_there() -> None:
    templates = VENDOR.parents[1] / "templates"
    named = {
        name
        for template in templates.rglob("*.html")
        for name in re.findall(r"\{% static '([^']+)' %\}", template.read_text())
    }

    assert named
    assert [] == [name for name in named if finders.find(name) is None]


def test_every_icon_that_a_page_draws_is_in_the_sprite() -> None:
    sprite = (VENDOR / "tabler-icons-3.51.0/icons.svg").read_text()
    ids = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    sources = [*(VENDOR.parents[1] / "templates").rglob("*.html"), *(VENDOR.parents[1]).glob("*.py")]
    drawn = {
        name
        for source in sources
        for name in re.findall(
            r'\{% icon "([^"]+)"|sign="([^"]+)"|Entry\("[^"]+", "[^"]+", "([^"]+)"', source.read_text()
        )
        for name in name
        if name
    }

    assert set() == drawn - ids
