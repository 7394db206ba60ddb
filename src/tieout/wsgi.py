"""The pages and the API for a WSGI server: `granian --interface wsgi tieout.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.settings")

application = get_wsgi_application()
