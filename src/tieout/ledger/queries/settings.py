"""Policies as finance reads them: what each is now, since when, what it will be, and all that was said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from tieout.ledger.policies import POLICIES, Choice


@dataclass(frozen=True, slots=True)
class Said:
    """A value somebody put in force from a day on."""

    name: str
    value: str
    effective_from: date
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Setting:
    """A policy as of a day. `history` has the latest effective date first; of one date, what holds comes first."""

    name: str
    choice: Choice
    history: list[Said]
    today: date

    @property
    def in_force(self) -> Said | None:
        """None: nobody ever said otherwise, so it is what it is at first."""
        return next((one for one in self.history if one.effective_from <= self.today), None)

    @property
    def value(self) -> str:
        return self.in_force.value if self.in_force else self.choice.default

    @property
    def to_come(self) -> list[Said]:
        """What is said for later days, the next one first; of one day only what will hold."""
        later = {one.effective_from: one for one in reversed(self.history) if one.effective_from > self.today}
        return [later[on] for on in sorted(later)]


def settings(today: date) -> list[Setting]:
    """Every policy there is, in the order of their declaration."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.name, p.value, p.effective_from, a.name, p.at from ledger_policy p"
            " join access_actor a on a.company_id = p.company_id and a.id = p.actor_id"
            " order by p.effective_from desc, p.id desc"
        )
        said = [Said(*row) for row in cursor.fetchall()]
    return [
        Setting(name, choice, [one for one in said if one.name == name], today) for name, choice in POLICIES.items()
    ]
