"""Which journal event an event goes into: finance's grouping policies, in one place.

Per receipt, per run and accounting date, per shipment day and site, daily for adjustments, nothing for moves
inside one account (those have no lines). Document numbers leave room for a part and a check character.
"""

from __future__ import annotations

from dataclasses import replace

from tieout.ledger.desk import Desk
from tieout.ledger.events import Moment
from tieout.ledger.journal import Grouping

SITE_LETTERS = 6
"""How much of a site's code a daily document number shows: all of it fits in QuickBooks' 21 characters."""


def receipt(desk: Desk, moment: Moment, *, number: str, site: int, site_code: str) -> Grouping:
    if desk.policies["receipt grouping"] == "day":
        return _daily("receipt", "RCD", moment, site, site_code)
    return _alone("receipt", moment, number, site)


def run(moment: Moment, *, number: str, site: int, last: bool) -> Grouping:
    """A run's day: sealed when the day is over, or at once with the run's last report."""
    return Grouping("run", f"{number}:{moment.on}", number, moment.on, site, due_on=None if last else moment.on)


def shipment(
    desk: Desk, moment: Moment, *, number: str, site: int, site_code: str, paper: str = "", invoice: str = ""
) -> Grouping:
    """Shipments and what becomes cost of goods sold later, in entries of one kind. `paper` is the shipment's own
    number, under which all that left on it is one entry; `invoice` the number of the invoice that is known for it."""
    match desk.policies["shipment grouping"]:
        case "shipment":
            return _alone("shipment", moment, number, site)
        case "invoice" if invoice:
            key = f"invoice {invoice}:{moment.on}"
            return Grouping("shipment", key, f"INV-{invoice}"[:17], moment.on, site, due_on=moment.on)
        case "invoice":
            paper = paper or number
            return Grouping("shipment", f"{paper}:{moment.on}", paper[:17], moment.on, site, due_on=moment.on)
    return _daily("shipment", "SHD", moment, site, site_code)


def adjustment(desk: Desk, moment: Moment, *, number: str, site: int, site_code: str) -> Grouping:
    """Counts, scrap, found goods, write-downs."""
    if desk.policies["adjustment grouping"] == "event":
        return _alone("adjustment", moment, number, site)
    return _daily("adjustment", "ADJ", moment, site, site_code)


def transfer(moment: Moment, *, site: int, site_code: str, to: int) -> Grouping:
    """Per day and pair of sites: what was sent and received on one day nets to nothing where the books do not tell
    the two sites apart."""
    daily = _daily("transfer", "TRD", moment, site, site_code)
    return replace(daily, key=f"{daily.key}:{to}")


def opening(desk: Desk, moment: Moment, *, number: str, site: int) -> Grouping:
    posts = desk.policies["openings"] == "posted"
    return Grouping("opening", number, number, moment.on, site, posts=posts)


def reversal(moment: Moment, *, number: str, site: int | None) -> Grouping:
    return _alone("reversal", moment, number, site)


def returned(moment: Moment, *, kind: str, number: str, site: int) -> Grouping:
    """Goods back to a supplier or from a customer: one entry a return."""
    return _alone(kind, moment, number, site)


def late_cost(moment: Moment, *, number: str) -> Grouping:
    return _alone("late cost", moment, number, None)


def reclassification(moment: Moment, *, number: str) -> Grouping:
    return _alone("reclassification", moment, number, None)


def cost_adjustment(moment: Moment, *, number: str) -> Grouping:
    """The books say it already: it is not sent."""
    return replace(_alone("cost adjustment", moment, number, None), posts=False)


def _alone(kind: str, moment: Moment, number: str, site: int | None) -> Grouping:
    return Grouping(kind, number, number, moment.on, site)


def _daily(kind: str, series: str, moment: Moment, site: int, site_code: str) -> Grouping:
    document = f"{series}-{moment.on:%y%m%d}-{site_code[:SITE_LETTERS]}"
    return Grouping(kind, f"{moment.on}:{site}", document, moment.on, site, due_on=moment.on)
