"""QuickBooks Online as seen from here: the client, posting exactly once, the mirrors, and reading its books
back.

Owns the connection, its tokens and its pace, and the findings about what stands in QuickBooks. Never
decides what is posted (the ledger does), and never changes or deletes an entry on its own.
"""
