"""The ground under the contexts: a PostgreSQL of our own, its roles, its address, and its migrations.

Owns the data folder's `pg` and the rule who may do what in a database. Knows nothing of items, lots or
journals, and imports none of the contexts, so that it can be tested, and trusted, without them.
"""
