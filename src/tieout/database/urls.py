"""Database addresses: which one is in force, and how Django wants to be told.

`TIEOUT_DATABASE_URL` (the runtime role) names a server; without it the address is that of the embedded
cluster in the data folder, which is known before the cluster runs. `TIEOUT_OWNER_DATABASE_URL` is needed to
migrate a server and by nothing else: the web and the workers should not even know it.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

from tieout.database import home, roles
from tieout.database.cluster import Cluster

PREPARE_AFTER = 5
"""How often a connection sends a statement before the server keeps its plan."""

AGE_SECONDS = 600
"""How long a connection lives. Its plans are as old as it is: on a site's first day they were made for empty tables."""


class NoOwner(Exception):
    """A server is migrated by the role that owns its tables, and no address was given for that role."""


def embedded() -> bool:
    return not os.environ.get("TIEOUT_DATABASE_URL")


def runtime() -> str:
    return os.environ.get("TIEOUT_DATABASE_URL") or Cluster(home.path()).url(roles.APP)


def owner() -> str:
    if given := os.environ.get("TIEOUT_OWNER_DATABASE_URL"):
        return given
    if embedded():
        return Cluster(home.path()).url(roles.OWNER)
    raise NoOwner("TIEOUT_DATABASE_URL is set; set TIEOUT_OWNER_DATABASE_URL too in order to migrate")


def with_database(url: str, database: str) -> str:
    """The same server and role, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(database)}"))


def django(url: str) -> dict[str, Any]:
    """A PostgreSQL URL as an entry of Django's DATABASES.

    `host` in the query is a socket's folder, as libpq reads it; what else the query holds (sslmode,
    application_name …) goes to the connection as it is. Connections stay open and are checked before use;
    there is no pool, because Django's excludes persistent connections and each thread here keeps one.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError(f"a database URL begins with postgresql://, not {parts.scheme or 'nothing'}://")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    # Bound and planned by the server: an act sends the same twenty statements every time. A pooler that shares
    # connections between transactions cannot keep plans; `prepare_threshold=0` in the URL turns them off.
    threshold = int(options.pop("prepare_threshold", PREPARE_AFTER))
    options |= {"server_side_binding": True, "prepare_threshold": threshold or None}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": options.pop("port", None) or str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": AGE_SECONDS,
        "CONN_HEALTH_CHECKS": True,
    }
