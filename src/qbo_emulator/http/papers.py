"""The pages of `/books` about bills, invoices and single transactions."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from qbo_emulator import faults, outsider, papers, wire
from qbo_emulator.entities import BY_NAME
from qbo_emulator.http.messages import Response, html_response, redirect

if TYPE_CHECKING:
    from qbo_emulator.http.books import Page


def _list(page: "Page") -> Response:
    paper = papers.PAPERS[page.match["paper"]]
    rows = papers.listed(page.company, paper, page.request.query.get("party", ""))
    return page.show("papers.html", paper=paper, rows=rows)


def _one(page: "Page") -> Response:
    found = papers.find(page.company, page.match["id"])
    if found is None:
        gone = [each for each in page.company.changes if each.id == page.match["id"] and each.kind in papers.KINDS]
        return page.show("gone.html", status=404, changes=gone)
    shown, changes = papers.looked_at(page.company, found), papers.history(page.company, found)
    return page.show("paper.html", paper=shown, changes=changes, users=outsider.USERS)


def _raw(page: "Page") -> Response:
    """The transaction as the API shows it."""
    found = papers.find(page.company, page.match["id"])
    if found is None:
        return html_response("There is no such transaction.", 404)
    text = page.company.printed(BY_NAME[found.kind], found)
    return Response(200, wire.dump(wire.load(text.encode())).encode())


def _new(page: "Page") -> Response:
    return _form(page, papers.blank(page.company))


def _edit(page: "Page") -> Response:
    paper = papers.PAPERS[page.match["paper"]]
    found = page.company.find(paper.kind, page.match["id"])
    if found is None:
        return _one(page)
    return _form(page, papers.as_form(paper, found))


def _form(page: "Page", form: papers.Row, problem: object = "", status: int = 200) -> Response:
    paper = papers.PAPERS[page.match["paper"]]
    offered = papers.choices(page.company, paper)
    return page.show(
        "paper_edit.html", status=status, paper=paper, form=form, problem=problem, users=outsider.USERS, **offered
    )


def _save(page: "Page") -> Response:
    """What a person typed. A refusal comes back on the form, in QuickBooks' words."""
    paper, form = papers.PAPERS[page.match["paper"]], page.request.form
    identity = page.match.groupdict().get("id")
    record = page.company.find(paper.kind, identity) if identity else None
    wanted = {
        "act": "edit" if identity else "create",
        "entity": paper.kind,
        "id": identity,
        "changes": papers.typed(paper, record, form),
        "user": form.get("user"),
    }
    try:
        saved = outsider.act(page.company, wanted)
    except (faults.Refusal, outsider.BadAct) as refusal:
        return _form(page, papers.retyped(identity, form), refusal, 400)
    page.realm.keep()
    return redirect(page.link(f"/transaction/{saved['Id']}"))


def _act(page: "Page") -> Response:
    """Delete or void."""
    found = papers.find(page.company, page.match["id"])
    if found is None:
        return _one(page)
    wanted = {"act": page.match["act"], "entity": found.kind, "id": found.id, "user": page.request.form.get("user")}
    back = page.link(f"/transaction/{found.id}")
    try:
        outsider.act(page.company, wanted)
    except (faults.Refusal, outsider.BadAct) as refusal:
        return page.show("refused.html", status=400, problem=refusal, back=back)
    page.realm.keep()
    return redirect(back if page.match["act"] == "void" else page.link(""))


VIEWS: list[tuple[str, str, Callable[["Page"], Response]]] = [
    ("GET", r"/books/(?P<paper>bill|invoice)s", _list),
    ("GET", r"/books/(?P<paper>bill|invoice)/new", _new),
    ("POST", r"/books/(?P<paper>bill|invoice)/new", _save),
    ("GET", r"/books/(?P<paper>bill|invoice)/(?P<id>\d+)/edit", _edit),
    ("POST", r"/books/(?P<paper>bill|invoice)/(?P<id>\d+)/edit", _save),
    ("GET", r"/books/transaction/(?P<id>\d+)", _one),
    ("GET", r"/books/transaction/(?P<id>\d+)\.json", _raw),
    ("POST", r"/books/transaction/(?P<id>\d+)/(?P<act>delete|void)", _act),
]
