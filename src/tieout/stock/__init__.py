"""Sites and locations, lots, movements and balances: what is where, and what it is worth.

Owns the one ledger of movements and its only writer. Never knows why goods move: the contexts above say.
"""
