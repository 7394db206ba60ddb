"""`python -m examples.adventureworks DATA OUT`: the tables in DATA as files for `tieout import` in OUT."""

from __future__ import annotations

import sys
from pathlib import Path

from examples.adventureworks import files
from examples.adventureworks.tables import NoData, Tables


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    data, out = map(Path, arguments)
    try:
        counts = files.write(Tables(data), out)
    except NoData as missing:
        print(missing, file=sys.stderr)
        return 1
    for name, rows in counts.items():
        print(f"{rows:7,} rows  {out / name}.csv")
    print(f"Import them with: tieout import --by NAME {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
