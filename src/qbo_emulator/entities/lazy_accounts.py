"""Accounts QuickBooks adds to a chart by itself, the first time something needs them."""

from qbo_emulator.company import Company
from qbo_emulator.entities import currencies
from qbo_emulator.entities.entity import Act, Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import Body

LATER = {
    "Accounts Payable (A/P)": ("Accounts Payable", "AccountsPayable"),
    "Accounts Receivable (A/R)": ("Accounts Receivable", "AccountsReceivable"),
    "Opening Balance Equity": ("Equity", "OpeningBalanceEquity"),
    "Purchases": ("Expense", "SuppliesMaterials"),
    "Sales of Product Income": ("Income", "SalesOfProductIncome"),
    "Cost of Goods Sold": ("Cost of Goods Sold", "SuppliesMaterialsCogs"),
    "Inventory Asset": ("Other Current Asset", "Inventory"),
    "Undeposited Funds": ("Other Current Asset", "UndepositedFunds"),
    "Discounts given": ("Income", "DiscountsRefundsGiven"),
    "Inventory Shrinkage": ("Cost of Goods Sold", "OtherCostsOfServiceCos"),
    "Tax Agency Payable": ("Other Current Liability", "GlobalTaxPayable"),
    "Exchange Gain or Loss": ("Other Expense", "ExchangeGainOrLoss"),
}
KEPT_BY_TYPE = {"Accounts Payable": "Accounts Payable (A/P)", "Accounts Receivable": "Accounts Receivable (A/R)"}
INVENTORY = ("Purchases", "Sales of Product Income", "Cost of Goods Sold", "Inventory Asset")
"""What switching on inventory brings."""


def needed(company: Company, entity: Entity, name: str, currency: str | None = None) -> Record:
    """The account of this name; made now if it was not there. One in another currency says so in its name."""
    own_name = f"{name} - {currency}" if currency else name
    for found in company.where("Account", "FullyQualifiedName", own_name):
        return found
    account_type, sub_type = LATER[name]
    body: Body = {"Name": own_name, "AccountType": account_type, "AccountSubType": sub_type}
    if currency:
        body["CurrencyRef"] = {"value": currency}
    complete = entity.completed(company, body, None, Act("QuickBooks"))
    now = company.clock.now()
    record = Record("Account", company.new_id(entity.sequence), 0, complete, now, now)
    company.put(entity, record)
    company.note("QuickBooks", "create", record)
    return record


def subledger(company: Company, entity: Entity, account_type: str, currency: str) -> Record:
    """The company's payables or receivables account in this currency, whatever it is called by now."""
    for found in company.of("Account").values():
        if found.body["AccountType"] == account_type and found.active and currencies.of(found.body) == currency:
            return found
    is_home = currency == currencies.home(company)
    return needed(company, entity, KEPT_BY_TYPE[account_type], None if is_home else currency)


def of_sub_type(company: Company, sub_type: str) -> Record | None:
    return next(
        (each for each in company.of("Account").values() if each.body["AccountSubType"] == sub_type and each.active),
        None,
    )
