"""`/books`: the company as a person sees it and the second user changes it. Every page takes `?realm=`."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from qbo_emulator import books, faults, outsider, wire
from qbo_emulator.http import papers
from qbo_emulator.http.messages import Request, Response, html_response, redirect
from qbo_emulator.http.pages import TEMPLATES
from qbo_emulator.realm import Realm
from qbo_emulator.reports import report

if TYPE_CHECKING:
    from qbo_emulator.emulator import Emulator

REPORTS = {
    "trial-balance": "TrialBalance",
    "balance-sheet": "BalanceSheet",
    "profit-and-loss": "ProfitAndLoss",
}


class Page:
    """One visit: the company looked at, and the way to answer with a page of it."""

    def __init__(self, emulator: "Emulator", realm: Realm, request: Request, match: re.Match[str]) -> None:
        self.emulator, self.realm, self.request, self.match = emulator, realm, request, match
        self.company = realm.company

    def link(self, path: str, **query: str) -> str:
        """A path below /books that stays in this company."""
        where = f"/books{path}"
        if self.realm is not self.emulator.first:
            query["realm"] = self.realm.id
        return f"{where}?{urlencode(query)}" if query else where

    def show(self, template: str, *, status: int = 200, **values: Any) -> Response:
        info = self.company.only("CompanyInfo").body
        text = TEMPLATES.get_template(template).render(
            company_name=info["CompanyName"],
            realm_id=self.realm.id,
            realms=list(self.emulator.realms),
            today=self.company.today().isoformat(),
            closed=self.company.preference("AccountingInfoPrefs", "BookCloseDate"),
            link=self.link,
            here=self.request.path,
            **values,
        )
        return html_response(text, status)


def respond(emulator: "Emulator", request: Request) -> Response:
    try:
        realm = emulator.realm(request.query.get("realm"))
    except LookupError as problem:
        return html_response(str(problem), 404)
    for method, pattern, view in (*_VIEWS, *papers.VIEWS):
        match = re.fullmatch(pattern, request.path.rstrip("/"))
        if match and method == request.method:
            with realm.company.lock:
                return view(Page(emulator, realm, request, match))
    return html_response("There is no such page.", 404)


def _accounts(page: Page) -> Response:
    return page.show("accounts.html", accounts=books.chart(page.company))


def _register(page: Page) -> Response:
    account = page.company.find("Account", page.match["id"])
    if account is None:
        return html_response("There is no such account.", 404)
    return page.show("register.html", account=account.body, lines=books.register(page.company, account))


def _entries(page: Page) -> Response:
    return page.show("entries.html", entries=books.entries(page.company))


def _entry(page: Page) -> Response:
    found = page.company.find("JournalEntry", page.match["id"])
    if found is None:
        return page.show("gone.html", status=404, changes=books.history(page.company, page.match["id"]))
    entry = books.entry(page.company, found)
    return page.show("entry.html", entry=entry, changes=books.history(page.company, found.id))


def _edit(page: Page) -> Response:
    found = page.company.find("JournalEntry", page.match["id"])
    if found is None:
        return page.show("gone.html", status=404, changes=books.history(page.company, page.match["id"]))
    entry = books.entry(page.company, found)
    accounts = books.postable(page.company)
    return page.show("edit.html", entry=entry, accounts=accounts, problem=page.request.query.get("problem", ""))


def _new(page: Page) -> Response:
    blank = books.blank_entry(page.company)
    accounts = books.postable(page.company)
    return page.show("edit.html", entry=blank, accounts=accounts, problem="")


def _save(page: Page) -> Response:
    """What the second user typed. A refusal comes back on the form, in QuickBooks' words."""
    identity = page.match.groupdict().get("id")
    form = page.request.form
    document = books.typed_entry(form)
    wanted = {
        "act": "edit" if identity else "create",
        "entity": "JournalEntry",
        "id": identity,
        "changes": document,
    }
    try:
        saved = outsider.act(page.company, wanted)
    except faults.Refusal as refusal:
        entry = books.retyped(page.company, identity, form)
        return page.show("edit.html", status=400, entry=entry, accounts=books.postable(page.company), problem=refusal)
    page.realm.keep()
    return redirect(page.link(f"/entry/{saved['Id']}"))


def _delete(page: Page) -> Response:
    wanted = {"act": "delete", "entity": "JournalEntry", "id": page.match["id"]}
    try:
        outsider.act(page.company, wanted)
    except faults.Refusal as refusal:
        return page.show("refused.html", status=400, problem=refusal, back=page.link(f"/entry/{page.match['id']}"))
    page.realm.keep()
    return redirect(page.link("/entries"))


def _report(page: Page) -> Response:
    name = REPORTS[page.match["name"]]
    parameters = {key: value for key, value in page.request.query.items() if value}
    try:
        document = report(page.company, name, parameters)
    except faults.Refusal as refusal:
        return page.show("refused.html", status=400, problem=refusal, back=page.link(f"/{page.match['name']}"))
    return page.show("report.html", report=document, rows=books.flat_rows(document), title=name)


def _vendors(page: Page) -> Response:
    return page.show("vendors.html", vendors=books.vendors(page.company))


def _changes(page: Page) -> Response:
    return page.show("changes.html", changes=list(reversed(page.company.changes))[:500])


def _raw(page: Page) -> Response:
    """The entry as the API shows it."""
    found = page.company.find("JournalEntry", page.match["id"])
    if found is None:
        return html_response("There is no such entry.", 404)
    text = page.company.printed(books.JOURNAL_ENTRY, found)
    return Response(200, wire.dump(wire.load(text.encode())).encode())


_VIEWS: list[tuple[str, str, Callable[[Page], Response]]] = [
    ("GET", r"/books", _accounts),
    ("GET", r"/books/account/(?P<id>\d+)", _register),
    ("GET", r"/books/entries", _entries),
    ("GET", r"/books/entry/(?P<id>\d+)", _entry),
    ("GET", r"/books/entry/(?P<id>\d+)\.json", _raw),
    ("GET", r"/books/entry/(?P<id>\d+)/edit", _edit),
    ("POST", r"/books/entry/(?P<id>\d+)/edit", _save),
    ("POST", r"/books/entry/(?P<id>\d+)/delete", _delete),
    ("GET", r"/books/entry/new", _new),
    ("POST", r"/books/entry/new", _save),
    ("GET", r"/books/(?P<name>trial-balance|balance-sheet|profit-and-loss)", _report),
    ("GET", r"/books/vendors", _vendors),
    ("GET", r"/books/changes", _changes),
]
