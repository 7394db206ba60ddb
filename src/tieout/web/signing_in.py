"""Signing in: choose the company, then the person (a demo), or give name and password."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_http_methods, require_POST

from tieout.access import actors, queries
from tieout.access.permissions import ActorRole
from tieout.access.queries import CompanyFacts, Person
from tieout.core.refusals import Refusal
from tieout.web import visits

DOES = {
    ActorRole.OPERATOR: "Works on runs, receives, moves and counts goods. Sees no costs.",
    ActorRole.WAREHOUSE: "Receives, moves, ships, and takes mistakes back. Sees no costs.",
    ActorRole.PLANNER: "Plans runs, keeps items and bills of material. Sees no costs.",
    ActorRole.BUYER: "Orders from suppliers and receives. Sees what goods cost.",
    ActorRole.CONTROLLER: "Sees costs, journals and the audit trail; maps accounts. Changes nothing on the floor.",
    ActorRole.AUDITOR: "Sees everything, changes nothing.",
    ActorRole.ADMINISTRATOR: "May do whatever a person may, except post.",
}
"""What a role is for, as its card says it."""


@require_http_methods(["GET", "HEAD"])
def companies(request: HttpRequest) -> HttpResponse:
    """The only company's door at once; of several, choose."""
    found = queries.every_company()
    if len(found) == 1:
        return redirect(_door(found[0], request.GET.get("next", "")))
    return render(request, "web/companies.html", {"companies": found, "next": request.GET.get("next", "")})


@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, company: int) -> HttpResponse:
    """Who are you? In a demo one tap says it, elsewhere a name and a password."""
    facts = queries.one_company(company)
    if facts is None:
        raise Http404("There is no such company here.")
    refusal = None
    if request.method == "POST":
        try:
            return _let_in(request, facts)
        except Refusal as refused:
            refusal = refused
    return render(
        request,
        "web/door.html",
        {
            "company": facts,
            "people": _people(facts) if facts.is_demo else [],
            "several": len(queries.every_company()) > 1,
            "refusal": refusal,
            "name": request.POST.get("name", ""),
            "next": request.POST.get("next") or request.GET.get("next", ""),
        },
        status=422 if refusal else 200,
    )


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out: whoever comes next to this browser begins anew."""
    request.session.flush()
    return visits.SeeOther(reverse("sign-in"))


def _let_in(request: HttpRequest, company: CompanyFacts) -> HttpResponse:
    if company.is_demo and "name" in request.POST and "password" not in request.POST:
        chosen = next((one for one in queries.people(company.id) if one.name == request.POST["name"]), None)
        if chosen is None:
            raise actors.NoSuchActor("Nobody of that name works here. Choose somebody from the list.")
        by = actors.named(company.id, chosen.name)
    else:
        by = actors.sign_in(company.id, request.POST.get("name", "").strip(), request.POST.get("password", ""))
    visits.begin(request, by)
    onward = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(onward, allowed_hosts=None) and onward.startswith("/")
    return visits.SeeOther(onward if safe else reverse("home"))


def _people(company: CompanyFacts) -> list[tuple[Person, str]]:
    """By role, in the order of the roles; then by name."""
    order = list(DOES)
    found = [one for one in queries.people(company.id) if one.role in DOES]
    return [(one, DOES[one.role]) for one in sorted(found, key=lambda one: (order.index(one.role), one.name))]


def _door(company: CompanyFacts, onward: str) -> str:
    where = reverse("door", args=[company.id])
    return f"{where}?{urlencode({'next': onward})}" if onward else where
