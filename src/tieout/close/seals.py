"""Invariant 5, the second half: what was sealed is the net of its members, byte for byte what the hash was taken of.

Where the mapping gave an account only after the event (or a refused body was made anew under another mapping),
the lines do not name the account that the body names; then role and shipment are compared and not the account.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec
from django.db import connection

from tieout.close.findings import MOST, Finding, Outcome, count, money, rows, together
from tieout.ledger import netting, sealing

_NETS = f"""
with sealed as (
    select t.id, t.journal_id, t.number, t.body, j.kind, t.version = 1 and not exists (
            select 1 from ledger_event e join ledger_journalline l on l.company_id = e.company_id and l.event_id = e.id
            where e.company_id = t.company_id and e.journal_id = t.journal_id and l.account_id is null) as whole,
        exists (select 1 from jsonb_array_elements(t.body -> 'lines') b where b ->> 'document' <> '') as by_paper
    from ledger_transmission t
    join ledger_journalevent j on j.company_id = t.company_id and j.id = t.journal_id
    where t.company_id = %(company)s and t.document = 'JournalEntry'
), members as (
    select s.id, l.role, case when s.by_paper then l.document else '' end as document,
        case when s.whole
            then concat(a.external_id, '/', k.external_id, '/', d.external_id, '/', p.kind, p.external_id) end
            as target,
        sum(l.debit) as debit, sum(l.credit) as credit
    from sealed s
    join ledger_event e on e.company_id = %(company)s and e.journal_id = s.journal_id
    join ledger_journalline l on l.company_id = %(company)s and l.event_id = e.id
    left join ledger_account a on a.company_id = %(company)s and a.id = l.account_id
    left join ledger_dimension k on k.company_id = %(company)s and k.id = l.klass_id
    left join ledger_dimension d on d.company_id = %(company)s and d.id = l.department_id
    left join ledger_party p on p.company_id = %(company)s and p.id = l.party_id
    group by 1, 2, 3, 4
), bodies as (
    select s.id, b.role, b.document,
        case when s.whole
            then concat(b.account, '/', b.class, '/', b.department, '/', b.party ->> 'kind', b.party ->> 'id') end
            as target,
        sum(b.debit) as debit, sum(b.credit) as credit
    from sealed s cross join lateral jsonb_to_recordset(s.body -> 'lines') as b(role text, document text, account text,
        class text, department text, party jsonb, debit bigint, credit bigint)
    group by 1, 2, 3, 4
)
select s.id, s.number, coalesce(m.role, b.role), s.kind, coalesce(b.debit, 0), coalesce(b.credit, 0),
    coalesce(m.debit, 0), coalesce(m.credit, 0)
from members m full join bodies b on b.id = m.id and b.role = m.role and b.document = m.document
    and coalesce(b.target, '') = coalesce(m.target, '')
join sealed s on s.id = coalesce(m.id, b.id)
where coalesce(b.debit, 0) - coalesce(b.credit, 0) <> coalesce(m.debit, 0) - coalesce(m.credit, 0)
   or (s.kind <> all(%(netted)s) and coalesce(b.debit, 0) <> coalesce(m.debit, 0))
order by 2, 3 limit {MOST}
"""

_SEALS = f"""
with current as (
    select journal_id, count(*) as bodies, min(number) as number, min(body ->> 'number') as inside,
        min(body ->> 'date') as dated, min(accounting_date) as on_date, bool_or(version > 1) as replaced
    from ledger_transmission
    where company_id = %(company)s and state <> 'superseded' and document = 'JournalEntry' group by journal_id
), rest as (
    select x.journal_id, sum(abs(x.net)) as cents from (
        select e.journal_id, l.account_id, l.klass_id, l.department_id, l.party_id, l.document,
            sum(l.debit - l.credit) as net
        from ledger_event e join ledger_journalline l on l.company_id = e.company_id and l.event_id = e.id
        join ledger_journalevent j on j.company_id = e.company_id and j.id = e.journal_id
        where e.company_id = %(company)s and j.state = 'nothing to post' group by 1, 2, 3, 4, 5, 6
    ) x group by x.journal_id
)
select j.id, coalesce(j.number, j.document), j.state, j.posts, j.accounting_date, coalesce(c.bodies, 0), j.number,
    c.number, c.inside, c.dated, c.on_date, coalesce(r.cents, 0), c.replaced
from ledger_journalevent j
left join current c on c.journal_id = j.id
left join rest r on r.journal_id = j.id
where j.company_id = %(company)s and (
    coalesce(c.bodies, 0) <> (case when j.state = 'sealed' and j.posts then 1 else 0 end)
    or coalesce(r.cents, 0) <> 0
    or (c.bodies is not null and (c.number is distinct from j.number or c.inside is distinct from j.number
        or c.dated <> c.on_date::text or (not c.replaced and c.on_date <> j.accounting_date)))
    or (j.state = 'sealed' and not exists (
        select 1 from ledger_event e where e.company_id = j.company_id and e.journal_id = j.id)))
order by j.id limit {MOST}
"""

_BODIES = "select id, number, body::text, hash from ledger_transmission where company_id = %s order by number"


def check(company: int) -> Outcome:
    sealed = count("select count(*) from ledger_transmission where company_id = %(company)s", company=company)
    return together(
        (
            Outcome(sealed, list(_other_nets(company))),
            Outcome(0, list(_odd_seals(company))),
            Outcome(0, list(islice(_other_bytes(company), MOST)) if sealed else []),
        )
    )


def _other_nets(company: int) -> Iterator[Finding]:
    found = rows(_NETS, company=company, netted=list(netting.NETTED))
    for id, number, role, _, debit, credit, due_debit, due_credit in found:
        says = f"debit {money(debit)} and credit {money(credit)} on {role}"
        should = f"debit {money(due_debit)} and credit {money(due_credit)}, the net of its members"
        yield Finding("ledger_transmission", str(id), number, says, should)


def _odd_seals(company: int) -> Iterator[Finding]:
    for id, name, state, posts, on, bodies, number, sent, inside, dated, sent_on, rest, _ in rows(
        _SEALS, company=company
    ):
        due = 1 if state == "sealed" and posts else 0
        if bodies != due:
            yield Finding(
                "ledger_journalevent", str(id), name, f"{state} with {bodies} documents to send", f"{due} of them"
            )
        elif rest:
            yield Finding("ledger_journalevent", str(id), name, f"nothing to post, and {money(rest)} is left", "0.00")
        elif not sent:
            yield Finding("ledger_journalevent", str(id), name, f"{state} without a member", "the events it is made of")
        elif number != sent or number != inside:
            says = f"number {number}, its document {sent} and {inside}"
            yield Finding("ledger_journalevent", str(id), name, says, "one number everywhere")
        else:
            says = f"{on}, its document {sent_on} and {dated}"
            yield Finding("ledger_journalevent", str(id), name, says, "one date everywhere")


def _other_bytes(company: int) -> Iterator[Finding]:
    """The hash is over canonical bytes, so it is taken here and not in SQL; bodies come in portions."""
    with connection.cursor() as cursor:
        cursor.execute(_BODIES, [company])
        while portion := cursor.fetchmany(500):
            for id, number, body, hashed in portion:
                taken = _digest(msgspec.json.decode(body))
                if taken != hashed:
                    yield Finding("ledger_transmission", str(id), number, f"the hash {hashed}", f"{taken}")


def _digest(body: dict[str, Any]) -> str:
    return sealing.digest(body)
