"""What can be asked for, and by whom. Roles are few and fixed; finance runs nothing, operations posts nothing."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """One name per thing that an actor may be allowed to do; each action names one."""

    KEEP_CATALOG = "keep catalog"
    KEEP_PLACES = "keep places"
    OPEN_BALANCES = "open balances"
    BUY = "buy"
    RECEIVE = "receive"
    PLAN_RUN = "plan run"
    REPORT_RUN = "report run"
    MOVE = "move"
    COUNT = "count"
    SCRAP = "scrap"
    VALUE = "value goods"
    """Late costs, landed costs, write-downs, claims: cents without goods."""
    SHIP = "ship"
    REVERSE = "reverse"
    MAP_ACCOUNTS = "map accounts"
    SET_POLICY = "set policy"
    CLOSE_PERIOD = "close period"
    POST = "post"
    MATCH_BILLS = "match bills"
    CONNECT = "connect"
    ADMINISTER = "administer"
    SEE_COST = "see cost"
    SEE_AUDIT = "see audit"
    OWN_SIGN_IN = "change own password"


class ActorRole(StrEnum):
    """What an actor is in the company."""

    OPERATOR = "operator"
    WAREHOUSE = "warehouse"
    PLANNER = "planner"
    BUYER = "buyer"
    CONTROLLER = "controller"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


_P = Permission
_PERSON = frozenset({_P.OWN_SIGN_IN})
_FLOOR = _PERSON | frozenset({_P.RECEIVE, _P.REPORT_RUN, _P.MOVE, _P.COUNT, _P.SCRAP, _P.SHIP, _P.REVERSE})
_FINANCE = _PERSON | frozenset(
    {
        _P.MAP_ACCOUNTS,
        _P.SET_POLICY,
        _P.CLOSE_PERIOD,
        _P.POST,
        _P.VALUE,
        _P.MATCH_BILLS,
        _P.CONNECT,
        _P.SEE_COST,
        _P.SEE_AUDIT,
    }
)

ALLOWED: dict[ActorRole, frozenset[Permission]] = {
    ActorRole.OPERATOR: _FLOOR - {_P.REVERSE},
    ActorRole.WAREHOUSE: _FLOOR,
    ActorRole.PLANNER: _FLOOR | {_P.PLAN_RUN, _P.KEEP_CATALOG, _P.KEEP_PLACES},
    ActorRole.BUYER: _PERSON | frozenset({_P.BUY, _P.RECEIVE, _P.KEEP_CATALOG, _P.SEE_COST}),
    ActorRole.CONTROLLER: _FINANCE,
    ActorRole.AUDITOR: _PERSON | frozenset({_P.SEE_COST, _P.SEE_AUDIT}),
    ActorRole.ADMINISTRATOR: frozenset(Permission) - {_P.POST},
    ActorRole.SYSTEM: frozenset({_P.POST, _P.VALUE, _P.MATCH_BILLS, _P.CONNECT, _P.SEE_COST, _P.SEE_AUDIT}),
}
