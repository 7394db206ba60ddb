"""Answering a statement. Equality on an id, a number or a name goes through an index, everything else looks
at all.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from qbo_emulator import faults, money, wire
from qbo_emulator.clock import moment
from qbo_emulator.company import Company
from qbo_emulator.entities import BY_SEGMENT, Entity
from qbo_emulator.query.parser import Condition, Order, Statement, parse
from qbo_emulator.record import Record

Test = Callable[[Record], bool]
COMMON = {"Id": "id", "MetaData.CreateTime": "moment", "MetaData.LastUpdatedTime": "moment"}


def answer(company: Company, text: str) -> str:
    """The inside of `QueryResponse`."""
    statement = parse(text)
    entity = BY_SEGMENT.get(statement.entity.lower())
    if entity is None or "query" not in entity.operations:
        raise faults.query_invalid(f"invalid context declaration: {statement.entity}")
    found = matching(company, entity, statement)
    if statement.counts:
        return wire.dump({"totalCount": len(found)})
    page = found[statement.start - 1 : statement.start - 1 + statement.limit]
    if not page:
        return "{}"
    rows = ",".join(company.printed(entity, record) for record in page)
    start = "" if entity.solitary else f'"startPosition":{statement.start},'
    return f'{{"{entity.name}":[{rows}],{start}"maxResults":{len(page)}}}'


def matching(company: Company, entity: Entity, statement: Statement) -> list[Record]:
    tests = [_test(company, entity, condition) for condition in statement.conditions]
    named = {condition.property.lower() for condition in statement.conditions}
    if "Active" in entity.filters and "active" not in named:
        tests.append(lambda record: record.active)
    now = company.clock.now()
    found = [
        record
        for record in _candidates(company, entity, statement.conditions)
        if (record.visible_from is None or record.visible_from <= now) and all(test(record) for test in tests)
    ]
    return _ordered(company, entity, found, statement.orders)


def _candidates(company: Company, entity: Entity, conditions: Iterable[Condition]) -> Iterable[Record]:
    for condition in conditions:
        if condition.operator not in ("=", "in"):
            continue
        name, _ = _property(entity, condition.property)
        if name == "Id":
            found = (company.find(entity.name, identity) for identity in dict.fromkeys(condition.values))
            return [record for record in found if record]
        if name in entity.indexed:
            values = {value.casefold(): value for value in condition.values}
            return [record for value in values for record in company.where(entity.name, name, value)]
    return company.of(entity.name).values()


def _property(entity: Entity, wanted: str) -> tuple[str, str]:
    """The property as it is spelt and how it compares; names are taken without regard to case."""
    for name, kind in (*COMMON.items(), *entity.filters.items()):
        if name.lower() == wanted.lower():
            return name, kind
    if wanted.split(".")[0].lower() in (name.lower() for name in entity.shape.known):
        raise faults.query_invalid(f"property '{wanted}' is not queryable")
    raise faults.query_invalid(f"Property {wanted} not found for Entity {entity.name}")


def _test(company: Company, entity: Entity, condition: Condition) -> Test:
    name, kind = _property(entity, condition.property)
    operator = condition.operator
    value_of = _value_of(company, entity, name, kind)
    if operator == "like":
        if kind not in ("text", "date"):
            raise faults.query_invalid(f"operator LIKE is not supported for property {name}")
        pattern = _like(condition.values[0])
        return lambda record: (value := value_of(record)) is not None and bool(pattern.fullmatch(value))
    wanted = [_literal(company, name, kind, value) for value in condition.values]
    if operator in ("=", "in") and kind == "texts":
        return lambda record: not set(wanted).isdisjoint(value_of(record))
    if operator in ("=", "in"):
        return lambda record: value_of(record) in wanted
    if kind in ("id", "ref", "flag", "texts"):
        raise faults.query_invalid(f"operator {operator} is not supported for property {name}")
    compare = _COMPARISONS[operator]
    return lambda record: (value := value_of(record)) is not None and compare(value, wanted[0])


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda one, other: bool(one < other),
    ">": lambda one, other: bool(one > other),
    "<=": lambda one, other: bool(one <= other),
    ">=": lambda one, other: bool(one >= other),
}


def _like(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.casefold().split("%")), re.DOTALL)


def _value_of(company: Company, entity: Entity, name: str, kind: str) -> Callable[[Record], Any]:
    if name == "Id":
        return lambda record: record.id
    if name == "MetaData.CreateTime":
        return lambda record: record.created.replace(microsecond=0)
    if name == "MetaData.LastUpdatedTime":
        return lambda record: record.updated.replace(microsecond=0)
    if kind == "text":
        return lambda record: None if (value := record.body.get(name)) is None else str(value).casefold()
    if kind == "texts":
        return lambda record: entity.several_of(record, name)
    if kind == "ref":
        return lambda record: record.body.get(name, {}).get("value")
    if kind == "flag":
        return lambda record: record.body.get(name, False)
    if name not in entity.computed:
        return lambda record: record.body.get(name)
    return lambda record: {**record.body, **entity.derived(company, record)}.get(name)


def _literal(company: Company, name: str, kind: str, value: str) -> Any:
    try:
        return _LITERALS[kind](company, value)
    except (ValueError, money.NotANumber):
        raise faults.query_invalid(f"value {value} is not valid for property {name}") from None


def _date(company: Company, value: str) -> str:
    if value.lower() == "current_date":
        return company.today().isoformat()
    return datetime.fromisoformat(value[:10]).date().isoformat()


def _moment(company: Company, value: str) -> datetime:
    if value.lower() == "current_date":
        value = company.today().isoformat()
    return moment(value, company.zone)


def _flag(company: Company, value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise ValueError(value)
    return value.lower() == "true"


def _number(company: Company, value: str) -> Decimal:
    return money.decimal(value)


_LITERALS: dict[str, Callable[[Company, str], Any]] = {
    "id": lambda company, value: value,
    "ref": lambda company, value: value,
    "text": lambda company, value: value.casefold(),
    "texts": lambda company, value: value.casefold(),
    "date": _date,
    "moment": _moment,
    "flag": _flag,
    "number": _number,
}


def _ordered(company: Company, entity: Entity, found: list[Record], orders: tuple[Order, ...]) -> list[Record]:
    ordered = entity.in_default_order(company, found)
    for order in reversed(orders):
        name, kind = _property(entity, order.property)
        value_of = _value_of(company, entity, name, kind)
        ordered.sort(key=lambda record: _sort_key(kind, value_of(record)), reverse=order.descending)
    return ordered


def _sort_key(kind: str, value: Any) -> tuple[bool, Any]:
    """What has no value comes first; ids sort as the numbers they are."""
    if value is None:
        return (False, 0)
    if kind == "id":
        return (True, int(value) if value.isdecimal() else 0)
    return (True, value)
