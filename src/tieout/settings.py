"""Django's settings. Everything an installation may choose comes from the environment, under TIEOUT_….

Reading this file starts nothing and makes nothing: the address of the embedded database is known before it
runs.
"""

from __future__ import annotations

import os
import secrets

from django.core.exceptions import ImproperlyConfigured

from tieout.database import arrays, home, urls

HOME = home.path()

DATABASES = {"default": urls.django(urls.runtime())}
arrays.register()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DEBUG = os.environ.get("TIEOUT_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("TIEOUT_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")


def _secret_key() -> str:
    """The installation's own key. Before its folder exists nothing has been signed, so any key will do."""
    if given := os.environ.get("TIEOUT_SECRET_KEY"):
        return given
    if not urls.embedded():
        raise ImproperlyConfigured("TIEOUT_DATABASE_URL names a server: set TIEOUT_SECRET_KEY, the same everywhere")
    return home.secret_key(HOME) or secrets.token_urlsafe(50)


SECRET_KEY = _secret_key()

INSTALLED_APPS: list[str] = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
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
    "tieout.web",
]

TIME_ZONE = "UTC"
USE_TZ = True
LANGUAGE_CODE = "en-us"

PROCRASTINATE_IMPORT_PATHS = ["tieout.quickbooks.jobs"]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""

# --- QuickBooks --------------------------------------------------------------------------------------------------

QUICKBOOKS_CLIENT_ID = os.environ.get("TIEOUT_QUICKBOOKS_CLIENT_ID", "")
QUICKBOOKS_CLIENT_SECRET = os.environ.get("TIEOUT_QUICKBOOKS_CLIENT_SECRET", "")
"""The installation's own app at Intuit; who connects is asked for them where they are not set."""

QUICKBOOKS_VERIFIERS = [
    one.strip() for one in os.environ.get("TIEOUT_QUICKBOOKS_VERIFIER", "").split(",") if one.strip()
]
"""The app's webhook verifier token; while it is being changed, the new one and the old one."""

# --- Pages -------------------------------------------------------------------------------------------------------

ROOT_URLCONF = "tieout.urls"
WSGI_APPLICATION = "tieout.wsgi.application"

MIDDLEWARE = [
    "tieout.web.headers.strict",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # a day's trace is a megabyte of text; tokens are masked anew each time
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

# Files of the packages are served as they lie there: nothing to collect, nothing to build. Vendored ones carry their
# version in their path and never change.
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 300
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/vendor/[^/]+-[0-9.]+/"

# Who is signed in is a signed cookie; every request asks again whether that person still works here.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_NAME = "tieout_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "tieout_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "tieout.web.trouble.stale_form"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

HTTPS = os.environ.get("TIEOUT_HTTPS") == "1"
"""Set where people reach the pages over HTTPS: cookies, redirects and HSTS then insist on it."""

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 86400 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if HTTPS and host != "*"]
