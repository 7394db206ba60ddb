"""A request by somebody who is signed in, and the page it is for.

A page is shown inside its company's scope, one read-only look at the database. A form posts to the page it stands
on: the act runs in a transaction of its own, then the browser is sent on (303). A refusal shows the same page again
(422), with the sentence on top and everything as it was typed.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Concatenate, Generic, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from tieout.access import company as companies
from tieout.access import queries
from tieout.access.acting import Acting
from tieout.access.actions import KeyReused
from tieout.access.permissions import Permission
from tieout.access.queries import CompanyFacts
from tieout.core.refusals import Refusal
from tieout.web import menu
from tieout.web.typed import Typed

P = ParamSpec("P")

ACTOR, COMPANY, SAID = "actor", "company", "said"
"""What the session holds: who, where, and the sentence to show once after an act."""

SENT_ALREADY = (
    "This form was sent once already, with other entries. Look at what that did; if this is something else, send it."
)


class SeeOther(HttpResponseRedirect):
    """The act is done; look at the result with GET, so that a reload does nothing again."""

    status_code = 303


@dataclass(slots=True)
class Visit:
    """One request: who asks, in which company, what was typed, and the refusal to show with it."""

    request: HttpRequest
    by: Acting
    company: CompanyFacts
    typed: Typed
    refusal: Refusal | None = None
    key: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def once(self) -> Acting:
        """The actor, asking under this form's key: a second tap gets the first one's answer."""
        return self.by.once(self.key)

    @property
    def sees_cost(self) -> bool:
        return self.by.may(Permission.SEE_COST)

    @property
    def today(self) -> date:
        """By the company's clock."""
        return datetime.now(self.company.time_zone).date()

    def may(self, permission: Permission) -> bool:
        return self.by.may(permission)

    def say(self, sentence: str) -> None:
        """For the next page."""
        self.request.session[SAID] = sentence

    def show(self, template: str, *, status: int = 200, **values: Any) -> HttpResponse:
        refused = self.refusal is not None
        said = {} if refused else {"said": self.request.session.pop(SAID, "")}
        context = {
            "visit": self,
            "company": self.company,
            "may": {one.name.lower(): self.by.may(one) for one in Permission},
            "sees_cost": self.sees_cost,
            "menu": menu.of(self.by),
            "typed": self.typed,
            "refusal": self.refusal,
            "line_numbers": self.typed.line_numbers("quantity", "what", "lot", "counted"),
            "now": datetime.now(UTC),
            "zone": self.company.time_zone,
            **said,
            **values,
        }
        return render(self.request, template, context, status=422 if refused else status)


Show = Callable[Concatenate[Visit, P], HttpResponse]
Do = Callable[Concatenate[Visit, P], str]
"""Does one thing; where to go then."""


class Page(Generic[P]):
    """A view function: what is shown, and the acts that its forms may ask for."""

    def __init__(self, show: Show[P], permission: Permission | None, *, asks_outside: bool) -> None:
        self.show = show
        self.asks_outside = asks_outside
        self.permission = permission
        self.acts: dict[str, tuple[Permission, Do[P]]] = {}
        # Django names a view in its messages and finds it by these.
        self.__name__, self.__qualname__, self.__doc__ = show.__name__, show.__qualname__, show.__doc__

    def act(self, permission: Permission, name: str = "") -> Callable[[Do[P]], Do[P]]:
        """What the form on this page asks for; `name` tells several apart (the form's hidden field `act`)."""

        def take(do: Do[P]) -> Do[P]:
            self.acts[name] = (permission, do)
            return do

        return take

    def __call__(self, request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        visit = of(request)
        if visit is None:
            return to_sign_in(request)
        if self.permission is not None:
            _refuse_unless_allowed(visit, self.permission)
        if request.method == "POST":
            return self._post(visit, *args, **kwargs)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"] if self.acts else ["GET", "HEAD"])
        return self._get(visit, *args, **kwargs)

    def _get(self, visit: Visit, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            with nullcontext() if self.asks_outside else companies.scope(visit.company.id):
                return self.show(visit, *args, **kwargs)
        except Refusal as refusal:
            if visit.refusal is not None and not _is_missing(refusal):
                raise
            raise Http404(str(refusal)) from refusal

    def shown(self, visit: Visit, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        """The page to somebody who came by another address, with the refusal that it carries."""
        if self.permission is not None:
            _refuse_unless_allowed(visit, self.permission)
        return self._get(visit, *args, **kwargs)

    def _post(self, visit: Visit, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        found = self.acts.get(visit.typed.text("act"))
        if found is None:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        permission, do = found
        _refuse_unless_allowed(visit, permission)
        visit.key = visit.typed.text("key") or visit.key
        try:
            return SeeOther(do(visit, *args, **kwargs))
        except KeyReused:
            visit.key = str(uuid.uuid4())
            visit.refusal = KeyReused(SENT_ALREADY)
        except Refusal as refusal:
            visit.refusal = refusal
        return self._get(visit, *args, **kwargs)


def page(permission: Permission | None = None, *, asks_outside: bool = False) -> Callable[[Show[P]], Page[P]]:
    """Declare a page: who may look at it (none: everybody in the company).

    One that asks outside (QuickBooks may take its time) opens its own scopes: no transaction waits for a stranger.
    """
    return lambda show: Page(show, permission, asks_outside=asks_outside)


def of(request: HttpRequest) -> Visit | None:
    """The visit, if somebody is signed in who is still at work."""
    actor, company = request.session.get(ACTOR), request.session.get(COMPANY)
    if not isinstance(actor, int) or not isinstance(company, int):
        return None
    facts = queries.one_company(company)
    by = queries.at_work(company, actor) if facts else None
    if facts is None or by is None:
        request.session.flush()
        return None
    given = request.POST if request.method == "POST" else request.GET
    return Visit(request, by, facts, Typed(given))


def begin(request: HttpRequest, by: Acting) -> None:
    """From here on this browser is that person's."""
    request.session.cycle_key()
    request.session[ACTOR], request.session[COMPANY] = by.actor, by.company


def to_sign_in(request: HttpRequest) -> HttpResponse:
    where = reverse("sign-in")
    if request.method == "GET" and request.path != reverse("home"):
        where += "?" + urlencode({"next": request.get_full_path()})
    return redirect(where)


def _refuse_unless_allowed(visit: Visit, permission: Permission) -> None:
    if not visit.may(permission):
        raise PermissionDenied(
            f"{visit.by.name} is signed in as {visit.by.role}; “{permission}” is not part of that role. "
            "Ask somebody whose role allows it, or sign in as somebody else."
        )


def _is_missing(refusal: Refusal) -> bool:
    return refusal.code.startswith("unknown_")
