"""Numbers that survive the telephone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tieout.core.numbers import LONGEST, document_number, is_sound

papers = some.builds("RCV-{:06d}".format, some.integers(0, 999_999))


@given(papers, some.integers(1, 9))
def test_a_document_number_is_sound_and_fits_quickbooks(paper: str, part: int) -> None:
    number = document_number(paper, part=part)

    assert is_sound(number)
    assert len(number) <= LONGEST


@given(papers, some.integers(0, 9), some.integers(4, 9))
def test_every_wrong_digit_is_found(paper: str, digit: int, at: int) -> None:
    number = document_number(paper)
    wrong = number[:at] + str(digit) + number[at + 1 :]

    assert is_sound(wrong) == (wrong == number)


def test_of_digits_the_wrong_way_round_all_but_a_few_in_a_thousand_are_found() -> None:
    tried = missed = 0
    for n in range(0, 1_000_000, 997):
        number = document_number(f"RCV-{n:06d}")
        for at in range(4, 9):
            wrong = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
            tried += wrong != number
            missed += wrong != number and is_sound(wrong)

    assert missed / tried < 0.006


@pytest.mark.parametrize("number", ["", "RCV", "RCV-000001", "-", "RCV-000001-?"])
def test_what_is_no_document_number_is_not_sound(number: str) -> None:
    assert not is_sound(number)
