"""`python -m tieout` is the `tieout` command."""

import sys

from tieout.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
