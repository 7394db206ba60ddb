"""What an hour is taken for: labour and overhead, by site and date."""

from __future__ import annotations

from datetime import date
from typing import Literal

from django.db import connection

from tieout.core.refusals import BadAmount

RateKind = Literal["labour", "overhead"]


def in_force(kind: RateKind, site_code: str, on: date) -> int:
    """Cents per hour at a site on a day: the site's own rate before the common one; 0 where none was set."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select cents_per_hour from catalog_rate where kind = %s and site_code in (%s, '')"
            " and effective_from <= %s order by site_code = '', effective_from desc limit 1",
            [kind, site_code, on],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def put(company: int, *, kind: RateKind, site_code: str, cents_per_hour: int, effective_from: date) -> None:
    """A rate from a day on. Runs keep the rate they were confirmed with."""
    if kind not in ("labour", "overhead"):
        raise BadAmount(f"There is no rate for {kind}; there are labour and overhead.")
    if not 0 <= cents_per_hour <= 10**9:
        raise BadAmount(f"An hour of {kind} cannot be {cents_per_hour} cents. Give 0 or more, below 10 million.")
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into catalog_rate (company_id, kind, site_code, cents_per_hour, effective_from)"
            " values (%s, %s, %s, %s, %s) on conflict (company_id, kind, site_code, effective_from)"
            " do update set cents_per_hour = excluded.cents_per_hour",
            [company, kind, site_code, cents_per_hour, effective_from],
        )
