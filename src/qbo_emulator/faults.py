"""Everything QuickBooks refuses, in its own words.

    Refusal                 an answer that is not a success; knows its status and body
    ├── Fault               the accounting service: {"Fault": {"Error": […], "type"}, "time"}
    └── GatewayFault        the gateway before it: lower-case {"fault": {"error": […]}}, time in epoch ms

Texts recorded from the wire are kept to the letter, odd punctuation included.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from qbo_emulator.clock import fine_stamp


@dataclass(frozen=True)
class Error:
    code: str
    message: str
    detail: str | None = None
    element: str | None = None

    def document(self) -> dict[str, str]:
        found = {"Message": self.message, "Detail": self.detail, "code": self.code, "element": self.element}
        return {key: value for key, value in found.items() if value is not None}


class Refusal(Exception):
    """An answer that is not a success."""

    status = 400

    def body(self, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
        raise NotImplementedError

    def headers(self) -> dict[str, str]:
        return {}


class Fault(Refusal):
    """Refused by the accounting service."""

    def __init__(
        self, *errors: Error, fault_type: str = "ValidationFault", status: int = 400, timed: bool = True
    ) -> None:
        super().__init__("; ".join(f"{error.code} {error.detail or error.message}" for error in errors))
        self.errors: Sequence[Error] = errors
        self.type = fault_type
        self.status = status
        self.timed = timed

    def inside(self) -> dict[str, Any]:
        return {"Error": [error.document() for error in self.errors], "type": self.type}

    def body(self, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
        fault = {"Fault": self.inside()}
        return {**fault, "time": fine_stamp(now, zone)} if self.timed else fault


class GatewayFault(Refusal):
    """Refused before the accounting service was reached: nothing was executed."""

    def __init__(
        self, status: int, code: str, name: str, detail: str, *, fault_type: str, upper_case: bool = False
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.message = f"message={name}; errorCode={code:0>6}; statusCode={status}"
        self.detail = detail
        self.type = fault_type
        self.upper_case = upper_case

    def body(self, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
        if self.upper_case:
            error = Error(self.code, self.message, self.detail)
            return Fault(error, fault_type=self.type).body(now, zone)
        error_document = {"message": self.message, "detail": self.detail, "code": self.code, "element": None}
        return {
            "warnings": None,
            "intuitObject": None,
            "fault": {"error": [error_document], "type": self.type},
            "report": None,
            "queryResponse": None,
            "batchItemResponse": [],
            "attachableResponse": [],
            "syncErrorResponse": None,
            "requestId": None,
            "time": int(now.timestamp() * 1000),
            "status": None,
            "cdcresponse": [],
        }

    def headers(self) -> dict[str, str]:
        if self.status != 401:
            return {}
        return {"WWW-Authenticate": 'Bearer realm="Intuit", error="invalid_token"'}


def unauthenticated(detail: str) -> GatewayFault:
    return GatewayFault(401, "3200", "AuthenticationFailed", detail, fault_type="AUTHENTICATION")


def forbidden() -> GatewayFault:
    detail = "The application is not authorized for this company"
    return GatewayFault(403, "3100", "ApplicationAuthorizationFailed", detail, fault_type="SERVICE")


def throttled(*, upper_case: bool = False) -> GatewayFault:
    detail = "The request limit was reached.  Try again later"
    return GatewayFault(429, "3001", "ThrottleExceeded", detail, fault_type="SERVICE", upper_case=upper_case)


def unsupported(detail: str) -> Fault:
    return Fault(Error("500", "Unsupported Operation", f"Operation {detail} is not supported."))


def no_such_resource(path: str, base: str) -> Fault:
    relative = f"Could not find resource for relative : {path} of full path: {base}{path}"
    return unsupported(relative)


def unknown_property(name: str, java_class: str, known: Sequence[str]) -> Fault:
    listed = ", ".join(f'"{each}"' for each in known)
    detail = (
        f'Property Name:Unrecognized field "{name}" (class com.intuit.schema.finance.v3.{java_class}), '
        f"not marked as ignorable ({len(known)} known properties: {listed}])\n "
        "specified is unsupported or invalid"
    )
    return Fault(Error("2010", "Request has invalid or unsupported property", detail))


def unreadable(problem: str) -> Fault:
    detail = f"Property Name:{problem} specified is unsupported or invalid"
    return Fault(Error("2010", "Request has invalid or unsupported property", detail))


def missing(parameter: str) -> Error:
    message = "Required param missing, need to supply the required value for the API"
    return Error("2020", message, f"Required parameter {parameter} is missing in the request", parameter)


def invalid_id(value: str) -> Fault:
    detail = f"Id should be a valid number. Supplied value:{value}"
    return Fault(Error("2030", "Invalid ID", detail, "Id"), timed=False)


def invalid_characters(element: str, detail: str) -> Error:
    return Error("2040", "Invalid characters in the request", detail, element)


def bad_length(element: str, length: int, longest: int, shortest: int = 0) -> Error:
    detail = (
        f"String length specified does not match the supported length. "
        f"Min:{shortest} Max:{longest} supported. Supplied length:{length}"
    )
    message = "String length is either shorter or longer than supported by specification"
    return Error("2050", message, detail, element)


def bad_date(element: str, value: str) -> Error:
    return Error(
        "2060",
        "Invalid Date Format",
        f"Date value should be in yyyy-MM-dd format. Supplied value:{value}",
        element,
    )


def too_long_ago(days: float) -> Error:
    detail = f"changedSince should be within the last {days:g} days"
    return Error("2070", "Invalid Date", detail, "changedSince")


def bad_number(element: str, value: str) -> Error:
    return Error("2080", "Invalid Number", f"{element} should be a valid number. Supplied value:{value}", element)


def bad_boolean(element: str, value: str) -> Error:
    return Error("2240", "Invalid Boolean", f"{element} should be true or false. Supplied value:{value}", element)


def bad_type(element: str) -> Error:
    return Error("2100", "Invalid data type", f"{element} has a value of the wrong type", element)


def bad_requestid(length: int, longest: int) -> Fault:
    detail = f"Request Id should be at most {longest} characters. Supplied length:{length}"
    return Fault(Error("2130", "Invalid Request Id Format", detail))


def duplicate_requestid(requestid: str) -> Fault:
    return Fault(Error("600", "Duplicate Request ID", f"Duplicate Request ID : {requestid} was already used"))


def bad_choice(element: str, value: str) -> Error:
    return Error("2170", "Invalid Enumeration", f"Invalid Enumeration : {value}", element)


def bad_email(value: str) -> Error:
    return Error(
        "2210",
        "Invalid Email Address format",
        f"Email Address does not conform to the standard. Supplied value:{value}",
    )


def no_posting_type() -> Error:
    return Error("2260", "PostingType is required", "PostingType is required for a journal entry line", "PostingType")


def negative_amount() -> Error:
    return Error("2290", "Negative amount", "Negative amounts aren't supported", "Amount")


def unbalanced(code: str) -> Fault:
    if code == "2300":
        return Fault(Error("2300", "Amount on debits not equal to credits", "Please balance debits and credits."))
    return rule_broken("Please balance debits and credits.")


def dangling_reference(group: str, value: str) -> Fault:
    detail = f"Invalid Reference Id : {group} element id {value} not found"
    return Fault(Error("2500", "Invalid Reference Id", detail))


def _inactive_text() -> str:
    return (
        "Something you're trying to use has been made inactive. "
        "Check the fields with accounts, customers, items, vendors or employees."
    )


def inactive_reference(code: str, group: str) -> Fault:
    if code == "2500":
        checked = f"Check the fields with {group.lower()}."
        detail = f"Invalid Reference Id : Something you're trying to use has been made inactive. {checked}"
        return Fault(Error("2500", "Invalid Reference Id", detail))
    return Fault(Error("610", "Object Not Found", f"Object Not Found : {_inactive_text()}", ""))


def transaction_gone() -> Fault:
    return Fault(Error("610", "Object Not Found", "Object Not Found : Another user has deleted this transaction.", ""))


def object_gone() -> Fault:
    return inactive_reference("610", "")


def stale(user: str) -> Fault:
    detail = (
        f"Stale Object Error : You and {user} were working on this at the same time. "
        f"{user} finished before you did, so your work was not saved."
    )
    return Fault(Error("5010", "Stale Object Error", detail, ""))


def rule_broken(rule: str) -> Fault:
    message = "A business validation error has occurred while processing your request"
    return Fault(Error("6000", message, f"Business Validation Error: {rule}", ""))


def no_account_type() -> Fault:
    detail = "Account type or sub type is needed to create an account"
    return Fault(Error("6010", "Account Type or Account Sub Type is required", detail))


def no_opening_date() -> Fault:
    detail = "An opening balance needs the date as of which it is given"
    return Fault(Error("6060", "Opening balance date is required", detail, "OpeningBalanceDate"))


def no_name() -> Fault:
    detail = "At least one of: Title, GivenName, MiddleName, FamilyName, Suffix or DisplayName is required"
    return Fault(Error("6080", "Name is required", detail))


def wrong_product(value: str) -> Error:
    detail = f"Amount is not equal to UnitPrice * Qty. Supplied value:{value}"
    return Error("6070", "Amount calculation incorrect in the request", detail, "Amount")


def batch_too_big(count: int, most: int) -> Fault:
    detail = f"A batch can have at most {most} items. Supplied:{count}"
    return Fault(Error("1040", "Batch request has too many items", detail))


def not_linkable(kind: str) -> Fault:
    return Fault(Error("620", "Transaction can not be linked", f"Transaction can not be linked : {kind}"))


def no_such_link(kind: str, identity: str) -> Fault:
    return rule_broken(f"The entity {kind} {identity} that you are trying to link does not exist. {kind} {identity}")


def wrong_tax_code(value: str) -> Fault:
    detail = f"Only TAX and NON can be used as the tax code of a line. Supplied value:{value}"
    return Fault(Error("6100", "Invalid tax code", detail, "TaxCodeRef"))


def before_start(item: str) -> Fault:
    detail = f"Transaction date is prior to start date for inventory item : {item}"
    return Fault(Error("6270", "Transaction date is prior to start date for inventory item", detail))


def no_quantity(item: str) -> Fault:
    detail = f"Tracked inventory item must have a quantity : {item}"
    return Fault(Error("6520", "Tracked inventory item must have quantity", detail, "Qty"))


def one_currency_only() -> Fault:
    return rule_broken("Multi Currency should be enabled to perform this operation")


def one_foreign_currency() -> Fault:
    return rule_broken("Transactions can have only one foreign currency at a time.")


def other_currency() -> Fault:
    return rule_broken("The transaction needs to be in the same currency as the A/R and A/P accounts you use.")


def deposited() -> Fault:
    detail = (
        "This transaction has been deposited. If you want to change or delete it, "
        "you must edit the deposit it appears on and remove it first."
    )
    return Fault(Error("6540", "Deposited Transaction cannot be changed", detail))


def duplicate_number(number: str, kind: str, txn_id: str) -> Fault:
    detail = (
        "Duplicate Document Number Error : You must specify a different number. "
        f"This number has already been used. DocNumber={number} "
        f"is assigned to TxnType={kind} with TxnId={txn_id}"
    )
    return Fault(Error("6140", "Duplicate Document Number Error", detail, ""))


def too_deep() -> Fault:
    return Fault(
        Error(
            "6180",
            "Parent has too many levels",
            "Only five levels of sub-accounts or sub-classes are supported",
        )
    )


def books_closed() -> Fault:
    detail = (
        "The account period has closed and the account books cannot be updated through through "
        "the QBO Services API. Please use the QBO website to make these changes."
    )
    return Fault(Error("6210", "Account Period Closed, Cannot Update Through Services API", detail))


def duplicate_name(owner: str) -> Fault:
    return Fault(Error("6240", "Duplicate Name Exists Error", f"The name supplied already exists. : {owner}"))


def subscription_lapsed() -> Fault:
    detail = (
        "Subscription period has ended or canceled or there was a billing problem : You can't add data to "
        "QuickBooks Online Plus because your trial or subscription period ended."
    )
    return Fault(Error("6190", "Invalid Company Status", detail))


def feature_missing(feature: str) -> Fault:
    return Fault(
        Error(
            "5030",
            "Feature Not Supported",
            f"Feature Not Supported : {feature} is not part of this subscription",
        )
    )


def system_failure(detail: str) -> Fault:
    message = "An application error has occurred while processing your request"
    return Fault(Error("10000", message, f"System Failure Error: {detail}"), fault_type="SystemFault", status=500)


def query_unparsable(detail: str) -> Fault:
    return Fault(Error("4000", "Error parsing query", f"QueryParserError: {detail}"))


def query_invalid(detail: str) -> Fault:
    return Fault(Error("4001", "Invalid query", f"QueryValidationError: {detail}"))


def wrong_account_type() -> Fault:
    return Fault(Error("6430", "Invalid account type used", "The account type used is not valid for this transaction"))
