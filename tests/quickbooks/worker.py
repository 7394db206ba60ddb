"""A worker process for the tests that kill one: `python worker.py COMPANY SCALE`, posts until all is
settled.
"""

from __future__ import annotations

import sys

import django

django.setup()

from tieout.quickbooks.poster import settle  # noqa: E402 -- models exist only after set-up
from tieout.quickbooks.waits import USUAL  # noqa: E402

if __name__ == "__main__":
    settle(int(sys.argv[1]), waits=USUAL.scaled(float(sys.argv[2])), seconds=60)
