"""Idempotency: a requestid seen before is answered as the first time, byte for byte, and nothing is done
again.

Kept per company. Only what reached the accounting service and succeeded is remembered, unless the option
`pin_faults` says otherwise. Asked under the company's lock, so of two concurrent duplicates the second waits
and is replayed.
"""

import hashlib
from datetime import timedelta

from qbo_emulator import faults
from qbo_emulator.company import ANSWER, Answer, Company

LONGEST = 50


def check_length(requestid: str, longest: int = LONGEST) -> None:
    if len(requestid) > longest:
        raise faults.bad_requestid(len(requestid), longest)


def remembered(company: Company, requestid: str, body: bytes) -> Answer | None:
    answer = company.requestids.get(requestid) if requestid else None
    if answer is None or _forgotten(company, answer):
        return None
    if company.options.strict_requestid and answer.digest != digest(body):
        raise faults.duplicate_requestid(requestid)
    return answer


def remember(company: Company, requestid: str, body: bytes, status: int, answer: bytes) -> None:
    if requestid:
        company.requestids[requestid] = Answer(status, answer, digest(body), company.clock.now())
        company.touch(ANSWER, requestid)


def digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def _forgotten(company: Company, answer: Answer) -> bool:
    now = company.clock.now()
    if answer.forget_at is not None and now >= answer.forget_at:
        return True
    ttl = company.options.requestid_ttl
    return ttl is not None and now >= answer.at + timedelta(seconds=ttl)
