"""What people do who should not, and what the wire does, at random."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.journeys.month import QUICK
from tests.journeys.weeks_dice import Dice
from tieout.access import company as companies
from tieout.core.roles import Role
from tieout.ledger.models import Transmission
from tieout.quickbooks import documents, inbound
from tieout.quickbooks.documents import Notice


class Outside(Dice):
    """Entries changed, deleted and typed by hand; answers lost, notifications muddled."""

    def tamper(self) -> None:
        with companies.scope(self.factory.company):
            sent = list(Transmission.objects.filter(state="confirmed").order_by("number"))
        there = {one["Id"] for one in self.month.books.query("select * from JournalEntry maxresults 1000")}
        entry = self.dice.choice([one.external_id for one in sent if one.external_id in there])
        if self.dice.random() < 0.4:
            self.month.books.outsider("delete", "JournalEntry", entry)
            return
        lines = self.month.books.read("JournalEntry", entry)["Line"]
        amount = Decimal(self.dice.randint(1, 500)) / 100
        for line in lines if len(lines) == 2 else ():
            line["Amount"] = amount
        self.month.books.outsider("edit", "JournalEntry", entry, {"Line": lines})

    def type_by_hand(self) -> None:
        amount, (debit, credit) = (
            Decimal(self.dice.randint(1, 900)) / 100,
            self.dice.sample((Role.RAW, Role.GRNI, Role.FG, Role.COGS, Role.FREIGHT), 2),
        )
        lines = [self._side("Debit", debit, amount), self._side("Credit", credit, amount)]
        document = {"TxnDate": self.factory.now.date().isoformat(), "Line": lines}
        self.strangers.append(self.month.books.outsider("create", "JournalEntry", None, document)["Id"])

    def untype(self) -> None:
        self.month.books.outsider("delete", "JournalEntry", self.strangers.pop())

    def _side(self, posting: str, role: Role, amount: Decimal) -> dict[str, Any]:
        detail = {"PostingType": posting, "AccountRef": {"value": self.month.accounts[role].external_id}}
        return {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    def lose_an_answer(self) -> None:
        self.month.books.fault(
            "reset", match={"entity": "JournalEntry", "method": "POST"}, commit=self.dice.random() < 0.7
        )

    def tell(self) -> None:
        """Notifications: twice, out of order, and of what is not there."""
        company, realm = self.factory.company, documents.realm(self.factory.company)
        at = datetime.now(UTC)
        some = self.dice.sample(self.typed, min(3, len(self.typed)))
        notices = [Notice(kind, id, at - timedelta(seconds=self.dice.randint(0, 99))) for kind, id in some]
        notices.append(Notice("Bill", "99999", at, gone=True))
        for _ in range(2):
            self.dice.shuffle(notices)
            documents.hear(company, realm, notices)
            inbound.work(company, waits=QUICK)
