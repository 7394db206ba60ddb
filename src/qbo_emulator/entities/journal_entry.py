"""JournalEntry: debits and credits that balance to the cent. It can be changed and deleted, never voided."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from qbo_emulator import faults, money, references
from qbo_emulator.company import Company
from qbo_emulator.entities import currencies
from qbo_emulator.entities.entity import Act
from qbo_emulator.entities.transaction import (
    LINE_ID,
    PARTY,
    TAX_DETAIL,
    Transaction,
    shown_links,
    with_line_ids,
)
from qbo_emulator.ledger import Posting
from qbo_emulator.record import Record
from qbo_emulator.shape import (
    HEAD,
    Body,
    Shape,
    cash,
    choice,
    flag,
    given,
    group,
    ignored,
    number,
    on,
    ref,
    several,
    text,
)

DETAIL = Shape(
    "JournalEntryLineDetail",
    (
        choice("PostingType", "Debit", "Credit"),
        group("Entity", PARTY),
        ref("AccountRef", "Account"),
        ref("ClassRef", "Class"),
        ref("DepartmentRef", "Department"),
        ref("TaxCodeRef", "TaxCode"),
        choice("TaxApplicableOn", "Sales", "Purchase"),
        cash("TaxAmount"),
        given("BillableStatus"),
        *ignored("TaxRateRef", "TaxInclusiveAmt", "JournalCodeRef", "JournalEntryLineDetailEx"),
    ),
)
DESCRIPTION_ONLY = Shape("DescriptionLineDetail", (on("ServiceDate"), ref("TaxCodeRef", "TaxCode")))
LINE = Shape(
    "Line",
    (
        LINE_ID,
        text("Description", 4000),
        cash("Amount"),
        choice("DetailType", "JournalEntryLineDetail", "DescriptionOnly"),
        group("JournalEntryLineDetail", DETAIL),
        group("DescriptionLineDetail", DESCRIPTION_ONLY),
        *ignored("LineNum", "Received", "LinkedTxn", "CustomField", "LineEx", "ProjectRef", "CustomExtensions"),
    ),
)


class JournalEntry(Transaction):
    name = "JournalEntry"
    title = "Journal Entry"
    duplicate_warning = "WarnDuplicateJournalNumber"
    shape = Shape(
        "JournalEntry",
        (
            flag("Adjustment"),
            *HEAD,
            text("DocNumber", 21),
            on("TxnDate"),
            ref("CurrencyRef", "Currency"),
            number("ExchangeRate"),
            text("PrivateNote", 4000),
            given("LinkedTxn"),
            several("Line", LINE),
            TAX_DETAIL,
            text("GlobalTaxCalculation"),
            *ignored("TotalAmt", "HomeTotalAmt", "RecurDataRef", "RecurringInfo", "DepartmentRef", "TxnStatus"),
            *ignored("TxnSource", "TaxFormType", "TaxFormNum", "TransactionLocationType", "Tag", "TxnApprovalInfo"),
            *ignored("HomeCurrencyAdjustment", "EnteredInHomeCurrency", "JournalEntryEx", "CustomField"),
            *ignored("AttachableRef", "ProjectRef", "status"),
        ),
    )
    filters = {"DocNumber": "text", "TxnDate": "date"}

    def required(self, body: Body) -> Iterable[faults.Error]:
        if not body.get("Line"):
            yield faults.missing("Line")
        for line in body.get("Line", ()):
            yield from _line_problems(line)

    def prepared(self, company: Company, body: Body, stored: Record | None) -> Body:
        lines = [_prepared_line(company, line) for line in body["Line"]]
        return {**body, "Line": lines}

    def completed(self, company: Company, body: Body, stored: Record | None, act: Act) -> Body:
        _check_lines(company, body)
        complete = self.dated_and_numbered(company, body, stored, act)
        complete["Line"] = with_line_ids(complete["Line"], stored, first=0)
        complete.setdefault("Adjustment", False)
        complete["TxnTaxDetail"] = {}
        currencies.settle(company, complete)
        return complete

    def derived(self, company: Company, record: Record) -> Body:
        """A payable or receivable made by hand can be paid like a bill or an invoice."""
        links = shown_links(company, record)
        return {"LinkedTxn": links} if links else {}

    def open_balance(self, company: Company, record: Record, besides: str | None = None) -> int:
        """What its line on payables or receivables leaves to be paid; there is one such line at most."""
        accounts = company.of("Account")
        found = company.ledger.of_transaction(record.id)
        total = sum(
            each.own if accounts[each.account].body["AccountType"] == "Accounts Receivable" else -each.own
            for each in found
            if accounts[each.account].body["AccountType"] in ("Accounts Receivable", "Accounts Payable")
        )
        return total - sum(link.cents for link in company.links.to((self.name, record.id), besides=besides))

    def postings(self, company: Company, record: Record) -> Sequence[Posting]:
        found = [_posting(record, line) for line in record.body["Line"] if "JournalEntryLineDetail" in line]
        return _at_home(company, record.body, found) if currencies.is_foreign(company, record.body) else found


def _line_problems(line: Body) -> Iterator[faults.Error]:
    if "DetailType" not in line:
        yield faults.missing("DetailType")
    if line.get("DetailType") == "DescriptionOnly":
        return
    if "Amount" not in line:
        yield faults.missing("Amount")
    elif line["Amount"] < 0:
        yield faults.negative_amount()
    detail = line.get("JournalEntryLineDetail", {})
    if "PostingType" not in detail:
        yield faults.no_posting_type()
    if "AccountRef" not in detail:
        yield faults.missing("AccountRef")


def _prepared_line(company: Company, line: Body) -> Body:
    """A description line loses its posting detail; a name says which list it is from; untracked marks are
    dropped.
    """
    if line["DetailType"] == "DescriptionOnly":
        return {key: value for key, value in line.items() if key != "JournalEntryLineDetail"}
    detail = dict(line["JournalEntryLineDetail"])
    if "TaxCodeRef" not in detail:
        for name in ("TaxApplicableOn", "TaxAmount"):
            detail.pop(name, None)
    if not company.preference("AccountingInfoPrefs", "ClassTrackingPerTxnLine"):
        detail.pop("ClassRef", None)
    if not company.preference("AccountingInfoPrefs", "TrackDepartments"):
        detail.pop("DepartmentRef", None)
    party = detail.pop("Entity", None)
    if party and "EntityRef" in party:
        detail["Entity"] = _party(company, party)
    return {**line, "JournalEntryLineDetail": detail}


def _party(company: Company, party: Body) -> Body:
    identity = party["EntityRef"]["value"]
    kind = party.get("Type")
    if kind is None:
        raise faults.Fault(faults.missing("Type"), timed=False)
    references.check_one(company, kind, identity)
    return {"Type": kind, "EntityRef": {"value": identity, "of": kind}}


def _check_lines(company: Company, body: Body) -> None:
    lines = [line for line in body["Line"] if "JournalEntryLineDetail" in line]
    if len(lines) < 2:
        raise faults.rule_broken("Fill out at least two detail lines to continue.")
    _check_subledgers(company, lines)
    if sum(_signed_cents(line) for line in lines):
        raise faults.unbalanced(company.options.je_unbalanced_code)


def _check_subledgers(company: Company, lines: Sequence[Body]) -> None:
    """A receivable needs its customer and a payable its vendor, and one entry holds one of them at most."""
    subledger_lines = 0
    for line in lines:
        detail = line["JournalEntryLineDetail"]
        account = company.of("Account")[detail["AccountRef"]["value"]].body
        party = detail.get("Entity", {}).get("Type")
        if account["AccountType"] == "Non-Posting":
            raise faults.wrong_account_type()
        if account["AccountType"] == "Accounts Receivable":
            subledger_lines += 1
            if party != "Customer":
                raise faults.rule_broken(
                    "When you use Accounts Receivable, you must choose a customer in the Name field."
                )
        if account["AccountType"] == "Accounts Payable":
            subledger_lines += 1
            if party != "Vendor":
                raise faults.rule_broken("When you use Accounts Payable, you must choose a vendor in the Name field.")
    if subledger_lines > 1:
        raise faults.rule_broken(
            "You can have only one Accounts Receivable or Accounts Payable line in each journal entry."
        )


def _signed_cents(line: Body) -> int:
    value = money.cents(line["Amount"])
    return value if line["JournalEntryLineDetail"]["PostingType"] == "Debit" else -value


def _at_home(company: Company, body: Body, postings: Sequence[Posting]) -> list[Posting]:
    """Debits and credits each converted as a whole, so that they stay equal."""
    worth: dict[int, int] = {}
    for is_debit in (True, False):
        side = [n for n, each in enumerate(postings) if (each.cents >= 0) == is_debit]
        amounts = currencies.one_by_one(company, body, [postings[n].cents for n in side])
        worth.update(zip(side, amounts, strict=True))
    return [replace(each, cents=worth[n], foreign=each.cents) for n, each in enumerate(postings)]


def _posting(record: Record, line: Body) -> Posting:
    detail = line["JournalEntryLineDetail"]
    party = detail.get("Entity")
    return Posting(
        account=detail["AccountRef"]["value"],
        cents=_signed_cents(line),
        on=record.body["TxnDate"],
        transaction=record.id,
        entity="JournalEntry",
        number=record.body.get("DocNumber", ""),
        memo=line.get("Description", ""),
        party=(party["Type"], party["EntityRef"]["value"]) if party else None,
        klass=detail.get("ClassRef", {}).get("value"),
        department=detail.get("DepartmentRef", {}).get("value"),
        line=line["Id"],
    )
