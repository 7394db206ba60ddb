"""Production runs: planned, confirmed, fed, reported, closed, taken back.

Owns what is being made and out of what. Never decides what a unit costs: core does.
"""
