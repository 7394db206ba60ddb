"""The emulator is for trying things out: it does not start, listen or post under a real Intuit name or id."""

import re

INTUIT = re.compile(r"(^|[/.@\s])(intuit\.com|quickbooks\.com)\b", re.IGNORECASE)
OWN_CLIENT = "emulator-"


class ProductionRefused(ValueError):
    """A name or id of the real service was given to the emulator."""


def refuse_production(text: str) -> None:
    if INTUIT.search(text):
        raise ProductionRefused(f"{text!r} names the real service; the emulator has nothing to do with it")


def refuse_real_client(client_id: str) -> None:
    if not client_id.startswith(OWN_CLIENT):
        raise ProductionRefused(f"{client_id!r} is not a client id of the emulator; they begin with {OWN_CLIENT!r}")
