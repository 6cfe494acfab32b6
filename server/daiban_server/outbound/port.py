"""The port: where messages go. The default puts them nowhere else, since they stand in people's own lists already."""

import hashlib
import hmac
from typing import Protocol

import httpx2
import msgspec

from daiban_server.outbound.queue import Message

SECONDS = 10.0
"""How long a webhook may take."""


class Outbound(Protocol):
    """Carries messages out. The contract suite is tests/outbound/."""

    async def send(self, message: Message) -> None:
        """Carry one out; raises whatever keeps it from that."""
        ...


class NoGatewayError(Exception):
    """Nothing is set up that reaches a telephone."""


class OwnList:
    """The default: a message stands in the list of whom it is meant for, and that is all."""

    async def send(self, message: Message) -> None:
        """Nothing is left to do for somebody of the district. Raises `NoGatewayError` for a resident, who has no list:
        a message that went nowhere must not be shown as sent."""
        if message.person is None:
            raise NoGatewayError


class Webhook:
    """Posts each message as JSON to an address of the district's: a text-message gateway, the town's own chat.

    ``Idempotency-Key`` is the message's id; ``Daiban-Signature`` is ``sha256=`` and the HMAC-SHA-256 of the body under
    the shared secret, in hexadecimal. Anything but 2xx is a failure, and is tried again.
    """

    def __init__(self, url: str, secret: bytes) -> None:
        self._url, self._secret = url, secret

    async def send(self, message: Message) -> None:
        """Post it. Raises `httpx2.HTTPError`."""
        body = msgspec.json.encode(
            {
                "id": message.id.hex(),
                "code": message.code,
                "person": message.person.hex() if message.person else None,
                "phone": message.phone or None,
                "record": message.record.hex() if message.record else None,
                "text": message.text,
                "at": message.at,
                **message.told,
            }
        )
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": message.id.hex(),
            "Daiban-Signature": f"sha256={hmac.new(self._secret, body, hashlib.sha256).hexdigest()}",
        }
        async with httpx2.AsyncClient(timeout=SECONDS, trust_env=False) as http:
            (await http.post(self._url, content=body, headers=headers)).raise_for_status()
