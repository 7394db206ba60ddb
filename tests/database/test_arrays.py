"""Lists as the server gets them: numbers in one go, everything else as ever."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

LISTS: list[tuple[list[Any], str]] = [
    ([1, -2, 2**40], "bigint[]"),
    ([7, None, 8], "bigint[]"),
    ([Decimal("1.50"), Decimal("0E+2"), None, Decimal("-1E-12")], "numeric[]"),
    (["a", 'b "c"', "d,{e}", "\\", None], "text[]"),
    ([True, False, None], "boolean[]"),
    ([], "bigint[]"),
    ([None, None], "numeric[]"),
]


@pytest.mark.parametrize(("values", "kind"), LISTS)
def test_a_list_comes_back_as_it_went(values: list[Any], kind: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"select %s::{kind}", [values])

        assert (values,) == cursor.fetchone()


@pytest.mark.parametrize(("values", "kind"), [([1], "bigint[]"), ([2**40], "bigint[]"), ([Decimal(1)], "numeric[]")])
def test_numbers_have_one_type_whatever_their_size(values: list[Any], kind: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_typeof(%s)", [values])

        assert (kind,) == cursor.fetchone()
