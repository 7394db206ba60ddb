"""How much has moved: for overviews."""

from __future__ import annotations

from datetime import date

from django.db import connection

from tieout.access import company as companies

_BY_MONTH = """
select date_trunc('month', accounting_date)::date, count(*) from stock_movement
where company_id = %s group by 1 order by 1
"""


def movements_by_month(company: int) -> dict[date, int]:
    """The first day of each month → movements in it."""
    with companies.scope(company), connection.cursor() as cursor:
        cursor.execute(_BY_MONTH, [company])
        return dict(cursor.fetchall())
