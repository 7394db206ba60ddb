"""What someone's integration with `qbosdk` does; only the addresses are not Intuit's.

Run with an interpreter that has it; takes the emulator's introduction on standard input, prints what it saw.
"""

import base64
import json
import sys

from qbosdk import QuickbooksOnlineSDK, exceptions
from qbosdk import qbosdk as module


def connected(introduction):
    module.QuickbooksOnlineSDK.TOKEN_URL = introduction["url"] + "/oauth2/v1/tokens/bearer"
    module.QuickbooksOnlineSDK.TOKEN_REVOKE_URL = introduction["url"] + "/v2/oauth2/tokens/revoke"
    sdk = QuickbooksOnlineSDK(
        client_id=introduction["client_id"],
        client_secret=introduction["client_secret"],
        refresh_token=introduction["refresh_token"],
        realm_id=introduction["realm_id"],
        environment="sandbox",
    )
    sdk._QuickbooksOnlineSDK__base_url = f"{introduction['url']}/v3/company/{introduction['realm_id']}"
    sdk.update_server_url()
    return sdk


def account_line(kind, account, amount, **detail):
    return {"Amount": amount, "DetailType": kind, kind: {"AccountRef": {"value": account}, **detail}}


def main():
    introduction = json.load(sys.stdin)
    sdk = connected(introduction)
    seen = {"accounts": len(sdk.accounts.get()) > 80, "company": sdk.company_info.get()["CompanyName"]}
    bought = account_line("AccountBasedExpenseLineDetail", "57", 120.0)
    bill = sdk.bills.post({"VendorRef": {"value": "43"}, "Line": [bought], "PrivateNote": "note "})["Bill"]
    seen["bill"] = [bill["TotalAmt"], bill["PrivateNote"], sdk.bills.get_by_id(bill["Id"])["Balance"]]
    check = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": "35"}}, "TotalAmt": 120.0}
    line = {"Amount": 120.0, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
    sdk.bill_payments.post({"VendorRef": {"value": "43"}, "Line": [line], **check})
    seen["paid"] = sdk.bills.get_by_id(bill["Id"])["Balance"]
    sides = [
        account_line("JournalEntryLineDetail", "57", 7.5, PostingType="Debit"),
        account_line("JournalEntryLineDetail", "35", 7.5, PostingType="Credit"),
    ]
    entry = sdk.journal_entries.post({"Line": sides, "DocNumber": "J1"})["JournalEntry"]
    seen["entries"] = [each["DocNumber"] for each in sdk.journal_entries.get()]
    card = {"PaymentType": "CreditCard", "AccountRef": {"value": "42"}, "EntityRef": {"value": "43", "type": "Vendor"}}
    seen["purchase"] = sdk.purchases.post({**card, "Line": [bought]})["Purchase"]["TotalAmt"]
    content = base64.b64encode(b"hello").decode()
    file = sdk.attachments.post(ref_id=entry["Id"], ref_type="JournalEntry", content=content, file_name="a.txt")
    seen["file"] = file["Attachable"]["AttachableRef"][0]["EntityRef"]["type"]
    seen["generated"] = sum(len(page) for page in sdk.vendors.get_all_generator()) > 20
    seen["lists"] = [
        len(each.get()) for each in (sdk.classes, sdk.departments, sdk.employees, sdk.tax_codes, sdk.tax_rates)
    ]
    seen["items"] = any(each["Type"] == "Inventory" for each in sdk.items.get())
    try:
        sdk.bills.post({"Line": []})
    except exceptions.WrongParamsError as refused:
        seen["refused"] = json.loads(refused.response)["Fault"]["Error"][0]["code"]
    module.revoke_refresh_token(sdk.refresh_token, introduction["client_id"], introduction["client_secret"])
    print(json.dumps(seen))


main()
