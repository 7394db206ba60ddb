"""The pages at /books for bills, invoices and single transactions: a person types them by hand."""

from typing import Any
from urllib.parse import urlencode

import pytest

from qbo_emulator.testing import Answer, Books, bill, invoice

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def page(qbo: Books, path: str, status: int = 200) -> str:
    answer = qbo.send("GET", f"/books{path}")
    assert status == answer.status
    return answer.text


def send(qbo: Books, path: str, **fields: str) -> Answer:
    return qbo.send("POST", f"/books{path}", urlencode(fields), FORM)


def typed_bill(**fields: str) -> dict[str, str]:
    line = {
        "account-0": "57",
        "description-0": "roof",
        "amount-0": "1,234.50",
        "item-1": "11",
        "quantity-1": "2",
        "amount-1": "20",
    }
    return {"party": "46", "on": "2026-02-02", "number": "INV-9", "memo": "typed", **line, **fields}


def test_a_person_types_a_bill(qbo: Books) -> None:
    assert "Norton Lumber and Building Materials" in page(qbo, "/bill/new")
    answer = send(qbo, "/bill/new", user="Luis Ortega", **typed_bill())
    [found] = qbo.query("select * from Bill")

    assert (303, f"/books/transaction/{found['Id']}") == (answer.status, answer.headers["Location"])
    assert ("INV-9", "typed", "2026-02-02") == tuple(found[name] for name in ("DocNumber", "PrivateNote", "TxnDate"))
    assert {"Insurance:Workers Compensation": 1234.5, "Inventory Asset": 20, "Accounts Payable (A/P)": -1254.5} == (
        qbo.trial_balance()
    )
    text = page(qbo, f"/transaction/{found['Id']}")
    for each in ("Bill INV-9", "roof", "1,234.50", "Luis Ortega", "SyncToken 0"):
        assert each in text
    assert "INV-9" in page(qbo, "/bills?party=46")
    assert "INV-9" not in page(qbo, "/bills?party=43")
    assert "/books/bills?party=46" in page(qbo, "/vendors")


def test_a_person_types_an_invoice_and_voids_it(qbo: Books) -> None:
    answer = send(
        qbo, "/invoice/new", party="1", on="2026-02-02", **{"item-0": "1", "quantity-0": "3", "amount-0": "90"}
    )
    [found] = qbo.query("select * from Invoice")

    assert 303 == answer.status
    assert (90, 3, "2026-03-04") == (
        found["TotalAmt"],
        found["Line"][0]["SalesItemLineDetail"]["Qty"],
        found["DueDate"],
    )
    assert "90.00" in page(qbo, "/invoices")
    assert 303 == send(qbo, f"/transaction/{found['Id']}/void").status
    assert "Voided" in page(qbo, f"/transaction/{found['Id']}")


def test_what_a_person_does_not_touch_stays_with_a_bill(qbo: Books) -> None:
    order = qbo.create("PurchaseOrder", bill("46", "57 100.00"))
    link = {"TxnId": order["Id"], "TxnType": "PurchaseOrder", "TxnLineId": "1"}
    body = bill("46", "57 100.00 roof", "#15 2 @ 6.5 soil", DocNumber="INV-1")
    body["Line"][0] |= {"LinkedTxn": [link]}
    made = qbo.create("Bill", body)
    assert 'value="100.00"' in page(qbo, f"/bill/{made['Id']}/edit")
    fields = {"id-0": "1", "account-0": "57", "description-0": "roof", "amount-0": "100.00"}
    fields |= {"id-1": "2", "item-1": "15", "description-1": "soil", "quantity-1": "2", "amount-1": "13.00"}
    send(
        qbo,
        f"/bill/{made['Id']}/edit",
        party="46",
        on="2026-03-03",
        due="2026-03-04",
        number="INV-1",
        memo="",
        **fields,
    )
    found = qbo.read("Bill", made["Id"])

    assert made["Line"] == found["Line"]
    assert ("1", "2026-03-03", "2026-03-04") == (found["SyncToken"], found["TxnDate"], found["DueDate"])
    assert "Closed" == qbo.read("PurchaseOrder", order["Id"])["POStatus"]
    send(qbo, f"/bill/{made['Id']}/edit", party="46", on="2026-03-03", **{**fields, "amount-0": "90.00"})
    assert "Open" == qbo.read("PurchaseOrder", order["Id"])["POStatus"]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (typed_bill(party=""), "Required parameter VendorRef"),
        (typed_bill(**{"quantity-1": ""}), "must have a quantity"),
        (typed_bill(**{"amount-0": "lots"}), "valid number"),
        (typed_bill(user="Nobody"), "there is no user"),
    ],
)
def test_a_refusal_comes_back_on_the_form(qbo: Books, fields: dict[str, str], text: str) -> None:
    answer = send(qbo, "/bill/new", **fields)

    assert 400 == answer.status
    assert text in answer.text
    assert 'value="INV-9"' in answer.text
    assert [] == qbo.query("select * from Bill")


def test_any_transaction_can_be_looked_at_and_deleted(qbo: Books) -> None:
    order = qbo.create("PurchaseOrder", bill("46", "57 100.00"))
    paid = qbo.create("Payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 75})
    assert "It posts nothing." in page(qbo, f"/transaction/{order['Id']}")
    assert "Undeposited Funds" in page(qbo, f"/transaction/{paid['Id']}")
    assert f"/books/transaction/{paid['Id']}" in page(qbo, "/account/4")
    assert paid == qbo.send("GET", f"/books/transaction/{paid['Id']}.json").document
    assert 303 == send(qbo, f"/transaction/{paid['Id']}/delete").status

    assert "Jane Doe" in page(qbo, f"/transaction/{paid['Id']}", status=404)
    assert 404 == qbo.send("GET", "/books/transaction/9999.json").status
    assert 404 == send(qbo, "/transaction/9999/delete").status
    assert 404 == qbo.send("GET", "/books/bill/9999/edit").status


def test_closed_books_bind_the_person(qbo: Books) -> None:
    made = qbo.create("Invoice", invoice("1", "#1 5"))
    qbo.close_books("2099-12-31")
    answer: Any = send(qbo, f"/transaction/{made['Id']}/delete")

    assert (400, True) == (answer.status, "The account period has closed" in answer.text)


def test_another_company_has_its_own_bills(qbo: Books) -> None:
    other = qbo.another("empty")
    vendor = other.create("Vendor", {"DisplayName": "Elsewhere"})["Id"]
    other.create("Bill", bill(vendor, f"{other.account('Insurance')} 5", DocNumber="E-1"))

    assert "E-1" in page(qbo, f"/bills?realm={other.realm_id}")
    assert "E-1" not in page(qbo, "/bills")
