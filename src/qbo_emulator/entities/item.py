"""Item: a product or service. Only Inventory items have a quantity here and let QuickBooks book cost by
itself.
"""

from collections.abc import Iterable, Sequence

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.entities import lazy_accounts, tree
from qbo_emulator.entities.account import Account
from qbo_emulator.entities.entity import Act, Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import HEAD, Body, Shape, choice, flag, given, ignored, number, on, ref, text

NO_ASSET_ACCOUNT = "An inventory assetaccount is required if you are tracking inventory quantities for this product."


class Item(Entity):
    name = "Item"
    sequence = "Item"
    indexed = ("Name", "FullyQualifiedName", "Sku")
    cacheable = False
    shape = Shape(
        "Item",
        (
            text("Name", 100),
            text("Sku", 100),
            text("Description", 4000),
            flag("Active"),
            flag("SubItem"),
            ref("ParentRef", ""),
            given("Level"),
            given("FullyQualifiedName"),
            flag("Taxable"),
            number("UnitPrice"),
            choice("Type", "Inventory", "NonInventory", "Service", "Category"),
            ref("IncomeAccountRef", "Account"),
            text("PurchaseDesc", 1000),
            number("PurchaseCost"),
            ref("ExpenseAccountRef", "Account"),
            ref("AssetAccountRef", "Account"),
            ref("PrefVendorRef", "Vendor"),
            flag("TrackQtyOnHand"),
            number("QtyOnHand"),
            number("ReorderPoint"),
            on("InvStartDate"),
            ref("SalesTaxCodeRef", "TaxCode"),
            ref("ClassRef", "Class"),
            *HEAD,
            *ignored(
                "status",
                "CustomField",
                "AttachableRef",
                "ItemEx",
                "QtyOnSalesOrder",
                "QtyOnPurchaseOrder",
                "ItemCategoryType",
            ),
            *ignored(
                "SalesTaxIncluded",
                "PurchaseTaxIncluded",
                "PurchaseTaxCodeRef",
                "TaxClassificationRef",
                "UQCId",
            ),
            *ignored(
                "AvgCost",
                "ManPartNum",
                "UOMSetRef",
                "DepositToAccountRef",
                "PaymentMethodRef",
                "ReverseChargeRate",
                "AbatementRate",
            ),
            *ignored(
                "ItemGroupDetail",
                "PrintGroupedItems",
                "SpecialItem",
                "SpecialItemType",
                "ServiceType",
                "Source",
            ),
        ),
    )
    filters = {
        "Name": "text",
        "Type": "text",
        "Active": "flag",
        "Taxable": "flag",
        "SubItem": "flag",
        "FullyQualifiedName": "text",
        "Sku": "text",
        "UnitPrice": "number",
        "PurchaseCost": "number",
    }

    def needs_plus(self, body: Body) -> bool:
        return body.get("Type") == "Inventory"

    def required(self, body: Body) -> Iterable[faults.Error]:
        if not body.get("Name"):
            yield faults.missing("Name")
        if body.get("Type") == "Inventory":
            yield from _inventory_problems(body)

    def required_at_first(self, body: Body) -> Iterable[faults.Error]:
        if body.get("Type") == "Inventory" and "QtyOnHand" not in body:
            yield faults.missing("QtyOnHand")

    def check_references(self, company: Company, body: Body) -> None:
        super().check_references(company, body)
        parent = body.get("ParentRef")
        if parent and company.find("Item", parent["value"]) is None:
            raise faults.dangling_reference("Items", parent["value"])

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        complete = {
            "Type": "Service",
            "Active": True,
            "Taxable": False,
            "UnitPrice": 0,
            "PurchaseCost": 0,
            **body,
        }
        complete.setdefault("TrackQtyOnHand", False)
        complete.pop("QtyOnHand", None)
        complete = tree.with_deleted_mark(complete, "Name", stored)
        tree.check_letters(complete["Name"], "Name", ":\t\n")
        _check_type(complete, stored)
        _check_accounts(company, complete)
        tree.check_place(company, "Item", complete, stored)
        if "ParentRef" in complete:
            complete["SubItem"] = True
            complete["Level"] = tree.level(company, "Item", complete)
        complete["FullyQualifiedName"] = tree.full_name(company, "Item", complete, "Name")
        for other in company.where("Item", "FullyQualifiedName", complete["FullyQualifiedName"]):
            if stored is None or other.id != stored.id:
                raise faults.duplicate_name("null")
        return complete

    def changed(self, company: Company, record: Record, before: Body) -> None:
        if before.get("FullyQualifiedName") != record.body["FullyQualifiedName"]:
            tree.rename_below(company, self, record, "Name")

    def follow_ups(
        self, company: Company, record: Record, sent: Body, before: Record | None
    ) -> Sequence[tuple[str, Body]]:
        """The first quantity is a starting value; another one sent later is an adjustment on the start date."""
        if record.body["Type"] != "Inventory" or "QtyOnHand" not in sent:
            return ()
        difference = sent["QtyOnHand"] - company.stock.on_hand(record.id)
        if not difference:
            return ()
        started, item = record.body["InvStartDate"], {"value": record.id}
        if before is None or before.body["Type"] != "Inventory":
            return [("InventoryStartingValue", {"TxnDate": started, "ItemRef": item, "Qty": difference})]
        account = lazy_accounts.needed(company, Account(), "Inventory Shrinkage")
        line = {"ItemAdjustmentLineDetail": {"ItemRef": item, "QtyDiff": difference}}
        adjusted = {"TxnDate": started, "AdjustAccountRef": {"value": account.id}, "Line": [line]}
        return [("InventoryAdjustment", adjusted)]

    def derived(self, company: Company, record: Record) -> Body:
        return {"QtyOnHand": company.stock.on_hand(record.id)} if record.body["Type"] == "Inventory" else {}

    def in_default_order(self, company: Company, records: Iterable[Record]) -> list[Record]:
        return sorted(records, key=lambda each: str(each.body["FullyQualifiedName"]).casefold())


def _inventory_problems(body: Body) -> Iterable[faults.Error]:
    if "AssetAccountRef" not in body:
        problem = faults.missing("AssetAccountRef")
        yield faults.Error(problem.code, problem.message, NO_ASSET_ACCOUNT, "AssetAccountRef")
    for name in ("InvStartDate", "ExpenseAccountRef", "IncomeAccountRef"):
        if name not in body:
            yield faults.missing(name)
    if not body.get("TrackQtyOnHand"):
        yield faults.missing("TrackQtyOnHand")


def _check_type(body: Body, stored: Record | None) -> None:
    before = stored.body["Type"] if stored else body["Type"]
    change = (before, body["Type"])
    if before != body["Type"] and change != ("NonInventory", "Inventory") and "Inventory" in change:
        raise faults.rule_broken("You can't change the type of this item.")


def _check_accounts(company: Company, body: Body) -> None:
    wanted = {
        "IncomeAccountRef": {"Income", "Other Income"},
        "ExpenseAccountRef": {
            "Expense",
            "Cost of Goods Sold",
            "Other Expense",
            "Other Current Asset",
            "Other Current Liability",
        },
        "AssetAccountRef": {"Other Current Asset"},
    }
    if body["Type"] == "Inventory":
        wanted["ExpenseAccountRef"] = {"Cost of Goods Sold"}
    for name, types in wanted.items():
        if name in body and company.of("Account")[body[name]["value"]].body["AccountType"] not in types:
            raise faults.wrong_account_type()
    if body["Type"] in ("Service", "NonInventory") and not {"IncomeAccountRef", "ExpenseAccountRef"} & body.keys():
        raise faults.rule_broken("Select an income or an expense account for this item.")
