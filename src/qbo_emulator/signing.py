"""RS256 signatures for id tokens, from the standard library alone. The key is made when it is first needed."""

import base64
import hashlib
import json
import random
from functools import cached_property
from typing import Any

BITS = 2048
EXPONENT = 65537
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
SMALL_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97)


class Signer:
    """Signs for one emulator. Its key guards nothing: it only has to be a valid one."""

    def __init__(self, source: random.Random) -> None:
        self._source = source
        self.key_id = "emulator-" + "".join(source.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=12))

    @cached_property
    def _key(self) -> tuple[int, int]:
        """Modulus and private exponent."""
        while True:
            p, q = (_prime(self._source, BITS // 2) for _ in range(2))
            totient = (p - 1) * (q - 1)
            if p != q and totient % EXPONENT:
                return p * q, pow(EXPONENT, -1, totient)

    def token(self, claims: dict[str, Any]) -> str:
        head = _encoded({"alg": "RS256", "kid": self.key_id, "typ": "JWT"})
        signed = f"{head}.{_encoded(claims)}"
        modulus, exponent = self._key
        digest = SHA256_PREFIX + hashlib.sha256(signed.encode()).digest()
        padded = b"\x00\x01" + b"\xff" * (BITS // 8 - len(digest) - 3) + b"\x00" + digest
        value = pow(int.from_bytes(padded, "big"), exponent, modulus)
        return f"{signed}.{_text(value.to_bytes(BITS // 8, 'big'))}"

    def keys(self) -> dict[str, Any]:
        """The public half, as a key set."""
        modulus = self._key[0].to_bytes(BITS // 8, "big")
        key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.key_id}
        return {"keys": [{**key, "n": _text(modulus), "e": _text(EXPONENT.to_bytes(3, "big"))}]}


def _prime(source: random.Random, bits: int) -> int:
    while True:
        candidate = source.getrandbits(bits) | (0b11 << (bits - 2)) | 1
        if all(candidate % prime for prime in SMALL_PRIMES) and _is_probably_prime(candidate, source):
            return candidate


def _is_probably_prime(number: int, source: random.Random) -> bool:
    """Miller and Rabin, eight rounds."""
    odd, halvings = number - 1, 0
    while odd % 2 == 0:
        odd, halvings = odd // 2, halvings + 1
    return all(_passes(number, odd, halvings, source.randrange(2, number - 1)) for _ in range(8))


def _passes(number: int, odd: int, halvings: int, base: int) -> bool:
    value = pow(base, odd, number)
    if value in (1, number - 1):
        return True
    for _ in range(halvings - 1):
        value = value * value % number
        if value == number - 1:
            return True
    return False


def _encoded(document: dict[str, Any]) -> str:
    return _text(json.dumps(document, separators=(",", ":")).encode())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
