"""Every line of the fidelity checklist, A to J, is held to by a test that carries its number.

`-s` prints the table. Whether those tests pass is told at the end of a run by `conftest.py`, which counts them.
"""

import pytest

from tests.emulator import checklist


def test_every_line_of_the_checklist_has_its_test(capsys: pytest.CaptureFixture[str]) -> None:
    found = checklist.tests_by_number()
    missing = [n for n in range(1, checklist.LAST + 1) if n not in found]
    with capsys.disabled():
        print(checklist.table(found))

    assert [] == missing
    assert set(range(1, checklist.LAST + 1)) == {
        n for first, last in checklist.SECTIONS.values() for n in range(first, last + 1)
    }


def test_a_claim_with_an_unknown_number_would_be_noticed() -> None:
    assert [] == [n for n in checklist.tests_by_number() if not 1 <= n <= checklist.LAST]
