"""The demo's office, a process of its own: while the history is made it seals the days that are over and posts.

`python -m tieout.demo.office COMPANY` reads dates from standard input, each the last day that is over, and at
`end` seals the rest and stays until everything is in QuickBooks. The usual worker cannot do this: by its
clock every day of the history is long over, so it would seal a day in the middle of it.
"""

from __future__ import annotations

import queue
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import date, timedelta

END = "end"
ROUND = timedelta(seconds=1)
"""How long one round of posting may begin new entries before the next word is heard."""


@dataclass(slots=True)
class Office:
    company: int
    words: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)
    stop: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        from django.utils import timezone

        from tieout.ledger import sealing, tally
        from tieout.quickbooks import poster

        ended = False
        while not self.stop.is_set():
            said = self._heard()
            if END in said:
                ended = True
            if said:
                over = None if ended else date.fromisoformat(said[-1])
                sealing.seal_due(self.company, timezone.now(), on=over, everything=ended)
            poster.post_due(self.company, until=timezone.now() + ROUND)
            at = tally.tally(self.company)
            if ended and not at.on_the_way:
                return
            if not at.on_the_way or not poster.is_live(self.company):
                time.sleep(0.1)

    def _heard(self) -> list[str]:
        words = []
        while not self.words.empty():
            words.append(self.words.get())
        return words

    def listen(self) -> None:
        """Standard input, line by line; when it ends, so does the office."""
        for line in sys.stdin:
            self.words.put(line.strip())
            if line.strip() == END:
                return
        self.stop.set()


def main(arguments: list[str]) -> int:
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.settings")
    import django

    django.setup()
    office = Office(int(arguments[0]))
    # At once, whatever is under way: a demo that is interrupted while it is made is made anew.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    threading.Thread(target=office.listen, daemon=True).start()
    office.work()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
