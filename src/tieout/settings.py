"""Django's settings. Everything an installation may choose comes from the environment, under TIEOUT_….

Reading this file starts nothing and makes nothing: the address of the embedded database is known before it
runs.
"""

from __future__ import annotations

import os
import secrets

from django.core.exceptions import ImproperlyConfigured

from tieout.database import home, urls

HOME = home.path()

DATABASES = {"default": urls.django(urls.runtime())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DEBUG = os.environ.get("TIEOUT_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("TIEOUT_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")


def _secret_key() -> str:
    """The installation's own key. Before its folder exists nothing has been signed, so any key will do."""
    if given := os.environ.get("TIEOUT_SECRET_KEY"):
        return given
    if not urls.embedded():
        raise ImproperlyConfigured(
            "TIEOUT_DATABASE_URL names a server: set TIEOUT_SECRET_KEY, the same everywhere"
        )
    return home.secret_key(HOME) or secrets.token_urlsafe(50)


SECRET_KEY = _secret_key()

INSTALLED_APPS: list[str] = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "tieout.access",
    "tieout.catalog",
    "tieout.ledger",
    "tieout.stock",
    "tieout.costing",
    "tieout.purchasing",
    "tieout.production",
    "tieout.sales",
    "procrastinate.contrib.django",
    "tieout.quickbooks",
]

TIME_ZONE = "UTC"
USE_TZ = True
LANGUAGE_CODE = "en-us"
