"""The kinds of object the emulator knows: one line here for each."""

from qbo_emulator.entities.account import Account
from qbo_emulator.entities.attachable import Attachable
from qbo_emulator.entities.bill import Bill
from qbo_emulator.entities.bill_payment import BillPayment
from qbo_emulator.entities.company_info import CompanyInfo
from qbo_emulator.entities.credit_memo import CreditMemo
from qbo_emulator.entities.customer import Customer
from qbo_emulator.entities.deposit import Deposit
from qbo_emulator.entities.employee import Employee
from qbo_emulator.entities.entity import Act, Entity
from qbo_emulator.entities.exchange_rate import ExchangeRate
from qbo_emulator.entities.inventory_adjustment import InventoryAdjustment
from qbo_emulator.entities.invoice import Invoice
from qbo_emulator.entities.item import Item
from qbo_emulator.entities.journal_entry import JournalEntry
from qbo_emulator.entities.payment import Payment
from qbo_emulator.entities.payment_method import PaymentMethod
from qbo_emulator.entities.preferences import Preferences
from qbo_emulator.entities.purchase import Purchase
from qbo_emulator.entities.purchase_order import PurchaseOrder
from qbo_emulator.entities.receipt import RefundReceipt, SalesReceipt
from qbo_emulator.entities.starting_value import StartingValue
from qbo_emulator.entities.tax_code import TaxCode, TaxRate
from qbo_emulator.entities.term import Term
from qbo_emulator.entities.tracking import Class, Department
from qbo_emulator.entities.vendor import Vendor
from qbo_emulator.entities.vendor_credit import VendorCredit

ENTITIES: tuple[Entity, ...] = (
    Account(),
    Attachable(),
    Bill(),
    BillPayment(),
    Class(),
    CompanyInfo(),
    CreditMemo(),
    Customer(),
    Department(),
    Deposit(),
    Employee(),
    ExchangeRate(),
    InventoryAdjustment(),
    Invoice(),
    Item(),
    JournalEntry(),
    Payment(),
    PaymentMethod(),
    Preferences(),
    Purchase(),
    PurchaseOrder(),
    RefundReceipt(),
    SalesReceipt(),
    StartingValue(),
    TaxCode(),
    TaxRate(),
    Term(),
    Vendor(),
    VendorCredit(),
)
BY_SEGMENT = {entity.name.lower(): entity for entity in ENTITIES}
"""By the lower-case name a URL uses."""
BY_NAME = {entity.name: entity for entity in ENTITIES}

__all__ = ["BY_NAME", "BY_SEGMENT", "ENTITIES", "Act", "Entity"]
