"""The settings for checks that need models but no database: missing migrations, types."""

from __future__ import annotations

import os

os.environ.setdefault("TIEOUT_SECRET_KEY", "offline checks sign nothing")

from tieout.settings import *  # noqa: F403 -- the whole of it, but for what follows

DATABASES = {"default": {"ENGINE": "django.db.backends.dummy"}}
