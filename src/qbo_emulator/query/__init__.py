"""The query language: `parser` reads a statement, `run` answers it."""
