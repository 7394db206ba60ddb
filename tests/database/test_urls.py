"""Addresses as people write them, and as Django wants them."""

from __future__ import annotations

from typing import Any

import pytest

from tieout.database import urls


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        (
            "postgresql://app:p%40ss@db.example:6432/books?sslmode=require",
            {"USER": "app", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "6432", "NAME": "books"},
        ),
        (
            "postgres://app@/books?host=%2Frun%2Fpg&port=5433",
            {"USER": "app", "PASSWORD": "", "HOST": "/run/pg", "PORT": "5433", "NAME": "books"},
        ),
        ("postgresql:///books", {"USER": "", "HOST": "", "PORT": "", "NAME": "books"}),
    ],
)
def test_a_url_becomes_djangos_dictionary(url: str, parts: dict[str, Any]) -> None:
    found = urls.django(url)

    assert parts == {name: found[name] for name in parts}


def test_what_else_the_query_says_goes_to_the_connection() -> None:
    found = urls.django("postgresql://app@db/books?sslmode=require&application_name=web")

    assert found["OPTIONS"].items() >= {"sslmode": "require", "application_name": "web"}.items()


def test_plans_are_kept_by_the_server_unless_the_address_says_otherwise() -> None:
    kept = urls.django("postgresql://app@db/books")["OPTIONS"]
    pooled = urls.django("postgresql://app@db/books?prepare_threshold=0")["OPTIONS"]

    assert (kept["server_side_binding"], kept["prepare_threshold"]) == (True, urls.PREPARE_AFTER)
    assert (pooled["server_side_binding"], pooled["prepare_threshold"]) == (True, None)


@pytest.mark.parametrize("url", ["mysql://a@b/c", "books", "sqlite:///books"])
def test_another_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="begins with postgresql://"):
        urls.django(url)


def test_the_same_server_with_another_database() -> None:
    changed = urls.with_database("postgresql://app@/books?host=%2Frun", "other books")

    assert changed == "postgresql://app@/other%20books?host=%2Frun"
