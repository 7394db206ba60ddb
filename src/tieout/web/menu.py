"""The menu of a role: what its work begins with comes first; on a phone the first four stay in reach."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.access.acting import Acting
from tieout.access.permissions import Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """A place to go to: the page's name, what it is called, its icon, and who may (none: everybody)."""

    page: str
    called: str
    icon: str
    permission: Permission | None = None


_P = Permission
HOME = Entry("home", "Home", "home")
FLOOR = (
    Entry("runs", "Runs", "building-factory-2"),
    Entry("stock", "Stock", "packages"),
    Entry("receipts", "Receipts", "package-import"),
    Entry("shipments", "Shipments", "truck-delivery"),
    Entry("transfers", "Transfers", "arrows-transfer-down"),
    Entry("count", "Count", "clipboard-check", _P.COUNT),
    Entry("scrap", "Scrap", "trash", _P.SCRAP),
)
BUYING = (
    Entry("orders", "Orders", "file-text"),
    Entry("suppliers", "Suppliers", "users"),
    Entry("supplier-returns", "Supplier returns", "package-export"),
    Entry("landed-costs", "Landed costs", "truck", _P.SEE_COST),
)
SELLING = (Entry("customers", "Customers", "user"),)
OFFICE = (
    Entry("journal", "Journal", "book-2", _P.SEE_COST),
    Entry("trace", "Trace", "route"),
    Entry("bills", "Bills", "file-text", _P.SEE_COST),
    Entry("invoices", "Invoices", "receipt", _P.SEE_COST),
    Entry("tie-out", "Tie-out", "scale", _P.SEE_AUDIT),
    Entry("reconciliation", "Reconciliation", "list-search", _P.SEE_AUDIT),
    Entry("quickbooks", "QuickBooks", "link", _P.SEE_AUDIT),
    Entry("audit", "Audit trail", "shield-check", _P.SEE_AUDIT),
    Entry("settings", "Settings", "adjustments"),
)


@dataclass(frozen=True, slots=True)
class Menu:
    every: list[Entry]

    @property
    def near(self) -> list[Entry]:
        return self.every[:4]


def of(by: Acting) -> Menu:
    """Finance's begins with the journal, the buyer's with orders, everybody else's with the floor."""
    (journal, trace, *rest), (runs, stock, receipts, *floor), (orders, *buying) = OFFICE, FLOOR, BUYING
    if by.may(_P.REPORT_RUN):
        order = [HOME, *FLOOR, *SELLING, *BUYING, *OFFICE]
    elif by.may(_P.BUY):
        order = [HOME, orders, receipts, stock, *buying, runs, *floor, *SELLING, *OFFICE]
    else:
        order = [HOME, journal, stock, trace, *rest, *SELLING, *BUYING, runs, receipts, *floor]
    return Menu([one for one in order if one.permission is None or by.may(one.permission)])
