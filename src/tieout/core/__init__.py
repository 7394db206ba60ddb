"""Pure values and functions: what a cent, a quantity, a cost and a journal line are.

Owns the arithmetic of the product. Never imports Django, reads a clock, opens a database or writes a log.
"""
