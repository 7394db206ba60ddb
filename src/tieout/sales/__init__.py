"""Customers, orders' shipments: what left, to whom, out of which lots.

Owns shipments. Never invoices: QuickBooks does.
"""
