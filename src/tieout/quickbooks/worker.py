"""A worker: it posts, watches and chains until it is told to stop. Any number of them, on any number of
machines.
"""

from __future__ import annotations

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

AT_A_TIME = 4
"""Companies served side by side; one that waits for QuickBooks keeps nobody waiting."""
GRACE_SECONDS = 170.0
"""After SIGTERM: the longest a request that has left may take to come back."""


def run_worker(*, at_a_time: int = AT_A_TIME) -> None:
    """Work until SIGTERM or SIGINT; what is under way is finished, nothing new is begun."""
    assert isinstance(app.connector, DjangoConnector), app.connector
    with app.replace_connector(app.connector.get_worker_connector()) as at_work:
        at_work.run_worker(
            concurrency=at_a_time,
            delete_jobs="successful",
            fetch_job_polling_interval=2.0,
            shutdown_graceful_timeout=GRACE_SECONDS,
        )
