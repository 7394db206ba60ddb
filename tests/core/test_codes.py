"""Codes that could be mistaken for another, and texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core import codes
from tieout.core.codes import BadCode, BadText
from tieout.core.refusals import Refusal


@pytest.mark.parametrize("kept", ["A-100", "=cmd|' /C calc'!A0", "+1", "@x", "Größe", "Шайба-10", "茶 01", "A b"])
def test_an_honest_code_is_kept_as_it_is(kept: str) -> None:
    assert codes.code(f" {kept}\t", most=60) == kept


@pytest.mark.parametrize(
    ("given_code", "why"),
    [
        ("", "is empty"),
        ("x" * 61, "61 characters"),
        ("\u0410-100", None),  # a Cyrillic capital alone is one script
        ("B\u0410-100", "CYRILLIC CAPITAL LETTER A"),
        ("A\u200b-1", "ZERO WIDTH SPACE"),
        ("A\u202e-1", "RIGHT-TO-LEFT OVERRIDE"),
        ("\uff11\uff12", "FULLWIDTH DIGIT ONE"),
        ("A\x00", "control character"),
        ("A\nB", "control character"),
        ("A\u00a0B", "NO-BREAK SPACE"),
    ],
)
def test_a_code_that_could_be_mistaken_is_refused(given_code: str, why: str | None) -> None:
    if why is None:
        assert codes.code(given_code, most=60) == given_code
        return
    with pytest.raises(BadCode, match=why):
        codes.code(given_code, most=60)


def test_a_text_keeps_one_line() -> None:
    assert codes.text(" two\r\nlines\there ", most=20) == "two lines here"
    with pytest.raises(BadText, match="at most 3"):
        codes.text("four", most=3)
    with pytest.raises(BadText, match="control character"):
        codes.text("a\x00b", most=10)


@given(st.text(max_size=80))
def test_any_text_is_kept_or_refused_and_then_kept_again(given_text: str) -> None:
    for read in (codes.code, codes.text):
        try:
            kept = read(given_text, most=60)
        except Refusal:
            continue
        assert read(kept, most=60, needed=False) == kept
