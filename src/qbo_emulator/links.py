"""Which transaction settles or fulfils which other: a payment its invoice, a bill the order it answers.

Only the transaction that was entered second stores the link. Everything the other one shows of it, its balance and
its `LinkedTxn`, is worked out from this index, so both sides always tell the same story.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Link:
    source: tuple[str, str]
    """Entity and id of the transaction that was entered second."""
    shown_as: str
    """The TxnType under which the target shows the source."""
    target: tuple[str, str]
    line: str | None = None
    """The target's line, where one line answers another."""
    cents: int = 0
    """What it takes off the target's open balance."""
    quantity: Decimal | None = None
    value: int = 0
    """How much of the target's line it answers, by quantity where both have one and else by cents."""


class Links:
    def __init__(self) -> None:
        self._of: dict[tuple[str, str], tuple[Link, ...]] = {}
        self._to: dict[tuple[str, str], dict[tuple[str, str], tuple[Link, ...]]] = {}

    def put(self, source: tuple[str, str], links: Iterable[Link]) -> None:
        """What this transaction now links to, instead of whatever it did before."""
        for link in self._of.pop(source, ()):
            self._to[link.target].pop(source, None)
        new = tuple(links)
        if new:
            self._of[source] = new
        for link in new:
            known = self._to.setdefault(link.target, {})
            known[source] = (*known.get(source, ()), link)

    def of(self, source: tuple[str, str]) -> Sequence[Link]:
        return self._of.get(source, ())

    def to(self, target: tuple[str, str], *, besides: str | None = None) -> list[Link]:
        """In the order the links were made; `besides` leaves out what one transaction itself has done."""
        found = self._to.get(target, {})
        return [link for source, links in found.items() if source[1] != besides for link in links]
