"""`sandbox`: the sample company every developer gets, a landscaping business in California, with its well-
known ids.

The chart, the names and the items are there under the ids that independent sandboxes have in common. Its old
transactions are not: every balance starts at zero.
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
from qbo_emulator.shape import Body

NAME = "Sandbox Company_US_1"
FIRST_TRANSACTION = 146

ACCOUNTS = """
1|Services|Income|ServiceFeeIncome
2|Retained Earnings|Equity|RetainedEarnings
3|Prepaid Expenses|Other Current Asset|PrepaidExpenses
4|Undeposited Funds|Other Current Asset|UndepositedFunds
5|Fees Billed|Income|ServiceFeeIncome
6|Refunds-Allowances|Income|DiscountsRefundsGiven
7|Advertising|Expense|AdvertisingPromotional
8|Bank Charges|Expense|BankCharges
9|Commissions & fees|Expense|OtherMiscellaneousServiceCost
10|Dues & Subscriptions|Expense|DuesSubscriptions
11|Insurance|Expense|Insurance
12|Legal & Professional Fees|Expense|LegalProfessionalFees
13|Meals and Entertainment|Expense|EntertainmentMeals
14|Miscellaneous|Other Expense|OtherMiscellaneousExpense
15|Office Expenses|Expense|OfficeGeneralAdministrativeExpenses
16|Promotional|Expense|AdvertisingPromotional
17|Rent or Lease|Expense|RentOrLeaseOfBuildings
19|Stationery & Printing|Expense|OfficeGeneralAdministrativeExpenses
20|Supplies|Expense|SuppliesMaterials
21|Taxes & Licenses|Expense|TaxesPaid
22|Travel|Expense|Travel
23|Travel Meals|Expense|TravelMeals
24|Utilities|Expense|Utilities
25|Interest Earned|Other Income|InterestEarned
26|Other Portfolio Income|Other Income|OtherMiscellaneousIncome
27|Penalties & Settlements|Other Expense|PenaltiesSettlements
28|Disposal Fees|Expense|OtherMiscellaneousServiceCost
29|Equipment Rental|Expense|EquipmentRental
30|Uncategorized Income|Income|ServiceFeeIncome
31|Uncategorized Expense|Expense|OtherMiscellaneousServiceCost
32|Uncategorized Asset|Other Current Asset|OtherCurrentAssets
33|Accounts Payable (A/P)|Accounts Payable|AccountsPayable
34|Opening Balance Equity|Equity|OpeningBalanceEquity
35|Checking|Bank|Checking
36|Savings|Bank|Savings
37|Truck|Fixed Asset|Vehicles
38|Truck:Original Cost|Fixed Asset|Vehicles
39|Truck:Depreciation|Fixed Asset|AccumulatedDepreciation
40|Depreciation|Other Expense|Depreciation
41|Mastercard|Credit Card|CreditCard
42|Visa|Credit Card|CreditCard
43|Loan Payable|Other Current Liability|OtherCurrentLiabilities
44|Notes Payable|Long Term Liability|OtherLongTermLiabilities
45|Landscaping Services|Income|OtherPrimaryIncome
46|Landscaping Services:Job Materials|Income|SalesOfProductIncome
47|Landscaping Services:Job Materials:Decks and Patios|Income|SalesOfProductIncome
48|Landscaping Services:Job Materials:Fountains and Garden Lighting|Income|SalesOfProductIncome
49|Landscaping Services:Job Materials:Plants and Soil|Income|SalesOfProductIncome
50|Landscaping Services:Job Materials:Sprinklers and Drip Systems|Income|SalesOfProductIncome
51|Landscaping Services:Labor|Income|ServiceFeeIncome
52|Landscaping Services:Labor:Installation|Income|ServiceFeeIncome
53|Landscaping Services:Labor:Maintenance and Repair|Income|ServiceFeeIncome
54|Pest Control Services|Income|ServiceFeeIncome
55|Automobile|Expense|Auto
56|Automobile:Fuel|Expense|Auto
57|Insurance:Workers Compensation|Expense|Insurance
58|Job Expenses|Expense|SuppliesMaterials
59|Job Expenses:Cost of Labor|Expense|CostOfLabor
60|Job Expenses:Cost of Labor:Installation|Expense|CostOfLabor
61|Job Expenses:Cost of Labor:Maintenance and Repairs|Expense|CostOfLabor
62|Job Expenses:Equipment Rental|Expense|EquipmentRental
63|Job Expenses:Job Materials|Expense|SuppliesMaterials
64|Job Expenses:Job Materials:Decks and Patios|Expense|SuppliesMaterials
65|Job Expenses:Job Materials:Fountain and Garden Lighting|Expense|SuppliesMaterials
66|Job Expenses:Job Materials:Plants and Soil|Expense|SuppliesMaterials
67|Job Expenses:Job Materials:Sprinklers and Drip Systems|Expense|SuppliesMaterials
68|Job Expenses:Permits|Expense|SuppliesMaterials
69|Legal & Professional Fees:Accounting|Expense|LegalProfessionalFees
70|Legal & Professional Fees:Bookkeeper|Expense|LegalProfessionalFees
71|Legal & Professional Fees:Lawyer|Expense|LegalProfessionalFees
72|Maintenance and Repair|Expense|RepairMaintenance
73|Maintenance and Repair:Building Repairs|Expense|RepairMaintenance
74|Maintenance and Repair:Computer Repairs|Expense|RepairMaintenance
75|Maintenance and Repair:Equipment Repairs|Expense|RepairMaintenance
76|Utilities:Gas and Electric|Expense|Utilities
77|Utilities:Telephone|Expense|Utilities
78|Purchases|Expense|SuppliesMaterials
79|Sales of Product Income|Income|SalesOfProductIncome
80|Cost of Goods Sold|Cost of Goods Sold|SuppliesMaterialsCogs
81|Inventory Asset|Other Current Asset|Inventory
82|Design income|Income|SalesOfProductIncome
83|Other Income|Income|OtherPrimaryIncome
84|Accounts Receivable (A/R)|Accounts Receivable|AccountsReceivable
85|Billable Expense Income|Income|ServiceFeeIncome
86|Discounts given|Income|DiscountsRefundsGiven
87|Unapplied Cash Payment Income|Income|UnappliedCashPaymentIncome
88|Unapplied Cash Bill Payment Expense|Expense|UnappliedCashBillPaymentExpense
89|Arizona Dept. of Revenue Payable|Other Current Liability|GlobalTaxPayable
90|Board of Equalization Payable|Other Current Liability|GlobalTaxPayable
"""

FIRST_ADDRESS: Body = {
    "Id": "2",
    "Line1": "4581 Finch St.",
    "City": "Bayshore",
    "CountrySubDivisionCode": "CA",
    "PostalCode": "94326",
    "Lat": "INVALID",
    "Long": "INVALID",
}
CUSTOMERS = """\
Amy's Bird Sanctuary|Bill's Windsurf Shop|Cool Cars|Diego Rodriguez|Dukes Basketball Camp
Dylan Sollfrank|Freeman Sporting Goods|>0969 Ocean View Road|>55 Twin Lane|Geeta Kalapatapu
Gevelber Photography|Jeff's Jalopies|John Melton|Kate Whelan|Pye's Cakes|Kookies by Kathy|Mark Cho
Paulsen Medical Supplies|Rago Travel Agency|Red Rock Diner|Rondonuwu Fruit and Vegi|Shara Barnett
>Barnett Design|Sonnenschein Family Store|Sushi by Katsuyuki|Travis Waldron|Video Games by Dan
Wedding Planning by Whitney|Weiskopf Consulting"""

VENDORS = """\
Books by Bessie|Brosnahan Insurance Agency|Cal Telephone|Chin's Gas and Oil|Cigna Health Care
Computers by Jenni|Diego's Road Warrior Bodyshop|EDD|Ellis Equipment Rental|Fidelity|Hall Properties
Hicks Hardware|Lee Advertising|Mahoney Mugs|Met Life Dental|National Eye Care
Norton Lumber and Building Materials|Pam Seitz|PG&E|Robertson & Associates|Tania's Nursery
Tim Philip Masonry|Tony Rondonuwu|United States Treasury"""

ITEMS = """
1|Services|Service|1||
2|Hours|Service|1||
3|Concrete|Service|48||
4|Design|Service|82||
5|Rock Fountain|Inventory|79|80|81
6|Gardening|Service|45||
7|Installation|Service|52||
8|Lighting|Service|48||
9|Maintenance & Repair|Service|53||
10|Pest Control|Service|54||
11|Pump|Inventory|79|80|81
12|Refunds & Allowances|Service|6||
13|Rocks|Service|49||
14|Sod|Service|49|66|
15|Soil|Service|49|66|
16|Sprinkler Heads|Inventory|79|80|81
17|Sprinkler Pipes|Inventory|79|80|81
18|Trimming|Service|45||
"""


def plant_sample_company(company: Company) -> None:
    info = company_info(NAME, sku="QuickBooks Online Plus", founded=FOUNDED)
    accounts = {"asset": "32", "income": "30", "expense": "31"}
    plant_singletons(company, info, tracking=True, sales_tax=True, inventory=True, accounts=accounts)
    for line in ACCOUNTS.strip().splitlines():
        identity, name, account_type, sub_type = line.split("|")
        plant_account(company, name, account_type, sub_type, identity=identity)
    terms = ("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60), ("Net 10", 10)
    for name, days in terms:
        plant(company, "Term", {"Name": name, "DueDays": days})
    plant_small_lists(company, sales_tax=True)
    _plant_names(company)
    for line in ITEMS.strip().splitlines():
        _plant_item(company, *line.split("|"))
    company.next_ids["transaction"] = FIRST_TRANSACTION


def _plant_names(company: Company) -> None:
    parent = ""
    for name in CUSTOMERS.replace("\n", "|").split("|"):
        body: Body = {"DisplayName": name.removeprefix(">"), "Taxable": True}
        if name.startswith(">"):
            body |= {"Job": True, "BillWithParent": True, "ParentRef": {"value": parent}}
        if not parent:
            body |= {"BillAddr": FIRST_ADDRESS, "ShipAddr": FIRST_ADDRESS}
        planted = plant(company, "Customer", body)
        parent = parent if name.startswith(">") else planted.id
    for name in VENDORS.replace("\n", "|").split("|"):
        plant(company, "Vendor", {"DisplayName": name})
    for given, family in (("Emily", "Platt"), ("John", "Johnson")):
        plant(company, "Employee", {"GivenName": given, "FamilyName": family})
    for name in ("Bob's Burger Joint", "Squeaky Kleen Car Wash"):
        plant(company, "Vendor", {"DisplayName": name})


def _plant_item(
    company: Company, identity: str, name: str, account_type: str, income: str, expense: str, asset: str
) -> None:
    body: Body = {"Name": name, "Type": account_type, "IncomeAccountRef": {"value": income}}
    if expense:
        body["ExpenseAccountRef"] = {"value": expense}
    if asset:
        tracked = {"TrackQtyOnHand": True, "QtyOnHand": 0, "InvStartDate": "2015-10-01"}
        body |= {"AssetAccountRef": {"value": asset}, **tracked}
    plant(company, "Item", body, identity=identity)
