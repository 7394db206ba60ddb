"""How fast one company's QuickBooks is asked, over all workers together, and when it is not asked at all.

A token bucket in one row: a request reserves its moment by moving `slot_at` on, then waits for it. So any
number of workers share one pace, a burst stays under the limit of a second, and a minute never sees more
than its share. After a 429 the whole company waits; after five requests without a clear answer its circuit
opens, until one read succeeds.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from tieout.access import company as companies
from tieout.core.refusals import Refusal
from tieout.quickbooks.models import Connection, ConnectionState
from tieout.quickbooks.outcomes import Throttled
from tieout.quickbooks.waits import Waits

LONGEST_WAIT = 20.0
"""A turn further away than this is not waited for inside a request: the lease must not run out meanwhile."""

# burst: what may leave at once, so that it and the refill of its second stay within `per_second`.
_RESERVE = """
with bucket as (
    select id, per_minute, per_second, greatest(1.0, per_second - per_minute / 60.0) as burst
    from quickbooks_connection where company_id = %(company)s
), step as (
    select id, burst, greatest(60.0 / greatest(per_minute - burst, 1), 1.0 / per_second) as seconds
    from bucket
), span as (
    select id, make_interval(secs => seconds) as every, make_interval(secs => (burst - 1) * seconds) as ahead
    from step
)
update quickbooks_connection c set slot_at = greatest(c.slot_at, clock_timestamp() - span.ahead) + span.every
from span where c.id = span.id and (c.paused_until is null or c.paused_until <= clock_timestamp())
returning extract(epoch from c.slot_at - span.every - clock_timestamp())::float
"""


class NoConnection(Refusal):
    """The company is not connected to QuickBooks."""

    code = "not_connected"


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether requests may be made at present: why not, if not, and whether one read has to try first."""

    stopped: str = ""
    probe: bool = False


def is_connected(company: int) -> bool:
    """Whether there is, or was, a connection at all."""
    with companies.scope(company):
        return Connection.objects.filter(company_id=company).exists()


def take_turn(company: int) -> None:
    """Wait until this request may leave; raises Throttled where that would take long."""
    with companies.scope(company), connection.cursor() as cursor:
        cursor.execute(_RESERVE, {"company": company})
        row = cursor.fetchone()
    if row is None:
        with companies.scope(company):
            paused = Connection.objects.filter(company_id=company).values_list("paused_until", flat=True).first()
        raise Throttled(f"QuickBooks asked this company to wait until {paused}.", wait=_seconds_to(paused))
    if row[0] > LONGEST_WAIT:
        raise Throttled("Others are using up this company's pace.", wait=row[0])
    if row[0] > 0:
        time.sleep(row[0])


def standing(company: int, *, waits: Waits) -> Standing:
    """Asked before anything is claimed."""
    with companies.scope(company), connection.cursor() as cursor:
        cursor.execute(
            "select state, reason, unknowns, paused_until > clock_timestamp(), probe_at > clock_timestamp(),"
            " to_char(paused_until, 'HH24:MI:SS') from quickbooks_connection where company_id = %s",
            [company],
        )
        row = cursor.fetchone()
    if row is None:
        return Standing("QuickBooks is not connected.")
    state, reason, unknowns, paused, resting, until = row
    if state != ConnectionState.CONNECTED:
        return Standing(f"{state.capitalize()}: {reason}")
    if paused:
        return Standing(f"QuickBooks asked to wait until {until} UTC: {reason}")
    if unknowns >= waits.circuit_after:
        return (
            Standing("QuickBooks does not answer clearly; it is tried again shortly.")
            if resting
            else Standing("", True)
        )
    return Standing()


def wait_for_everybody(company: int, *, throttled: Throttled, waits: Waits) -> None:
    """After a 429: nobody of this company asks before this time, and not all come back at the same moment."""
    jitter = random.uniform(0, waits.throttled_jitter)
    # What QuickBooks asked for beyond the usual minute is kept to in any case.
    seconds = waits.throttled + max(0.0, throttled.wait - 60) + jitter
    _set(
        company,
        "paused_until = greatest(paused_until, clock_timestamp() + make_interval(secs => %s)), reason = %s",
        [seconds, str(throttled)],
    )


def unclear(company: int, *, waits: Waits) -> None:
    """One more request without a clear answer; the fifth in a row opens the circuit."""
    _set(
        company,
        "unknowns = unknowns + 1, probe_at = clock_timestamp() + make_interval(secs => %s)",
        [waits.circuit_rest],
    )


def clear(company: int) -> None:
    """QuickBooks answered: the circuit is closed. Writes only where something changes."""
    _set(company, "unknowns = 0, probe_at = null, reason = ''", [], only="unknowns > 0 or reason <> ''")


def _set(company: int, columns: str, values: list[float | str], *, only: str = "true") -> None:
    with companies.scope(company), connection.cursor() as cursor:
        cursor.execute(
            f"update quickbooks_connection set {columns} where company_id = %s and state = 'connected' and ({only})",
            [*values, company],
        )


def _seconds_to(moment: datetime | None) -> float:
    return max(0.0, moment.timestamp() - time.time()) if moment else 0.0
