"""`empty`: a new US company on QuickBooks Online Plus, with the chart Intuit makes at sign-up and nothing in
it.

The accounts QuickBooks itself adds on first need (A/P with the first bill, inventory accounts when inventory
is switched on, and so on) are not there yet: see `lazy_accounts`. A bank account is, because nobody starts
without one.
"""

from qbo_emulator.company import Company
from qbo_emulator.seeds.planting import (
    FOUNDED,
    company_info,
    plant,
    plant_account,
    plant_singletons,
    plant_small_lists,
)

AT_SIGN_UP = """
Prepaid Expenses|Other Current Asset|PrepaidExpenses
Undeposited Funds|Other Current Asset|UndepositedFunds
Discounts|Income|DiscountsRefundsGiven
Refunds-Allowances|Income|DiscountsRefundsGiven
Gross Receipts|Income|SalesOfProductIncome
Sales|Income|SalesOfProductIncome
Services|Income|ServiceFeeIncome
Advertising|Expense|AdvertisingPromotional
Promotional|Expense|AdvertisingPromotional
Bank Charges|Expense|BankCharges
Commissions & fees|Expense|OtherMiscellaneousServiceCost
Disposal Fees|Expense|OtherMiscellaneousServiceCost
Dues & Subscriptions|Expense|DuesSubscriptions
Insurance|Expense|Insurance
Insurance - Liability|Expense|Insurance
Legal & Professional Fees|Expense|LegalProfessionalFees
Meals and Entertainment|Expense|EntertainmentMeals
Office Expenses|Expense|OfficeGeneralAdministrativeExpenses
Stationery & Printing|Expense|OfficeGeneralAdministrativeExpenses
Rent or Lease|Expense|RentOrLeaseOfBuildings
Repair & Maintenance|Expense|RepairMaintenance
Supplies|Expense|SuppliesMaterials
Tools|Expense|SuppliesMaterials
Taxes & Licenses|Expense|TaxesPaid
Travel|Expense|Travel
Travel Meals|Expense|TravelMeals
Utilities|Expense|Utilities
Interest Earned|Other Income|InterestEarned
Other Portfolio Income|Other Income|OtherMiscellaneousIncome
Miscellaneous|Other Expense|OtherMiscellaneousExpense
Penalties & Settlements|Other Expense|PenaltiesSettlements
Retained Earnings|Equity|RetainedEarnings
Uncategorized Income|Income|ServiceFeeIncome
Uncategorized Expense|Expense|OtherMiscellaneousServiceCost
Uncategorized Asset|Other Current Asset|OtherCurrentAssets
Checking|Bank|Checking
"""


def plant_new_company(company: Company) -> None:
    info = company_info("New Company", sku="QuickBooks Online Plus", founded=FOUNDED)
    accounts = {"asset": "35", "income": "33", "expense": "34"}
    plant_singletons(company, info, tracking=False, sales_tax=False, inventory=False, accounts=accounts)
    for line in AT_SIGN_UP.strip().splitlines():
        name, account_type, sub_type = line.split("|")
        plant_account(company, name, account_type, sub_type)
    for name, days in (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60), ("Net 10", 10)):
        plant(company, "Term", {"Name": name, "DueDays": days})
    plant_small_lists(company, sales_tax=False)
