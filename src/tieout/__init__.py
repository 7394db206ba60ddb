"""Tieout: what was bought, made, counted and shipped, what it cost, and what the books say. They agree."""

__version__ = "0.1.0"
