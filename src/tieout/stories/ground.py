"""The throw-away database that stories run in: a cluster of its own in a temporary folder, removed afterwards.

Never the installation's: a story must not be able to touch a company's ledger, whatever it says, and nothing of
it may stay. The cluster does not wait for the disk, so making and migrating it takes seconds.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from tieout.database import roles
from tieout.database.cluster import Cluster


@contextmanager
def prepared() -> Iterator[Path]:
    """A migrated database that Django is set up with; the folder for whatever else a run needs."""
    with ExitStack() as stack:
        stack.enter_context(_stopping_cleanly())
        folder = Path(tempfile.mkdtemp(prefix="tieout-stories-"))
        cluster = Cluster(folder / "home", durable=False)
        stack.callback(_remove, folder, cluster)
        if os.geteuid() == 0:
            folder.chmod(0o711)  # PostgreSQL's own user must pass through, and needs to see nothing
        stack.enter_context(cluster)
        _set_up(folder, cluster)
        yield folder


def _set_up(folder: Path, cluster: Cluster) -> None:
    os.environ.update(
        TIEOUT_HOME=str(folder / "home"),
        TIEOUT_DATABASE_URL=cluster.url(),
        TIEOUT_OWNER_DATABASE_URL=cluster.url(roles.OWNER),
        TIEOUT_SECRET_KEY=secrets.token_urlsafe(50),
        DJANGO_SETTINGS_MODULE="tieout.settings",
    )
    import django

    django.setup()
    from tieout.database.migrate import migrate

    migrate()


@contextmanager
def _stopping_cleanly() -> Iterator[None]:
    """Being told to end is like Ctrl-C; a second one does not interrupt the cleaning up."""

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {one: signal.signal(one, end) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _remove(folder: Path, cluster: Cluster) -> None:
    from django.db import connections

    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)
    if os.environ.get("TIEOUT_DATABASE_URL") == cluster.url():
        connections.close_all()
    cluster.stop()
    shutil.rmtree(cluster.place, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
