"""The schedule, on a queue in PostgreSQL: a tick defers one round for each company, and never two of the
same.

Only `queueing_lock`, never `lock`: a worker that dies holds up nobody, and its job is taken up again
when its heartbeat has stopped. Losing the whole queue loses nothing; the next tick finds all the work
in the tables.
"""

from __future__ import annotations

from contextlib import suppress

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from tieout.quickbooks import rounds

QUEUE = "quickbooks"
STALLED_AFTER = 60.0
KEEP_FAILED_HOURS = 24 * 7


@app.periodic(cron="* * * * * */5")
@app.task(name="tick", queue=QUEUE, queueing_lock="tick")
def tick(timestamp: int) -> None:
    """Every five seconds."""
    for company in rounds.companies_at_work():
        with suppress(AlreadyEnqueued):
            often.configure(queueing_lock=f"often {company}").defer(company=company)


@app.periodic(cron="*/10 * * * *")
@app.task(name="tick, ten minutes", queue=QUEUE, queueing_lock="tick, ten minutes")
def tick_sometimes(timestamp: int) -> None:
    """Every ten minutes."""
    for company in rounds.companies_at_work():
        with suppress(AlreadyEnqueued):
            sometimes.configure(queueing_lock=f"sometimes {company}").defer(company=company)


@app.periodic(cron="17 3 * * *")
@app.task(name="tick, night", queue=QUEUE, queueing_lock="tick, night")
def tick_nightly(timestamp: int) -> None:
    """Every night."""
    for company in rounds.companies_at_work():
        with suppress(AlreadyEnqueued):
            nightly.configure(queueing_lock=f"nightly {company}").defer(company=company)


@app.task(name="often", queue=QUEUE)
def often(*, company: int) -> None:
    rounds.often(company)


@app.task(name="sometimes", queue=QUEUE)
def sometimes(*, company: int) -> None:
    rounds.sometimes(company)


@app.task(name="nightly", queue=QUEUE)
def nightly(*, company: int) -> None:
    rounds.nightly(company)


@app.periodic(cron="* * * * *")
@app.task(name="sweep the queue", queue=QUEUE, queueing_lock="sweep the queue", pass_context=True)
async def sweep_the_queue(context: JobContext, timestamp: int) -> None:
    """Take up again what dead workers held, and forget what failed a week ago."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        await manager.retry_job(job)
    await manager.delete_old_jobs(nb_hours=KEEP_FAILED_HOURS, include_failed=True)
