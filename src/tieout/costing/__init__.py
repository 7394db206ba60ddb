"""What a lot's cost is made of, and where a cost that comes late belongs.

Owns compositions and the flow of late cost. Never moves quantity.
"""
