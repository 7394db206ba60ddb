"""The company is founded: people, places, catalog, partners, opening stock. Then it may go live."""

from __future__ import annotations

from decimal import Decimal

from tieout.access import actors
from tieout.access.acting import Acting
from tieout.access.models import Company
from tieout.catalog import actions as catalog
from tieout.demo import doing, opening
from tieout.demo.company import ADMINISTRATOR, CONTROLLER, NAME, OPENING_DAY, PEOPLE, PLACES, PLANNER, SITES, TIME_ZONE
from tieout.demo.doing import Crew
from tieout.demo.history import History
from tieout.demo.items import CATEGORIES, ITEMS, UNITS
from tieout.demo.partners import CUSTOMERS, SUPPLIERS
from tieout.demo.recipes import LABOUR_CENTS, OVERHEAD_CENTS, RECIPES
from tieout.purchasing import actions as purchasing
from tieout.sales import actions as sales
from tieout.stock import actions as stock
from tieout.stock.openings import OpeningLine


def found() -> Company:
    """The company and its people, nothing else."""
    company = actors.found(NAME, time_zone=TIME_ZONE, demo=True)
    for name, role in PEOPLE.items():
        actors.engage(company.pk, name, role)
    return company


def furnish(crew: Crew) -> None:
    """Places, items, recipes, rates and partners: everything but goods."""
    administrator = crew.people[ADMINISTRATOR]
    for site in SITES.values():
        stock.add_site(administrator, code=site.code, name=site.name, time_zone=site.zone.key)
        for code, (name, kind) in PLACES.items():
            stock.add_location(administrator, site=site.code, code=code, name=name, kind=kind)
    _catalog(crew)
    _partners(crew)


def open_stock(crew: Crew, history: History) -> None:
    """What lies there on the first day, against OPENING."""
    for site, opened in history.opening.items():
        lines = [
            OpeningLine(
                one.part.lot.sku,
                one.part.quantity,
                one.value,
                f"{site}/{one.part.place}",
                one.part.lot.code,
                one.part.lot.expires_on if ITEMS[one.part.lot.sku].shelf_life_days else None,
            )
            for one in opened
        ]
        stock.open_balances(crew.people[ADMINISTRATOR], lines=lines, site=site, at=opening.moment(site))


def _catalog(crew: Crew) -> None:
    planner = crew.people[PLANNER]
    for code, (name, decimals) in UNITS.items():
        catalog.add_unit(planner, code=code, name=name, decimals=decimals)
    for code, name in CATEGORIES.items():
        catalog.add_category(planner, code=code, name=name)
    for item in ITEMS.values():
        catalog.add_item(
            planner,
            sku=item.sku,
            name=item.name,
            kind=item.kind,
            unit=item.unit,
            category=item.category,
            shelf_life_days=item.shelf_life_days,
        )
        if item.bought_in not in ("", item.unit):
            catalog.set_conversion(planner, unit=item.bought_in, base=item.unit, numerator=item.pack, sku=item.sku)
    for versions in RECIPES.values():
        doing.approve(crew, versions[0])
    controller = crew.people[CONTROLLER]
    catalog.set_rate(controller, kind="labour", cents_per_hour=LABOUR_CENTS, effective_from=OPENING_DAY)
    catalog.set_rate(controller, kind="overhead", cents_per_hour=OVERHEAD_CENTS, effective_from=OPENING_DAY)


def _partners(crew: Crew) -> None:
    for supplier in SUPPLIERS.values():
        purchasing.add_supplier(crew.buyer, code=supplier.code, name=supplier.name, lead_time_days=supplier.lead_days)
    for item in ITEMS.values():
        if item.supplier:
            _price(crew.buyer, item.supplier, item.sku, item.bought_in, item.price)
    for customer in CUSTOMERS.values():
        sales.add_customer(crew.planner, code=customer.code, name=customer.name, channel=customer.channel)


def _price(buyer: Acting, supplier: str, sku: str, unit: str, price: Decimal) -> None:
    purchasing.set_supplier_price(buyer, supplier=supplier, sku=sku, price=price, effective_from=OPENING_DAY, unit=unit)
