"""Customers, orders' shipments: what left, to whom, out of which lots; when it is sold; which invoices bill it.

Owns shipments, and what ties them to invoices. Never invoices themselves: QuickBooks does, here is their mirror.
"""
