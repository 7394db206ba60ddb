"""Employee: only as far as the shared list of names and journal entry lines need it."""

from collections.abc import Iterable

from qbo_emulator.company import Company
from qbo_emulator.entities.contact import ADDRESS, ADDRESSES_ON_LINE, FILTERS, NAMES, PHONES, UNKEPT, Contact
from qbo_emulator.record import Record
from qbo_emulator.shape import HEAD, Shape, flag, group, ignored, text


class Employee(Contact):
    name = "Employee"
    shape = Shape(
        "Employee",
        (
            flag("BillableTime"),
            group("PrimaryAddr", ADDRESS),
            *HEAD,
            *NAMES,
            text("DisplayName"),
            text("PrintOnCheckName", 110),
            flag("Active"),
            *PHONES,
            *ADDRESSES_ON_LINE,
            *ignored(
                "EmployeeType",
                "EmployeeNumber",
                "SSN",
                "BillRate",
                "CostRate",
                "BirthDate",
                "Gender",
                "HiredDate",
            ),
            *ignored(
                "ReleasedDate",
                "UseTimeEntry",
                "EmployeeEx",
                "CompanyName",
                "FullyQualifiedName",
                "CurrencyRef",
            ),
            *UNKEPT,
        ),
    )
    filters = {name: kind for name, kind in FILTERS.items() if name not in ("Balance", "CompanyName")}

    def in_default_order(self, company: Company, records: Iterable[Record]) -> list[Record]:
        return sorted(records, key=lambda each: str(each.body["DisplayName"]))
