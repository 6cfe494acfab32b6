"""The texts that people are read and sign, each of a kind, in versions: notice (告知书), separate consent (单独同意书).

A text that was ever signed is kept as it was, for ever: what somebody agreed to must be readable years later. A change
is a new file beside the old one and a new row at the end of `TEXTS`, with the SHA-256 of the UTF-8 bytes of its text;
a test holds each file against its row. Texts ship with phone and server alike, since they are read out where there is
no signal; a phone that was not updated has the version before, which stays good.
"""

import hashlib
from typing import NamedTuple

from daiban_schemas.texts import notice_1, sensitive_1


class Text(NamedTuple):
    """A text in one version; `sha256` in lowercase hexadecimal."""

    kind: str
    version: str
    title: str
    text: str
    sha256: str

    @property
    def whole(self) -> bool:
        """Whether the text is the one that the row was written for."""
        return hashlib.sha256(self.text.encode()).hexdigest() == self.sha256


NOTICE = "notice"
SENSITIVE = "sensitive"
TEXTS: tuple[Text, ...] = (
    Text(
        NOTICE,
        "2026-1",
        notice_1.TITLE,
        notice_1.TEXT,
        "47df2bc84b3d06e5ff5c22e801fa4c4f9770e46505dbcd3622fbc62aeb038c7e",
    ),
    Text(
        SENSITIVE,
        "2026-1",
        sensitive_1.TITLE,
        sensitive_1.TEXT,
        "2865370d77265f9d4c918876b57168e46c9aaf9bacb6bc4e923d8e2ff723c8c5",
    ),
)
"""Every version of every text, in the order in which they came."""


def current(kind: str) -> Text:
    """The newest version of a text. Raises `KeyError` for a kind that there is not."""
    found = [one for one in TEXTS if one.kind == kind]
    if not found:
        raise KeyError(kind)
    return found[-1]


def of(kind: str, version: str) -> Text | None:
    """One version of a text; None for one that is newer than this code."""
    return next((one for one in TEXTS if (one.kind, one.version) == (kind, version)), None)
