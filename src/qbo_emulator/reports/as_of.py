"""Reports that are about one day, which the API calls `report_date`."""

from collections.abc import Mapping, Sequence
from typing import Any

from qbo_emulator import money
from qbo_emulator.company import Company
from qbo_emulator.reports.layout import Cell, Report, Row, cell, section


class AsOf(Report):
    default_period = "today"

    def document(self, company: Company, parameters: Mapping[str, str]) -> dict[str, Any]:
        found = dict(parameters)
        if "report_date" in found:
            found["end_date"] = found.pop("report_date")
        return super().document(company, found)


def grand_total(cells: Sequence[Cell]) -> Row:
    return section(None, [], [cell("TOTAL"), *cells], "GrandTotal")


def amounts(cents: Sequence[int]) -> list[Cell]:
    return [cell(money.plain(each) if each else "") for each in cents]
