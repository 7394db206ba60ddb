"""Links to uploaded files: good for a quarter of an hour, for whoever has them."""

import hashlib
import hmac
from datetime import datetime, timedelta

LIFE = timedelta(minutes=15)


class Links:
    """Signs and checks the links of one company."""

    def __init__(self, realm_id: str, secret: str) -> None:
        self.realm_id, self._secret = realm_id, secret.encode()

    def path(self, identity: str, now: datetime) -> str:
        until = int((now + LIFE).timestamp())
        return f"/_emulator/files/{self.realm_id}/{identity}?until={until}&proof={self._proof(identity, until)}"

    def is_good(self, identity: str, until: str, proof: str, now: datetime) -> bool:
        if not until.isdecimal() or now.timestamp() > int(until):
            return False
        return hmac.compare_digest(proof, self._proof(identity, int(until)))

    def _proof(self, identity: str, until: int) -> str:
        return hmac.new(self._secret, f"{identity} {until}".encode(), hashlib.sha256).hexdigest()[:32]
