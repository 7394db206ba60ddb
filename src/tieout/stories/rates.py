"""The exchange rate of a story's foreign price, said one way or the other."""

from __future__ import annotations

from fractions import Fraction

from tieout.core.refusals import BadAmount
from tieout.stories.vocabulary import UnknownField, number


def rate_of(home_per_fc: str | None, fc_per_home: str | None, *, is_foreign: bool) -> Fraction | None:
    """Home money for one of foreign; none where nothing is foreign."""
    if not is_foreign:
        if home_per_fc or fc_per_home:
            raise UnknownField(
                "home_per_fc and fc_per_home belong to a price in foreign currency (fc_unit, fc_amount)."
            )
        return None
    if (home_per_fc is None) == (fc_per_home is None):
        raise UnknownField("A foreign price needs its rate, as home_per_fc or as fc_per_home.")
    given = number(home_per_fc or fc_per_home or "", "The rate")
    if given <= 0:
        raise BadAmount(f"The rate must be more than 0, not {given}.")
    return Fraction(given) if home_per_fc else 1 / Fraction(given)
