"""The proof and the close: every invariant of the ledger and the books, checked on demand.

Owns what is compared with what, and the words for what does not agree. Never repairs anything.
"""
