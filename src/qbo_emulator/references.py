"""References from one object to another: each must exist and, to be used, be active."""

from collections.abc import Iterator

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.shape import Body, Shape

GROUPS = {
    "Account": "Accounts",
    "Vendor": "Names",
    "Customer": "Names",
    "Employee": "Names",
    "Class": "Klasses",
    "Department": "Depts",
    "Item": "Items",
    "Term": "Terms",
    "PaymentMethod": "PaymentMethods",
}


def check(company: Company, shape: Shape, body: Body) -> None:
    for kind, identity in _found(shape, body):
        if kind in GROUPS:
            check_one(company, kind, identity)


def check_one(company: Company, kind: str, identity: str) -> None:
    record = company.find(kind, identity)
    if record is None:
        raise faults.dangling_reference(GROUPS[kind], identity)
    if not record.active:
        raise faults.inactive_reference(company.options.inactive_reference_code, GROUPS[kind])


def _found(shape: Shape, body: Body) -> Iterator[tuple[str, str]]:
    for name, value in body.items():
        known = shape.known[name]
        if known.read_only:
            continue
        if known.kind == "ref":
            yield value.get("of") or known.target or "", value["value"]
        elif known.kind == "group" and known.shape:
            yield from _found(known.shape, value)
        elif known.kind == "several" and known.shape:
            for each in value:
                yield from _found(known.shape, each)
