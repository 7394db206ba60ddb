"""The trail of acts: rows written with the act, chained by hashes afterwards so that no act waits for another's."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.db import connection

from tieout.access import company
from tieout.access.acting import Act, Acting
from tieout.core.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSERT = """
insert into access_auditrow (company_id, actor_id, action, outcome, key, fingerprint, result, code, message, subject)
values (%s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s)
"""


def done(act: Act, action: str, fingerprint: str, result: str) -> None:
    """In the act's own transaction: it happened, and this was the answer."""
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                act.company,
                act.by.actor,
                action,
                "done",
                act.by.key,
                fingerprint,
                result,
                "",
                "",
                act.subject[:200],
            ],
        )


def refused(by: Acting, action: str, refusal: Refusal) -> None:
    """In a transaction of its own, after the act's was rolled back. Of an actor that is not there, nothing is kept."""
    with company.scope(by.company), connection.cursor() as cursor:
        cursor.execute("select 1 from access_actor where id = %s", [by.actor])
        if cursor.fetchone():
            cursor.execute(
                _INSERT,
                [by.company, by.actor, action, "refused", None, "", None, refusal.code, str(refusal), ""],
            )


_ROWS = """
select r.id, r.actor_id, r.action, r.at, r.outcome, r.key, r.fingerprint, r.result::text, r.code, r.message, r.subject
from access_auditrow r
"""


def chain(company_id: int) -> int:
    """Link every audit row that is not linked yet; how many. Called by the worker within a minute."""
    with company.scope(company_id), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [0x7E0, company_id])
        cursor.execute("select position, hash from access_auditlink order by position desc limit 1")
        position, head = cursor.fetchone() or (0, "")
        cursor.execute(
            _ROWS
            + "where not exists (select 1 from access_auditlink l where l.row_id = r.id) order by r.id limit 10000"
        )
        links = list(_links(cursor.fetchall(), position, head))
        cursor.executemany(
            "insert into access_auditlink (company_id, row_id, position, hash) values (%s, %s, %s, %s)",
            [(company_id, row, place, digest) for row, place, digest in links],
        )
    return len(links)


def broken(company_id: int) -> int | None:
    """The first audit row whose chain does not hold (changed, missing or moved), or none."""
    with company.scope(company_id), connection.cursor() as cursor:
        cursor.execute(
            "select l.row_id, l.position, l.hash, t.* from access_auditlink l left join (" + _ROWS + ") t"
            " on t.id = l.row_id order by l.position"
        )
        head, expected = "", 1
        for row_id, position, digest, *row in cursor:
            head = _digest(head, tuple(row))
            if position != expected or digest != head:
                return int(row_id)
            expected += 1
    return None


def _links(rows: list[tuple[Any, ...]], position: int, head: str) -> Iterator[tuple[int, int, str]]:
    for row in rows:
        position, head = position + 1, _digest(head, row)
        yield row[0], position, head


def _digest(head: str, row: tuple[object, ...]) -> str:
    return hashlib.sha256((head + repr(row)).encode()).hexdigest()
