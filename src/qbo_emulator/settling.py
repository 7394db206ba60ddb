"""What follows for the other side when a transaction is linked to it or no longer is.

A payment changes the bill it pays: the bill's balance, its SyncToken and its LastUpdatedTime. Voiding works the
other way round: what had been applied to the voided transaction is taken off it.
"""

from collections.abc import Iterable

from qbo_emulator.company import Company
from qbo_emulator.entities import BY_NAME, Act, currencies
from qbo_emulator.links import Link
from qbo_emulator.record import Record
from qbo_emulator.shape import Body


def settle(company: Company, before: Iterable[Link], after: Iterable[Link], act: Act) -> None:
    """Touch every transaction whose links differ."""
    differing = set(before) ^ set(after)
    for target in sorted({link.target for link in differing}):
        record = company.find(*target)
        if record is not None:
            _touch(company, record, BY_NAME[record.kind].settled(company, record), act)


def revalue(company: Company, targets: Iterable[tuple[str, str]]) -> None:
    """Post again what settles these: what a payment takes off a foreign bill depends on the bill's rate, and on what
    was taken off before."""
    if not currencies.are_many(company):
        return
    sources = {link.source for target in set(targets) for link in company.links.to(target)}
    for source in sources:
        record = company.find(*source)
        if record is not None:
            company.ledger.post(record.id, BY_NAME[record.kind].postings(company, record))


def let_go(company: Company, target: Record, act: Act) -> None:
    """Take off a voided transaction whatever was linked to it."""
    pointing = {link.source for link in company.links.to((target.kind, target.id))}
    for source in sorted(pointing):
        record = company.find(*source)
        assert record is not None, f"{source} is linked and not there"
        _touch(company, record, BY_NAME[record.kind].unlinked(company, record, (target.kind, target.id)), act)


def _touch(company: Company, record: Record, body: Body, act: Act) -> None:
    touched = Record(record.kind, record.id, record.token + 1, body, record.created, company.clock.now())
    company.put(BY_NAME[record.kind], touched)
    company.note(act.actor, "update", touched)
