"""Document numbers that can be read over the telephone: the paper's number and a check character."""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST = 21
"""QuickBooks' DocNumber."""


def check_character(text: str) -> str:
    """ISO 7064 MOD 37,36 over the letters and digits.

    Finds every single wrong character and, of neighbours the wrong way round, all but some four in a thousand;
    the standard's pure system finds those too, with `*` among its check characters, which nobody reads aloud.
    """
    product = 36
    for character in text.upper():
        if character in _ALPHABET:
            total = (product + _ALPHABET.index(character)) % 36 or 36
            product = total * 2 % 37
    return _ALPHABET[(37 - product) % 36]


def document_number(paper: str, *, part: int = 1) -> str:
    """`RCV-004512` → `RCV-004512-7`; a later part of the same paper is `RCV-004512.2-…`."""
    body = paper if part == 1 else f"{paper}.{part}"
    number = f"{body}-{check_character(body)}"
    assert len(number) <= LONGEST, f"{number} is longer than QuickBooks takes"
    return number


def is_sound(number: str) -> bool:
    """Whether the check character belongs to the rest."""
    body, dash, given = number.rpartition("-")
    return bool(dash) and check_character(body) == given
