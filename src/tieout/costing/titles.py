"""What the nodes of a trace are called: the number on the paper, and what belongs to it, in a few statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from tieout.core.slices import CIRCLE, Node
from tieout.costing import webs
from tieout.costing.flows import LotFacts

Details = dict[str, str]
"""What else is known of a node, by names that programs can rely on."""

_EVENTS = """
select e.id, e.number, e.kind, e.subject, e.local_date, p.name from ledger_event e
left join ledger_party p on p.company_id = e.company_id
    and p.id = coalesce(e.payload #>> '{paper,vendor}', e.payload #>> '{paper,customer}')::bigint
where e.company_id = %(company)s and e.id = any(%(ids)s)
"""
_RUNS = """
select p.id, p.number, i.sku, s.code from stock_pool p
join catalog_item i on i.company_id = p.company_id and i.id = p.item_id
join stock_site s on s.company_id = p.company_id and s.id = p.site_id
where p.company_id = %(company)s and p.id = any(%(ids)s)
"""
_PLACES = """
select l.id, concat_ws('/', s.code, l.code) from stock_location l
left join stock_site s on s.company_id = l.company_id and s.id = l.site_id
where l.company_id = %(company)s and l.id = any(%(ids)s)
"""


def of(company: int, nodes: Iterable[Node], lots: Mapping[int, LotFacts]) -> dict[Node, tuple[str, Details]]:
    """Title and details of each node."""
    every = list(nodes)
    events = _found(_EVENTS, company, [node.id for node in every if node.kind in webs.OF_EVENTS])
    places = _found(_PLACES, company, [node.id for node in every if node.kind == webs.ON_HAND])
    not_runs = {*webs.OF_EVENTS, webs.ON_HAND, webs.LOT, webs.LEFT, CIRCLE}
    runs = _found(_RUNS, company, [node.id for node in every if node.kind not in not_runs])
    titled = {}
    for node in every:
        if node.kind in webs.OF_EVENTS:
            titled[node] = _event(node, events[node.id])
        elif node.kind == webs.ON_HAND:
            titled[node] = f"on hand at {places[node.id][1]}", {"place": places[node.id][1]}
        elif node.kind in (webs.LOT, webs.LEFT):
            titled[node] = _lot(node, lots.get(node.id))
        elif node.id in runs:
            titled[node] = _run(node, runs[node.id])
        else:
            titled[node] = node.kind, {}
    return titled


def _found(sql: str, company: int, ids: list[int]) -> dict[int, tuple[Any, ...]]:
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(sql, {"company": company, "ids": ids})
        return {row[0]: row for row in cursor}


def _event(node: Node, row: tuple[Any, ...]) -> tuple[str, Details]:
    _, number, _, subject, on, party = row
    details = {"number": number, "date": on.isoformat()}
    about = []
    if subject and subject != number:
        details["subject"] = subject
        about.append(f"of {subject}" if node.kind != "shipment" else f"({number})")
    if party:
        details["party"] = party
        about.append(f"{'to' if node.kind == 'shipment' else 'from'} {party}")
    shown = subject if node.kind == "shipment" and subject else number
    return " ".join([node.kind, shown, *about]) + f", {on}", details


def _lot(node: Node, lot: LotFacts | None) -> tuple[str, Details]:
    if lot is None:
        return f"lot #{node.id}", {"lot": f"#{node.id}"}
    details = {
        "lot": lot.code,
        "id": f"#{lot.id}",
        "sku": lot.sku,
        "unit": lot.unit,
        "made_at": lot.made_at,
    }
    if lot.expires_on:
        details["expires_on"] = lot.expires_on.isoformat()
    if lot.supplier:
        details["supplier"] = lot.supplier
    if lot.supplier_lot:
        details["supplier_lot"] = lot.supplier_lot
    before = "left on " if node.kind == webs.LEFT else ""
    return f"{before}{lot.sku} lot {lot.code}", details


def _run(node: Node, row: tuple[Any, ...]) -> tuple[str, Details]:
    _, number, sku, site = row
    details = {"run": number, "sku": sku, "site": site}
    if node.kind == webs.RUN:
        return f"run {number} of {sku} at {site}", details
    return f"{node.kind} of {number}" if node.kind != webs.IN_PROCESS else f"in process in {number}", details
