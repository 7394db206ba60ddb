"""`python -m qbo_emulator` is the `qbo-emulator` command."""

import sys

from qbo_emulator.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
