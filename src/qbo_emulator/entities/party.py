"""A reference to a customer, vendor or employee that says which: the three share one sequence of ids."""

from qbo_emulator import faults, references
from qbo_emulator.company import Company
from qbo_emulator.entities.contact import KINDS
from qbo_emulator.shape import Body


def resolved(company: Company, ref: Body) -> Body:
    """With its kind, in the API's spelling, whether it was sent or not."""
    identity = ref["value"]
    sent = str(ref.get("of", "")).capitalize()
    kind = sent if sent in KINDS else next((each for each in KINDS if company.find(each, identity)), None)
    if kind is None:
        raise faults.dangling_reference("Names", identity)
    references.check_one(company, kind, identity)
    return {"value": identity, "of": kind}
