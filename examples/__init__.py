"""Worked examples on data that this project did not write."""
