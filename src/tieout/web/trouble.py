"""When a page cannot be shown: not found, not allowed, or our own fault. Never a traceback."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    said = str(exception.args[0]) if exception.args and isinstance(exception.args[0], str) else ""
    return _page(request, 404, "Not here", said or "There is nothing at this address. It may have been mistyped.")


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, "Not part of your role", str(exception) or "Your role does not include this page.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request, 400, "Not understood", "The browser sent something that cannot be read. Go back and try again."
    )


def broken(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        500,
        "Our mistake",
        "Something went wrong here. Nothing was half done: an act is recorded whole or not at all. "
        "Try again; if it stays, tell your administrator what you did and when.",
    )


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: a page kept open past a sign-in, or sent from elsewhere."""
    return _page(
        request,
        403,
        "This page is out of date",
        "It was opened before the last sign-in, or cookies are off. Nothing was done. Go back, reload, and send again.",
    )


def _page(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    return render(request, "web/trouble.html", {"title": title, "sentence": sentence, "status": status}, status=status)
