"""The templates: printed, documented and importable as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.imports.conftest import Importing
from tieout import imports
from tieout.access import company
from tieout.access.acting import Acting
from tieout.imports.templates import UnknownKind, as_markdown
from tieout.ledger.models import Event
from tieout.stock.models import Movement

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "user" / "import.md"


def test_the_examples_of_all_templates_can_be_imported_together(importing: Importing, administrator: Acting) -> None:
    report = importing(**{kind: template.as_csv() for kind, template in imports.TEMPLATES.items()})

    assert report.ok, str(report)
    assert report.done
    with company.scope(administrator.company):
        assert set(Event.objects.values_list("kind", flat=True)) == {"opening", "receipt"}
        assert Movement.objects.count() == 4


def test_the_documentation_shows_the_templates_as_they_are() -> None:
    assert as_markdown(imports.TEMPLATES.values()) in DOCUMENTATION.read_text(encoding="utf-8")


def test_a_kind_that_is_not_there_is_refused_with_those_that_are() -> None:
    assert imports.template("Items").kind == "items"
    with pytest.raises(UnknownKind, match=r"no kind of file invoices\. There are units, items"):
        imports.template("invoices")
