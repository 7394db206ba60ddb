"""Secrets at rest: AES-256-GCM under a key that is not in the database, bound to the company they belong to.

The key is derived from the installation's secret (`TIEOUT_SECRET_KEY`, or the key file in the data
folder), so a dump of the database, or a row copied to another company, opens nothing. Old keys are tried
when reading (`SECRET_KEY_FALLBACKS`), so a key can be changed while running; every refresh writes under
the new one.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from tieout.core.refusals import Refusal

_PURPOSE = b"tieout quickbooks secrets 1"
_NONCE_BYTES = 12


class CannotOpen(Refusal):
    """A stored secret that none of the installation's keys opens."""

    code = "cannot_open"


def lock(secret: str, *, company: int, name: str) -> bytes:
    """The secret as it may lie in the database."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(_key(settings.SECRET_KEY)).encrypt(nonce, secret.encode(), _bound_to(company, name))


def unlock(locked: bytes | memoryview[int], *, company: int, name: str) -> str:
    """The secret, if it was locked for this company under this name."""
    nonce, sealed = bytes(locked[:_NONCE_BYTES]), bytes(locked[_NONCE_BYTES:])
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return AESGCM(_key(secret)).decrypt(nonce, sealed, _bound_to(company, name)).decode()
        except InvalidTag:
            continue
    raise CannotOpen(
        "The stored QuickBooks tokens were locked under another key. Put the former TIEOUT_SECRET_KEY back, "
        "or connect QuickBooks again."
    )


def _key(secret: str | bytes) -> bytes:
    derivation = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_PURPOSE)
    return derivation.derive(secret.encode() if isinstance(secret, str) else secret)


def _bound_to(company: int, name: str) -> bytes:
    return f"{company}/{name}".encode()
