"""What the real service leaves undocumented and the emulator had to choose. Every choice can be changed."""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class UnknownOption(ValueError):
    """There is no such option, or the value is of the wrong type."""


@dataclass(frozen=True)
class Options:
    requestid_ttl: float | None = None
    """Seconds a requestid is remembered; none: for ever."""
    strict_requestid: bool = False
    """The same requestid with another body is refused with 600 instead of replayed."""
    pin_faults: bool = False
    """Remember validation faults under their requestid, too."""
    refresh_overlap_hours: float = 24
    refresh_rotation_hours: float = 24
    refresh_cap_days: float | None = 1826
    """A connection ends for good after this many days (five years)."""
    user_not_in_realm: bool = False
    """The next refreshes say that the user lost access to the company."""
    zone: str = "America/Los_Angeles"
    """The company's time zone: the offset of every stamp, and which day today is."""
    cdc_days: float | None = 30
    """How far back change data capture looks; none: without limit."""
    je_unbalanced_code: str = "6000"
    inactive_reference_code: str = "610"
    throttle: bool = False
    throttle_per_minute: int = 500
    throttle_per_second: int = 10
    throttle_batches_per_minute: int = 40
    throttle_upper_case: bool = False
    """Print the 429 body as `Fault` instead of the lower-case `fault`."""
    subscription_status: str = "SUBSCRIBED"
    """EXPIRED, SUSPENDED and CANCELLED make the company read-only."""
    offering_sku: str = "QuickBooks Online Plus"
    enforce_sku: bool = False
    """Refuse what the company's subscription does not include."""
    cash_basis_as_accrual: bool = False
    """Answer cash-basis reports with accrual figures instead of refusing them."""

    tax_on_purchases: str = "none"
    """What a company outside the US does with tax on bills: `reclaimed`, or `cost`. None: a US company."""

    def changed(self, wanted: dict[str, Any]) -> "Options":
        known = {each.name: each for each in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise UnknownOption(f"there is no option {name!r}; there are {', '.join(known)}")
            if not _fits(value, getattr(Options(), name)):
                raise UnknownOption(f"option {name} cannot be {value!r}")
        if "zone" in wanted:
            _check_zone(wanted["zone"])
        if wanted.get("tax_on_purchases", "none") not in ("none", "reclaimed", "cost"):
            raise UnknownOption(f"option tax_on_purchases cannot be {wanted['tax_on_purchases']!r}")
        return replace(self, **wanted)

    def document(self) -> dict[str, Any]:
        return asdict(self)


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise UnknownOption(f"there is no time zone {name!r}") from None


def _fits(value: object, default: object) -> bool:
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, str):
        return isinstance(value, str)
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and value >= 0)
