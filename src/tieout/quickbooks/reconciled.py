"""Questions about reconciliations that were kept, asked inside a scope."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection
from msgspec import Struct

from tieout.quickbooks.models import Reconciliation, Remedy
from tieout.quickbooks.reconciliation import BILLED, FOR_A_PERSON, FOREIGN, KEPT, TAMPERED, UNPOSTED


class Difference(Struct, frozen=True):
    """A document between the two sides of an account."""

    kind: str
    subject: str
    number: str
    dated: date | None
    cents: int
    what: str
    journal: int | None
    by: str
    changed: str
    decision: str
    """What a person decided; empty: nobody has, or nobody needs to."""
    reason: str
    decided_by: str
    decided_at: datetime | None

    @property
    def waits(self) -> bool:
        return self.kind in FOR_A_PERSON and not self.decision


class Side(Struct, frozen=True):
    """An account, both sides, and all that is between them."""

    id: int
    name: str
    type: str
    sub_ledger: int
    quickbooks: int
    rest: int
    terms: list[Difference]

    def sum(self, kind: str) -> int:
        return sum(one.cents for one in self.terms if one.kind == kind)

    @property
    def unposted(self) -> int:
        """What is not there: on its way, refused, or kept out by policy."""
        return self.sum(UNPOSTED) + self.sum(KEPT)

    @property
    def billed(self) -> int:
        """What vendors charge there, mirrored among the bills."""
        return self.sum(BILLED)

    @property
    def foreign(self) -> int:
        return self.sum(FOREIGN)

    @property
    def tampered(self) -> int:
        return self.sum(TAMPERED)


class Compared(Struct, frozen=True):
    """A comparison as it was kept."""

    id: int
    on: date
    at: datetime
    by: str
    carried: date | None
    rest: int
    undecided: int
    accounts: list[Side]


class Document(Struct, frozen=True):
    """A document that somebody has to decide about, with what it does to each account."""

    difference: Difference
    accounts: list[tuple[str, int]]

    @property
    def is_ours(self) -> bool:
        return self.difference.kind == TAMPERED


class Ran(Struct, frozen=True):
    """A comparison in the list of them."""

    id: int
    on: date
    at: datetime
    by: str
    rest: int
    undecided: int


_RUNS = """
select r.id, r."on", r.at, a.name, r.rest, r.undecided from quickbooks_reconciliation r
join access_actor a on a.company_id = r.company_id and a.id = r.actor_id order by r.id desc limit %s
"""
_ACCOUNTS = """
select l.id, a.name, a.type, l.sub_ledger, l.quickbooks, l.rest from quickbooks_reconciledaccount l
join ledger_account a on a.company_id = l.company_id and a.id = l.account_id
where l.run_id = %s order by a.type, a.name
"""
_TERMS = """
select t.line_id, t.kind, t.subject, t.number, t.dated, t.cents, t.what, t.journal_id, t.by, t.changed,
    coalesce(m.kind, ''), coalesce(m.reason, ''), coalesce(a.name, ''), m.at
from quickbooks_reconciledterm t
join quickbooks_reconciledaccount l on l.company_id = t.company_id and l.id = t.line_id
left join quickbooks_remedy m on m.company_id = t.company_id and m.id = t.remedy_id
left join access_actor a on a.company_id = m.company_id and a.id = m.actor_id
where l.run_id = %s order by t.id
"""


def runs(*, most: int = 20) -> list[Ran]:
    """The latest first."""
    with connection.cursor() as cursor:
        cursor.execute(_RUNS, [most])
        return [Ran(*row) for row in cursor.fetchall()]


def run(id: int | None = None) -> Compared | None:
    """That comparison; the latest where none is named. None: there is none."""
    asked = Reconciliation.objects.select_related("actor").order_by("-id")
    found = (asked.filter(pk=id) if id is not None else asked).first()
    if found is None:
        return None
    terms: dict[int, list[Difference]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TERMS, [found.pk])
        for line, *rest in cursor.fetchall():
            terms.setdefault(line, []).append(Difference(*rest))
        cursor.execute(_ACCOUNTS, [found.pk])
        accounts = [Side(*(*row, terms.get(row[0], []))) for row in cursor.fetchall()]
    by, carried = found.actor.name, found.carried
    return Compared(found.pk, found.on, found.at, by, carried, found.rest, found.undecided, accounts)


def settled_since() -> datetime | None:
    """Since when every comparison left nothing over and nothing to decide; none if the last one did not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select min(at) from quickbooks_reconciliation where rest = 0 and undecided = 0 and id > coalesce(("
            " select max(id) from quickbooks_reconciliation where rest <> 0 or undecided <> 0), 0)"
        )
        (since,) = cursor.fetchone()
    return since  # type: ignore[no-any-return]


def to_decide(found: Compared) -> list[Document]:
    """One for each document, however many accounts it is on; what was decided since is not asked again."""
    since = set(Remedy.objects.filter(at__gte=found.at).values_list("subject", flat=True))
    by_subject: dict[str, list[tuple[str, Difference]]] = {}
    for account in found.accounts:
        for one in account.terms:
            if one.waits and one.subject not in since:
                by_subject.setdefault(one.subject, []).append((account.name, one))
    return [Document(some[0][1], [(name, one.cents) for name, one in some]) for some in by_subject.values()]
