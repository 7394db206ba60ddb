"""Section G: accounts, names, items, classes, locations, preferences, company info."""

from typing import Any

import pytest

from qbo_emulator.testing import Books, bill, journal_entry

EMPTY_CHART_LATER = ("Accounts Payable (A/P)", "Accounts Receivable (A/R)", "Opening Balance Equity")
INVENTORY_ACCOUNTS = ("Inventory Asset", "Cost of Goods Sold", "Sales of Product Income")


def names(qbo: Books, kind: str = "Account") -> set[str]:
    return {row["FullyQualifiedName"] for row in qbo.query(f"select * from {kind} maxresults 1000")}


def unstamped(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "Id": "", "MetaData": list(found["MetaData"])}


def test_108_a_minimal_customer_comes_back_as_recorded(qbo: Books, recorded) -> None:
    expected = recorded("qbo_api/create_customer.json")["Customer"]
    found = qbo.create("Customer", {"DisplayName": "Doe5, Jane"})

    assert unstamped(expected) == unstamped(found)
    assert list(expected) == list(found)


def test_108_a_minimal_vendor_has_the_keys_of_a_recorded_one(qbo: Books, recorded) -> None:
    rows = recorded("qbo_api/query_vendor_active_in.json")["QueryResponse"]["Vendor"]
    expected = next(row for row in rows if row["DisplayName"] == "Bob's Burger Joint")
    found = qbo.create("Vendor", {"DisplayName": "Bob's Other Joint"})

    assert list(expected) == list(found)
    assert (0, False, True) == (found["Balance"], found["Vendor1099"], found["Active"])


def test_108_a_name_is_built_from_its_parts(qbo: Books) -> None:
    found = qbo.create("Vendor", {"GivenName": "Tony", "FamilyName": "Smith", "Suffix": "Jr."})

    assert ("Tony Smith Jr.",) * 2 == (found["DisplayName"], found["PrintOnCheckName"])
    assert ["6080"] == qbo.call("POST", "vendor", {"CompanyName": "No Name"}).codes
    assert ["2210"] == qbo.call(
        "POST", "vendor", {"DisplayName": "M", "PrimaryEmailAddr": {"Address": "nonsense"}}
    ).codes


def test_109_a_taken_name_is_refused_as_recorded(qbo: Books, recorded) -> None:
    expected = recorded("qbo_api/fault_6240_duplicate_name.json")
    answer = qbo.call("POST", "customer", {"DisplayName": "Weiskopf Consulting"})

    assert 400 == answer.status
    assert expected["Fault"] == answer.document["Fault"]


@pytest.mark.parametrize("name", ["norton lumber AND building materials", "Amy's Bird Sanctuary", "Emily Platt"])
@pytest.mark.parametrize("kind", ["Customer", "Vendor", "Employee"])
def test_109_a_name_is_unique_over_all_three_lists(qbo: Books, kind: str, name: str) -> None:
    assert ["6240"] == qbo.call("POST", kind, {"DisplayName": name}).codes


def test_109_across_lists_the_text_is_the_documented_one(qbo: Books) -> None:
    detail = qbo.call("POST", "vendor", {"DisplayName": "Cool Cars"}).errors[0]["Detail"]

    assert (
        "The name supplied already exists. : Another customer, vendor or employee is already using this name. "
        "Please use a different name."
    ) == detail


@pytest.mark.parametrize("name", ["a:b", "a\tb", "a\nb"])
@pytest.mark.parametrize("kind", ["Customer", "Vendor"])
def test_110_some_letters_have_no_place_in_a_name(qbo: Books, kind: str, name: str) -> None:
    answer = qbo.call("POST", kind, {"DisplayName": name})

    assert (400, ["2040"]) == (answer.status, answer.codes)


def test_111_a_deactivated_account_looks_as_recorded(qbo: Books, recorded) -> None:
    expected = recorded("qbo_api/read_account_inactive.json")["Account"]
    body = {"Id": "5", "SyncToken": "0", "sparse": True, "Active": False}
    found = qbo.update("Account", body)

    assert unstamped(expected) == unstamped(found)
    assert list(expected) == list(found)


def test_111_a_deactivated_vendor_wears_the_suffix(qbo: Books, recorded) -> None:
    rows = recorded("qbo_api/query_vendor_active_in.json")["QueryResponse"]["Vendor"]
    expected = next(row for row in rows if not row["Active"])
    found = qbo.update("Vendor", {"Id": "53", "SyncToken": "0", "sparse": True, "Active": False})

    assert expected["DisplayName"] == found["DisplayName"] == "United States Treasury (deleted)"
    back = qbo.update("Vendor", {"Id": "53", "SyncToken": "1", "sparse": True, "Active": True})
    assert "United States Treasury" == back["DisplayName"]


def test_111_what_the_company_cannot_do_without_stays_active(qbo: Books) -> None:
    body = {"SyncToken": "0", "sparse": True, "Active": False}
    for name in ("Retained Earnings", "Undeposited Funds", "Inventory Asset"):
        assert ["6000"] == qbo.call("POST", "account", {"Id": qbo.account(name), **body}).codes


def test_112_deactivating_the_inactive_changes_nothing_as_recorded(qbo: Books, recorded) -> None:
    recorded("qbo_api/sparse_update_account_noop.json")
    body = {"Id": "5", "SyncToken": "0", "sparse": True, "Active": False}
    first = qbo.update("Account", body)
    again = qbo.update("Account", {**body, "SyncToken": "1", "Name": "Fees Billed (deleted)"})

    assert "1" == again["SyncToken"]
    assert first == again


def test_113_a_full_update_of_a_few_fields_comes_back_as_recorded(qbo: Books, recorded) -> None:
    expected = recorded("qbo_api/update_customer_fields_only.json")["Customer"]
    created = qbo.create("Customer", {"DisplayName": "Jack Doe"})
    change = {"DisplayName": "Jack Moe", "PrimaryPhone": {"FreeFormNumber": "(415) 444-1234"}}
    found = qbo.update("Customer", {**change, "Id": created["Id"], "SyncToken": "0"})

    assert unstamped(expected) == unstamped(found)
    assert list(expected) == list(found)


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"AccountType": "Bank"}, ("Bank", "CashOnHand", "Asset")),
        (
            {"AccountType": "Other Current Liability"},
            ("Other Current Liability", "OtherCurrentLiabilities", "Liability"),
        ),
        ({"AccountSubType": "SuppliesMaterialsCogs"}, ("Cost of Goods Sold", "SuppliesMaterialsCogs", "Expense")),
        ({"AccountSubType": "OtherCurrentAssets"}, ("Other Current Asset", "OtherCurrentAssets", "Asset")),
    ],
)
def test_114_type_and_sub_type_imply_each_other(qbo: Books, sent: dict[str, str], found: tuple[str, ...]) -> None:
    account = qbo.create("Account", {"Name": "New", **sent})

    assert found == (account["AccountType"], account["AccountSubType"], account["Classification"])


def test_114_one_of_them_is_needed_and_they_must_agree(qbo: Books) -> None:
    mismatch = {"Name": "New", "AccountType": "Bank", "AccountSubType": "CreditCard"}

    assert ["6010"] == qbo.call("POST", "account", {"Name": "New"}).codes
    assert ["6000"] == qbo.call("POST", "account", mismatch).codes
    assert ["2170"] == qbo.call("POST", "account", {"Name": "New", "AccountType": "Piggy Bank"}).codes


@pytest.mark.parametrize(
    ("name", "code"), [('a"b', "2040"), ("a:b", "2040"), ("x" * 101, "2050"), ("checking", "6240"), ("", "2020")]
)
def test_115_bad_account_names_are_refused(qbo: Books, name: str, code: str) -> None:
    assert [code] == qbo.call("POST", "account", {"Name": name, "AccountType": "Bank"}).codes


def test_115_a_name_is_unique_among_siblings_only(qbo: Books) -> None:
    body = {"Name": "Fuel", "AccountType": "Expense"}

    assert 200 == qbo.call("POST", "account", body).status
    assert ["6240"] == qbo.call("POST", "account", {**body, "ParentRef": {"value": "55"}}).codes


def test_116_every_classification_follows_its_type_as_recorded(qbo: Books, recorded) -> None:
    from qbo_emulator.entities.account_types import CLASSIFICATION, TYPE_OF

    for account in recorded("qbo_sdk_py/accounts.json"):
        assert CLASSIFICATION[account["AccountType"]] == account["Classification"]
        assert TYPE_OF.get(account["AccountSubType"], account["AccountType"]) == account["AccountType"]
    assert {"Asset", "Liability", "Equity", "Revenue", "Expense"} == {
        row["Classification"] for row in qbo.query("select * from Account")
    }


def test_117_sub_accounts_carry_their_parents_name_down_to_five_levels(qbo: Books) -> None:
    parent, full = None, []
    for level in range(5):
        body: dict[str, Any] = {"Name": f"L{level}", "AccountType": "Expense"}
        if parent:
            body["ParentRef"] = {"value": parent}
        account = qbo.create("Account", body)
        parent, full = account["Id"], [*full, f"L{level}"]
        assert (":".join(full), level > 0) == (account["FullyQualifiedName"], account["SubAccount"])
    sixth = {"Name": "L5", "AccountType": "Expense", "ParentRef": {"value": parent}}

    assert ["6180"] == qbo.call("POST", "account", sixth).codes


def test_117_a_parent_must_be_of_the_same_type(qbo: Books) -> None:
    body = {"Name": "New", "AccountType": "Bank", "ParentRef": {"value": "55"}}

    assert ["6000"] == qbo.call("POST", "account", body).codes


def test_117_a_renamed_parent_renames_below_without_a_new_token(qbo: Books) -> None:
    qbo.outsider("rename", "Account", "58", {"Name": "Jobs"})
    child = qbo.read("Account", "60")

    assert ("Jobs:Cost of Labor:Installation", "0") == (child["FullyQualifiedName"], child["SyncToken"])


def test_118_a_bare_company_gets_some_accounts_when_they_are_needed(qbo: Books) -> None:
    bare = qbo.another("empty")
    assert names(bare).isdisjoint({*EMPTY_CHART_LATER, *INVENTORY_ACCOUNTS})
    bare.prefer("ProductAndServicesPrefs", QuantityOnHand=True)
    assert names(bare) >= set(INVENTORY_ACCOUNTS)
    opening = {"OpeningBalance": 100, "OpeningBalanceDate": "2026-01-01"}
    bare.create("Account", {"Name": "Savings", "AccountType": "Bank", **opening})

    assert "Opening Balance Equity" in names(bare)
    assert {"Savings": 100, "Opening Balance Equity": -100} == bare.trial_balance()


def test_118_the_bare_chart_has_what_sign_up_made_in_the_recording(qbo: Books, recorded) -> None:
    """One recorded company's accounts, of which those of the first second came with the company."""
    accounts = sorted(recorded("qbo_sdk_py/accounts.json"), key=lambda each: int(each["Id"]))
    first = accounts[0]["MetaData"]["CreateTime"]
    at_sign_up = {each["Name"] for each in accounts if each["MetaData"]["CreateTime"][:16] == first[:16]}

    assert len(at_sign_up) > 20
    assert at_sign_up - names(qbo.another("empty")) <= {"Revenue", "5900 Misc Costs"}


def test_an_opening_balance_needs_its_date(qbo: Books) -> None:
    body = {"Name": "New", "AccountType": "Bank", "OpeningBalance": 5}

    assert ["6060"] == qbo.call("POST", "account", body).codes


def test_119_an_inventory_item_needs_its_asset_account_and_a_start(qbo: Books) -> None:
    body = {
        "Name": "Nut",
        "Type": "Inventory",
        "IncomeAccountRef": {"value": "79"},
        "ExpenseAccountRef": {"value": "80"},
    }
    started = {"TrackQtyOnHand": True, "QtyOnHand": 0, "InvStartDate": "2026-01-01"}
    error = qbo.call("POST", "item", {**body, **started}).errors[0]

    assert "2020" == error["code"]
    assert error["Detail"].endswith(
        "An inventory assetaccount is required if you are tracking inventory quantities for this product."
    )
    asset = {"AssetAccountRef": {"value": "81"}}
    assert ["2020"] * 3 == qbo.call("POST", "item", {**body, **asset}).codes
    assert 0 == qbo.create("Item", {**body, **asset, **started})["QtyOnHand"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"IncomeAccountRef": {"value": "35"}}, "6430"),
        ({"IncomeAccountRef": None}, "6000"),
        ({"Name": "Sod"}, "6240"),
        ({"Name": "a:b"}, "2040"),
        ({"Type": "Gadget"}, "2170"),
    ],
)
def test_an_item_that_makes_no_sense_is_refused(qbo: Books, change: dict[str, Any], code: str) -> None:
    body = {"Name": "Bolt", "Type": "NonInventory", "IncomeAccountRef": {"value": "79"}, **change}

    assert [code] == qbo.call("POST", "item", body).codes


def test_an_item_comes_back_with_its_keys_in_order(qbo: Books) -> None:
    body = {"Name": "Bolt", "Type": "NonInventory", "Sku": "B-1", "ExpenseAccountRef": {"value": "80"}, "UnitPrice": 35}
    found = qbo.create("Item", {**body, "IncomeAccountRef": {"value": "79"}})
    expected = (
        "Name Sku Active FullyQualifiedName Taxable UnitPrice Type IncomeAccountRef PurchaseCost ExpenseAccountRef "
        "TrackQtyOnHand domain sparse Id SyncToken MetaData"
    )

    assert expected.split() == list(found)


def test_121_a_class_has_a_long_id_and_a_location_a_short_one(qbo: Books, recorded) -> None:
    for kind, name in (("Class", "classes"), ("Department", "departments")):
        expected = recorded(f"qbo_sdk_py/{name}.json")[0]
        found = qbo.create(kind, {"Name": expected["Name"]})

        assert list(expected) == list(found)
        assert (19 if kind == "Class" else len(expected["Id"])) == len(found["Id"])


def test_122_names_share_one_sequence_and_transactions_another(qbo: Books) -> None:
    kinds = ["Customer", "Vendor", "Employee", "Vendor"]
    made = [int(qbo.create(kind, {"DisplayName": f"Name {n}"})["Id"]) for n, kind in enumerate(kinds)]
    entries = [int(qbo.create("JournalEntry", journal_entry("Dr 81 1", "Cr 35 1"))["Id"]) for _ in range(2)]

    assert list(range(made[0], made[0] + 4)) == made
    assert entries[0] + 1 == entries[1]


def test_122_the_sample_company_has_its_recorded_ids(qbo: Books, recorded, recording) -> None:
    rows = recorded("qbo_api/query_vendor_active_in.json")["QueryResponse"]["Vendor"]
    known = {row["Id"]: row["DisplayName"].removesuffix(" (deleted)") for row in rows if int(row["Id"]) < 58}
    found = {row["Id"]: row["DisplayName"] for row in qbo.query("select * from Vendor")}
    assert known.items() <= found.items()
    customers = recorded("qbo_api/query_all_customers.json")["QueryResponse"]["Customer"]
    known = {row["Id"]: row["FullyQualifiedName"] for row in customers if int(row["Id"]) < 30}
    found = {row["Id"]: row["FullyQualifiedName"] for row in qbo.query("select * from Customer")}
    assert known.items() == found.items()
    chart = [line.split(",", 1) for line in recording("fyle_qbo_api/sandbox_chart_of_accounts.csv").splitlines()[1:]]
    accounts = {
        row["Id"]: f'"{row["FullyQualifiedName"]}",{row["AccountType"]}' for row in qbo.query("select * from Account")
    }

    assert dict(chart[:-1]) == accounts


def test_123_preferences_have_the_recorded_sections_and_the_closing_date(qbo: Books, recorded) -> None:
    expected = recorded("qbo_sdk_py/preferences.json")
    found = qbo.call("GET", "preferences").document["Preferences"]

    assert list(expected) == list(found)
    for section, values in expected.items():
        if isinstance(values, dict) and section not in ("EmailMessagesPrefs", "MetaData"):
            assert set(values) <= set(found[section]), section
    assert {pair["Name"] for pair in expected["OtherPrefs"]["NameValue"]} <= {
        pair["Name"] for pair in found["OtherPrefs"]["NameValue"]
    } | {"SalesFormsPrefs.DefaultCustomerMessage"}
    assert "BookCloseDate" not in found["AccountingInfoPrefs"]
    qbo.close_books("2026-01-31")
    closed = qbo.query("select * from Preferences")[0]
    assert "2026-01-31" == closed["AccountingInfoPrefs"]["BookCloseDate"]


def test_124_company_info_tells_the_subscription(qbo: Books) -> None:
    info = qbo.call("GET", f"companyinfo/{qbo.realm_id}").document["CompanyInfo"]
    pairs = {pair["Name"]: pair["Value"] for pair in info["NameValue"]}

    assert "QuickBooks Online Plus" == pairs["OfferingSku"]
    assert "SUBSCRIBED" == pairs["SubscriptionStatus"]
    assert ("US", "America/Los_Angeles") == (info["Country"], info["DefaultTimeZone"])
    assert [info] == qbo.query("select * from CompanyInfo")


@pytest.mark.parametrize(("sku", "status"), [("Simple Start", 400), ("Essentials", 400), ("Plus", 200)])
def test_125_what_the_subscription_lacks_is_refused_when_enforced(qbo: Books, sku: str, status: int) -> None:
    qbo.options(offering_sku=f"QuickBooks Online {sku}")
    assert 200 == qbo.call("POST", "class", {"Name": "Not enforced"}).status
    qbo.options(enforce_sku=True)
    accounts = {
        f"{name}AccountRef": {"value": value} for name, value in (("Income", "79"), ("Expense", "80"), ("Asset", "81"))
    }
    tracked = {"Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 1, "InvStartDate": "2026-01-01"}
    adjusted = {"ItemRef": {"value": "11"}, "QtyDiff": 1}
    for entity, body in (
        ("class", {"Name": "Enforced"}),
        ("purchaseorder", bill("46", "57 1")),
        ("item", {"Name": "Enforced", **tracked, **accounts}),
        (
            "inventoryadjustment",
            {
                "AdjustAccountRef": {"value": "80"},
                "TxnDate": "2026-01-02",
                "Line": [{"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": adjusted}],
            },
        ),
    ):
        answer = qbo.call("POST", entity, body)

        assert status == answer.status
        assert status == 200 or ["5030"] == answer.codes


def test_126_a_lapsed_company_can_be_read_and_not_written(qbo: Books) -> None:
    qbo.options(subscription_status="EXPIRED")

    assert ["6190"] == qbo.call("POST", "vendor", {"DisplayName": "A"}).codes
    assert 30 < len(qbo.query("select * from Account"))
    info = qbo.call("GET", f"companyinfo/{qbo.realm_id}").document["CompanyInfo"]
    assert {"Name": "SubscriptionStatus", "Value": "EXPIRED"} in info["NameValue"]


def test_018_tax_codes_and_ways_to_pay_can_be_read(qbo: Books) -> None:
    pseudo = qbo.read("TaxCode", "NON")

    assert ("NON", False) == (pseudo["Name"], pseudo["Taxable"])
    assert "SyncToken" not in pseudo
    assert ["California", "Tucson"] == [
        row["Name"] for row in qbo.query("select * from TaxCode where Id in ('2', '3')")
    ]
    assert [8] == [row["RateValue"] for row in qbo.query("select * from TaxRate where Name = 'California'")]
    assert ["500"] == qbo.call("POST", "taxcode", {"Name": "Mine"}).codes
    assert "Check" == qbo.read("PaymentMethod", "2")["Name"]
    qbo.create("PaymentMethod", {"Name": "Wire"})
    assert ["6240"] == qbo.call("POST", "paymentmethod", {"Name": "wire"}).codes
    assert ["4001"] == qbo.call("GET", "query", query="select * from InventoryStartingValue").codes
