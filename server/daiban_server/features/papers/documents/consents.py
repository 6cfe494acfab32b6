"""What somebody was told of his data, and what he agreed to apart (个保法 17, 29). The text is printed as it stands in
its version; what this application adds stands in the table above it."""

from .mandates import Signer
from .parts import Agent, Document


class ToldText(Document, frozen=True, kw_only=True):
    """A text with whom it is about, and who signs. `version` and `digest` (SHA-256 of the text in hexadecimal) say
    which words were signed; `guardian` is empty for who is fourteen."""

    title: str
    about: str
    identity: str
    matter: str
    agent: Agent
    text: str
    version: str
    digest: str
    signer: Signer
    guardian: str = ""
    place: str = ""


class InformationNotice(ToldText, frozen=True, kw_only=True):
    """个人信息处理告知书: signed for having been read or heard."""


class SeparateConsent(ToldText, frozen=True, kw_only=True):
    """处理敏感个人信息单独同意书; until somebody `agreed` both boxes are for a pen."""

    agreed: bool = False
