"""The step of adoptions: what a clerk took on of a batch in quarantine, under his own passkey.

Three things have to fit: the batch is what its device signed; the clerk's passkey signed for this batch and this
choice; and what the desk handed in is, letter by letter, the entry of the batch with his name and where it comes from.
"""

import re

from daiban_sync import adoption, limits, passkey
from daiban_sync.errors import SignatureError, WireError
from daiban_sync.evidence.custody import batch_of, disclosed_body, told
from daiban_sync.evidence.document import Adopted, Assertion
from daiban_sync.evidence.statements import Owned, read
from daiban_sync.evidence.trust import receipt_key
from daiban_sync.evidence.verdict import Found, Signed
from daiban_sync.keys import desk_device

_ADOPTIONS = "evidence.adoptions"
_PAGE = re.compile(r"https?://([a-z0-9.-]+)(?::[0-9]+)?")


def adoptions(found: Found) -> None:
    """Each entry that was adopted is the one that its device signed, and whoever adopted it signed for that."""
    desk = desk_device(found.ids.origin, found.ids.centre)
    handed_in = {name: one for one in found.entries if one.device == desk and (name := adoption.adopted_by(one.body))}
    proved: set[str] = set()
    for i, one in enumerate(found.document.adopted):
        found.at = f"adopted/{i}"
        _check_numbers(one)
        signed = batch_of(found, one.envelope, _ADOPTIONS)
        person = _person(found, one, signed)
        for k, disclosed in enumerate(one.entries):
            found.at = f"adopted/{i}/entries/{k}"
            number = signed.header.first + disclosed.index
            if number not in one.numbers:
                raise WireError(_ADOPTIONS, "an entry that was not chosen")
            name = adoption.repeats(signed.header.device, signed.digest, number)
            if name in proved or name not in handed_in:
                raise WireError(_ADOPTIONS, "an entry that stands twice, or that nobody handed in")
            original = told(signed.header.device, number, disclosed_body(signed, disclosed, _ADOPTIONS))
            if adoption.repeated(original.body, person, name) != handed_in[name].body:
                raise SignatureError(_ADOPTIONS, "not what was adopted")
            proved.add(name)
    if proved:
        found.notes.add("adopted")
    if handed_in.keys() - proved:
        found.notes.add("adoption_unproved")


def _check_numbers(one: Adopted) -> None:
    indexes = [disclosed.index for disclosed in one.entries]
    chosen = list(one.numbers)
    if not indexes or not chosen or indexes != sorted(set(indexes)) or chosen != sorted(set(chosen)):
        raise WireError(_ADOPTIONS, "nothing, or out of order")


def _person(found: Found, one: Adopted, signed: Signed) -> str:
    """Whose passkey signed for this choice of this batch."""
    first = signed.header.first
    if not first <= one.numbers[0] <= one.numbers[-1] < min(first + signed.header.entry_count, limits.INTEGER):
        raise WireError(_ADOPTIONS, "no such entry")
    vouched = one.signed.vouched
    owned = read(vouched, Owned, receipt_key(found, vouched, _ADOPTIONS), _ADOPTIONS)
    about = (owned.origin, owned.centre, owned.credential, owned.key)
    if about != (found.document.origin, found.document.centre, one.signed.credential.hex(), one.signed.key.hex()):
        raise SignatureError(_ADOPTIONS, "another passkey is vouched for")
    digest = adoption.digest_of(signed.header.device, signed.digest, one.numbers)
    passkey.check(_assertion(one.signed), adoption.PURPOSE, digest, _host(owned.page), [owned.page])
    return owned.person


def _assertion(kept: Assertion) -> passkey.Assertion:
    return passkey.Assertion(kept.credential, kept.key, kept.authenticator_data, kept.client_data, kept.signature)


def _host(page: str) -> str:
    """The host that a passkey of this page is bound to."""
    found = _PAGE.fullmatch(page)
    return found[1] if found else ""
