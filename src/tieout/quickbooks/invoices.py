"""Invoices that QuickBooks is asked for: each created exactly once, by the protocol of journal entries.

Claimed and committed before it is sent; sent under its own id; looked for by its number before it is ever sent
again. Ours is what bears our mark in its note. Another one under our number is put before a person. What QuickBooks
stored is mirrored at once: it has computed the tax, and may have changed what it likes.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import msgspec

from tieout.access import company as companies
from tieout.ledger import transmissions
from tieout.ledger.models import Cause, TransmissionState
from tieout.ledger.transmissions import LOOK, Change, Claim, Heard
from tieout.quickbooks import pace, payloads, poster, query, sessions, verdicts
from tieout.quickbooks.client import Client
from tieout.quickbooks.looking import Sight
from tieout.quickbooks.outcomes import Accepted, Failure, Outcome, Rejected, Unknown
from tieout.quickbooks.waits import USUAL, Waits
from tieout.sales import invoices
from tieout.sales.invoice_requests import DESTINATION, DOCUMENT

State = TransmissionState
Stored = dict[str, Any]

_encode = msgspec.json.Encoder(decimal_format="number").encode
_decode = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode


def post_due(company: int, *, waits: Waits = USUAL) -> int:
    """Ask for, or look for, every invoice that is due; how many steps were taken."""
    due = poster.is_live(company) and transmissions.anything_due(company, destination=DESTINATION)
    if not due or not pace.is_connected(company):
        return 0
    steps = 0
    with sessions.opened(company, waits=waits) as client:
        while not pace.standing(company, waits=waits).stopped:
            claim = transmissions.claim(
                company,
                worker=poster.worker_name(),
                lease=waits.lease,
                look_after=waits.look,
                destination=DESTINATION,
            )
            if claim is None:
                break
            heard, change, stored = (
                _look(client, claim, waits) if claim.purpose == LOOK else _send(client, claim, waits)
            )
            if transmissions.answered(claim, heard, change) and stored is not None:
                _keep(company, claim, stored)
            steps += 1
    return steps


def body(neutral: Mapping[str, Any], *, transmission: uuid.UUID) -> bytes:
    """The document as it is sent, byte for byte. Without tax codes: QuickBooks takes the item's and the customer's."""
    return _encode(
        {
            "DocNumber": neutral["number"],
            "TxnDate": neutral["date"],
            "CustomerRef": {"value": neutral["customer"]},
            "CurrencyRef": {"value": neutral["currency"]},
            "CustomerMemo": {"value": payloads.printable(neutral["memo"])},
            "PrivateNote": payloads.note(neutral["memo"], transmission=transmission),
            "Line": [_line(one) for one in neutral["lines"]],
        }
    )


def _line(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Amount": Decimal(one["cents"]).scaleb(-2).quantize(Decimal("0.01")),
        "DetailType": "SalesItemLineDetail",
        "Description": payloads.printable(one["description"]),
        "SalesItemLineDetail": {
            "ItemRef": {"value": one["item"]},
            "Qty": Decimal(one["quantity"]),
            "UnitPrice": Decimal(one["price"]),
        },
    }


Step = tuple[Heard, Change, Stored | None]


def _send(client: Client, claim: Claim, waits: Waits) -> Step:
    outcome = client.create(DOCUMENT, body(claim.body, transmission=claim.transmission), requestid=claim.transmission)
    if isinstance(outcome, Accepted):
        try:
            stored = _decode(outcome.reply.body)[DOCUMENT]
        except (msgspec.DecodeError, UnicodeDecodeError, KeyError) as error:
            outcome = Unknown(f"QuickBooks' answer cannot be read: {error}.", reply=outcome.reply)
        else:
            pace.clear(claim.company)
            return _heard(outcome), _confirmed(stored), stored
    sessions.note(claim.company, outcome, waits=waits)
    change = verdicts.of_failure(claim, outcome, waits=waits)
    if isinstance(outcome, Rejected) and change.state == State.REJECTED:
        change = replace(change, reason=str(outcome))  # the way out of an invoice is not that of an entry
    return _heard(outcome), change, None


def _look(client: Client, claim: Claim, waits: Waits) -> Step:
    """By number; before the last word also among the invoices of its day, where somebody may have renumbered it."""
    try:
        found = _there(client, query.is_("DocNumber", claim.number))
        if not found and claim.last_look:
            of_the_day = _there(client, query.is_("TxnDate", claim.accounting_date.isoformat()))
            found = [one for one in of_the_day if _is_marked(one, claim)]
    except Failure as failure:
        sessions.note(claim.company, failure, waits=waits)
        return _heard(failure), verdicts.of_blind_look(claim, failure, waits=waits), None
    pace.clear(claim.company)
    ours = sorted((one for one in found if _is_marked(one, claim)), key=lambda one: int(one["Id"]))
    if ours:
        return Heard(outcome="found", body=ours[0]["Id"]), _confirmed(ours[0]), ours[0]
    if found:
        return Heard(outcome="differs", body=str(found[0]["Id"])), _taken(claim, found[0]), None
    return Heard(outcome=transmissions.ABSENT), verdicts.of_sight(claim, Sight(), waits=waits), None


def _there(client: Client, where: query.Condition) -> list[Stored]:
    return [_decode(bytes(raw)) for raw in client.every(DOCUMENT, msgspec.Raw, where)]


def _is_marked(stored: Stored, claim: Claim) -> bool:
    return str(claim.transmission) in str(stored.get("PrivateNote") or "")


def _confirmed(stored: Stored) -> Change:
    return Change(
        state=State.CONFIRMED, external_id=str(stored["Id"]), external_version=str(stored.get("SyncToken") or "0")
    )


def _taken(claim: Claim, stored: Stored) -> Change:
    reason = (
        f"QuickBooks has another invoice under {claim.number} (id {stored['Id']}). Give that one a number of its own, "
        "then have it looked for again; or link it to the shipment, if it is the same sale."
    )
    return Change(state=State.BLOCKED, cause=Cause.VALIDATION, reason=reason)


def _keep(company: int, claim: Claim, stored: Stored) -> None:
    with companies.scope(company):
        transmissions.read_back(claim.transmission, version=str(stored.get("SyncToken") or "0"))
        invoices.mirror(company, stored, kind=DOCUMENT)


def _heard(outcome: Outcome | Failure) -> Heard:
    name, reply = poster.NAMES.get(type(outcome), transmissions.UNKNOWN), outcome.reply
    if reply is None:
        return Heard(outcome=name, body=str(outcome))
    return Heard(outcome=name, status=reply.status, trace=reply.trace, body=reply.text)
