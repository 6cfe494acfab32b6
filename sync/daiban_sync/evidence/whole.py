"""The last steps: the texts that were signed, and the server's word on the whole."""

import hashlib

from daiban_sync.errors import SignatureError, WireError
from daiban_sync.evidence.document import contents
from daiban_sync.evidence.statements import Stated, read
from daiban_sync.evidence.trust import receipt_key
from daiban_sync.evidence.verdict import Found

_TEXTS, _WHOLE = "evidence.texts", "evidence.whole"


def texts(found: Found) -> None:
    """Each text has the hash that a mandate of the case states of it."""
    stated = {
        (str(one.fields.get("text_version")), str(one.fields["text_sha256"]))
        for one in found.entries
        if one.entry.kind == "mandate" and one.fields.get("text_sha256")
    }
    shown = set()
    for i, text in enumerate(found.document.texts):
        found.at = f"texts/{i}"
        named = (text.version, hashlib.sha256(text.text.encode()).hexdigest())
        if text.kind != "mandate" or named not in stated:
            raise SignatureError(_TEXTS, "not the text whose hash was signed")
        shown.add(named)
    mandates = {one.entry.record for one in found.entries if one.entry.kind == "mandate"}
    hashed = {one.entry.record for one in found.entries if one.fields.get("text_sha256")}
    if stated - shown or mandates - hashed:
        found.notes.add("mandate_without_text")


def whole(found: Found) -> None:
    """A receipt key signed for this very content, and names exactly the entries that are shown."""
    document = found.document
    found.at = "stated"
    if document.stated is None:
        raise SignatureError(_WHOLE, "the server says nothing of it")
    stated = read(document.stated, Stated, receipt_key(found, document.stated, _WHOLE), _WHOLE)
    if (stated.origin, stated.centre, stated.case) != (document.origin, document.centre, document.case):
        raise SignatureError(_WHOLE, "about another case")
    if stated.contents != contents(document):
        raise SignatureError(_WHOLE, "about another file")
    shown = [(one.device.hex(), one.number) for one in found.entries]
    if [(one.device, one.number) for one in stated.entries] != shown:
        raise WireError(_WHOLE, "about other entries")
    if stated.withheld:
        found.notes.add("withheld")
    if document.further:
        found.notes.add("further")
    found.stated = stated
