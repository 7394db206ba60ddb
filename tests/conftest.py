"""Fixtures that every test may ask for. The database's own are in `tieout.testing`."""
