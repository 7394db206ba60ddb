"""The set-up assistant: connect QuickBooks, choose an account for every role, have the rest made, disconnect.

Consent is given on QuickBooks' own page: the browser goes there and comes back to `back`. Everything that asks
QuickBooks happens in acts, outside of any transaction; looking at the page asks nobody.
"""

from __future__ import annotations

import os

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from tieout.access.permissions import Permission
from tieout.core.refusals import Refusal
from tieout.core.roles import Role
from tieout.ledger import contract
from tieout.quickbooks import actions, assistant, changes, consents, oauth, proposals, queries
from tieout.quickbooks.outcomes import Failure
from tieout.web import headers, visits
from tieout.web.typed import BadEntry
from tieout.web.visits import SeeOther, Visit, page

PRODUCTION = "https://quickbooks.api.intuit.com"
SANDBOX = "https://sandbox-quickbooks.api.intuit.com"
WHERE = {"production": PRODUCTION, "sandbox": SANDBOX}

CONSENT_AT = ["https://appcenter.intuit.com", "http://127.0.0.1:*", "http://localhost:*"]
"""Where a form of this page may lead: Intuit's consent page, or an emulator's on this machine."""


@page(Permission.SEE_AUDIT)
def connect(visit: Visit) -> HttpResponse:
    """Whether QuickBooks is connected, what it calls itself, and an account for every role."""
    found = queries.connection()
    answer = visit.show(
        "web/connect.html",
        here="quickbooks",
        connection=found,
        back=_back(visit.request),
        webhook=visit.request.build_absolute_uri(reverse("webhook")),
        proposals=proposals.proposals(found.realm) if found and found.lists_read else [],
        mapped=not contract.in_force().unmapped,
        findings=queries.open_findings(),
    )
    named = os.environ.get("TIEOUT_QUICKBOOKS_HOSTS", "").split(",")
    allowed = [*CONSENT_AT, *(f"http://{host.strip()}:*" for host in named if host.strip())]
    answer.headers["Content-Security-Policy"] = headers.POLICY.replace(
        "form-action 'self'", f"form-action 'self' {' '.join(allowed)}"
    )
    return answer


@connect.act(Permission.CONNECT, "connect")
def go_to_quickbooks(visit: Visit) -> str:
    """The browser goes to QuickBooks' consent page, and comes back to `back`."""
    typed = visit.typed
    base_url = WHERE.get(typed.text("where")) or typed.text("address")
    if not base_url:
        raise BadEntry("Say which QuickBooks: the real one, Intuit's sandbox, or the address of an emulator.")
    consent = actions.begin_consent(
        visit.once,
        base_url=base_url,
        return_to=_back(visit.request),
        client_id=typed.text("client_id"),
        client_secret=typed.text("client_secret"),
    )
    return consents.address(visit.by, consent)


def back(request: HttpRequest) -> HttpResponse:
    """Where QuickBooks sends the browser after consent, or without it."""
    visit = visits.of(request)
    if visit is None:
        return visits.to_sign_in(request)
    said = request.GET
    try:
        oauth.complete(
            visit.by,
            state=said.get("state", ""),
            code=said.get("code", ""),
            realm=said.get("realmId", ""),
            error=said.get("error", ""),
        )
        visit.say(_read(visit))
    except Refusal as refusal:
        visit.refusal = refusal
        return connect.shown(visit)
    return SeeOther(reverse("quickbooks"))


def _read(visit: Visit) -> str:
    """The lists, at once, so that the accounts can be chosen; connected it is in any case."""
    try:
        changes.read_lists(visit.company.id)
    except Failure as failure:
        return f"QuickBooks is connected. Its lists could not be read yet: {failure}"
    return "QuickBooks is connected, and its lists are read. Now choose an account for every role."


@connect.act(Permission.CONNECT, "read")
def read_lists(visit: Visit) -> str:
    count = changes.read_lists(visit.company.id)
    visit.say(f"{count} accounts, names and items were read.")
    return reverse("quickbooks")


@connect.act(Permission.CONNECT, "set-up")
def set_up(visit: Visit) -> str:
    """One click: accounts, mapping, vendors and customers."""
    wished = {role: account for role in Role if (account := visit.typed.whole_if_any(f"role-{role}")) is not None}
    done = assistant.set_up_all(visit.by, wished=wished)
    made = f"{done.accounts} account{'' if done.accounts == 1 else 's'} made" if done.accounts else "No account lacked"
    names = len(done.names.created) + len(done.names.linked)
    refused = "".join(f" {name}: {why}" for name, why in done.names.refused.items())
    visit.say(f"{made}; {names} names known to QuickBooks now; mapping {done.mapping} is in force.{refused}")
    return reverse("quickbooks")


@connect.act(Permission.CONNECT, "disconnect")
def disconnect(visit: Visit) -> str:
    reason = visit.typed.text("reason")
    if not reason:
        raise BadEntry("Say why; it is kept.")
    heard = oauth.disconnect(visit.once, reason=reason)
    visit.say(
        "QuickBooks is disconnected, here and there. What waits goes on waiting."
        if heard
        else "Disconnected here. QuickBooks did not answer: it is told again until it has heard it."
    )
    return reverse("quickbooks")


@connect.act(Permission.POST, "resume")
def resume(visit: Visit) -> str:
    """The subscription was renewed, or the rights given back: the consent itself still holds."""
    actions.resume(visit.once)
    visit.say("Going on: what waited is sent.")
    return reverse("quickbooks")


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("quickbooks-return"))
