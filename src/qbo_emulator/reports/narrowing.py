"""Report parameters that leave only some postings: account, customer, vendor, class, location ids."""

from collections.abc import Callable, Mapping

from qbo_emulator.ledger import Posting

PARTIES = {"customer": "Customer", "vendor": "Vendor", "employee": "Employee"}
MARKS: Mapping[str, Callable[[Posting], str | None]] = {
    "class": lambda posting: posting.klass,
    "department": lambda posting: posting.department,
}


def wanted(parameters: Mapping[str, str]) -> Callable[[Posting], bool] | None:
    """A test for postings, or none when every posting counts."""
    tests: list[Callable[[Posting], bool]] = []
    for name, kind in PARTIES.items():
        if parameters.get(name):
            tests.append(_with_party({(kind, each) for each in ids(parameters, name)}))
    for name, mark in MARKS.items():
        if parameters.get(name):
            tests.append(_marked(mark, ids(parameters, name)))
    return (lambda posting: all(test(posting) for test in tests)) if tests else None


def ids(parameters: Mapping[str, str], name: str) -> frozenset[str]:
    return frozenset(each.strip() for each in parameters.get(name, "").split(",") if each.strip())


def _marked(mark: Callable[[Posting], str | None], found: frozenset[str]) -> Callable[[Posting], bool]:
    return lambda posting: mark(posting) in found


def _with_party(parties: set[tuple[str, str]]) -> Callable[[Posting], bool]:
    return lambda posting: posting.party in parties
