"""A small factory that tests may work in: two sites, honey into pots, and a standing cast.

    MILL makes, DEPOT keeps and ships.   POT ← 0.5 kg MIX + 1 JAR;  MIX ← 0.9 kg HONEY + 0.1 kg OIL

Every method asks the real actions, as the person whose job it is. Dates run on by themselves, one minute an
act from `START`, unless a test says when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from tieout.access import actors
from tieout.access import company as companies
from tieout.access.acting import Acting
from tieout.access.models import CompanyState
from tieout.access.permissions import ActorRole
from tieout.catalog import actions as catalog
from tieout.catalog.actions import Part
from tieout.core.posting import Rule, Target
from tieout.core.roles import Role
from tieout.database import memory
from tieout.ledger import actions as ledger
from tieout.ledger import sealing
from tieout.ledger.models import Account, Party
from tieout.production import actions as production
from tieout.production.actions import Reported
from tieout.production.reports import Hours, Made, Use
from tieout.purchasing import actions as purchasing
from tieout.purchasing.actions import Came, OrderLine
from tieout.purchasing.receipts import Receipt
from tieout.sales import actions as sales
from tieout.sales.actions import Going, Shipped
from tieout.stock import actions as stock
from tieout.stock.actions import CountLine, Recorded
from tieout.stock.picking import Wanted

START = datetime(2026, 1, 15, 14, tzinfo=UTC)
SINCE = date(2025, 1, 1)


@dataclass
class Factory:
    """A company at work, and who works there."""

    company: int
    operator: Acting
    planner: Acting
    warehouse: Acting
    buyer: Acting
    controller: Acting
    auditor: Acting
    system: Acting
    now: datetime = START
    orders: dict[str, str] = field(default_factory=dict)
    """Receipt number → its purchase order."""

    def at(self, moment: datetime | None = None) -> datetime:
        """That moment, or a minute after the last."""
        self.now = moment or self.now + timedelta(minutes=1)
        return self.now

    def buy(
        self, sku: str, quantity: str, price: str, *, lot: str = "", site: str = "MILL", at: datetime | None = None
    ) -> Receipt:
        """Order it from the apiary and receive it at once."""
        when = self.at(at)
        line = OrderLine(sku, Decimal(quantity), Decimal(price))
        order = purchasing.place_order(
            self.buyer, supplier="APIARY", site=site, lines=[line], ordered_on=when.date()
        ).number
        came = Came(sku, Decimal(quantity), lot=lot)
        receipt = purchasing.receive(self.warehouse, order=order, lines=[came], at=when)
        self.orders[receipt.number] = order
        return receipt

    def plan(self, sku: str, quantity: str, *, site: str = "MILL", number: str = "") -> str:
        """A confirmed run; its number."""
        run = production.plan_run(self.planner, sku=sku, quantity=Decimal(quantity), site=site, number=number).run
        production.confirm_run(self.planner, run=run, at=self.at())
        return run

    def issue(self, run: str, *uses: tuple[str, str]) -> str:
        """Lots and quantities into a run; the event's number."""
        wanted = [Use(Decimal(quantity), lot=lot) for lot, quantity in uses]
        return production.issue_to_run(self.operator, run=run, uses=wanted, at=self.at()).event

    def report(
        self,
        run: str,
        *made: Made,
        uses: Sequence[tuple[str, str]] = (),
        labour: str = "",
        final: bool = True,
        abnormal: str = "",
        at: datetime | None = None,
    ) -> Reported:
        return production.report_run(
            self.operator,
            run=run,
            made=made,
            uses=[Use(Decimal(quantity), lot=lot) for lot, quantity in uses],
            hours=[Hours("labour", amount=Decimal(labour))] if labour else [],
            abnormal=Decimal(abnormal) if abnormal else None,
            final=final,
            at=self.at(at),
        )

    def make(
        self, sku: str, quantity: str, *uses: tuple[str, str], lot: str = "", labour: str = "", site: str = "MILL"
    ) -> Reported:
        """A run from plan to close, out of these lots."""
        return self.report(
            self.plan(sku, quantity, site=site), Made(Decimal(quantity), lot=lot), uses=uses, labour=labour
        )

    def ship(self, *lines: tuple[str, str], site: str = "MILL", at: datetime | None = None) -> Shipped:
        going = [Going(Decimal(quantity), lot=lot) for lot, quantity in lines]
        return sales.ship(self.warehouse, customer="GROCER", site=site, lines=going, at=self.at(at))

    def transfer(self, lot: str, quantity: str, *, site: str = "MILL", to: str = "DEPOT") -> str:
        """Sent and arrived; the number of the sending."""
        line = Wanted(Decimal(quantity), lot=lot)
        sent = stock.send(self.warehouse, site=site, lines=[line], to=to, at=self.at())
        stock.arrive(self.warehouse, transfer=sent.number, at=self.at())
        return sent.number

    def count(self, lot: str, counted: str, *, site: str = "MILL") -> Recorded:
        return stock.count(self.warehouse, site=site, lines=[CountLine(lot, Decimal(counted))], at=self.at())

    def scrap(self, lot: str, quantity: str, *, site: str = "MILL", reason: str = "broken") -> Recorded:
        line = Wanted(Decimal(quantity), lot=lot)
        return stock.scrap(self.warehouse, site=site, lines=[line], reason=reason, at=self.at())

    def map(self, accounts: dict[Role, Account]) -> None:
        """Each role to its account."""
        ledger.set_mapping(self.controller, rules=[Rule(role, Target(one.pk)) for role, one in accounts.items()])

    def seal(self) -> int:
        """Everything that is open, as at the day's end."""
        return sealing.seal_due(self.company, self.now, everything=True)

    def work(self) -> None:
        """A day with something of everything: two levels of runs, a sale from each site, a loss and a find."""
        self.buy("HONEY", "100", "4.37", lot="H-1")
        self.buy("HONEY", "50", "5.11", lot="H-2")
        self.buy("OIL", "20", "2.503", lot="O-1")
        self.buy("JAR", "300", "0.333", lot="J-1")
        self.make("MIX", "70", ("H-1", "63"), ("O-1", "7"), lot="M-1", labour="41.17")
        self.make("MIX", "40", ("H-1", "7"), ("H-2", "29"), ("O-1", "4"), lot="M-2")
        run = self.plan("POT", "150")
        self.issue(run, ("M-1", "60"), ("J-1", "155"))
        self.report(run, Made(Decimal(90), lot="P-1"), uses=[("M-2", "15")], labour="88.05", final=False)
        self.ship(("P-1", "31"))
        self.report(run, Made(Decimal(57), lot="P-2"), abnormal="3")
        self.transfer("P-2", "40")
        self.ship(("P-2", "13"), ("P-2", "4"), site="DEPOT")
        self.count("H-2", "20.5")
        self.scrap("J-1", "7")


def small(name: str = "Hearth and Hand Mills", *, state: CompanyState = CompanyState.SHADOW) -> Factory:
    """The company with its catalog and places, before anything has happened."""
    memory.forget()
    company = actors.found(name).pk
    actors.set_state(company, state)
    cast = {
        role: actors.engage(company, role.value.capitalize(), role)
        for role in ActorRole
        if role not in (ActorRole.SYSTEM, ActorRole.ADMINISTRATOR)
    }
    factory = Factory(
        company,
        operator=cast[ActorRole.OPERATOR],
        planner=cast[ActorRole.PLANNER],
        warehouse=cast[ActorRole.WAREHOUSE],
        buyer=cast[ActorRole.BUYER],
        controller=cast[ActorRole.CONTROLLER],
        auditor=cast[ActorRole.AUDITOR],
        system=actors.system(company),
    )
    _furnish(factory)
    return factory


def local_books(factory: Factory) -> dict[Role, Account]:
    """Books without a QuickBooks: an account mapped for each role, and every vendor and customer known there."""
    with companies.scope(factory.company):
        accounts = {
            role: Account.objects.create(
                company_id=factory.company, external_id=str(n), name=f"Account of {role}", type="Other Current Asset"
            )
            for n, role in enumerate(Role, 1)
        }
        for n, party in enumerate(Party.objects.order_by("id"), 1):
            Party.objects.filter(pk=party.pk).update(external_id=str(n))
    factory.map(accounts)
    return accounts


def _furnish(factory: Factory) -> None:
    planner = factory.planner
    for code, decimals in (("kg", 3), ("EA", 0)):
        catalog.add_unit(planner, code=code, name=code, decimals=decimals)
    for sku, kind, unit in (
        ("HONEY", "raw", "kg"),
        ("OIL", "raw", "kg"),
        ("JAR", "packaging", "EA"),
        ("MIX", "intermediate", "kg"),
        ("POT", "finished", "EA"),
    ):
        catalog.add_item(planner, sku=sku, name=sku.title(), kind=kind, unit=unit)
    mix = [Part("HONEY", Decimal("0.9")), Part("OIL", Decimal("0.1"))]
    pot = [Part("MIX", Decimal("0.5")), Part("JAR", Decimal(1))]
    catalog.approve_bom(planner, sku="MIX", version="1", parts=mix, effective_from=SINCE)
    catalog.approve_bom(planner, sku="POT", version="1", parts=pot, effective_from=SINCE)
    stock.add_site(planner, code="MILL", name="The mill", time_zone="America/Chicago")
    stock.add_site(planner, code="DEPOT", name="The depot", time_zone="America/New_York")
    purchasing.add_supplier(factory.buyer, code="APIARY", name="Sunny Hive Apiary")
    sales.add_customer(factory.warehouse, code="GROCER", name="Green Grocer")
