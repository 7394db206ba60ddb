"""Operational events, their journal lines, the journal events they are sealed into, and what is sent of them.

Owns the books' side of the ledger: accounts and roles, mapping, policies, periods, sealing, transmissions.
Never moves stock, and never talks to QuickBooks.
"""
