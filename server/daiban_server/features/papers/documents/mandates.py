"""The mandate and what becomes of it.

A drawn signature is printed as a picture of what happened at the signing. No text here claims that it is a "reliable
electronic signature" (电子签名法 13).
"""

import datetime
from typing import Literal

from msgspec import Struct

from .parts import Agent, Document, Party


class Signer(Struct, frozen=True, kw_only=True):
    """Who signs: a place for ``drawn``, for a ``fingerprint`` (捺印), or for either. `picture` is a PNG of the drawn
    signature; without one the place stays empty for a pen. A fingerprint wants a witness who is not the agent."""

    name: str
    relation: str = ""
    mark: Literal["drawn", "fingerprint", "either"] = "either"
    picture: bytes | None = None
    witness: str = ""
    signed: datetime.date | None = None


class Mandate(Document, frozen=True, kw_only=True):
    """代办服务委托书 (民法典 165): principal, agent, matter, powers, term, signed by the principal."""

    principal: Party
    agent: Agent
    matter: str
    powers: tuple[str, ...]
    valid_from: datetime.date
    valid_until: datetime.date
    signers: tuple[Signer, ...]
    place: str = ""
    note: str = ""


class Suspension(Document, frozen=True, kw_only=True):
    """代办服务中止单: the proxy service rests; `resumes` says when it goes on."""

    mandate: str
    principal: Party
    agent: Agent
    matter: str
    reason: str
    since: datetime.date
    resumes: str


class Termination(Document, frozen=True, kw_only=True):
    """代办服务终止单: the proxy service ends; `returned` are the papers given back."""

    mandate: str
    principal: Party
    agent: Agent
    matter: str
    reason: str
    since: datetime.date
    returned: tuple[str, ...] = ()
