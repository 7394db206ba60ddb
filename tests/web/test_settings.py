"""The rules of the house in a browser: looked at, changed from a day on, and on record."""

from __future__ import annotations

import html
import json
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from tests.factory import Factory
from tests.web.conftest import SignIn, fill, hidden, text
from tieout.access import actors
from tieout.access import company as companies
from tieout.access.acting import Acting
from tieout.access.models import Actor, AuditRow, Company, CompanyState
from tieout.access.permissions import ActorRole
from tieout.catalog import bom_queries, items, units
from tieout.core.posting import Target
from tieout.core.roles import Role
from tieout.ledger import actions as finance
from tieout.ledger import contract, corrections, mapping, policies
from tieout.ledger.models import Account, Books, Period, Transmission
from tieout.ledger.queries import journals
from tieout.stock import choices

POLICIES, PERIODS, RULE = "/settings/policies", "/settings/periods", "/mapping/rule"
JANUARY = {"starts": "2026-01-01", "ends": "2026-01-31"}
ONE = f"{PERIODS}/one?starts=2026-01-01&ends=2026-01-31"


@pytest.fixture
def administrator(sign_in: SignIn) -> Client:
    return sign_in(ActorRole.ADMINISTRATOR)


def account(factory: Factory, role: Role) -> Account:
    with companies.scope(factory.company):
        return Account.objects.get(name=f"Account of {role}")


def test_every_policy_stands_there_with_its_values_and_is_changed_from_a_day_on(
    mill: Factory, controller: Client, sign_in: SignIn
) -> None:
    page = html.unescape(text(controller.get(POLICIES)))
    change = {"name": "over-receipt", "value": "20", "since": "2031-01-01"}

    done = fill(controller, POLICIES, change)
    after = text(controller.get(POLICIES))

    assert all(name.capitalize() in page and choice.says in page for name, choice in policies.POLICIES.items())
    assert 303 == done.status_code
    assert "From Jan 1, 2031 20 Controller" in after
    with companies.scope(mill.company):
        assert ["10", "20"] == [policies.in_force(date(year, 1, 1))["over-receipt"] for year in (2030, 2031)]
    assert 403 == sign_in(ActorRole.AUDITOR).post(POLICIES, change).status_code


def test_a_value_that_a_policy_has_not_is_refused_and_what_was_typed_stays(mill: Factory, controller: Client) -> None:
    answer = fill(controller, POLICIES, {"name": "over-receipt", "value": "7", "since": "2031-01-01"})

    assert 422 == answer.status_code
    assert "“over-receipt” can be 0 or 5 or 10 or 20 or any, not “7”." in text(answer)
    assert 'value="2031-01-01"' in answer.content.decode()


def test_a_rule_is_looked_at_on_real_lines_and_put_in_force_as_a_new_version(
    worked: Factory, controller: Client
) -> None:
    with companies.scope(worked.company):
        honey = Account.objects.create(
            company_id=worked.company, external_id="900", name="Honey", number="1310", type="Other Current Asset"
        )
    change = {"role": "RAW", "kind": "receipt", "account": str(honey.pk), "version": "1", "look": "1"}

    looked = controller.get(RULE, change)
    done = controller.post(RULE, {**hidden(looked), **change, "act": "save"})
    page = text(controller.get("/mapping"))

    assert "Receipt RAW Account of RAW Honey 4" in text(looked)
    assert 303 == done.status_code
    assert "RAW new" in page
    assert "1310 Honey" in page
    with companies.scope(worked.company):
        assert 2 == mapping.newest()
        assert 1 + len(mapping.rules(1)) == len(mapping.rules(2))
    worked.buy("HONEY", "10", "4.00", lot="H-9")
    with companies.scope(worked.company):
        late = journals.journal(journals.journals(kind="receipt", most=1)[0].id)
        assert "Honey" in {one.account for one in late.lines}
    assert "RAW Raw material and packaging on hand in a receipt no such rule Honey" in text(
        controller.get("/mapping/versions/2")
    )


def test_a_rule_with_conditions_is_taken_out_and_the_general_one_decides(mill: Factory, controller: Client) -> None:
    with companies.scope(mill.company):
        rules = mapping.rules(1)
    special = rules[0]._replace(target=Target(account(mill, Role.WIP).pk), event_kind="count")
    finance.set_mapping(mill.controller, rules=[*rules, special])
    with companies.scope(mill.company):
        (of_counts,) = [one for one in contract.in_force().rules if one.event_kind == "count"]
    path = f"{RULE}?rule={of_counts.id}&version=2"

    assert path.replace("&", "&amp;") in controller.get("/mapping").content.decode()
    assert "Take the rule out" in text(controller.get(path))
    done = fill(controller, path, {"act": "remove"})

    assert 303 == done.status_code
    with companies.scope(mill.company):
        assert set(rules) == set(mapping.rules(3))


def test_roles_without_an_account_and_accounts_that_died_come_first_and_lead_to_their_rule(
    mill: Factory, controller: Client
) -> None:
    with companies.scope(mill.company):
        rules = [one for one in mapping.rules(1) if one.role is not Role.FX]
        Account.objects.filter(name="Account of PPV").update(active=False)
    finance.set_mapping(mill.controller, rules=rules)

    page = text(controller.get("/mapping"))

    assert page.index("PPV means Account of PPV, which is inactive") < page.index("FX has no account")
    assert page.index("FX has no account") < page.index("Rules in force")
    assert "2 roles need an account" in text(controller.get("/settings"))
    assert "Exchange differences" in text(controller.get(f"{RULE}?role=FX"))


def test_a_mapping_that_somebody_changed_meanwhile_is_not_overwritten(mill: Factory, controller: Client) -> None:
    raw = account(mill, Role.RAW)
    typed = {"role": "FG", "account": str(raw.pk), "look": "1", "version": "1", "act": "save"}
    with companies.scope(mill.company):
        rules = mapping.rules(1)
    finance.set_mapping(mill.controller, rules=rules[:-1])

    answer = controller.post(RULE, {**typed, "key": "k"})

    assert 422 == answer.status_code
    assert "Version 2 of the mapping was put in force meanwhile" in text(answer)
    assert "Look at the mapping as it is" in text(answer)


def test_an_account_of_a_type_that_cannot_play_the_role_is_refused(mill: Factory, controller: Client) -> None:
    with companies.scope(mill.company):
        bank = Account.objects.create(company_id=mill.company, external_id="901", name="Bank", type="Bank")

    looked = controller.get(f"{RULE}?role=RAW")
    answer = controller.post(
        RULE, {**hidden(looked), "role": "RAW", "account": str(bank.pk), "kind": "count", "act": "save"}
    )

    assert "Bank (Bank)" not in text(looked)
    assert "Bank is of the type Bank; RAW needs one of the type Other Current Asset" in text(answer)


def test_a_month_is_closed_and_opened_again_with_a_reason(worked: Factory, controller: Client) -> None:
    closed = fill(controller, ONE, {"act": "close"})
    listed = text(controller.get(PERIODS))
    without = fill(controller, ONE, {"act": "reopen"})
    opened = fill(controller, ONE, {"act": "reopen", "reason": "a pallet was forgotten"})

    assert [303, 422, 303] == [closed.status_code, without.status_code, opened.status_code]
    assert "January 2026 closed" in listed
    assert "Jan 1, 2026 to Jan 31, 2026" in listed
    with companies.scope(worked.company):
        assert ["open"] == list(Period.objects.values_list("state", flat=True))
        assert AuditRow.objects.filter(subject="2026-01-01 to 2026-01-31: a pallet was forgotten").exists()


def test_what_stands_against_closing_is_listed_before_and_after_it_was_refused(
    worked: Factory, controller: Client
) -> None:
    Company.objects.filter(pk=worked.company).update(state=CompanyState.LIVE)

    page, refused = controller.get(ONE), fill(controller, ONE, {"act": "close"})

    assert "stand against closing" in text(page)
    assert "RCV-000001-M pending" in text(page)
    assert 422 == refused.status_code
    assert "Post them or mend what stands in the way, then close." in text(refused)


def test_entries_that_closed_books_block_move_to_the_first_open_day_together(
    worked: Factory, controller: Client
) -> None:
    with companies.scope(worked.company):
        Books.objects.update_or_create(company_id=worked.company, defaults={"closed_through": date(2026, 1, 31)})
        Transmission.objects.filter(number__startswith="RCV").update(state="blocked", cause="closed books")
        numbers = list(Transmission.objects.filter(number__startswith="RCV").values_list("number", flat=True))
    chosen = {f"move-{n}": number for n, number in enumerate(numbers[:3], 1)}

    without = fill(controller, PERIODS, {"act": "move", **chosen})
    done = fill(controller, PERIODS, {"act": "move", "reason": "January is closed there", **chosen})

    assert [422, 303] == [without.status_code, done.status_code]
    assert "3 entries go to the books on the first open day" in text(controller.get(PERIODS))
    with companies.scope(worked.company):
        moved = Transmission.objects.filter(number__in=numbers, version=2)
        assert [date(2026, 2, 1)] * 3 == list(moved.values_list("accounting_date", flat=True))


def test_a_correction_is_asked_for_listed_and_answered_by_its_owner(
    worked: Factory, controller: Client, warehouse: Client, planner: Client
) -> None:
    asked = fill(controller, "/settings/corrections", {"event": "CNT-000001", "reason": "counted twice"})
    with companies.scope(worked.company):
        (request,) = corrections.waiting()
    path = f"/settings/corrections/{request.id}"

    listed, forbidden = text(warehouse.get("/settings/corrections")), controller.post(path, {"answer": "no"})
    others = fill(planner, path, {"answer": "not mine"})
    done = fill(warehouse, path, {"answer": "reversed and counted anew"})

    assert [303, 403, 303] == [asked.status_code, forbidden.status_code, done.status_code]
    assert "This is the warehouse's to answer" in html.unescape(text(others))
    assert "Count CNT-000001 yours" in listed
    assert "What was done reversed and counted anew Answered Warehouse" in text(controller.get(path))
    assert "Nothing is asked" in text(controller.get("/settings/corrections"))


def test_somebody_new_signs_in_changes_role_and_ends(mill: Factory, administrator: Client) -> None:
    typed = {"name": "Nora Quist", "role": "operator", "password": "three small words"}
    made = fill(administrator, "/settings/people", typed)
    path = made.headers["Location"]
    nora = Client()
    Company.objects.filter(pk=mill.company).update(is_demo=False)
    door = f"/sign-in/{mill.company}"

    entered = nora.post(door, {"name": "Nora Quist", "password": "three small words"})
    plan = nora.get("/runs/new").status_code
    fill(administrator, path, {"act": "role", "role": "planner"})
    signed_out = nora.get("/").status_code
    nora.post(door, {"name": "Nora Quist", "password": "three small words"})
    planner = nora.get("/runs/new").status_code
    ended = fill(administrator, path, {"act": "end", "reason": "moved away"})
    gone = nora.get("/").status_code

    assert [303, 303, 303] == [made.status_code, entered.status_code, ended.status_code]
    assert [403, 200, 200, 302] == [plan, signed_out, planner, gone]
    assert "Not at work any more What they did stays under their names. Nora Quist" in text(
        administrator.get("/settings/people")
    )
    with companies.scope(mill.company):
        rows = list(AuditRow.objects.values_list("subject", "result", "fingerprint"))
        assert "Nora Quist: moved away" in [subject for subject, _, _ in rows]
        assert "three small words" not in json.dumps(rows)


def test_a_password_that_was_handed_over_is_changed_by_its_owner(mill: Factory, administrator: Client) -> None:
    typed = {"name": "Nora Quist", "role": "auditor", "password": "three small words"}
    fill(administrator, "/settings/people", typed)
    Company.objects.filter(pk=mill.company).update(is_demo=False)
    nora, door = Client(), f"/sign-in/{mill.company}"
    nora.post(door, {"name": "Nora Quist", "password": "three small words"})

    wrong = fill(nora, "/settings/password", {"now": "guessed", "password": "only I know this"})
    done = fill(nora, "/settings/password", {"now": "three small words", "password": "only I know this"})
    old = Client().post(door, {"name": "Nora Quist", "password": "three small words"})
    new = Client().post(door, {"name": "Nora Quist", "password": "only I know this"})

    assert [422, 303, 422, 303] == [one.status_code for one in (wrong, done, old, new)]


def test_a_short_password_and_a_name_that_is_taken_are_refused(mill: Factory, administrator: Client) -> None:
    short = fill(administrator, "/settings/people", {"name": "Nora", "role": "operator", "password": "honey"})
    taken = fill(administrator, "/settings/people", {"name": "Operator", "role": "buyer", "password": "honey and oats"})
    system = fill(administrator, "/settings/people", {"name": "Nora", "role": "system", "password": "honey and oats"})

    assert "A password has 10 characters or more" in text(short)
    assert "There is a Operator already" in text(taken)
    assert "Nobody can be system" in text(system)
    with companies.scope(mill.company):
        assert not Actor.objects.filter(name="Nora").exists()


def test_nobody_ends_their_own_work_and_only_administrators_anybodys(mill: Factory, administrator: Client) -> None:
    own: Acting = actors.named(mill.company, "Administrator")
    path = f"/settings/people/{own.actor}"

    assert "Nobody changes their own work" in text(fill(administrator, path, {"act": "end", "reason": "tired"}))
    assert "Nobody changes their own role" in text(fill(administrator, path, {"act": "role", "role": "auditor"}))


def test_an_item_is_added_changed_and_counted_in_another_unit(mill: Factory, planner: Client) -> None:
    typed = {"sku": "OATS", "name": "Rolled oats", "kind": "raw", "unit": "kg", "tracks_lots": "1"}
    added = fill(planner, "/settings/items/new", typed)
    path = added.headers["Location"]
    fill(planner, "/settings/units", {"act": "unit", "code": "sack", "name": "Sack", "decimals": "0"})

    changed = fill(planner, path, {"act": "change", "name": "Oats, rolled", "shelf_life_days": "365", "active": "1"})
    converted = fill(planner, path, {"act": "convert", "these": "2", "unit": "sack", "base": "kg", "those": "45"})
    page = text(planner.get(path))

    assert [303, 303, 303] == [added.status_code, changed.status_code, converted.status_code]
    assert "Oats, rolled" in page
    assert "Keeps 365 days Lots made silently" in page
    assert "sack 22.5 kg for this item" in page
    with companies.scope(mill.company):
        assert Decimal("22.5") == units.to_base(items.one("OATS"), Decimal(1), "sack")


def test_an_item_used_no_more_is_offered_nowhere_and_its_page_stays(mill: Factory, planner: Client) -> None:
    fill(planner, "/settings/items/of/OIL", {"act": "change", "name": "Oil"})

    assert "used no more" in text(planner.get("/settings/items/of/OIL"))
    with companies.scope(mill.company):
        assert "OIL" not in [one.sku for one in choices.items()]


def test_a_new_version_begins_from_the_one_before_and_takes_its_place(mill: Factory, planner: Client) -> None:
    path = "/settings/boms/new/POT"
    begun = planner.get(path).content.decode()
    typed = {
        "version": "2", "since": "2026-03-01", "output_quantity": "10", "yield": "98", "hours": "0.25",
        "what-1": "MIX", "quantity-1": "5.2", "unit-1": "kg", "what-2": "JAR", "quantity-2": "10", "ends_previous": "1",
    }  # fmt: skip

    done = fill(planner, path, typed)
    page = text(planner.get(done.headers["Location"]))

    assert 'value="MIX"' in begun
    assert 'value="0.5"' in begun
    assert 303 == done.status_code
    assert "Makes 10 EA" in page
    assert "Expected yield 98 %" in page
    assert "HONEY Honey, raw bought 4.68 kg" in page
    assert "Jan 1, 2025 to Feb 28, 2026" in page
    with companies.scope(mill.company):
        assert ["2", "1"] == [one.version for one in bom_queries.versions("POT")]


def test_a_circle_is_refused_and_the_lines_stay_as_they_were_typed(mill: Factory, planner: Client) -> None:
    typed = {
        "version": "9", "since": "2026-03-01", "output_quantity": "1", "yield": "100", "ends_previous": "1",
        "what-1": "POT", "quantity-1": "7",
    }  # fmt: skip

    answer = fill(planner, "/settings/boms/new/MIX", typed)

    assert 422 == answer.status_code
    assert "MIX would be made of itself" in text(answer)
    assert 'value="7"' in answer.content.decode()


def test_finance_sets_what_an_hour_costs_and_the_planner_does_not_see_it(
    mill: Factory, controller: Client, planner: Client
) -> None:
    done = fill(
        controller, "/settings/rates", {"kind": "labour", "site": "MILL", "amount": "28.50", "since": "2026-02-01"}
    )
    finer = fill(controller, "/settings/rates", {"kind": "labour", "amount": "28.505", "since": "2026-02-01"})

    assert [303, 422] == [done.status_code, finer.status_code]
    assert "MILL Feb 1, 2026 $28.50" in text(controller.get("/settings/rates"))
    assert 403 == planner.get("/settings/rates").status_code


def test_a_site_and_a_place_are_added_and_goods_can_be_put_there(mill: Factory, planner: Client) -> None:
    path = "/settings/places"
    site = fill(planner, path, {"act": "site", "code": "BOI", "name": "The kitchen", "time_zone": "America/Boise"})
    place = fill(planner, path, {"act": "place", "site": "BOI", "code": "RACK-A", "name": "Rack A", "kind": "storage"})
    wrong = fill(planner, path, {"act": "site", "code": "X", "name": "X", "time_zone": "Moon/Crater"})

    assert [303, 303, 422] == [site.status_code, place.status_code, wrong.status_code]
    assert "There is no time zone Moon/Crater" in text(wrong)
    with companies.scope(mill.company):
        assert {"BOI", "BOI/RACK-A"} <= {one.where for one in choices.places()}


EMPTY = {
    "/settings": "roles need an account",
    "/mapping": "No rules yet",
    "/mapping/rule": "Go on",
    "/mapping/rule?role=RAW&look=1": "No line of these weeks would stand elsewhere",
    POLICIES: "as it is from the start",
    PERIODS: "Nothing is closed here",
    ONE: "Nothing stands against it",
    "/settings/corrections": "Nothing was answered yet",
    "/settings/people": "Somebody new",
    "/settings/items": "No items yet",
    "/settings/items/new": "Add a unit first",
    "/settings/units": "No units yet",
    "/settings/boms": "Nothing is made by then",
    "/settings/rates": "No rates yet",
    "/settings/places": "No site yet",
}


def test_a_company_that_has_nothing_yet_is_told_what_comes_first(db: None) -> None:
    company = actors.found("Newborn", demo=True).pk
    actors.engage(company, "Ada", ActorRole.ADMINISTRATOR)
    client = Client()
    client.post(f"/sign-in/{company}", {"name": "Ada"})

    said = {path: text(client.get(path)) for path in EMPTY}

    assert {} == {path: said[path] for path, wanted in EMPTY.items() if wanted not in said[path]}


def test_what_is_typed_wrong_in_an_address_is_told_on_the_page(mill: Factory, controller: Client) -> None:
    answers = {
        path: controller.get(path).status_code
        for path in (
            f"{RULE}?role=RAW&look=1&item=NOWHERE",
            f"{RULE}?rule=999999",
            f"{PERIODS}/one?starts=2026-02-30&ends=x",
            f"{PERIODS}/one",
            "/mapping/versions/77",
            "/settings/people/999999",
            "/settings/corrections/999999",
            "/settings/items/of/NOWHERE",
            "/settings/boms/of/POT?version=77",
            "/settings/boms?on=yesterday",
        )
    }

    assert [422, 404, 404, 404, 404, 404, 404, 404, 404, 404] == list(answers.values())
