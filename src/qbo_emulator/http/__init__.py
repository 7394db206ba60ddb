"""The emulator's surface: the accounting API, the token endpoints, the controls for tests and the pages for
people.
"""
