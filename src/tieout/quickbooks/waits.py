"""How long the poster waits for what. The defaults are promises; tests scale them down and change nothing
else.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Seconds, but for the count that opens the circuit."""

    connect: float = 5
    read: float = 125
    deadline: float = 150
    """A request as a whole, however slowly its answer drips. QuickBooks itself gives up after 120."""

    lease: float = 180
    """Longer than the deadline: whoever still waits for an answer still holds the lease."""

    look: float = 150
    """From the last send to the first look: longer than QuickBooks may still be at work on it."""
    second_look: float = 60
    throttled: float = 60
    throttled_jitter: float = 10
    circuit_after: int = 5
    circuit_rest: float = 60
    closing_date: float = 3600
    read_back: float = 300
    """From confirmation to the first reading back, when every copy of the books has caught up."""
    watch: float = 600
    """Between two looks at what others changed."""

    paced: bool = True
    """False only for an emulator that does not throttle: a story or a test waits for nobody's share."""

    def scaled(self, factor: float) -> Waits:
        """The same protocol on a faster clock; the time-outs of a request stay as they are."""
        return Waits(
            connect=self.connect,
            read=self.read,
            deadline=self.deadline,
            lease=self.lease * factor,
            look=self.look * factor,
            second_look=self.second_look * factor,
            throttled=self.throttled * factor,
            throttled_jitter=self.throttled_jitter * factor,
            circuit_after=self.circuit_after,
            circuit_rest=self.circuit_rest * factor,
            closing_date=self.closing_date * factor,
            read_back=self.read_back * factor,
            watch=self.watch * factor,
            paced=self.paced,
        )


USUAL = Waits()
