"""What all reports share: the header, the columns with their keys, the two kinds of row."""

from collections.abc import Mapping, Sequence
from typing import Any

from qbo_emulator import faults
from qbo_emulator.clock import stamp
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies
from qbo_emulator.reports.periods import Period, period

Row = dict[str, Any]
Cell = dict[str, str]


class Report:
    name: str
    default_period: str

    def document(self, company: Company, parameters: Mapping[str, str]) -> dict[str, Any]:
        check_basis(company, parameters)
        covered = period(company, parameters, self.default_period)
        rows, empty = self.rows(company, covered, parameters)
        return {
            "Header": self.header(company, covered, parameters, empty),
            "Columns": {"Column": self.columns(company, parameters)},
            "Rows": {"Row": rows} if rows else {},
        }

    def rows(self, company: Company, covered: Period, parameters: Mapping[str, str]) -> tuple[list[Row], bool]:
        """The rows, and whether there is nothing to report."""
        raise NotImplementedError

    def columns(self, company: Company, parameters: Mapping[str, str]) -> list[Row]:
        raise NotImplementedError

    def header(self, company: Company, covered: Period, parameters: Mapping[str, str], empty: bool) -> Row:
        found: dict[str, Any] = {"Time": stamp(company.clock.now(), company.zone), "ReportName": self.name}
        if covered.macro:
            found["DateMacro"] = covered.macro
        found |= {"ReportBasis": "Accrual", "StartPeriod": covered.start, "EndPeriod": covered.end}
        found |= self.summarized(parameters)
        found["Currency"] = currencies.home(company)
        for narrowing in ("customer", "vendor", "class", "department"):
            if parameters.get(narrowing):
                found[narrowing.capitalize()] = parameters[narrowing]
        found["Option"] = [*self.standard(), {"Name": "NoReportData", "Value": "true" if empty else "false"}]
        return found

    def summarized(self, parameters: Mapping[str, str]) -> Row:
        return {"SummarizeColumnsBy": parameters.get("summarize_column_by", "Total")}

    def standard(self) -> list[Cell]:
        return [{"Name": "AccountingStandard", "Value": "GAAP"}]


def check_basis(company: Company, parameters: Mapping[str, str]) -> None:
    """Cash basis is a known gap: refused, unless the option says to answer with accrual figures."""
    if parameters.get("accounting_method", "Accrual").lower() == "cash" and not company.options.cash_basis_as_accrual:
        raise faults.unsupported("Report on cash basis")


def column(title: str, column_type: str, key: str) -> Row:
    return {"ColTitle": title, "ColType": column_type, "MetaData": [{"Name": "ColKey", "Value": key}]}


def cell(value: str, identity: str | None = None) -> Cell:
    return {"value": value} if identity is None else {"value": value, "id": identity}


def data(*cells: Cell) -> Row:
    return {"ColData": list(cells), "type": "Data"}


def section(
    header: Sequence[Cell] | None,
    rows: Sequence[Row],
    summary: Sequence[Cell] | None,
    group: str | None = None,
) -> Row:
    found: Row = {}
    if header is not None:
        found["Header"] = {"ColData": list(header)}
    if rows:
        found["Rows"] = {"Row": list(rows)}
    if summary is not None:
        found["Summary"] = {"ColData": list(summary)}
    found["type"] = "Section"
    if group:
        found["group"] = group
    return found
