"""Suppliers' terms, purchase orders and receipts.

Owns what was ordered, what came of it and what is owed for it before the bill. Never pays.
"""
