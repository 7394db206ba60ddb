"""Change data capture: what changed since a moment, live objects first, then stubs of the deleted ones.

Thirty days back at most, and at most a thousand objects in one answer, cut without a word.
"""

from datetime import datetime, timedelta

from qbo_emulator import faults, wire
from qbo_emulator.clock import moment, stamp
from qbo_emulator.company import Company
from qbo_emulator.entities import BY_SEGMENT, Entity
from qbo_emulator.record import Record

MOST = 1000


def answer(company: Company, entities: str, since: str) -> str:
    """The inside of `CDCResponse`."""
    wanted = [_entity(name.strip()) for name in entities.split(",") if name.strip()]
    if not wanted:
        raise faults.Fault(faults.missing("entities"), timed=False)
    changed_since = _since(company, since)
    left, groups = MOST, []
    for entity in wanted:
        group, used = _group(company, entity, changed_since, left)
        left -= used
        groups.append(group)
    return f'[{{"QueryResponse":[{",".join(groups)}]}}]'


def _entity(name: str) -> Entity:
    entity = BY_SEGMENT.get(name.lower())
    if entity is None or not entity.captured:
        raise faults.query_invalid(f"invalid context declaration: {name}")
    return entity


def _since(company: Company, text: str) -> datetime:
    try:
        since = moment(text, company.zone)
    except ValueError:
        raise faults.Fault(faults.bad_date("changedSince", text), timed=False) from None
    days = company.options.cdc_days
    if days is not None and since < company.clock.now() - timedelta(days=days):
        raise faults.Fault(faults.too_long_ago(days))
    return since


def _group(company: Company, entity: Entity, since: datetime, left: int) -> tuple[str, int]:
    """One entity's changes as text, and how many objects they are."""
    now = company.clock.now()
    live = [
        record
        for record in company.of(entity.name).values()
        if record.updated.replace(microsecond=0) >= since and not _hidden(record, now)
    ]
    live.sort(key=lambda record: (record.updated, int(record.id)), reverse=True)
    gone = [each for each in company.gone if each.kind == entity.name and each.at.replace(microsecond=0) >= since]
    objects = [company.printed(entity, record) for record in live[:left]]
    objects += [_stub(company, each.id, each.at) for each in gone[: left - len(objects)]]
    if not objects:
        return "{}", 0
    start = '"startPosition":1,' if live else ""
    total = f',"totalCount":{len(objects)}' if gone else ""
    return f'{{"{entity.name}":[{",".join(objects)}],{start}"maxResults":{len(objects)}{total}}}', len(objects)


def _hidden(record: Record, now: datetime) -> bool:
    return record.visible_from is not None and record.visible_from > now


def _stub(company: Company, identity: str, at: datetime) -> str:
    stamps = {"LastUpdatedTime": stamp(at, company.zone)}
    return wire.dump({"domain": "QBO", "status": "Deleted", "Id": identity, "MetaData": stamps})
