"""Pages for people: one module per job, server-rendered, usable with a thumb, a keyboard and a scanner.

Owns what is shown and how it is typed in; never decides: pages ask queries, and hand what was typed to actions.
"""
