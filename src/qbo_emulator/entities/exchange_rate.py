"""ExchangeRate: what one of another currency is worth in the company's own, day by day. Asked for by its code."""

from collections.abc import Iterable, Mapping

from qbo_emulator import faults
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies
from qbo_emulator.entities.entity import Act, Entity
from qbo_emulator.record import Record
from qbo_emulator.shape import HEAD, Body, Shape, ignored, number, on, text


class ExchangeRate(Entity):
    name = "ExchangeRate"
    sequence = "ExchangeRate"
    operations = frozenset({"create", "query"})
    """Setting one has no id: the currency and the day say which it is, and the last word counts."""
    captured = False
    indexed = ("SourceCurrencyCode",)
    filters = {"SourceCurrencyCode": "text", "AsOfDate": "date"}
    shape = Shape(
        "ExchangeRate",
        (
            text("SourceCurrencyCode", 3),
            text("TargetCurrencyCode", 3),
            number("Rate"),
            on("AsOfDate"),
            *HEAD,
            *ignored("CustomField", "AttachableRef", "status"),
        ),
    )

    def required(self, body: Body) -> Iterable[faults.Error]:
        yield from (faults.missing(name) for name in ("SourceCurrencyCode", "Rate") if name not in body)

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        if not currencies.are_many(company):
            raise faults.one_currency_only()
        currencies.check(company, body["SourceCurrencyCode"])
        if body["Rate"] <= 0:
            raise faults.rule_broken("The exchange rate must be more than 0.")
        today = company.today().isoformat()
        return {"AsOfDate": today, **body, "TargetCurrencyCode": currencies.home(company)}

    def derived(self, company: Company, record: Record) -> Body:
        """It is no object with an id of its own."""
        return dict.fromkeys(("domain", "sparse", "Id", "SyncToken"))


def asked_for(company: Company, query: Mapping[str, str]) -> Record:
    """`sourcecurrencycode` and perhaps `asofdate`: the list's rate of that day."""
    if not currencies.are_many(company):
        raise faults.one_currency_only()
    code = query.get("sourcecurrencycode", "").upper()
    if not code:
        raise faults.Fault(faults.missing("sourcecurrencycode"), timed=False)
    currencies.check(company, code)
    day = query.get("asofdate") or company.today().isoformat()
    body = {
        "SourceCurrencyCode": code,
        "TargetCurrencyCode": currencies.home(company),
        "Rate": 1 if code == currencies.home(company) else currencies.listed_rate(company, code, day),
        "AsOfDate": day,
    }
    now = company.clock.now()
    return Record("ExchangeRate", "0", 0, body, now, now)
