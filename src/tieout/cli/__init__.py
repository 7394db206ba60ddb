"""The `tieout` command: one module a subcommand.

Owns arguments, progress and exit codes. Never decides anything: actions and queries do.
"""
