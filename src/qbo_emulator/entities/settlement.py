"""What a payment's lines may settle: open transactions of the same name, up to what is open of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from qbo_emulator import faults, money
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies, lazy_accounts
from qbo_emulator.entities.transaction import LINKED, Transaction
from qbo_emulator.ledger import Posting
from qbo_emulator.links import Link
from qbo_emulator.record import Record
from qbo_emulator.shape import Body, Shape, cash, ignored, several

LINE = Shape(
    "Line",
    (
        cash("Amount"),
        several("LinkedTxn", LINKED),
        *ignored("Id", "LineNum", "Description", "DetailType", "Received", "CustomField", "ProjectRef", "LineEx"),
        *ignored("PaymentLineDetail", "CustomExtensions"),
    ),
)


class Settlement(Transaction):
    """A payment in either direction. Its lines say what it settles; credits used count against the money."""

    settles: Mapping[str, Transaction]
    """By TxnType."""
    credits: frozenset[str]
    """Those that are credits."""
    party: str
    shown_as: str
    side: int
    """1 where what it settles is debited: payables."""

    def required(self, body: Body) -> Iterator[faults.Error]:
        if self.party not in body:
            yield faults.missing(self.party)
        for line in body.get("Line", ()):
            if "Amount" not in line:
                yield faults.missing("Amount")
            for link in line.get("LinkedTxn", ()):
                yield from (faults.missing(name) for name in ("TxnId", "TxnType") if name not in link)

    def links(self, company: Company, record: Record) -> list[Link]:
        return [
            Link(
                source=(self.name, record.id),
                shown_as=self.shown_as,
                target=(link["TxnType"], link["TxnId"]),
                cents=money.cents(line["Amount"]),
            )
            for line in record.body.get("Line", ())
            for link in line["LinkedTxn"]
        ]

    def unlinked(self, company: Company, record: Record, target: tuple[str, str]) -> Body:
        kept = [line for line in record.body["Line"] if target not in _targets(line)]
        return {**record.body, "Line": kept}

    def unapplied(self, body: Body) -> int:
        """What of the money nothing was settled with."""
        used = 0
        for line in body.get("Line", ()):
            credit = any(link["TxnType"] in self.credits for link in line["LinkedTxn"])
            used += money.cents(line["Amount"]) * (-1 if credit else 1)
        return money.cents(body["TotalAmt"]) - used

    def exchanged(self, company: Company, record: Record, money_side: Posting, settled: Posting) -> Sequence[Posting]:
        """Both sides of a payment, in its own currency as they come. What it settles goes at the rates of what is
        settled; by how much the payment's own is off is a gain or a loss."""
        body = record.body
        if not currencies.is_foreign(company, body):
            return [money_side, settled]
        taken = currencies.at_home(company, body, self.unapplied(body))
        for link in company.links.of((self.name, record.id)):
            taken += (-1 if link.target[0] in self.credits else 1) * currencies.taken_off(company, link)
        (paid,) = currencies.converted(company, body, [money_side])
        found = [paid, replace(settled, cents=self.side * taken, foreign=settled.cents)]
        difference = -sum(each.cents for each in found)
        keeper = lazy_accounts.of_sub_type(company, "ExchangeGainOrLoss")
        if difference and keeper is not None:
            found.append(replace(settled, account=keeper.id, cents=difference, foreign=0))
        return found

    def check_lines(self, company: Company, body: Body, stored: Record | None) -> None:
        own = stored.id if stored else None
        applied: dict[tuple[str, str], int] = {}
        for line in body.get("Line", ()):
            if len(line.get("LinkedTxn", ())) != 1:
                raise faults.rule_broken("Each line of a payment is linked to one transaction.")
            kind, identity = _targets(line)[0]
            if kind not in self.settles:
                raise faults.not_linkable(kind)
            target = company.find(kind, identity)
            if target is None:
                raise faults.no_such_link(kind, identity)
            self.check_party(company, body, target)
            if currencies.of(target.body) != currencies.of(body):
                raise faults.other_currency()
            entity = self.settles[kind]
            cents = money.cents(line["Amount"])
            applied[kind, identity] = applied.get((kind, identity), 0) + cents
            if cents < 0 or applied[kind, identity] > entity.open_balance(company, target, besides=own):
                raise faults.rule_broken("The amount applied can't be more than the open balance of the transaction.")
        if self.unapplied(body) < 0:
            raise faults.rule_broken("You can't apply more than the amount of the payment.")

    def check_party(self, company: Company, body: Body, target: Record) -> None:
        if self.party not in target.body:
            return
        if _family(company, target.body[self.party]["value"]) != _family(company, body[self.party]["value"]):
            raise faults.rule_broken("You can't link to a transaction of another name.")


def _targets(line: Body) -> list[tuple[str, str]]:
    return [(link["TxnType"], link["TxnId"]) for link in line["LinkedTxn"]]


def _family(company: Company, identity: str) -> str:
    """A job's invoices may be paid by the customer it belongs to."""
    found = company.find("Customer", identity)
    parent = found.body.get("ParentRef") if found else None
    return _family(company, parent["value"]) if parent else identity
