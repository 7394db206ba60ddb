"""What someone's integration with `python-quickbooks` and `intuit-oauth` does; only the addresses are not Intuit's.

Run with an interpreter that has them; takes the emulator's introduction on standard input, prints what it saw.
"""

import json
import os
import sys
from urllib.parse import parse_qs, urlsplit

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the emulator speaks plain HTTP on this machine

import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from quickbooks import QuickBooks
from quickbooks.batch import batch_create
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import ObjectNotFoundException, QuickbooksException, ValidationException
from quickbooks.objects import (
    Account,
    AccountBasedExpenseLine,
    AccountBasedExpenseLineDetail,
    Attachable,
    AttachableRef,
    Bill,
    BillPayment,
    BillPaymentLine,
    CheckPayment,
    CreditMemo,
    Customer,
    Deposit,
    Invoice,
    Item,
    ItemBasedExpenseLine,
    ItemBasedExpenseLineDetail,
    JournalEntry,
    JournalEntryLine,
    JournalEntryLineDetail,
    LinkedTxn,
    Payment,
    PaymentLine,
    PaymentMethod,
    Preferences,
    Purchase,
    PurchaseOrder,
    Ref,
    RefundReceipt,
    SalesItemLine,
    SalesItemLineDetail,
    SalesReceipt,
    TaxCode,
    TaxRate,
    Term,
    Vendor,
    VendorCredit,
)
from quickbooks.objects.company_info import CompanyInfo
from quickbooks.objects.department import Department
from quickbooks.objects.trackingclass import Class

BACK = "http://localhost:8000/callback"
LISTS = (
    Account,
    Attachable,
    Class,
    CompanyInfo,
    Customer,
    Department,
    Item,
    PaymentMethod,
    TaxCode,
    TaxRate,
    Term,
    Vendor,
)
TRANSACTIONS = (
    *(Bill, BillPayment, CreditMemo, Deposit, Invoice, JournalEntry, Payment, Purchase, PurchaseOrder),
    *(RefundReceipt, SalesReceipt, VendorCredit),
)


def connected(introduction):
    """The whole way: consent page, code, tokens with a verified identity, refresh."""
    client = AuthClient(
        introduction["client_id"],
        introduction["client_secret"],
        BACK,
        introduction["url"] + "/.well-known/openid_sandbox_configuration/",
    )
    page = client.get_authorization_url([Scopes.ACCOUNTING, Scopes.OPENID], state_token="s1")
    assert requests.get(page).status_code == 200
    agreed = requests.post(page, {"decision": "connect", "realm": introduction["realm_id"]}, allow_redirects=False)
    found = parse_qs(urlsplit(agreed.headers["Location"]).query)
    assert found["state"] == ["s1"]
    client.get_bearer_token(found["code"][0], realm_id=found["realmId"][0])
    assert client.id_token, "the identity was not verified"
    user = client.get_user_info().json()
    client.refresh()
    QuickBooks.api_url_v3 = introduction["url"] + "/v3"
    books = QuickBooks(
        auth_client=client,
        refresh_token=client.refresh_token,
        company_id=client.realm_id,
        minorversion=75,
        verifier_token=introduction["webhook_verifier"],
    )
    return client, books, user


def ref(value, kind=None):
    found = Ref()
    found.value, found.type = value, kind
    return found


def entry_line(side, account, amount, text):
    line = JournalEntryLine()
    line.Amount, line.Description = amount, text
    line.JournalEntryLineDetail = JournalEntryLineDetail()
    line.JournalEntryLineDetail.PostingType = side
    line.JournalEntryLineDetail.AccountRef = ref(account)
    return line


def expense_line(account, amount):
    line = AccountBasedExpenseLine()
    line.Amount = amount
    line.AccountBasedExpenseLineDetail = AccountBasedExpenseLineDetail()
    line.AccountBasedExpenseLineDetail.AccountRef = ref(account)
    return line


def item_line(item, quantity, price, order=None):
    line = ItemBasedExpenseLine()
    line.Amount = quantity * price
    line.ItemBasedExpenseLineDetail = ItemBasedExpenseLineDetail()
    line.ItemBasedExpenseLineDetail.ItemRef = ref(item)
    line.ItemBasedExpenseLineDetail.Qty, line.ItemBasedExpenseLineDetail.UnitPrice = quantity, price
    if order:
        line.LinkedTxn = [linked(order, "PurchaseOrder", "1")]
    return line


def sales_line(item, quantity, price):
    line = SalesItemLine()
    line.Amount = quantity * price
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = ref(item)
    line.SalesItemLineDetail.Qty, line.SalesItemLineDetail.UnitPrice = quantity, price
    return line


def linked(identity, kind, line=None):
    found = LinkedTxn()
    found.TxnId, found.TxnType, found.TxnLineId = identity, kind, line
    return found


def of(kind, **fields):
    found = kind()
    for name, value in fields.items():
        setattr(found, name, value)
    return found


def settling(kind, identity, amount, line):
    found = line()
    found.Amount, found.LinkedTxn = amount, [linked(identity, kind)]
    return found


def main():
    introduction = json.load(sys.stdin)
    client, qb, user = connected(introduction)
    seen = {"user": user["email"], "preferences": Preferences.get(qb=qb).AccountingInfoPrefs.TaxYearMonth}

    lines = [entry_line("Debit", "81", 10.00, "steel"), entry_line("Credit", "35", 10.00, "steel")]
    entry = of(JournalEntry, DocNumber="RCV-1", TxnDate="2026-01-05", PrivateNote="receipt", Line=lines)
    saved = entry.save(qb=qb, request_id="r1")
    entry.Id = None
    again = entry.save(qb=qb, request_id="r1")
    seen["replayed"] = saved.Id == again.Id
    seen["found"] = [each.Id for each in JournalEntry.filter(DocNumber="RCV-1", qb=qb)] == [saved.Id]
    saved.PrivateNote = "changed"
    seen["changed"] = saved.save(qb=qb).SyncToken

    vendor = of(Vendor, DisplayName="Acme Steel").save(qb=qb)
    order = of(PurchaseOrder, VendorRef=ref(vendor.Id), APAccountRef=ref("33"), Line=[item_line("15", 2, 6.5)]).save(
        qb=qb
    )
    billed = [item_line("15", 2, 6.5, order.Id), expense_line("57", 7)]
    bill = of(Bill, VendorRef=ref(vendor.Id), DocNumber="INV-1", Line=billed).save(qb=qb)
    seen["order"] = PurchaseOrder.get(order.Id, qb=qb).POStatus
    check = of(CheckPayment, BankAccountRef=ref("35"))
    paying = [settling("Bill", bill.Id, 20, BillPaymentLine)]
    paid = of(
        BillPayment, VendorRef=ref(vendor.Id), PayType="Check", CheckPayment=check, TotalAmt=20, Line=paying
    ).save(qb=qb)
    seen["bill"] = Bill.get(bill.Id, qb=qb).Balance
    paid.void(qb=qb)
    seen["bill_open_again"] = Bill.get(bill.Id, qb=qb).Balance
    of(VendorCredit, VendorRef=ref(vendor.Id), Line=[expense_line("57", 1)]).save(qb=qb)
    of(
        Purchase,
        PaymentType="Cash",
        AccountRef=ref("35"),
        EntityRef=ref(vendor.Id, "Vendor"),
        Line=[expense_line("57", 3)],
    ).save(qb=qb)

    customer = of(Customer, DisplayName="Harbor Cafe").save(qb=qb)
    invoice = of(Invoice, CustomerRef=ref(customer.Id), Line=[sales_line("1", 2, 50)]).save(qb=qb)
    of(
        Payment, CustomerRef=ref(customer.Id), TotalAmt=40, Line=[settling("Invoice", invoice.Id, 40, PaymentLine)]
    ).save(qb=qb)
    seen["invoice"] = [Invoice.get(invoice.Id, qb=qb).Balance, invoice.DocNumber]
    voided = of(Invoice, CustomerRef=ref(customer.Id), Line=[sales_line("1", 1, 5)]).save(qb=qb)
    voided.void(qb=qb)
    seen["voided"] = Invoice.get(voided.Id, qb=qb).PrivateNote
    receipt = of(SalesReceipt, CustomerRef=ref(customer.Id), Line=[sales_line("1", 1, 5)]).save(qb=qb)
    receipt.void(qb=qb)

    note = of(Attachable, Note="see the receipt", AttachableRef=[of(AttachableRef, EntityRef=ref(bill.Id, "Bill"))])
    note.save(qb=qb)
    file = of(
        Attachable,
        FileName="a.txt",
        ContentType="text/plain",
        AttachableRef=[of(AttachableRef, EntityRef=ref(bill.Id, "Bill"))],
    )
    file._FileBytes = b"hello"
    seen["file"] = requests.get(Attachable.get(file.save(qb=qb).Id, qb=qb).TempDownloadUri).text

    made = batch_create([of(Customer, DisplayName="Batch A"), of(Customer, DisplayName="Harbor Cafe")], qb=qb)
    seen["batch"] = [len(made.successes), made.faults[0].Error[0].code]
    changes = change_data_capture([Bill, Invoice, Vendor], saved.MetaData["CreateTime"], qb=qb)
    seen["changes"] = [len(changes.Bill), len(changes.Invoice), changes.Vendor[0].DisplayName]
    seen["report"] = qb.get_report("TrialBalance", {"date_macro": "This Fiscal Year"})["Header"]["ReportName"]
    seen["lists"] = {each.qbo_object_name: len(each.all(qb=qb)) > 0 for each in LISTS}
    seen["transactions"] = {each.qbo_object_name: each.count(qb=qb) for each in TRANSACTIONS}
    seen["refusals"] = refusals(qb, bill)
    seen["signature"] = qb.validate_webhook_signature(introduction["hook"]["body"], introduction["hook"]["signature"])
    client.revoke(token=client.refresh_token)
    seen["revoked"] = requests.get(
        f"{introduction['url']}/v3/company/{client.realm_id}/preferences",
        headers={"Authorization": f"Bearer {client.access_token}", "Accept": "application/json"},
    ).status_code
    print(json.dumps(seen))


def refusals(qb, bill):
    found = []
    attempts = (
        lambda: of(Bill, Line=[expense_line("57", 1)]).save(qb=qb),
        lambda: Bill.get(999999, qb=qb),
        lambda: of(Bill, Id=bill.Id, SyncToken="77", VendorRef=bill.VendorRef, Line=[expense_line("57", 1)]).save(
            qb=qb
        ),
    )
    for attempt in attempts:
        try:
            attempt()
        except (ObjectNotFoundException, ValidationException, QuickbooksException) as refused:
            found.append([type(refused).__name__, refused.error_code])
    return found


main()
