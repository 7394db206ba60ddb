"""The account types of a US company: their classification, and their sub-types with the default first."""

CLASSIFICATION = {
    "Bank": "Asset",
    "Accounts Receivable": "Asset",
    "Other Current Asset": "Asset",
    "Fixed Asset": "Asset",
    "Other Asset": "Asset",
    "Accounts Payable": "Liability",
    "Credit Card": "Liability",
    "Other Current Liability": "Liability",
    "Long Term Liability": "Liability",
    "Equity": "Equity",
    "Income": "Revenue",
    "Cost of Goods Sold": "Expense",
    "Expense": "Expense",
    "Other Income": "Revenue",
    "Other Expense": "Expense",
    "Non-Posting": "",
}
BALANCE_SHEET = frozenset({"Asset", "Liability", "Equity"})

_SUB_TYPES = {
    "Bank": """
        CashOnHand Checking MoneyMarket RentsHeldInTrust Savings TrustAccounts CashAndCashEquivalents
        OtherEarMarkedBankAccounts
    """,
    "Accounts Receivable": "AccountsReceivable",
    "Other Current Asset": """
        EmployeeCashAdvances AllowanceForBadDebts DevelopmentCosts Inventory
        Investment_MortgageRealEstateLoans Investment_Other Investment_TaxExemptSecurities
        Investment_USGovernmentObligations LoansToOfficers LoansToOthers LoansToStockholders
        OtherCurrentAssets PrepaidExpenses Retainage UndepositedFunds AssetsAvailableForSale
        BalWithGovtAuthorities CalledUpShareCapitalNotPaid ExpenditureAuthorisationsAndLettersOfCredit
        GlobalTaxDeferred GlobalTaxRefund InternalTransfers OtherConsumables ProvisionsCurrentAssets
        ShortTermInvestmentsInRelatedParties ShortTermLoansAndAdvancesToRelatedParties
        TradeAndOtherReceivables
    """,
    "Fixed Asset": """
        FurnitureAndFixtures AccumulatedAmortization AccumulatedDepletion AccumulatedDepreciation
        Buildings DepletableAssets FixedAssetComputers FixedAssetCopiers FixedAssetFurniture
        FixedAssetOtherToolsEquipment FixedAssetPhone FixedAssetPhotoVideo FixedAssetSoftware
        IntangibleAssets Land LeaseholdImprovements MachineryAndEquipment OtherFixedAssets Vehicles
        CapitalWip AssetsInCourseOfConstruction
    """,
    "Other Asset": """
        Licenses AccumulatedAmortizationOfOtherAssets Goodwill LeaseBuyout OrganizationalCosts
        OtherLongTermAssets SecurityDeposits
    """,
    "Accounts Payable": "AccountsPayable",
    "Credit Card": "CreditCard",
    "Other Current Liability": """
        OtherCurrentLiabilities DirectDepositPayable FederalIncomeTaxPayable GlobalTaxPayable
        GlobalTaxSuspense InsurancePayable LineOfCredit LoanPayable PayrollClearing PayrollTaxPayable
        PrepaidExpensesPayable RentsInTrustLiability SalesTaxPayable StateLocalIncomeTaxPayable
        TrustAccountsLiabilities AccruedLiabilities CurrentLiabilities DutiesAndTaxes InterestPayables
        TradeAndOtherPayables
    """,
    "Long Term Liability": """
        NotesPayable OtherLongTermLiabilities ShareholderNotesPayable BankLoans AccruedVacationPayable
    """,
    "Equity": """
        OpeningBalanceEquity AccumulatedAdjustment CommonStock EstimatedTaxes Healthcare OwnersEquity
        PaidInCapitalOrSurplus PartnerContributions PartnerDistributions PartnersEquity PersonalExpense
        PersonalIncome PreferredStock RetainedEarnings TreasuryStock
    """,
    "Income": """
        OtherPrimaryIncome DiscountsRefundsGiven NonProfitIncome SalesOfProductIncome ServiceFeeIncome
        UnappliedCashPaymentIncome SalesRetail SalesWholesale RevenueGeneral
    """,
    "Cost of Goods Sold": """
        CostOfLaborCos EquipmentRentalCos OtherCostsOfServiceCos ShippingFreightDeliveryCos
        SuppliesMaterialsCogs CostOfSales FreightAndDeliveryCost
    """,
    "Expense": """
        Travel AdvertisingPromotional Auto BadDebts BankCharges CharitableContributions CommissionsAndFees
        CostOfLabor DuesSubscriptions Entertainment EntertainmentMeals EquipmentRental FinanceCosts
        GlobalTaxExpense Insurance InterestPaid LegalProfessionalFees OfficeExpenses
        OfficeGeneralAdministrativeExpenses OtherBusinessExpenses OtherMiscellaneousServiceCost
        PayrollExpenses PromotionalMeals RentOrLeaseOfBuildings RepairMaintenance ShippingFreightDelivery
        SuppliesMaterials TaxesPaid TravelMeals UnappliedCashBillPaymentExpense Utilities
    """,
    "Other Income": """
        OtherInvestmentIncome DividendIncome InterestEarned OtherMiscellaneousIncome TaxExemptInterest
    """,
    "Other Expense": """
        Depreciation Amortization ExchangeGainOrLoss GasAndFuel HomeOffice OtherMiscellaneousExpense
        PenaltiesSettlements VehicleRepairs VehicleLoanInterest VehicleRegistration
    """,
    "Non-Posting": "NonPosting",
}
SUB_TYPES = {account_type: tuple(names.split()) for account_type, names in _SUB_TYPES.items()}
TYPE_OF = {sub_type: account_type for account_type, names in SUB_TYPES.items() for sub_type in names}
