"""Account: the chart. Types and sub-types imply each other; balances come from the ledger."""

from collections.abc import Iterable, Sequence

from qbo_emulator import faults, money
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies, lazy_accounts, tree
from qbo_emulator.entities.account_types import BALANCE_SHEET, CLASSIFICATION, SUB_TYPES, TYPE_OF
from qbo_emulator.entities.entity import Act, Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import HEAD, Body, Shape, cash, choice, flag, given, ignored, on, ref, text

ALONE = frozenset({"OpeningBalanceEquity", "UndepositedFunds", "RetainedEarnings", "ExchangeGainOrLoss"})
"""Sub-types that neither have nor are sub-accounts."""
INDISPENSABLE = frozenset(
    {
        "Undeposited Funds",
        "Opening Balance Equity",
        "Retained Earnings",
        "Inventory Asset",
        "Cost of Goods Sold",
        "Sales of Product Income",
        "Accounts Payable (A/P)",
        "Accounts Receivable (A/R)",
        "Exchange Gain or Loss",
    }
)


class Account(Entity):
    name = "Account"
    sequence = "Account"
    indexed = ("Name", "FullyQualifiedName", "AcctNum")
    cacheable = False
    computed = frozenset({"CurrentBalance", "CurrentBalanceWithSubAccounts"})
    shape = Shape(
        "Account",
        (
            text("Name", 100),
            flag("SubAccount", read_only=True),
            ref("ParentRef", ""),
            text("Description", 100),
            given("FullyQualifiedName"),
            flag("Active"),
            given("Classification"),
            choice("AccountType", *CLASSIFICATION),
            choice("AccountSubType", *TYPE_OF),
            text("AcctNum", 7),
            given("CurrentBalance"),
            given("CurrentBalanceWithSubAccounts"),
            ref("CurrencyRef", "Currency"),
            *HEAD,
            ref("TaxCodeRef", "TaxCode"),
            cash("OpeningBalance"),
            on("OpeningBalanceDate"),
            *ignored(
                "AccountAlias",
                "TxnLocationType",
                "BankNum",
                "RoutingNum",
                "TaxAccount",
                "OnlineBankingEnabled",
            ),
            *ignored(
                "FIName",
                "JournalCodeRef",
                "AccountEx",
                "CustomField",
                "AttachableRef",
                "status",
                "LastStatementDate",
            ),
        ),
    )
    filters = {
        "Name": "text",
        "FullyQualifiedName": "text",
        "SubAccount": "flag",
        "Active": "flag",
        "AccountType": "text",
        "AccountSubType": "text",
        "Classification": "text",
        "CurrentBalance": "number",
        "CurrentBalanceWithSubAccounts": "number",
    }

    def required(self, body: Body) -> Iterable[faults.Error]:
        if not body.get("Name"):
            yield faults.missing("Name")

    def check_references(self, company: Company, body: Body) -> None:
        parent = body.get("ParentRef")
        if parent and company.find("Account", parent["value"]) is None:
            raise faults.dangling_reference("Accounts", parent["value"])

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        typed = _typed(body)
        if typed.pop("OpeningBalance", None) and not typed.get("OpeningBalanceDate"):
            raise faults.no_opening_date()
        typed.pop("OpeningBalanceDate", None)
        typed.setdefault("Active", True)
        currencies.settle_for_good(company, typed, stored)
        if typed["Classification"] in currencies.AT_HOME_ONLY and currencies.of(typed) != currencies.home(company):
            raise faults.rule_broken("An account of this type is in the home currency.")
        if typed["Name"] in INDISPENSABLE and not typed["Active"]:
            raise faults.rule_broken("You can't delete this account because it is used by QuickBooks.")
        marked = tree.with_deleted_mark(typed, "Name", stored)
        tree.check_letters(marked["Name"], "Name", '":\t\n')
        _check_parent(company, marked)
        tree.check_place(company, "Account", marked, stored)
        marked["SubAccount"] = "ParentRef" in marked
        marked["FullyQualifiedName"] = tree.full_name(company, "Account", marked, "Name")
        _check_unique(company, marked, stored)
        return marked

    def changed(self, company: Company, record: Record, before: Body) -> None:
        if before.get("FullyQualifiedName") != record.body["FullyQualifiedName"]:
            tree.rename_below(company, self, record, "Name")

    def follow_ups(
        self, company: Company, record: Record, sent: Body, before: Record | None
    ) -> Sequence[tuple[str, Body]]:
        """An opening balance is a journal entry against Opening Balance Equity."""
        opening = sent.get("OpeningBalance")
        if not opening or before is not None:
            return ()
        equity = lazy_accounts.needed(company, self, "Opening Balance Equity")
        debit = (record.body["Classification"] == "Asset") == (opening > 0)
        sides = ("Debit", "Credit") if debit else ("Credit", "Debit")
        lines = [
            {
                "Amount": abs(opening),
                "Description": "Opening Balance",
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account.id}},
            }
            for side, account in zip(sides, (record, equity), strict=True)
        ]
        return [("JournalEntry", {"TxnDate": sent["OpeningBalanceDate"], "Line": lines})]

    def derived(self, company: Company, record: Record) -> Body:
        """In the account's own currency."""
        own = below = 0
        if record.body["Classification"] in BALANCE_SHEET:
            is_home = currencies.of(record.body) == currencies.home(company)
            balance = company.ledger.balance if is_home else company.ledger.own_balance
            own = balance(record.id)
            below = sum(balance(each.id) for each in _descendants(company, record))
        return {
            "CurrentBalance": money.amount(own),
            "CurrentBalanceWithSubAccounts": money.amount(own + below),
        }

    def in_default_order(self, company: Company, records: Iterable[Record]) -> list[Record]:
        return sorted(records, key=lambda each: str(each.body["FullyQualifiedName"]).casefold())


def _typed(body: Body) -> Body:
    """The type and the sub-type, whichever of the two was sent."""
    account_type, sub_type = body.get("AccountType"), body.get("AccountSubType")
    if account_type is None and sub_type is None:
        raise faults.no_account_type()
    account_type = account_type or TYPE_OF[sub_type or ""]
    sub_type = sub_type or SUB_TYPES[account_type][0]
    if TYPE_OF[sub_type] != account_type:
        raise faults.rule_broken(f"The account sub type {sub_type} does not belong to the account type {account_type}.")
    return {
        **body,
        "AccountType": account_type,
        "AccountSubType": sub_type,
        "Classification": CLASSIFICATION[account_type],
    }


def _check_parent(company: Company, body: Body) -> None:
    parent = tree.parent_of(company, "Account", body)
    if parent is None:
        return
    if parent.body["AccountType"] != body["AccountType"]:
        raise faults.rule_broken("The parent account must be of the same account type.")
    if {parent.body["AccountSubType"], body["AccountSubType"]} & ALONE:
        raise faults.rule_broken("This account can neither be nor have a sub-account.")


def _check_unique(company: Company, body: Body, stored: Record | None) -> None:
    rivals = list(company.where("Account", "FullyQualifiedName", body["FullyQualifiedName"]))
    if body.get("AcctNum"):
        rivals += company.where("Account", "AcctNum", body["AcctNum"])
    if any(stored is None or each.id != stored.id for each in rivals):
        raise faults.duplicate_name("null")


def _descendants(company: Company, record: Record) -> list[Record]:
    prefix = f"{record.body['FullyQualifiedName']}:"
    return [each for each in company.of("Account").values() if each.body["FullyQualifiedName"].startswith(prefix)]
