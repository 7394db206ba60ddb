"""Texts and codes as people type and paste them: what is kept, what is refused, and why.

The hard case is a code that looks like another one and is not: a Cyrillic letter in `A-100`, a full-width
digit, a zero-width space from a web page. It would be a second item that nobody can tell from the first. Text
that a spreadsheet would take for a formula (`=…`, `+…`, `@…`) is only text here; exports mark it as text.
"""

from __future__ import annotations

import unicodedata

from tieout.core.refusals import Refusal

INVISIBLE = frozenset({"Cf", "Co", "Cn", "Cs", "Zl", "Zp"})
"""Unicode categories of characters that nobody sees: direction marks, zero-width spaces, unassigned ones."""


class BadText(Refusal):
    """A text that cannot be kept as it is: too long, empty, or with characters nobody can see."""

    code = "bad_text"


class BadCode(Refusal):
    """A code that could be mistaken for another."""

    code = "bad_code"


def text(given: str, *, most: int, what: str = "The text", needed: bool = False) -> str:
    """A name or note without outer blanks; line breaks and tabs inside become blanks."""
    kept = " ".join(given.split()) if _has_breaks(given) else given.strip()
    if not kept and needed:
        raise BadText(f"{what} is empty. Fill it in.")
    if len(kept) > most:
        raise BadText(f"{what} has {len(kept)} characters; at most {most} are kept. Shorten it.")
    if not kept.isascii() or not kept.isprintable():
        for sign in kept:
            if unicodedata.category(sign) == "Cc":
                raise BadText(f"{what} contains the control character {_named(sign)}. Remove it.")
    return kept


def code(given: str, *, most: int, what: str = "The code", needed: bool = True) -> str:
    """A code without outer blanks, in one script, with nothing invisible in it."""
    kept = given.strip()
    if not kept:
        if needed:
            raise BadCode(f"{what} is empty. Fill it in.")
        return kept
    if len(kept) > most:
        raise BadCode(f"{what} has {len(kept)} characters; at most {most} are possible. Shorten it.")
    if kept.isascii() and kept.isprintable():
        return kept
    return _in_one_script(kept, what)


def _in_one_script(kept: str, what: str) -> str:
    kept = unicodedata.normalize("NFC", kept)
    for sign in kept:
        category = unicodedata.category(sign)
        if category == "Cc" or category in INVISIBLE:
            raise BadCode(f"{what} contains {_named(sign)}, which nobody can see. Type the code again.")
        if unicodedata.normalize("NFKC", sign) != sign:
            plain = unicodedata.normalize("NFKC", sign)
            raise BadCode(f"{what} contains {_named(sign)}. Write {plain!r} instead.")
    scripts = {script: sign for sign in kept if (script := _script(sign))}
    if len(scripts) > 1 and scripts.keys() <= {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}:
        odd = next(sign for script, sign in scripts.items() if script != "LATIN")
        raise BadCode(
            f"{what} mixes letters of two scripts: {_named(odd)} looks like a Latin letter and is not one."
            " Type it again."
        )
    return kept


def _has_breaks(given: str) -> bool:
    return "\n" in given or "\r" in given or "\t" in given


def _script(sign: str) -> str | None:
    return unicodedata.name(sign, "").split(" ")[0] if sign.isalpha() else None


def _named(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, 'control character')}"
