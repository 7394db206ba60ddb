"""Weeks at work in which anything may happen, by dice: on the floor, at AP's desk, at finance's, and in QuickBooks by
people who should not. What the product refuses was not done, and the next thing is tried."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tests.journeys.month import QUICK, Line, Month
from tieout.access import company as companies
from tieout.core.matching import Tolerances
from tieout.core.refusals import Refusal
from tieout.core.roles import Role
from tieout.costing.actions import apportion_landed_cost, reapportion_landed_cost, take_back_landed_cost
from tieout.costing.models import Basis, LandedCost
from tieout.ledger import actions as ledger
from tieout.ledger.models import Event, Transmission
from tieout.production.reports import Made
from tieout.purchasing import actions as purchasing
from tieout.purchasing import bill_actions, matching
from tieout.purchasing.bill_actions import For
from tieout.purchasing.models import Bill
from tieout.quickbooks import documents, inbound, reconciled, reconciliation, remedy_actions, replacing
from tieout.quickbooks.documents import Notice
from tieout.quickbooks.reconciled import Compared
from tieout.sales import actions as sales
from tieout.stock import actions as stock
from tieout.stock.models import Lot
from tieout.stock.writedowns import Worth

KINDS = ("Bill", "Bill", "Bill", "Purchase", "VendorCredit")
CODED = (Role.GRNI,) * 8 + (Role.SAMPLES, Role.RAW, Role.FREIGHT, Role.COGS)
FACTORS = ("1", "1", "1", "1.01", "0.98", "1.3", "0.6", "2")


class Weeks:
    """A company, its books, and dice."""

    def __init__(self, month: Month, seed: int) -> None:
        self.month, self.factory, self.dice = month, month.factory, Random(seed)
        self.bought: list[tuple[str, Decimal, Decimal]] = []
        """Lot, quantity, price."""
        self.made: list[str] = []
        self.shipments: list[str] = []
        self.typed: list[tuple[str, str]] = []
        """Kind and id of what AP typed."""
        self.strangers: list[str] = []
        self.claims: list[purchasing.SentBackLot] = []
        self.open_runs: list[str] = []
        self.told: list[str] = []
        """What was done, for whoever has to find out why it went wrong."""

    # --- The floor --------------------------------------------------------------------------------------------

    def receive(self) -> None:
        sku = self.dice.choice(("HONEY", "HONEY", "OIL", "JAR"))
        quantity = Decimal(self.dice.randint(1, 20))
        price = Decimal(self.dice.choice((0, 1, 433, 500000, 777, 333333, 12345678))).scaleb(-self.dice.choice((2, 4)))
        order = self.month.order(sku, price=str(price), quantity=str(quantity))
        part = quantity if self.dice.random() < 0.7 else Decimal(self.dice.randint(1, int(quantity)))
        for came in (part, quantity - part):
            if came and (came == part or self.dice.random() < 0.5):
                (lot,) = self.month.receive(order, sku, quantity=str(came))
                self.bought.append((lot, came, price))

    def bill_first(self) -> None:
        order = self.month.order("HONEY", price="6.10")
        self.typed.append(("Bill", self.month.type(self.month.line("61.30", f"your order {order}"))))
        self.month.look()
        (lot,) = self.month.receive(order, "HONEY")
        self.bought.append((lot, Decimal(10), Decimal("6.10")))

    def make(self) -> None:
        run = self.factory.plan("MIX", "5")
        self.factory.issue(run, *{(lot, self.some(lot)) for lot in (self.lot(), self.lot())})
        self.open_runs.append(run)
        if self.dice.random() < 0.6:
            self.report(run)

    def end(self) -> None:
        self.report(self.dice.choice(self.open_runs))

    def report(self, run: str) -> None:
        final = self.dice.random() < 0.8
        lot = f"M-{len(self.made) + 1}"
        abnormal = self.dice.choice(("", "1"))
        self.factory.report(run, Made(Decimal(self.dice.randint(1, 5)), lot=lot), final=final, abnormal=abnormal)
        self.made.append(lot)
        if final:
            self.open_runs.remove(run)

    def ship(self) -> None:
        lot = self.lot()
        self.shipments.append(self.factory.ship((lot, self.some(lot))).number)

    def come_back(self) -> None:
        code = f"B-{len(self.made) + 1}"
        sales.return_from_customer(
            self.factory.warehouse,
            shipment=self.dice.choice(self.shipments),
            quantity=Decimal(self.dice.randint(1, 3)),
            to="MILL",
            code=code,
            at=self.factory.at(),
        )
        self.made.append(code)

    def send_back(self) -> None:
        lot = self.dice.choice(self.bought)[0]
        quantity = Decimal(self.some(lot))
        done = purchasing.return_to_supplier(self.factory.warehouse, lot=lot, quantity=quantity, at=self.factory.at())
        if done.claimed:
            self.claims.append(done)

    def lose(self) -> None:
        lot = self.lot()
        self.dice.choice((self.factory.scrap, self.factory.count))(lot, self.some(lot))

    def write_down(self) -> None:
        worth = [Worth(self.lot(), Decimal(self.dice.randint(0, 50)) / 100)]
        stock.write_down(self.factory.controller, site="MILL", worth=worth, at=self.factory.at())

    def transfer(self) -> None:
        lot = self.lot()
        self.factory.transfer(lot, self.some(lot))

    def undo(self) -> None:
        with companies.scope(self.factory.company):
            event = Event.objects.get(pk=self.dice.choice(list(Event.objects.values_list("id", flat=True))))
        at, reason = self.factory.at(), "it never happened"
        match event.kind:
            case "receipt":
                purchasing.reverse_receipt(self.factory.controller, receipt=event.number, at=at, reason=reason)
            case "shipment":
                sales.reverse_shipment(self.factory.controller, event=event.number, at=at, reason=reason)
            case "supplier return":
                by = self.factory.controller
                purchasing.reverse_supplier_return(by, event=event.number, at=at, reason=reason)
                self.claims = [one for one in self.claims if one.number != event.number]
            case "customer return":
                sales.reverse_customer_return(self.factory.controller, event=event.number, at=at, reason=reason)
            case _:
                stock.reverse(self.factory.controller, event=event.number, at=at, reason=reason)

    def lot(self) -> str:
        return self.dice.choice([*(lot for lot, *_ in self.bought), *self.made])

    def some(self, lot: str) -> str:
        """A whole number, of what came or a few."""
        most = next((int(quantity) for code, quantity, _ in self.bought if code == lot), 5)
        return str(self.dice.randint(1, most))

    # --- AP's desk --------------------------------------------------------------------------------------------

    def charge(self) -> None:
        lines = [self.line() for _ in range(self.dice.choice((1, 1, 1, 2, 3)))]
        kind = self.dice.choice(KINDS)
        if sum(line["Amount"] for line in lines) > 0:
            self.typed.append((kind, self.month.type(*lines, kind=kind)))

    def line(self) -> Line:
        lot, quantity, price = self.dice.choice(self.bought[-12:])
        text = self.dice.choice((f"lot {lot}", self.month.lots[lot], "", f"{quantity} kg, lot {lot}"))
        factor = Decimal(self.dice.choice(FACTORS))
        sku = {"H": "HONEY", "O": "OIL", "J": "JAR"}[lot[0]]
        if self.dice.random() < 0.4:
            billed = quantity * Decimal(self.dice.choice(("1", "1", "0.5", "1.2")))
            return self.month.item(str(billed), str(round(price * factor, 2)), text, sku=sku)
        return self.month.line(str(round(quantity * price * factor, 2)), text, role=self.dice.choice(CODED))

    def discount(self) -> None:
        first = self.line()
        less = round(first["Amount"] * Decimal("-0.02"), 2)
        if less:
            self.typed.append(("Bill", self.month.type(first, self.month.line(str(less), "2 % discount"))))

    def edit(self) -> None:
        kind, id = self.dice.choice(self.typed)
        lines = list(self.month.books.read(kind, id)["Line"])
        match self.dice.randint(0, 4):
            case 0:
                lines[0] = {**self.line(), "Id": lines[0]["Id"]}
            case 1:
                lines.append(self.line())
            case 2 if len(lines) > 1:
                del lines[self.dice.randrange(len(lines))]
            case 3:
                lines.reverse()
            case _:
                memo = {"PrivateNote": f"looked at by {self.dice.randint(0, 9)}"}
                self.month.books.outsider("edit", kind, id, memo)
                return
        if sum(line["Amount"] for line in lines) > 0:
            self.month.books.outsider("edit", kind, id, {"Line": lines})

    def delete(self) -> None:
        kind, id = self.dice.choice(self.typed)
        self.month.books.outsider("delete", kind, id)
        self.typed.remove((kind, id))

    # --- Finance ----------------------------------------------------------------------------------------------

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

    # --- People who should not, and the wire --------------------------------------------------------------------

    def tamper(self) -> None:
        with companies.scope(self.factory.company):
            sent = list(Transmission.objects.filter(state="confirmed").order_by("number"))
        there = {one["Id"] for one in self.month.books.query("select * from JournalEntry maxresults 1000")}
        entry = self.dice.choice([one.external_id for one in sent if one.external_id in there])
        if self.dice.random() < 0.4:
            self.month.books.outsider("delete", "JournalEntry", entry)
            return
        lines = self.month.books.read("JournalEntry", entry)["Line"]
        amount = Decimal(self.dice.randint(1, 500)) / 100
        for line in lines if len(lines) == 2 else ():
            line["Amount"] = amount
        self.month.books.outsider("edit", "JournalEntry", entry, {"Line": lines})

    def type_by_hand(self) -> None:
        amount, (debit, credit) = (
            Decimal(self.dice.randint(1, 900)) / 100,
            self.dice.sample((Role.RAW, Role.GRNI, Role.FG, Role.COGS, Role.FREIGHT), 2),
        )
        lines = [self._side("Debit", debit, amount), self._side("Credit", credit, amount)]
        document = {"TxnDate": self.factory.now.date().isoformat(), "Line": lines}
        self.strangers.append(self.month.books.outsider("create", "JournalEntry", None, document)["Id"])

    def untype(self) -> None:
        self.month.books.outsider("delete", "JournalEntry", self.strangers.pop())

    def _side(self, posting: str, role: Role, amount: Decimal) -> dict[str, Any]:
        detail = {"PostingType": posting, "AccountRef": {"value": self.month.accounts[role].external_id}}
        return {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    def lose_an_answer(self) -> None:
        self.month.books.fault(
            "reset", match={"entity": "JournalEntry", "method": "POST"}, commit=self.dice.random() < 0.7
        )

    def tell(self) -> None:
        """Notifications: twice, out of order, and of what is not there."""
        company, realm = self.factory.company, documents.realm(self.factory.company)
        at = datetime.now(UTC)
        some = self.dice.sample(self.typed, min(3, len(self.typed)))
        notices = [Notice(kind, id, at - timedelta(seconds=self.dice.randint(0, 99))) for kind, id in some]
        notices.append(Notice("Bill", "99999", at, gone=True))
        for _ in range(2):
            self.dice.shuffle(notices)
            documents.hear(company, realm, notices)
            inbound.work(company, waits=QUICK)

    ACTS: tuple[tuple[Callable[[Weeks], None], int], ...] = (
        (receive, 8), (bill_first, 1), (make, 4), (end, 2), (ship, 4), (come_back, 2), (send_back, 3), (lose, 2),
        (write_down, 1), (transfer, 1), (undo, 3), (charge, 9), (discount, 1), (edit, 4), (delete, 2),
        (accept_proposal, 4), (decide_line, 4), (freight, 2), (share_again, 2), (settle_claim, 2), (tamper, 1),
        (type_by_hand, 1), (untype, 1), (lose_an_answer, 1), (tell, 2),
    )  # fmt: skip

    # --- What is done at the end of a week ------------------------------------------------------------------------

    def week(self, acts: int) -> int:
        """So many acts; how many were not refused."""
        done = 0
        for act in self.dice.choices([one for one, _ in self.ACTS], [weight for _, weight in self.ACTS], k=acts):
            try:
                act(self)
                self.told.append(act.__name__)
                done += 1
            except (Refusal, IndexError):
                self.told.append(f"{act.__name__}, refused")
        return done

    def settle(self) -> Compared:
        """Everything is posted, read and matched; what is compared then."""
        self.month.post()
        self.month.books.clear_faults()
        replacing.carry_out(self.factory.company, waits=QUICK)
        self.month.look()
        self.month.post()
        on = max(reconciliation.today(self.factory.company), date(2026, 12, 31))
        run = reconciliation.reconcile(self.factory.company, on, waits=QUICK).run
        with companies.scope(self.factory.company):
            found = reconciled.run(run)
        assert found is not None
        return found

    def decide(self, found: Compared) -> None:
        """Some of what waits for a person is decided, one way or another."""
        who = self.factory.controller
        for one in reconciled_to_decide(self.factory.company, found):
            subject = one.difference.subject
            with suppress(Refusal):
                match self.dice.randint(0, 4):
                    case 0 | 1 if one.is_ours:
                        remedy_actions.repost_entry(who, subject=subject, reason="as it was")
                    case 0:
                        remedy_actions.adopt_entry(who, subject=subject, reason="it is right")
                    case 2:
                        remedy_actions.accept_difference(who, subject=subject, reason="small")
                    case 3:
                        with companies.scope(self.factory.company):
                            lot = self.dice.choice(list(Lot.objects.values_list("id", flat=True)))
                        remedy_actions.adjust_cost(who, subject=subject, lot=lot, reason="the books are right")

    def close(self, starts: date, ends: date) -> None:
        """The month is over, if nothing stands in the way."""
        with suppress(Refusal):
            ledger.close_period(self.factory.controller, starts=starts, ends=ends)


def reconciled_to_decide(company: int, found: Compared) -> list[reconciled.Document]:
    with companies.scope(company):
        return reconciled.to_decide(found)
