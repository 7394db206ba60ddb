"""Items of QuickBooks as documents name them, and which of ours each is: by a person's word, by its name, or none yet.

For one that is none yet, the item of ours whose SKU or name reads most like it is proposed; a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher

from django.db import connection

ALIKE = 0.6
"""Names that are less alike than this are no proposal."""


@dataclass(frozen=True, slots=True)
class KnownItem:
    """An item of QuickBooks, on how many lines of which documents it stands, and what it is here."""

    external_id: str
    name: str
    type: str
    """As QuickBooks keeps it: Inventory, NonInventory, Service; empty: its list was not read yet."""
    invoiced: int
    billed: int
    ordered: int
    linked: str
    """The SKU that somebody linked it with."""
    price: Decimal | None
    named: str
    """The SKU that its name, or its SKU there, says."""

    @property
    def is_known(self) -> bool:
        return bool(self.linked or self.named)


_SEEN = """
with invoiced as (
    select v.external_item as id, max(v.item_name) as name, count(*) as n from sales_invoiceline v
    where v.until is null and v.external_item <> '' group by 1
), billed as (
    select product_external_id as id, count(*) as n from purchasing_billline
    where ended is null and product_external_id <> '' group by 1
), ordered as (
    select l #>> '{ItemBasedExpenseLineDetail,ItemRef,value}' as id,
        max(l #>> '{ItemBasedExpenseLineDetail,ItemRef,name}') as name, count(*) as n
    from quickbooks_document d
    cross join jsonb_array_elements(case when jsonb_typeof(d.body -> 'Line') = 'array' then d.body -> 'Line' end) l
    where d.entity = 'PurchaseOrder' and not d.deleted group by 1
), seen as (
    select id from invoiced union select id from billed union select id from ordered where id is not null
    union select external_item from sales_itemlink
)
select s.id, coalesce(nullif(p.name, ''), i.name, o.name, nullif(n.name, ''), ''), coalesce(p.type, ''),
    coalesce(i.n, 0), coalesce(b.n, 0), coalesce(o.n, 0), coalesce(t.sku, ''), n.price, coalesce(k.sku, '')
from seen s
left join invoiced i on i.id = s.id
left join billed b on b.id = s.id
left join ordered o on o.id = s.id
left join purchasing_product p on p.external_id = s.id
left join sales_itemlink n on n.external_item = s.id
left join catalog_item t on t.company_id = n.company_id and t.id = n.item_id
left join lateral (
    select c.sku from catalog_item c where c.active and (
        lower(c.sku) in (lower(p.sku), lower(p.name), lower(i.name), lower(split_part(i.name, ':', -1)))
        or lower(c.name) = lower(i.name))
    order by c.id limit 1) k on true
order by n.id is not null, k.sku is not null, coalesce(i.n, 0) + coalesce(b.n, 0) + coalesce(o.n, 0) desc, 2
limit %(most)s
"""


def seen(*, most: int = 500) -> list[KnownItem]:
    """Those that documents name, or somebody linked; what is none of ours yet comes first. Inside a scope."""
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, {"most": most})
        return [KnownItem(*row) for row in cursor.fetchall()]


def proposal(name: str, ours: Sequence[tuple[str, str]]) -> str:
    """The SKU of the item (SKU, name) that reads most like a name of QuickBooks; empty if none does."""
    wanted = _plain(name.rpartition(":")[2])
    if not wanted:
        return ""
    scored = [(max(_alike(wanted, _plain(sku)), _alike(wanted, _plain(title))), sku) for sku, title in ours]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= ALIKE else ""


def _alike(one: str, other: str) -> float:
    """How much two names read alike; all words of one in the other is enough."""
    words, others = set(one.split()), set(other.split())
    if words and others and (words <= others or others <= words):
        return 0.9
    return SequenceMatcher(None, one, other).ratio()


def _plain(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", name.lower()))
