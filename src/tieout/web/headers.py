"""What every answer tells the browser: load nothing from elsewhere, run no script that is not a file of ours.

No `unsafe-inline` and no nonces: pages have no inline script or style, htmx is told not to add its style tag, and
ECharts draws on a canvas with its tooltips in it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",  # Tabler's arrows and ticks are data: pictures in its style sheet
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
PERMISSIONS = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"


def strict(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: the content security policy, and no copies of business figures in caches."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return respond
