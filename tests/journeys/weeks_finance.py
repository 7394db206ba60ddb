"""What finance decides at random: matches, freight, claims, policies."""

from __future__ import annotations

from decimal import Decimal

from tests.journeys.weeks_dice import Dice
from tieout.access import company as companies
from tieout.core.matching import Tolerances
from tieout.core.roles import Role
from tieout.costing.actions import apportion_landed_cost, reapportion_landed_cost, take_back_landed_cost
from tieout.costing.models import Basis, LandedCost
from tieout.ledger import actions as ledger
from tieout.purchasing import actions as purchasing
from tieout.purchasing import bill_actions, matching
from tieout.purchasing.bill_actions import For
from tieout.purchasing.models import Bill, Clearing
from tieout.sales import invoice_actions


class Finance(Dice):
    """Decisions, right and wrong ones."""

    def accept_proposal(self) -> None:
        bill, looked = self.looked()
        one = self.dice.choice([one for one in looked if one.proposal and one.coding is matching.Coding.ACCRUAL])
        assert one.proposal
        wanted = [For(one.line.pk, part.receipt_line, part.quantity, part.amount) for part in one.proposal.parts]
        expensed = self.dice.choice((None, None, True))
        at = self.factory.at()
        bill_actions.clear_bill(self.factory.controller, bill=bill.pk, lines=wanted, at=at, expensed=expensed)

    def decide_line(self) -> None:
        bill, looked = self.looked()
        one = self.dice.choice(looked)
        who, at = self.factory.controller, self.factory.at()
        match self.dice.randint(0, 3):
            case 0:
                bill_actions.move_to_accrual(who, bill=bill.pk, line=one.line.pk, at=at)
            case 1:
                bill_actions.set_aside(who, bill=bill.pk, line=one.line.pk, what="service", reason="no goods")
            case 2:
                bill_actions.take_up_again(who, bill=bill.pk, line=one.line.pk)
            case _:
                bill_actions.unmatch_bill(who, bill=bill.pk, at=at, reason="wrong receipt")

    def looked(self) -> tuple[Bill, list[matching.Looked]]:
        with companies.scope(self.factory.company):
            bill = self.dice.choice(list(Bill.objects.filter(deleted=False).order_by("id")))
            return bill, matching.look(bill, Tolerances())

    def freight(self) -> None:
        amount = Decimal(self.dice.randint(1, 2000)) / 100
        self.month.type(self.month.line(str(amount), "trucking", role=Role.FREIGHT))
        lots = self.dice.sample([lot for lot, *_ in self.bought], min(2, len(self.bought)))
        apportion_landed_cost(self.factory.controller, amount=amount, of=lots, at=self.factory.at())

    def share_again(self) -> None:
        with companies.scope(self.factory.company):
            number = self.dice.choice(list(LandedCost.objects.values_list("number", flat=True)))
        who, at = self.factory.controller, self.factory.at()
        if self.dice.random() < 0.5:
            take_back_landed_cost(who, landed_cost=number, at=at)
        else:
            reapportion_landed_cost(who, landed_cost=number, of=[self.lot()], basis=Basis.VALUE, at=at)

    def settle_claim(self) -> None:
        claim = self.claims.pop()
        credited = Decimal(self.dice.choice((claim.price, claim.price // 2, claim.price + 7))) / 100
        who, at = self.factory.controller, self.factory.at()
        purchasing.settle_claim(who, supplier_return=claim.number, credited=credited, at=at)
        if credited:
            self.month.type(self.month.line(str(credited), "", role=Role.VCLAIM), kind="VendorCredit")

    def credit_a_price(self) -> None:
        """Some of a price is given back, and no goods with it."""
        bill, looked = self.looked()
        matched = [one for one in looked if one.standing is matching.Standing.MATCHED and one.line.amount]
        paid = self.dice.choice(matched if bill.total > 0 else [])
        with companies.scope(self.factory.company):
            receipt_line = Clearing.objects.filter(bill_line=paid.line).latest("id").receipt_line_id
        amount = Decimal(self.dice.randint(1, 300)) / 100
        credit = self.month.type(self.month.line(str(amount), "price as agreed"), kind="VendorCredit")
        self.typed.append(("VendorCredit", credit))
        self.month.look()
        id, line = self.month.bill(credit), self.month.bill_line(credit)
        wanted = [For(line, receipt_line, Decimal(0))]
        bill_actions.clear_bill(self.factory.controller, bill=id, lines=wanted, at=self.factory.at())

    def change_policy(self) -> None:
        name, values = self.dice.choice(
            (
                ("price variance", ("flow", "expense")),
                ("shipment grouping", ("day", "shipment")),
                ("receipt grouping", ("event", "day")),
                ("bill price tolerance", ("any", "5", "0")),
            )
        )
        on = self.factory.now.date()
        ledger.set_policy(self.factory.controller, name=name, value=self.dice.choice(values), effective_from=on)

    def agree(self) -> None:
        sold = self.dice.choice(("", "shipment", "delivery", "invoice"))
        invoice_actions.agree_on_sale(self.factory.controller, customer="GROCER", sold=sold)

    def deliver(self) -> None:
        shipment, at = self.dice.choice(self.shipments), self.factory.at()
        invoice_actions.record_delivery(self.factory.warehouse, shipment=shipment, at=at, proof="signed")

    def find(self) -> None:
        lot, at = f"F-{len(self.month.lots) + len(self.made)}", self.factory.at()
        quantity = Decimal(self.dice.randint(1, 5))
        purchasing.record_found(self.factory.warehouse, sku="HONEY", quantity=quantity, place="MILL", at=at, lot=lot)
        self.made.append(lot)
        if self.dice.random() < 0.5:
            order = self.month.order("HONEY", price="4.44", quantity=str(quantity))
            by, at = self.factory.warehouse, self.factory.at()
            purchasing.match_found(by, lot=lot, order=order, line="HONEY", at=at)
