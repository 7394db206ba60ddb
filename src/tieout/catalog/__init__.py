"""Items, units and their conversions, BOM versions with effective dates, rates.

Owns what things are and how they are made. Never knows how much there is or what it cost.
"""
