"""The kinds of QuickBooks' objects that Tieout hears of, by their names there."""

from __future__ import annotations

LISTS = ("Account", "Class", "Customer", "Department", "Item", "Term", "Vendor")
"""What documents name. Inactive ones are left out of a query that does not ask for them."""

DOCUMENTS = (
    "Bill",
    "BillPayment",
    "CreditMemo",
    "Invoice",
    "JournalEntry",
    "Payment",
    "Purchase",
    "PurchaseOrder",
    "RefundReceipt",
    "SalesReceipt",
    "VendorCredit",
)

PREFERENCES = "Preferences"
"""Only one, and told by webhook only: change data does not promise it."""

SWEPT = (*LISTS, *DOCUMENTS)
BY_NAME = {name.lower(): name for name in (*SWEPT, PREFERENCES)}
