"""A name that the floor asked for, and the one that QuickBooks knows the same vendor or customer by.

Where the names are the same they find each other. Where they are not, a person says so: the row that lines and
shipments already name takes over QuickBooks' id, so that what was held for it goes on; the row that mirrored the other
name is retired, and documents that named it name ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from tieout.core.refusals import Refusal
from tieout.ledger.models import JournalLine, MappingRule, Party
from tieout.purchasing.models import Bill, Supplier
from tieout.sales.models import Customer, Invoice


class NotTheSame(Refusal):
    """Two names that cannot be made one."""

    code = "not_the_same"


@dataclass(frozen=True, slots=True)
class Choice:
    """A name of QuickBooks that nobody here goes by yet."""

    id: int
    name: str


def free(kind: str, *, most: int = 500) -> list[Choice]:
    """Vendors or customers of QuickBooks that a requested name may be, by name; inside a scope."""
    known = Party.objects.filter(kind=kind, active=True).exclude(external_id="")
    named = Customer.objects if kind == "customer" else Supplier.objects
    taken = list(named.values_list("party_id", flat=True))
    return [Choice(*row) for row in known.exclude(pk__in=taken).order_by("name").values_list("id", "name")[:most]]


def link(*, requested: int, known: int) -> Party:
    """The requested one is that one; inside the caller's transaction."""
    rows = {one.pk: one for one in Party.objects.select_for_update().filter(pk__in=[requested, known]).order_by("id")}
    ours, theirs = rows.get(requested), rows.get(known)
    if ours is None or theirs is None or ours.kind != theirs.kind or not theirs.external_id:
        raise NotTheSame("That name is not in QuickBooks any more. Reload the page and choose another one.")
    if ours.external_id and ours.active:
        raise NotTheSame(f"QuickBooks knows {ours.name} already. Change the name there, if it is another one.")
    if _is_in_use(known):
        raise NotTheSame(
            f"{theirs.name} is somebody else here already: entries, the mapping or another code name it. "
            f"Let QuickBooks create {ours.name}, or merge the two there."
        )
    external = theirs.external_id
    Party.objects.filter(pk=known).update(external_id="", active=False)
    Party.objects.filter(pk=requested).update(external_id=external, active=True)
    Invoice.objects.filter(party_id=known).update(party_id=requested)
    Bill.objects.filter(vendor_id=known).update(vendor_id=requested)
    return ours


def _is_in_use(party: int) -> bool:
    named = (Customer, Supplier, JournalLine, MappingRule)
    return any(model.objects.filter(party_id=party).exists() for model in named)
