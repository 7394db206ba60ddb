"""The locations of a company: known by id to the ledger, by site and code to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tieout.core.book import Place
from tieout.core.refusals import Refusal
from tieout.core.roles import ROLE_OF_PLACE, PlaceKind, Role
from tieout.database import memory
from tieout.stock.models import Location, Site


class UnknownPlace(Refusal):
    """A site or location that is not there."""

    code = "unknown_place"


@dataclass(frozen=True, slots=True)
class SiteFacts:
    id: int
    code: str
    zone: ZoneInfo


class Places(Mapping[int, Place]):
    """Every location of a company. One that a process has not met yet is read; none ever changes its kind or role."""

    def __init__(self, company: int) -> None:
        self._company = company
        self._by_id: dict[int, Place] = {}
        self._by_code: dict[tuple[str, str], int] = {}
        self._sites: dict[str, SiteFacts] = {}

    def __getitem__(self, id: int) -> Place:
        if id not in self._by_id:
            self._read()
        return self._by_id[id]

    def __iter__(self):  # type: ignore[no-untyped-def]  # Mapping's own signature
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def site(self, code: str) -> SiteFacts:
        """The site of that code, or a refusal that names those there are."""
        if code not in self._sites:
            self._read()
        if code not in self._sites:
            raise UnknownPlace(f"There is no site {code}. There are: {', '.join(sorted(self._sites)) or 'none yet'}.")
        return self._sites[code]

    def site_of(self, id: int) -> SiteFacts | None:
        self[id]
        site = self._by_id[id].site
        return next((one for one in self._sites.values() if one.id == site), None)

    def at(self, where: str) -> int:
        """`SITE/CODE` or `SITE` (its main store) → location id."""
        site, _, code = where.partition("/")
        key = (self.site(site).code, code or MAIN)
        if key not in self._by_code:
            self._read()
        if key not in self._by_code:
            known = ", ".join(sorted(code for at, code in self._by_code if at == site))
            raise UnknownPlace(f"There is no location {code} at {site}. There are: {known}.")
        return self._by_code[key]

    def counterpart(self, kind: PlaceKind, *, site: str = "") -> int:
        """The one location of a counterpart kind (production and goods on the way: of that site)."""
        key = (site, kind.value.upper())
        if key not in self._by_code:
            self._read()
        if key not in self._by_code:
            raise UnknownPlace(f"There is no {kind} location{' at ' + site if site else ''}. Add a site first.")
        return self._by_code[key]

    def production_of(self, site: int) -> int:
        """Where a site's runs are."""
        for _ in range(2):
            for place in self._by_id.values():
                if place.site == site and place.kind is PlaceKind.PRODUCTION:
                    return place.id
            self._read()
        raise UnknownPlace("That site has no production. Add it.")

    def _read(self) -> None:
        rows = Location.objects.select_related("site").order_by("id")
        self._sites = {
            site.code: SiteFacts(site.pk, site.code, ZoneInfo(site.time_zone)) for site in Site.objects.all()
        }
        for row in rows:
            kind = PlaceKind(row.kind)
            role = Role(row.role) if row.role else ROLE_OF_PLACE.get(kind)
            self._by_id[row.pk] = Place(row.pk, kind, role, row.site_id)
            self._by_code[(row.site.code if row.site else "", row.code)] = row.pk


MAIN = "MAIN"
"""The store that a site has from the start."""

AT_EACH_SITE = (PlaceKind.PRODUCTION, PlaceKind.IN_TRANSIT)


def of(company: int) -> Places:
    """The company's places, as this process knows them."""
    return memory.recall("places", company, otherwise=lambda: Places(company))


def open_site(company: int, *, code: str, name: str, time_zone: str) -> Site:
    """A site with its main store, quarantine, production and a place for goods on their way to it."""
    site = Site.objects.create(company_id=company, code=code, name=name, time_zone=time_zone)
    stores = [(MAIN, "Main store", PlaceKind.STORAGE), ("QUARANTINE", "Quarantine", PlaceKind.QUARANTINE)]
    stores += [(kind.value.upper(), kind.value.capitalize(), kind) for kind in AT_EACH_SITE]
    Location.objects.bulk_create(
        Location(company_id=company, site=site, code=at, name=called, kind=kind.value) for at, called, kind in stores
    )
    open_counterparts(company)
    return site


def open_counterparts(company: int) -> None:
    """The places that stand for accounts; every company has each once."""
    there = set(Location.objects.filter(site=None).values_list("code", flat=True))
    Location.objects.bulk_create(
        Location(
            company_id=company,
            code=kind.value.upper(),
            name=kind.value.capitalize().replace("-", " "),
            kind=kind.value,
        )
        for kind in PlaceKind
        if not kind.holds_stock and kind not in AT_EACH_SITE and kind.value.upper() not in there
    )
