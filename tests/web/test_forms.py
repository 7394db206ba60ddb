"""The floor's forms: what they record, what happens on a second tap, and how a refusal is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from django.test import Client

from tests.factory import Factory
from tests.web.conftest import fill, hidden, text
from tieout.access import company as companies
from tieout.production import queries as production
from tieout.purchasing import actions as purchasing
from tieout.purchasing import queries as receipts
from tieout.purchasing.actions import OrderLine
from tieout.stock import choices
from tieout.stock import queries as stock

AT = {"at": "2026-01-20T09:30"}


def on_hand(factory: Factory, sku: str, site: str = "") -> Decimal:
    with companies.scope(factory.company):
        return sum((one.quantity for one in stock.on_hand(site=site) if one.sku == sku), Decimal(0))


def order(factory: Factory, sku: str = "HONEY", quantity: str = "100") -> str:
    lines = [OrderLine(sku, Decimal(quantity), Decimal("4.37"))]
    return purchasing.place_order(
        factory.buyer, supplier="APIARY", site="MILL", lines=lines, ordered_on=factory.now.date()
    ).number


def test_a_receipt_is_recorded_and_the_browser_sent_on(mill: Factory, warehouse: Client) -> None:
    number = order(mill)
    typed = {"quantity-1": "40.5", "supplier_lot-1": "B 7", "expires_on-1": "2026-06-30", "rejected-1": "2", **AT}

    answer = fill(warehouse, f"/receipts/new/{number}", typed)

    assert (303, "/receipts/RCV-000001") == (answer.status_code, answer.headers["Location"])
    with companies.scope(mill.company):
        (line,) = receipts.receipt("RCV-000001").lines
        at = receipts.receipt("RCV-000001").row.at
    assert (Decimal("40.5"), Decimal(2), "B 7") == (line.quantity, line.rejected, line.supplier_lot)
    assert datetime(2026, 1, 20, 15, 30, tzinfo=UTC) == at, "half past nine by the mill's clock"
    page = warehouse.get("/receipts/RCV-000001")
    assert "RCV-000001 is recorded" in text(page)
    assert "RCV-000001 is recorded" not in text(warehouse.get("/receipts/RCV-000001")), "said once"


def test_a_second_tap_of_the_same_form_does_it_once(mill: Factory, warehouse: Client) -> None:
    number = order(mill)
    form = {**hidden(warehouse.get(f"/receipts/new/{number}")), "quantity-1": "40"}

    first = warehouse.post(f"/receipts/new/{number}", form)
    second = warehouse.post(f"/receipts/new/{number}", form)

    assert first.headers["Location"] == second.headers["Location"]
    assert Decimal(40) == on_hand(mill, "HONEY")


def test_the_same_form_with_other_entries_is_asked_about(mill: Factory, warehouse: Client) -> None:
    path = f"/receipts/new/{order(mill)}"
    form = {**hidden(warehouse.get(path)), "quantity-1": "40"}
    warehouse.post(path, form)

    again = warehouse.post(path, {**form, "quantity-1": "41"})

    assert 422 == again.status_code
    assert "This form was sent once already" in text(again)
    assert hidden(again)["key"] != form["key"]
    assert 303 == warehouse.post(path, {**form, **hidden(again), "quantity-1": "41"}).status_code


def test_a_refusal_is_shown_with_what_was_typed(mill: Factory, warehouse: Client) -> None:
    answer = fill(warehouse, f"/receipts/new/{order(mill)}", {"quantity-1": "900", "slip": "LS-1"})

    assert 422 == answer.status_code
    assert "10 % over is allowed" in text(answer)
    page = answer.content.decode()
    assert 'value="900"' in page
    assert 'value="LS-1"' in page
    assert Decimal(0) == on_hand(mill, "HONEY")


def test_a_text_where_a_number_belongs_is_refused_in_words(mill: Factory, warehouse: Client) -> None:
    answer = fill(warehouse, f"/receipts/new/{order(mill)}", {"quantity-1": "a lot"})

    assert 422 == answer.status_code
    assert "a lot" in text(answer)


def test_an_empty_form_says_so(mill: Factory, warehouse: Client) -> None:
    for path in (f"/receipts/new/{order(mill)}", "/shipments/new", "/count", "/scrap", "/transfers/new"):
        answer = fill(warehouse, path, {"site": "MILL", "reason": "x", "to": "DEPOT", "customer": "GROCER"})

        assert 422 == answer.status_code, path
        assert "Nothing was entered" in text(answer), path


def test_a_run_from_plan_to_close_by_its_pages(mill: Factory, planner: Client, operator: Client) -> None:
    mill.buy("HONEY", "100", "4.37", lot="H-1")
    mill.buy("OIL", "20", "2.50", lot="O-1")
    mill.at(datetime.now(UTC))

    planned = fill(planner, "/runs/new", {"sku": "MIX", "quantity": "50", "site": "MILL", "due_on": "2026-02-01"})
    assert "/runs/RUN-000001" == planned.headers["Location"]
    fill(planner, "/runs/RUN-000001", {"act": "confirm"})
    work = "/runs/at/RUN-000001"
    assert 303 == fill(operator, f"{work}/issue", {"quantity-1": "45", "lot-1": "H-1", "quantity-2": "6"}).status_code
    with companies.scope(mill.company):
        oil = next(one for one in production.run("RUN-000001").used if one.sku == "OIL")
    assert Decimal(6) == oil.quantity, "picked, for no lot was said"
    assert 303 == fill(operator, f"{work}/return", {"lot": f"#{oil.lot}", "quantity": "1"}).status_code
    assert 303 == fill(operator, f"{work}/hours", {"hours": "2.5"}).status_code
    part = {"made-1": "20", "code-1": "M-1", "consumed": "real", "final": "no"}
    assert 303 == fill(operator, f"{work}/report", part).status_code
    rest = {"made-1": "29", "code-1": "M-2", "quantity-1": "0.5", "consumed": "real", "final": "yes"}
    done = fill(operator, f"{work}/report", rest)
    assert 303 == done.status_code, text(done)

    with companies.scope(mill.company):
        run = production.run("RUN-000001")
    assert ("closed", Decimal(49), 0) == (run.row.state, run.row.made, run.row.in_process)
    assert {"HONEY": Decimal("45.5"), "OIL": Decimal(5)} == {one.sku: one.used for one in run.components}
    assert Decimal("2.5") == run.hours_worked
    page = text(operator.get("/runs/RUN-000001"))
    assert "M-1" in page
    assert "Report output" not in page, "closed: nothing more to report"


def test_a_report_by_the_plan_is_marked_as_assumed(mill: Factory, operator: Client) -> None:
    mill.buy("HONEY", "100", "4.37")
    mill.buy("OIL", "20", "2.50")
    run = mill.plan("MIX", "50")

    answer = fill(operator, f"/runs/at/{run}/report", {"made-1": "50", "consumed": "plan", "final": "yes"})

    assert 303 == answer.status_code, text(answer)
    assert Decimal(55) == on_hand(mill, "HONEY")


def test_a_run_is_taken_back_with_a_reason(worked: Factory, warehouse: Client) -> None:
    refused = fill(warehouse, "/runs/at/RUN-000001/take-back", {"reason": "wrong jar"})
    nothing = fill(warehouse, "/runs/at/RUN-000001/take-back", {})
    worked.buy("HONEY", "10", "4.37", lot="H-9")
    run = worked.make("MIX", "9", ("H-9", "9"), lot="M-9").run
    done = fill(warehouse, f"/runs/at/{run}/take-back", {"reason": "wrong honey"})

    assert (422, 422, 303) == (refused.status_code, nothing.status_code, done.status_code)
    assert "See where the goods went" in text(refused)
    assert "reversed" in text(warehouse.get(f"/runs/{run}"))


def test_too_much_issued_offers_found_goods_and_the_floor_goes_on(mill: Factory, operator: Client) -> None:
    mill.buy("HONEY", "10", "4.37", lot="H-1")
    run = mill.plan("MIX", "50")

    short = fill(operator, f"/runs/at/{run}/issue", {"quantity-1": "45"})
    assert 422 == short.status_code
    assert "MILL lacks 35 kg of HONEY" in text(short)
    assert "/found?site=MILL" in short.content.decode()
    found = fill(operator, "/found?site=MILL", {"sku": "HONEY", "quantity": "35", "site": "MILL", "place": "MILL"})
    assert 303 == found.status_code, text(found)
    again = fill(operator, f"/runs/at/{run}/issue", {"quantity-1": "45"})

    assert 303 == again.status_code
    assert Decimal(0) == on_hand(mill, "HONEY")


def test_goods_are_shipped_by_lot_and_by_item(worked: Factory, warehouse: Client) -> None:
    before = on_hand(worked, "POT", "MILL")
    typed = {
        "customer": "GROCER",
        "site": "MILL",
        "what-1": "P-1",
        "quantity-1": "2",
        "what-2": "POT",
        "quantity-2": "3",
        "order_number": "SO-1",
    }

    answer = fill(warehouse, "/shipments/new", typed)

    assert 303 == answer.status_code, text(answer)
    assert before - 5 == on_hand(worked, "POT", "MILL")
    assert "SO-1" in text(warehouse.get(answer.headers["Location"]))


def test_a_shipment_is_taken_back(worked: Factory, warehouse: Client) -> None:
    before = on_hand(worked, "POT", "MILL")
    page = warehouse.get("/shipments/SHP-000001")
    strange = {**hidden(page), "act": "reverse", "reason": "never left", "event": "RCV-000001"}

    assert 422 == warehouse.post("/shipments/SHP-000001", strange).status_code
    answer = warehouse.post("/shipments/SHP-000001", {**strange, "event": "SHP-000001"})
    assert 303 == answer.status_code, text(answer)
    assert before + 31 == on_hand(worked, "POT", "MILL")


def test_a_transfer_is_sent_and_arrives(worked: Factory, operator: Client) -> None:
    sent = fill(
        operator, "/transfers/new", {"site": "MILL", "to": "DEPOT", "what-1": "P-1", "quantity-1": "5", "note": "truck"}
    )
    assert 303 == sent.status_code, text(sent)
    with companies.scope(worked.company):
        (transfer,) = choices.on_their_way()
    arrived = fill(operator, "/transfers", {"act": "arrive", "transfer": transfer.number})

    assert 303 == arrived.status_code
    assert "P-1" in text(operator.get("/stock/items/POT"))
    with companies.scope(worked.company):
        assert [] == choices.on_their_way()


def test_a_move_inside_a_site_is_there_at_once(worked: Factory, operator: Client) -> None:
    answer = fill(
        operator, "/transfers/new", {"site": "MILL", "to": "MILL/QUARANTINE", "what-1": "P-1", "quantity-1": "5"}
    )

    assert 303 == answer.status_code, text(answer)
    assert "Quarantine" in text(operator.get("/stock/items/POT"))


def test_a_count_and_scrap_say_what_they_did(worked: Factory, operator: Client) -> None:
    counted = fill(operator, "/count", {"site": "MILL", "lot-1": "J-1", "counted-1": "130", "place-1": "MILL"})
    scrapped = fill(
        operator,
        "/scrap",
        {"site": "MILL", "what-1": "J-1", "quantity-1": "30", "reason": "cracked", "kind": "samples"},
    )

    assert (303, 303) == (counted.status_code, scrapped.status_code)
    assert Decimal(100) == on_hand(worked, "JAR")
    assert "cracked" in text(operator.get(scrapped.headers["Location"]))
    unreasoned = fill(operator, "/scrap", {"site": "MILL", "what-1": "J-1", "quantity-1": "1"})
    assert "Say why" in text(unreasoned)


def test_a_receipt_is_taken_back_unless_it_was_used(worked: Factory, warehouse: Client) -> None:
    used = fill(warehouse, "/receipts/RCV-000001", {"act": "reverse", "reason": "wrong order"})
    fresh = worked.buy("OIL", "3", "2.50").number
    done = fill(warehouse, f"/receipts/{fresh}", {"act": "reverse", "reason": "wrong order"})

    assert (422, 303) == (used.status_code, done.status_code)
    assert "reversed" in text(warehouse.get(f"/receipts/{fresh}"))


def test_the_moment_is_that_of_sending_however_long_the_form_stood_open(mill: Factory, warehouse: Client) -> None:
    number = order(mill)
    typed = {"quantity-1": "1", "opened": "2026-01-20T10:00:00+00:00", "waited": "600"}

    fill(warehouse, f"/receipts/new/{number}", typed)

    with companies.scope(mill.company):
        assert datetime(2026, 1, 20, 10, 10, tzinfo=UTC) == receipts.receipts()[0].at


def test_a_bad_moment_is_refused(mill: Factory, warehouse: Client) -> None:
    number = order(mill)
    for typed in ({"at": "yesterday"}, {"opened": "now"}, {"waited": "-"}, {"at": "2999-01-01T00:00"}):
        answer = fill(warehouse, f"/receipts/new/{number}", {"quantity-1": "1", **typed})

        assert 422 == answer.status_code, typed
