"""The pages and the API for an ASGI server: `granian --interface asgi tieout.asgi:application`."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.settings")

application = get_asgi_application()
