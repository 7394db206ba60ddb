"""Which company a QuickBooks company is connected to: asked where it is not known yet whose rows may be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Connected:
    """A company here and the QuickBooks company that it posts to."""

    company: int
    realm: str
    base_url: str


def connected(realms: Sequence[str]) -> list[Connected]:
    """Of these, those that are connected; of the others nothing is said."""
    with connection.cursor() as cursor:
        cursor.execute("select company_id, realm, base_url from quickbooks_companies(%s)", [list(realms)])
        return [Connected(*row) for row in cursor.fetchall()]
