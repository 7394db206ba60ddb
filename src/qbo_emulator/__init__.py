"""A stand-in QuickBooks Online: the accounting API over HTTP with real double-entry books behind it.

It owns its clock, its tokens and its faults, so that an integration can be tried against every awkward answer
QuickBooks gives. It shares no code with Tieout and never talks to Intuit.
"""
