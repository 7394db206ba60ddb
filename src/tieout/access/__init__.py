"""Companies, actors and what each may ask for, and the trail of every act.

Owns who, may, and did. Never knows what an act does: the other contexts do.
"""
