"""Weeks at work in which anything may happen, by dice: on the floor, at AP's desk, at finance's, and in QuickBooks by
people who should not. What the product refuses was not done, and the next thing is tried."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date

from tests.journeys.month import QUICK
from tests.journeys.weeks_desks import Desks
from tests.journeys.weeks_finance import Finance
from tests.journeys.weeks_floor import Floor
from tests.journeys.weeks_outside import Outside
from tieout.access import company as companies
from tieout.core.refusals import Refusal
from tieout.ledger import actions as ledger
from tieout.quickbooks import reconciled, reconciliation, remedy_actions, replacing
from tieout.quickbooks.reconciled import Compared
from tieout.stock.models import Lot


class Weeks(Floor, Desks, Finance, Outside):
    """A company at work."""

    def week(self, acts: int) -> int:
        """So many acts; how many were not refused."""
        done = 0
        for act in self.dice.choices([one for one, _ in ACTS], [weight for _, weight in ACTS], k=acts):
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


ACTS: tuple[tuple[Callable[[Weeks], None], int], ...] = (
    (Weeks.receive, 8),
    (Weeks.bill_first, 1),
    (Weeks.make, 4),
    (Weeks.end, 2),
    (Weeks.ship, 4),
    (Weeks.come_back, 2),
    (Weeks.send_back, 3),
    (Weeks.lose, 2),
    (Weeks.write_down, 1),
    (Weeks.transfer, 1),
    (Weeks.undo, 3),
    (Weeks.charge, 9),
    (Weeks.discount, 1),
    (Weeks.edit, 4),
    (Weeks.delete, 2),
    (Weeks.accept_proposal, 4),
    (Weeks.decide_line, 4),
    (Weeks.freight, 2),
    (Weeks.share_again, 2),
    (Weeks.settle_claim, 2),
    (Weeks.tamper, 1),
    (Weeks.type_by_hand, 1),
    (Weeks.untype, 1),
    (Weeks.lose_an_answer, 1),
    (Weeks.tell, 2),
    (Weeks.credit_a_price, 1),
    (Weeks.change_policy, 1),
    (Weeks.agree, 1),
    (Weeks.deliver, 1),
    (Weeks.find, 2),
    (Weeks.invoice, 3),
    (Weeks.change_invoice, 1),
    (Weeks.sell, 2),
)
