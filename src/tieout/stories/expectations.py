"""What a story expects against what was seen: exact, and told with both figures."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tieout.core.refusals import Refusal
from tieout.stories import vocabulary
from tieout.stories.files import Expected
from tieout.stories.witness import Seen, money, quantity


def compare(expected: Expected, seen: Seen, *, where: str) -> list[str]:
    """A sentence for each thing that is not as expected."""
    return [f"{where}: {sentence}" for sentence in (*_amounts(expected, seen), *_lots(expected, seen))]


def _amounts(expected: Expected, seen: Seen) -> Iterator[str]:
    for what, wanted, found in (
        ("account", expected.accounts, seen.accounts),
        ("shipment", expected.ships, seen.ships),
    ):
        for name, text in wanted.items():
            if name not in found:
                yield f"{what} {name}: expected {text}, got none; the story has no {what} of that name."
            elif _number(text) != found[name]:
                yield f"{what} {name}: expected {text}, got {money(found[name])}."
    if expected.journals is not None and expected.journals != len(seen.journals):
        yield f"journal events: expected {expected.journals}, got {len(seen.journals)}."


def _lots(expected: Expected, seen: Seen) -> Iterator[str]:
    for name, (wanted_quantity, wanted_value) in expected.lots.items():
        on_hand, value = seen.lots.get(name) or _nothing(name, seen)
        if on_hand is None or value is None:
            yield f"lot {name}: expected {wanted_quantity} worth {wanted_value}, got no lot of that name."
        elif (_number(wanted_quantity), _number(wanted_value)) != (on_hand, value):
            got = f"{quantity(on_hand)} worth {money(value)}"
            yield f"lot {name}: expected {wanted_quantity} worth {wanted_value}, got {got}."


def _nothing(name: str, seen: Seen) -> tuple[Decimal, Decimal] | tuple[None, None]:
    """Of a lot that is known, nothing was ever at that site; of one that is not, nothing can be said."""
    return (Decimal(0), Decimal(0)) if name.rpartition("@")[0] in seen.lots else (None, None)


def _number(text: str) -> Decimal | None:
    """None, which equals nothing, where the file does not hold a number."""
    try:
        return vocabulary.number(text, "The expected figure")
    except Refusal:
        return None
