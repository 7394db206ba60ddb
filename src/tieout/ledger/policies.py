"""How a company keeps its books: effective-dated settings, each with the value it has until somebody says otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tieout.access.acting import Act
from tieout.core.refusals import Refusal
from tieout.ledger.models import Policy


class UnknownPolicy(Refusal):
    """A setting, or a value of one, that does not exist."""

    code = "unknown_policy"


@dataclass(frozen=True, slots=True)
class Choice:
    """One setting: what it may be, and what it is at first."""

    values: tuple[str, ...]
    default: str
    says: str


POLICIES = {
    "shipment grouping": Choice(
        ("day", "shipment", "invoice"),
        "day",
        "Cost of goods sold goes to the books per day and site, per shipment, or per invoice (per shipment until there "
        "is one).",
    ),
    "cost of goods sold": Choice(
        ("shipment", "delivery", "invoice"),
        "shipment",
        "Goods are sold when they leave, when they are delivered, or when they are invoiced; until then their cost is "
        "shipped, not invoiced. A customer's own agreement goes before.",
    ),
    "adjustment grouping": Choice(
        ("day", "event"),
        "day",
        "Counts, scrap and found goods go to the books per day and site, or one by one.",
    ),
    "receipt grouping": Choice(("event", "day"), "event", "Receipts go to the books one by one, or per day."),
    "price variance": Choice(
        ("flow", "expense"),
        "flow",
        "A late price follows the goods, or is expensed to purchase price variance.",
    ),
    "bill price tolerance": Choice(
        ("0", "1", "2", "5", "10", "any"),
        "5",
        "By how many per cent a bill's price may be off and still be matched without anybody looking.",
    ),
    "bill amount tolerance": Choice(
        ("0", "10", "50", "100", "500", "any"), "100", "By how much money, in the same way, a line of a bill."
    ),
    "bill quantity tolerance": Choice(
        ("0", "1", "2", "5"), "0", "By how many per cent a billed quantity may be off and still settle the receipt."
    ),
    "tax on purchases": Choice(
        ("undecided", "reclaimed", "cost"),
        "undecided",
        "Tax that a bill has beside its lines is reclaimed, or part of what goods cost. As long as that is undecided, "
        "such bills wait. In the US the lines have it in them.",
    ),
    "purchase orders": Choice(
        ("kept here", "kept there too"),
        "kept here",
        "Purchase orders stay here, or stand in QuickBooks too, where they post nothing.",
    ),
    "openings": Choice(
        ("kept", "posted"), "kept", "Opening balances stay out of QuickBooks, or are posted against OPENING."
    ),
    "over-receipt": Choice(("0", "5", "10", "20", "any"), "10", "How many per cent more than ordered may be received."),
}


def defaults() -> dict[str, str]:
    return {name: choice.default for name, choice in POLICIES.items()}


def in_force(on: date) -> dict[str, str]:
    """Every setting as of a day, inside the caller's scope."""
    said = Policy.objects.filter(effective_from__lte=on).order_by("effective_from", "id").values_list("name", "value")
    return {**defaults(), **dict(said)}


def set_policy(act: Act, *, name: str, value: str, effective_from: date) -> Policy:
    """In force from that date on; what was in force before stays on record."""
    choice = POLICIES.get(name)
    if choice is None:
        raise UnknownPolicy(f"There is no policy “{name}”. There are: {', '.join(POLICIES)}.")
    if value not in choice.values:
        raise UnknownPolicy(f"“{name}” can be {' or '.join(choice.values)}, not “{value}”.")
    return Policy.objects.create(
        company_id=act.company, name=name, value=value, effective_from=effective_from, actor_id=act.by.actor
    )
