"""The columns a list of postings can have: title, type, and how a posting fills the cell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from qbo_emulator import faults, money
from qbo_emulator.clock import stamp
from qbo_emulator.company import Company
from qbo_emulator.entities import BY_NAME, currencies
from qbo_emulator.entities.transaction import Transaction
from qbo_emulator.ledger import Posting
from qbo_emulator.reports.layout import Cell, Row, column

NOTHING: Cell = {"value": ""}
NOBODY: Cell = {"value": "", "id": ""}
Fill = Callable[[Company, Posting], Cell]


@dataclass(frozen=True)
class Column:
    title: str
    kind: str
    fill: Fill
    by: tuple[str, ...] = ()
    """What of a posting decides the cell: postings alike in it share one. None: every posting has its own."""


def title_of(company: Company, posting: Posting) -> str:
    """What people call the transaction a posting belongs to."""
    entity = BY_NAME[posting.entity]
    assert isinstance(entity, Transaction), f"{posting.entity} posts and is no transaction"
    return entity.title_of(company.of(posting.entity)[posting.transaction])


def _posted(company: Company, posting: Posting) -> Cell:
    entity = BY_NAME[posting.entity]
    return {"value": "No" if isinstance(entity, Transaction) and entity.non_posting else "Yes"}


def chosen(company: Company, parameters: Mapping[str, str], default: Sequence[str]) -> list[str]:
    """Amounts have other keys where a company has many currencies. A key that is not for the company at hand is left
    out without a word."""
    many = currencies.are_many(company)
    usual = [AT_HOME.get(name, name) if many else name for name in default]
    names = [each.strip() for each in parameters.get("columns", "").split(",") if each.strip()] or usual
    for name in names:
        if name not in COLUMNS and name not in _HEADS:
            raise faults.Fault(faults.bad_choice("columns", name))
    return [name for name in names if name not in (AT_HOME if many else ONLY_WITH_MANY)]


def place(names: Sequence[str], name: str) -> int | None:
    """Where an amount's column stands, under whichever key."""
    return next((n for n, each in enumerate(names) if each in (name, AT_HOME[name])), None)


def heads(names: Sequence[str]) -> list[Row]:
    return [column(*_HEADS[name], name) if name in _HEADS else _head(name) for name in names]


def _head(name: str) -> Row:
    return column(COLUMNS[name].title, COLUMNS[name].kind, name)


def _name(company: Company, kind: str, identity: str | None) -> Cell:
    if identity is None:
        return NOBODY
    return {"value": company.name_of(kind, identity) or "", "id": identity}


def party(company: Company, posting: Posting) -> Cell:
    return _name(company, *posting.party) if posting.party else NOBODY


def _party_if(kind: str) -> Fill:
    return lambda company, posting: party(company, posting) if posting.party and posting.party[0] == kind else NOBODY


def split(company: Company, posting: Posting) -> Cell:
    """The other account when there is exactly one."""
    others = {each.account for each in company.ledger.of_transaction(posting.transaction)} - {posting.account}
    return _name(company, "Account", others.pop()) if len(others) == 1 else {"value": "-Split-", "id": ""}


def _stamped(which: str) -> Fill:
    def fill(company: Company, posting: Posting) -> Cell:
        record = company.of(posting.entity)[posting.transaction]
        return {"value": stamp(record.created if which == "created" else record.updated, company.zone)}

    return fill


def _edited_by(company: Company, posting: Posting) -> Cell:
    return {"value": company.last_editor(posting.entity, posting.transaction)}


def _adjusting(company: Company, posting: Posting) -> Cell:
    adjusting = company.of(posting.entity)[posting.transaction].body.get("Adjustment", False)
    return {"value": "Yes" if adjusting else "No"}


COLUMNS: Mapping[str, Column] = {
    "tx_date": Column("Date", "Date", lambda company, posting: {"value": posting.on}, ("on",)),
    "txn_type": Column(
        "Transaction Type",
        "String",
        lambda company, posting: {"value": title_of(company, posting), "id": posting.transaction},
        ("transaction",),
    ),
    "doc_num": Column("Num", "String", lambda company, posting: {"value": posting.number}, ("transaction",)),
    "name": Column("Name", "String", party, ("party",)),
    "cust_name": Column("Customer", "String", _party_if("Customer"), ("party",)),
    "vend_name": Column("Vendor", "String", _party_if("Vendor"), ("party",)),
    "emp_name": Column("Employee", "String", _party_if("Employee"), ("party",)),
    "memo": Column("Memo/Description", "String", lambda company, posting: {"value": posting.memo}),
    "account_name": Column(
        "Account", "String", lambda company, posting: _name(company, "Account", posting.account), ("account",)
    ),
    "klass_name": Column(
        "Class", "String", lambda company, posting: _name(company, "Class", posting.klass), ("klass",)
    ),
    "dept_name": Column(
        "Location",
        "String",
        lambda company, posting: _name(company, "Department", posting.department),
        ("department",),
    ),
    "split_acc": Column("Split", "String", split, ("transaction", "account")),
    "other_account": Column("Split", "String", split, ("transaction", "account")),
    "is_adj": Column("Adj", "Boolean", _adjusting, ("transaction",)),
    "is_no_post": Column("Posting", "Boolean", _posted, ("entity",)),
    "create_date": Column("Create Date", "Date", _stamped("created"), ("transaction",)),
    "last_mod_date": Column("Last Modified", "Date", _stamped("updated"), ("transaction",)),
    "last_mod_by": Column("Last Modified By", "String", _edited_by, ("transaction",)),
    **dict.fromkeys(
        ("debt_amt", "debt_home_amt"), Column("Debit", "Money", lambda company, posting: _positive(posting.cents))
    ),
    **dict.fromkeys(
        ("credit_amt", "credit_home_amt"), Column("Credit", "Money", lambda company, posting: _positive(-posting.cents))
    ),
    "currency": Column("Currency", "String", lambda company, posting: {"value": _currency(company, posting)}),
    "exch_rate": Column("Exchange Rate", "String", lambda company, posting: {"value": _rate(company, posting)}),
}
_HEADS = {
    **dict.fromkeys(("subt_nat_amount", "subt_nat_home_amount"), ("Amount", "Money")),
    **dict.fromkeys(("rbal_nat_amount", "rbal_nat_home_amount"), ("Balance", "Money")),
}
AT_HOME = {
    "debt_amt": "debt_home_amt",
    "credit_amt": "credit_home_amt",
    "subt_nat_amount": "subt_nat_home_amount",
    "rbal_nat_amount": "rbal_nat_home_amount",
}
"""The key that each amount has where a company has many currencies."""
ONLY_WITH_MANY = frozenset({*AT_HOME.values(), "currency", "exch_rate"})


def _positive(cents: int) -> Cell:
    return {"value": money.plain(cents) if cents > 0 else ""}


def _currency(company: Company, posting: Posting) -> str:
    body = company.of(posting.entity)[posting.transaction].body
    return currencies.of(body) if "CurrencyRef" in body else currencies.home(company)


def _rate(company: Company, posting: Posting) -> str:
    return str(company.of(posting.entity)[posting.transaction].body.get("ExchangeRate", 1))


class Cells:
    """Fills the cells of one report. A report has few names and dates and very many postings."""

    def __init__(self, company: Company, names: Sequence[str]) -> None:
        self.company = company
        self._known: dict[tuple[str, object], Cell] = {}
        self._fills = [(name, COLUMNS[name].fill, _key(COLUMNS[name])) for name in names if name in COLUMNS]
        plain = {at_home: name for name, at_home in AT_HOME.items()}
        self._places = {plain.get(name, name): n for n, name in enumerate(names) if name not in COLUMNS}

    def of(self, posting: Posting, **computed: int) -> list[Cell]:
        """The cells in the order of the names; `computed` are the amounts only the report knows."""
        cells: list[Cell] = []
        known, company = self._known, self.company
        for name, fill, key in self._fills:
            if key is None:
                cells.append(fill(company, posting))
                continue
            alike = (name, key(posting))
            cell = known.get(alike)
            if cell is None:
                cell = known[alike] = fill(company, posting)
            cells.append(cell)
        for name, place in self._places.items():
            cells.insert(place, {"value": money.plain(computed[name])})
        return cells


def _key(column: Column) -> Callable[[Posting], object] | None:
    return attrgetter(*column.by) if column.by else None
