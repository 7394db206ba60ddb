"""CSV of every make, and what is wrong with it, to the row."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.imports.conftest import Importing
from tieout.access import company
from tieout.access.acting import Acting
from tieout.catalog.models import Unit
from tieout.imports.csv_files import LONGEST_LINE, open_csv
from tieout.imports.problems import Unreadable

UNITS = "unit,name,decimals\r\nkg,Kilogram,3\r\nbte,Boîte,0\r\n"


def names(administrator: Acting) -> dict[str, str]:
    with company.scope(administrator.company):
        return dict(Unit.objects.values_list("code", "name"))


@pytest.mark.parametrize(
    ("content", "notice"),
    [
        (UNITS.encode(), ""),
        (UNITS.encode("utf-8-sig"), ""),
        (UNITS.encode("utf-16"), ""),
        (UNITS.encode("utf-16-le"), ""),
        (UNITS.encode("utf-16-be"), ""),
        (UNITS.encode("cp1252"), "read as Windows-1252"),
        (UNITS.replace(",", ";").encode(), ""),
        (UNITS.replace(",", "\t").encode(), ""),
        (UNITS.replace("\r\n", "\n").encode(), ""),
        (UNITS.replace("\r\n", "\r").encode(), ""),
        (("\r\n" + UNITS + ",,\r\n\r\n").encode(), ""),  # empty rows say nothing
    ],
)
def test_a_file_is_read_whatever_wrote_it(
    importing: Importing, administrator: Acting, content: bytes, notice: str
) -> None:
    report = importing(units=content)

    assert report.ok, str(report)
    assert names(administrator) == {"kg": "Kilogram", "bte": "Boîte"}
    assert notice in "".join(report.notices)


def test_line_ends_in_quotes_belong_to_the_cell_and_rows_are_counted_as_a_spreadsheet_does(
    importing: Importing,
) -> None:
    report = importing(units='unit,name,decimals\r\nkg,"Kilo\r\ngram",3\r\nEA,Each,nine\r\n')

    assert [(problem.file, problem.row, problem.column) for problem in report.problems] == [
        ("units.csv", 3, "decimals")
    ]


@pytest.mark.parametrize(
    ("content", "where", "why"),
    [
        ("", "", "units.csv is empty"),
        ("unit,name,unit\nkg,Kilo,kg\n", "units.csv, row 1", "column unit is there twice"),
        ("unit,nmae\nkg,Kilo\n", "units.csv, row 1", "no column nmae (column 2). Did you mean name?"),
        ("name\nKilo\n", "units.csv, row 1", "There is no column unit"),
        ('unit,name\nkg,"Kilo\nEA,Each\n', "", "row 2: a quotation mark opens there and none closes it"),
        ('unit,name\nkg,"Kilo"gram\n', "", "row 2: a cell goes on after its closing quotation mark"),
        ("unit,name\nkg,Kilo,gram\n", "units.csv, row 2", "more cells than the first row has columns"),
        ("unit,name\nk\x00g,Kilo\n", "units.csv, row 2, column unit", "control character"),
        ("unit,name\n" + "," * 1_000_000 + "\n", "", "longer than 1,000,000 characters"),
        ("unit,name\n" + "," * 900_000 + "\n", "", "row 2 has 900,001 cells"),
        ("unit,name\nkg," + "x" * 200_000 + "\n", "units.csv, row 2, column name", "200000 characters"),
        ("unit\n" + "kg\n" * 3, "units.csv, row 3, column unit", "kg is in row 2 already"),
        (b"PK\x03\x04 not a csv", "", "not a CSV file, whatever its name says"),
        (b"\xff\xfeu\x00n\x00i\x00t\x00\n", "", "cannot be read as utf-16"),
        (b"unit,name\nkg,\x81\x8d\n", "", "cannot be read as cp1252"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_nothing_is_kept(
    importing: Importing, administrator: Acting, content: str | bytes, where: str, why: str
) -> None:
    report = importing(units=content)

    assert not report.done
    assert str(report.problems[0]).startswith(where)
    assert why in str(report.problems[0])
    assert names(administrator) == {}


def test_a_column_can_be_left_out_by_its_name(importing: Importing) -> None:
    assert importing(units="Unit,#our id\nkg,17\n").ok


def test_a_repeated_key_is_counted_and_not_listed_without_end(importing: Importing) -> None:
    report = importing(units="unit\n" + "kg\n" * 65_536)

    assert report.found == 65_535
    assert len(report.problems) == 200
    assert "and 65,335 more" in str(report)


def test_numbers_with_a_decimal_comma_are_read_unless_one_of_them_may_be_a_thousand(importing: Importing) -> None:
    header = "sku;name;kind;unit\nA;A;raw;kg\nB;B;finished;kg\n"
    boms = "sku;version;effective_from;component;quantity\nB;1;2024-01-01;A;{}\nB;2;2025-01-01;A;{}\n"

    sound = importing(units="unit\nkg\n", items=header, boms=boms.format("12,5", "1.234,5"), dry_run=True)
    unsound = importing(units="unit\nkg\n", items=header, boms=boms.format("12,5", "1.234"), dry_run=True)

    assert not [problem for problem in sound.problems if problem.column == "quantity"], str(sound)
    assert [(problem.row, problem.column) for problem in unsound.problems if problem.code == "bad_number"] == [
        (3, "quantity")
    ]
    assert "row 2 of this file writes 12,5" in str(unsound)


def test_a_file_of_one_endless_line_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes(b"unit" + b"x" * (50 * LONGEST_LINE))
    began = time.perf_counter()

    with pytest.raises(Unreadable, match="longer than"):
        open_csv(path).header()
    assert time.perf_counter() - began < 5


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.one_of(st.binary(max_size=300), st.text(alphabet='unit,name;"\r\n\t\x00kgé', max_size=200)))
def test_any_bytes_give_a_report(importing: Importing, content: bytes | str) -> None:
    report = importing(units=content if isinstance(content, bytes) else content.encode(), dry_run=True)

    assert not report.done
    assert report.ok or report.problems
