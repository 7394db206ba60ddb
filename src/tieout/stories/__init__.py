"""Executable accounting examples: a file says what happened and what the books must show; the product does it.

Owns the words of stories, who tells them to the real actions, and what is expected. Never computes a cost and
never writes the ledger: a story proves the product, so nothing here may know the answer.
"""
