"""SELECT * | COUNT(*) FROM entity [WHERE … AND …] [ORDERBY …] [STARTPOSITION n] [MAXRESULTS n].

There is no OR, no NOT, no join and no grouping, and the real parser says so with an "Encountered …" error.
"""

import re
from dataclasses import dataclass

from qbo_emulator import faults

TOKEN = re.compile(
    r"""\s*(?:
        '(?P<quoted>(?:[^'\\]|\\.)*)'
      | (?P<number>-?\d+(?:\.\d+)?(?![\w.-]))
      | (?P<word>[A-Za-z_][\w.]*)
      | (?P<sign><=|>=|!=|<>|[=<>(),*])
      | (?P<other>\S)
    )""",
    re.VERBOSE | re.DOTALL,
)
OPERATORS = ("=", "<", ">", "<=", ">=")
WHOLE = frozenset({"where", "orderby", "order", "startposition", "maxresults"})


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    column: int


@dataclass(frozen=True)
class Condition:
    property: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    property: str
    descending: bool


@dataclass(frozen=True)
class Statement:
    entity: str
    counts: bool
    conditions: tuple[Condition, ...]
    orders: tuple[Order, ...]
    start: int
    limit: int


def parse(statement: str) -> Statement:
    return _Parser(statement).statement()


class _Parser:
    def __init__(self, statement: str) -> None:
        self.tokens = _tokens(statement)
        self.at = 0

    def statement(self) -> Statement:
        self.expect("select")
        counts = self._columns()
        self.expect("from")
        entity = self.take("word", "an entity name").text
        conditions: tuple[Condition, ...] = ()
        orders: tuple[Order, ...] = ()
        pages = {"startposition": 1, "maxresults": 100}
        while self.now.kind != "end":
            word = self.now.text.lower()
            if word == "where" and not conditions:
                conditions = self._conditions()
            elif word in ("orderby", "order") and not orders:
                orders = self._orders()
            elif word in pages:
                self.at += 1
                pages[word] = _page_number(self.take("number", "a number"))
            else:
                raise self.surprise("<EOF>", "where", "orderby", "startposition", "maxresults")
        return Statement(entity, counts, conditions, orders, pages["startposition"], min(pages["maxresults"], 1000))

    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    def take(self, kind: str, expected: str) -> Token:
        token = self.now
        if token.kind != kind or (kind == "word" and token.text.lower() in WHOLE):
            raise self.surprise(expected)
        self.at += 1
        return token

    def expect(self, *words: str) -> str:
        token = self.now
        if token.kind not in ("word", "sign") or token.text.lower() not in words:
            raise self.surprise(*words)
        self.at += 1
        return token.text.lower()

    def skip(self, word: str) -> bool:
        found = self.now.kind in ("word", "sign") and self.now.text.lower() == word
        self.at += found
        return found

    def surprise(self, *expected: str) -> faults.Fault:
        token = self.now
        shown = "<EOF>" if token.kind == "end" else f'<{token.kind.upper()}> "{token.text} "'
        wanted = " ".join(f'"{each}"' for each in expected)
        place = f"at line 1, column {token.column}"
        return faults.query_unparsable(f'Encountered " {shown}" {place}. Was expecting one of: {wanted}')

    def _columns(self) -> bool:
        """True for COUNT(*). A list of columns is tolerated and makes no difference."""
        if self.skip("*"):
            self._more_columns()
            return False
        if self.now.text.lower() == "count":
            self.at += 1
            for sign in "(*)":
                self.expect(sign)
            return True
        self.take("word", "*")
        self._more_columns()
        return False

    def _more_columns(self) -> None:
        while self.skip(","):
            self.take("word", "a property")

    def _conditions(self) -> tuple[Condition, ...]:
        self.expect("where")
        conditions = [self._condition()]
        while self.skip("and"):
            conditions.append(self._condition())
        return tuple(conditions)

    def _condition(self) -> Condition:
        name = self.take("word", "a property").text
        operator = self.expect(*OPERATORS, "in", "like")
        if operator != "in":
            return Condition(name, operator, (self._value(),))
        self.expect("(")
        values = [self._value()]
        while self.skip(","):
            values.append(self._value())
        self.expect(")")
        return Condition(name, operator, tuple(values))

    def _value(self) -> str:
        token = self.now
        bare = token.kind == "word" and token.text.lower() in ("true", "false", "current_date")
        if token.kind not in ("quoted", "number") and not bare:
            raise self.surprise("a quoted value", "a number", "true", "false")
        self.at += 1
        return token.text

    def _orders(self) -> tuple[Order, ...]:
        if self.expect("orderby", "order") == "order":
            self.expect("by")
        orders = [self._order()]
        while self.skip(","):
            orders.append(self._order())
        return tuple(orders)

    def _order(self) -> Order:
        name = self.take("word", "a property").text
        descending = self.skip("desc")
        if not descending:
            self.skip("asc")
        return Order(name, descending)


def _tokens(statement: str) -> list[Token]:
    tokens = []
    stripped = statement.rstrip()
    at = 0
    while at < len(stripped):
        match = TOKEN.match(stripped, at)
        assert match is not None, f"no token at {at} of {stripped!r}"
        assert match.lastgroup is not None
        text = match[match.lastgroup]
        if match.lastgroup == "quoted":
            text = re.sub(r"\\(.)", r"\1", text)
        tokens.append(Token(match.lastgroup, text, match.start(match.lastgroup) + 1))
        at = match.end()
    return [*tokens, Token("end", "", len(stripped) + 1)]


def _page_number(token: Token) -> int:
    if not token.text.isdecimal():
        raise faults.query_invalid(f"value {token.text} is not a whole number")
    if int(token.text) < 1:
        raise faults.query_invalid(f"value {token.text} is too small. Min allowed value is 1")
    return int(token.text)
