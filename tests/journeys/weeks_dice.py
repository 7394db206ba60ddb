"""Dice at work: what there is, of which an act takes some at random."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from tests.journeys.month import Month
from tieout.purchasing import actions as purchasing


class Dice:
    """A company, its books, and dice."""

    def __init__(self, month: Month, seed: int) -> None:
        self.month, self.factory, self.dice = month, month.factory, Random(seed)
        self.bought: list[tuple[str, Decimal, Decimal]] = []
        """Lot, quantity, price."""
        self.made: list[str] = []
        self.shipments: list[str] = []
        self.typed: list[tuple[str, str]] = []
        """Kind and id of what AP typed."""
        self.strangers: list[str] = []
        self.claims: list[purchasing.SentBackLot] = []
        self.open_runs: list[str] = []
        self.invoices: list[tuple[str, str]] = []
        self.told: list[str] = []
        """What was done, for whoever has to find out why it went wrong."""

    def lot(self) -> str:
        return self.dice.choice([*(lot for lot, *_ in self.bought), *self.made])

    def some(self, lot: str) -> str:
        """A whole number, of what came or a few."""
        most = next((int(quantity) for code, quantity, _ in self.bought if code == lot), 5)
        return str(self.dice.randint(1, most))
