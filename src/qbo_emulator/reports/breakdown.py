"""Columns of a profit and loss: one total, or that broken down by month, class, customer and so on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.ledger import Posting


@dataclass(frozen=True)
class Split:
    """Which column a posting belongs to, and what that column is called."""

    key: Callable[[Posting], str]
    title: Callable[[Company, str], str]


def _party(kind: str) -> Callable[[Posting], str]:
    return lambda posting: posting.party[1] if posting.party and posting.party[0] == kind else ""


def _named(kind: str) -> Callable[[Company, str], str]:
    return lambda company, key: (company.name_of(kind, key) if key else None) or "Not Specified"


def _as_it_is(company: Company, key: str) -> str:
    return key


SPLITS: Mapping[str, Split] = {
    "month": Split(lambda posting: posting.on[:7], _as_it_is),
    "quarter": Split(lambda posting: f"{posting.on[:4]} Q{(int(posting.on[5:7]) + 2) // 3}", _as_it_is),
    "year": Split(lambda posting: posting.on[:4], _as_it_is),
    "days": Split(lambda posting: posting.on, _as_it_is),
    "classes": Split(lambda posting: posting.klass or "", _named("Class")),
    "departments": Split(lambda posting: posting.department or "", _named("Department")),
    "customers": Split(_party("Customer"), _named("Customer")),
    "vendors": Split(_party("Vendor"), _named("Vendor")),
    "employees": Split(_party("Employee"), _named("Employee")),
}


def split_by(parameters: Mapping[str, str]) -> Split | None:
    """None for the one column Total."""
    name = parameters.get("summarize_column_by", "Total")
    if name.lower() == "total":
        return None
    if name.lower() not in SPLITS:
        raise faults.Fault(faults.bad_choice("summarize_column_by", name))
    return SPLITS[name.lower()]


def keys(split: Split | None, postings: Sequence[Posting]) -> list[str]:
    """The columns before TOTAL, in order; what belongs nowhere comes last."""
    if split is None:
        return []
    return sorted({split.key(posting) for posting in postings}, key=lambda key: (not key, key))
