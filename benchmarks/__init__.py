"""How fast the real actions are, as ratios to hand-written SQL for the same rows, in one run on one database."""
