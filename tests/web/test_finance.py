"""What finance looks at: states of entries with their reasons and ways out, the mapping, the audit trail."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.test import Client

from tests import factory as factories
from tests.factory import Factory
from tests.web.conftest import SignIn, fill, text
from tieout.access import company as companies
from tieout.access.permissions import ActorRole
from tieout.ledger.models import Transmission, TransmissionState
from tieout.ledger.queries import journals, sums
from tieout.quickbooks import books
from tieout.quickbooks.books import AccountTie, Term
from tieout.stock import queries as stock


def rejected(factory: Factory, reason: str = "QuickBooks says: account 42 is inactive.") -> int:
    """One entry refused; its journal."""
    with companies.scope(factory.company):
        one = Transmission.objects.order_by("created_at", "number").first()
        assert one is not None
        Transmission.objects.filter(pk=one.pk).update(
            state=TransmissionState.REJECTED, cause="reference", reason=reason
        )
        return int(one.journal_id)


def test_the_home_page_ties_the_floor_to_the_books(worked: Factory, controller: Client) -> None:
    page = text(controller.get("/"))

    assert "nothing left unexplained" in page
    assert "Nothing waits for you" in page
    with companies.scope(worked.company):
        floor = sum(one.value + one.in_process for one in stock.value_by_site())
        books = sums.inventory()
    assert floor == books.recorded == books.confirmed + books.on_its_way + books.stuck
    assert f"${floor / 100:,.2f}" in page


def test_a_refused_entry_is_on_the_home_page_with_reason_and_way_out(worked: Factory, controller: Client) -> None:
    journal = rejected(worked)

    home, entry, listed = (
        text(controller.get(path)) for path in ("/", f"/journal/{journal}", "/journal?state=refused")
    )

    for page in (home, entry, listed):
        assert "account 42 is inactive" in page
    assert "then send it again" in home
    assert "Send it again" in entry


def test_a_refused_entry_is_sent_again_once(worked: Factory, controller: Client) -> None:
    journal = rejected(worked)
    with companies.scope(worked.company):
        number = str(journals.journal(journal).transmissions[0].id)

    done = fill(controller, f"/journal/{journal}", {"act": "resend", "transmission": number})
    again = fill(controller, f"/journal/{journal}", {"act": "resend", "transmission": number})
    strange = fill(controller, f"/journal/{journal}", {"act": "resend", "transmission": str(uuid.uuid4())})
    no_id = fill(controller, f"/journal/{journal}", {"act": "resend", "transmission": "?"})

    assert [303, 422, 422, 422] == [one.status_code for one in (done, again, strange, no_id)]
    with companies.scope(worked.company):
        assert "on its way" == journals.journal(journal).row.posting.state


def test_a_refused_entry_gets_another_date_with_a_reason(worked: Factory, controller: Client) -> None:
    journal = rejected(worked)
    with companies.scope(worked.company):
        number = journals.journal(journal).row.posting.number
    path = f"/journal/{journal}"

    nothing = fill(controller, path, {"act": "redate", "number": number})
    done = fill(controller, path, {"act": "redate", "number": number, "on": "2026-02-01", "reason": "January closed"})

    assert (422, 303) == (nothing.status_code, done.status_code), text(done)
    assert "version 2" in text(controller.get(path))


def test_the_auditor_may_look_but_not_resend(worked: Factory, sign_in: SignIn) -> None:
    journal = rejected(worked)
    auditor = sign_in(ActorRole.AUDITOR)

    assert "Send it again" not in text(auditor.get(f"/journal/{journal}"))
    assert 403 == auditor.post(f"/journal/{journal}", {"act": "resend"}).status_code


def test_an_entry_shows_its_lines_its_events_and_what_is_sent(worked: Factory, controller: Client) -> None:
    with companies.scope(worked.company):
        run = next(one for one in journals.journals(kind="run") if "RUN-000003" in one.posting.number)
        entry = journals.journal(run.id)
    page = controller.get(f"/journal/{run.id}")

    assert entry.debits == entry.credits == run.amount
    for event in entry.events:
        assert event.number in text(page)
    assert "Account of FG" in text(page)
    assert entry.transmissions[0].hash in text(page)


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("kind=run", {"run"}),
        ("kind=receipt&q=RCV-000001", {"receipt"}),
        ("q=RUN-000003", {"run"}),
        ("month=2025-12", set()),
        ("state=refused", set()),
        ("month=2026-01&kind=shipment", {"shipment"}),
    ],
)
def test_the_journal_is_filtered(query: str, finds: set[str], worked: Factory, controller: Client) -> None:
    answer = controller.get(f"/journal?{query}")

    assert finds == {one.kind for one in answer.context["journals"]}


def test_an_open_journal_is_on_its_way_until_its_day_is_over(mill: Factory, controller: Client) -> None:
    mill.buy("HONEY", "10", "4.37", lot="H-1")
    mill.scrap("H-1", "1")

    (scrapped,) = controller.get("/journal?kind=adjustment").context["journals"]

    assert ("on its way", "open") == (scrapped.posting.state, scrapped.posting.stage)
    assert "sealed when" in text(controller.get(f"/journal/{scrapped.id}"))


def test_an_entry_nobody_mapped_is_held_with_the_reason(db: None, controller: Client, mill: Factory) -> None:
    other = factories.small("Unmapped Mills")
    other.buy("HONEY", "10", "4.37")
    other.seal()

    with companies.scope(other.company):
        (held,) = journals.attention()

    assert "held" == held.posting.state
    assert "No account is mapped" in held.posting.reason
    assert held.posting.way_out


def test_the_mapping_shows_rules_and_what_they_did(worked: Factory, controller: Client) -> None:
    page, contract = text(controller.get("/mapping")), text(controller.get("/mapping/contract"))

    assert "Version 1 is in force, set by Controller" in page
    assert "Account of GRNI" in page
    assert "Account of GRNI" in contract
    assert "For finance: name, date" in contract


def test_the_audit_trail_keeps_what_was_refused(worked: Factory, operator: Client, controller: Client) -> None:
    fill(operator, "/scrap", {"site": "MILL", "what-1": "P-1", "quantity-1": "9999", "reason": "x"})

    page = text(controller.get("/audit?outcome=refused"))

    assert "scrap" in page
    assert "Operator" in page
    assert "done" not in {row.outcome for row in controller.get("/audit?outcome=refused").context["rows"]}


def test_a_scanned_code_goes_where_it_belongs(worked: Factory, operator: Client, controller: Client) -> None:
    with companies.scope(worked.company):
        lot = next(one.lot for one in stock.item("POT").lots if one.code == "P-1")
        entry = journals.journals(kind="receipt")[0]
    goes = {
        "RUN-000003": "/runs/RUN-000003",
        "P-1": f"/stock/lots/{lot}",
        f"#{lot}": f"/stock/lots/{lot}",
        "honey": "/stock/items/HONEY",
        "RCV-000001": "/receipts/RCV-000001",
        "SHP-000001": "/shipments/SHP-000001",
        "RPT-000001": "/events/RPT-000001",
        "PO-000001": "/receipts/new/PO-000001",
        "whatever": "/stock?q=whatever",
        "": "/",
    }
    assert goes == {code: operator.get("/scan", {"code": code}).headers["Location"] for code in goes}
    assert f"/journal/{entry.id}" == controller.get("/scan", {"code": entry.posting.number}).headers["Location"]
    assert "/orders/at/PO-000001" == controller.get("/scan", {"code": "PO-000001"}).headers["Location"]


def test_a_trace_says_the_same_as_picture_tree_and_table(worked: Factory, controller: Client) -> None:
    answer = controller.get("/trace/SHP-000001")

    (section,) = answer.context["sections"]
    assert section["cents"] == sum(one.cents for one in section["back"])
    paid = sum(link["value"] for link in answer.context["chart"]["links"] if link["source"].startswith("0:"))
    assert round(paid * 100) == section["cents"]
    assert "SHP-000001" in text(answer)


def test_stock_as_of_a_day_is_what_the_movements_said_then(worked: Factory, controller: Client) -> None:
    worked.at(worked.now.replace(day=20))
    worked.buy("HONEY", "1000", "1", lot="H-LATER")

    then, now = (text(controller.get(f"/stock/items/HONEY{on}")) for on in ("?on=2026-01-16", ""))

    assert "H-LATER" not in then
    assert "H-LATER" in now


def test_a_tie_out_without_quickbooks_says_what_to_do(worked: Factory, controller: Client) -> None:
    answer = controller.get("/tie-out?on=2026-01-31")

    assert 422 == answer.status_code
    assert "onnect" in text(answer), "connect, or connected"


def test_a_tie_out_names_every_term(worked: Factory, controller: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    day = date(2026, 1, 31)
    foreign = Term("JE-7", day, 1234, "typed in QuickBooks by somebody")
    ties = [
        AccountTie("1", "Raw", "Other Current Asset", day, 100_000, 101_234, foreign=(foreign,)),
        AccountTie("2", "Goods received", "Other Current Liability", day, -100_000, -100_001),
    ]
    monkeypatch.setattr(books, "tie_out", lambda company, on: ties)

    page = text(controller.get("/tie-out?on=2026-01-31"))

    assert "JE-7" in page
    assert "$12.34" in page
    assert "a defect, here or there" in page
    assert "−$0.01" in page
