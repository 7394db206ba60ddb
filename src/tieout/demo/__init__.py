"""The demo: a specialty food maker whose three months were made by running the real actions.

Owns its company (catalog, partners, calendar), the plan of its history and what it prints at the end. Never
writes a table: everything goes through the same actions that people and devices use.
"""
