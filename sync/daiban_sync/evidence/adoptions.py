"""The step of adoptions: what a clerk took on of a batch, or of a spool's saves, in quarantine, under his own passkey.

Three things have to fit: the batch is what its device signed; the clerk's passkey signed for this batch and this
choice; and what the desk handed in is, letter by letter, the entry of the batch with his name and where it comes from.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from daiban_sync import adoption, limits, passkey
from daiban_sync.errors import SignatureError, WireError
from daiban_sync.evidence.custody import batch_of, disclosed_body, save_of, told
from daiban_sync.evidence.document import Adopted, AdoptedSaves, Assertion, octets
from daiban_sync.evidence.statements import Owned, read
from daiban_sync.evidence.trust import receipt_key
from daiban_sync.evidence.verdict import Found, Told
from daiban_sync.keys import desk_device

_ADOPTIONS = "evidence.adoptions"


class _Proving(NamedTuple):
    """The desk's entries that say what they repeat, by that, and those that were found to."""

    handed_in: Mapping[str, Told]
    proved: set[str]

    def repeats(self, original: Told, person: str, digest: bytes) -> None:
        """The desk handed in what was adopted, letter by letter, and nothing else stands for it."""
        name = adoption.repeats(original.device, digest, original.number)
        if name in self.proved or name not in self.handed_in:
            raise WireError(_ADOPTIONS, "an entry that stands twice, or that nobody handed in")
        if adoption.repeated(original.body, person, name) != self.handed_in[name].body:
            raise SignatureError(_ADOPTIONS, "not what was adopted")
        self.proved.add(name)


def adoptions(found: Found) -> None:
    """Each entry that was adopted is the one that its device signed, and whoever adopted it signed for that."""
    desk = desk_device(found.ids.origin, found.ids.centre)
    handed_in = {name: one for one in found.entries if one.device == desk and (name := adoption.adopted_by(one.body))}
    proving = _Proving(handed_in, set())
    for i, one in enumerate(found.document.adopted):
        found.at = f"adopted/{i}"
        _of_batch(found, one, proving)
    for i, kept in enumerate(found.document.adopted_saves):
        found.at = f"adopted_saves/{i}"
        _of_spool(found, kept, proving)
    if proving.proved:
        found.notes.add("adopted")
    if handed_in.keys() - proving.proved:
        found.notes.add("adoption_unproved")


def _of_batch(found: Found, one: Adopted, proving: _Proving) -> None:
    at = found.at
    _check_numbers(one.numbers, [disclosed.index for disclosed in one.entries])
    signed = batch_of(found, one.envelope, _ADOPTIONS)
    first = signed.header.first
    if not first <= one.numbers[0] <= one.numbers[-1] < min(first + signed.header.entry_count, limits.INTEGER):
        raise WireError(_ADOPTIONS, "no such entry")
    person = _person(found, one.signed, adoption.digest_of(signed.header.device, signed.digest, one.numbers))
    for k, disclosed in enumerate(one.entries):
        found.at = f"{at}/entries/{k}"
        number = first + disclosed.index
        if number not in one.numbers:
            raise WireError(_ADOPTIONS, "an entry that was not chosen")
        original = told(signed.header.device, number, disclosed_body(signed, disclosed, _ADOPTIONS))
        proving.repeats(original, person, signed.digest)


def _of_spool(found: Found, one: AdoptedSaves, proving: _Proving) -> None:
    """Each save by its phone's own signature. That it lay in what the digest names is what the clerk and the desk both
    signed; the other saves that lay there, which would show it, are not the case's."""
    at = found.at
    device, digest = octets(one.device, 16, _ADOPTIONS), octets(one.digest, 32, _ADOPTIONS)
    saves = [save_of(found, save.envelope, _ADOPTIONS) for save in one.saves]
    _check_numbers(one.numbers, [said.number for said in saves])
    if not 0 < one.numbers[0] <= one.numbers[-1] <= limits.INTEGER:
        raise WireError(_ADOPTIONS, "no such entry")
    person = _person(found, one.signed, adoption.digest_of(device, digest, one.numbers))
    for k, (save, said) in enumerate(zip(one.saves, saves, strict=True)):
        found.at = f"{at}/saves/{k}"
        body = save.entry.encode()
        if said.device != device or said.number not in one.numbers:
            raise WireError(_ADOPTIONS, "a save that was not chosen")
        if hashlib.sha256(body).digest() != said.digest:
            raise SignatureError(_ADOPTIONS, "not the save that was signed")
        proving.repeats(told(device, said.number, body), person, digest)


def _check_numbers(numbers: Sequence[int], shown: Sequence[int]) -> None:
    if not shown or not numbers or [*shown] != sorted(set(shown)) or [*numbers] != sorted(set(numbers)):
        raise WireError(_ADOPTIONS, "nothing, or out of order")


def _person(found: Found, by: Assertion, choice: bytes) -> str:
    """Whose passkey signed for this choice."""
    owned = read(by.vouched, Owned, receipt_key(found, by.vouched, _ADOPTIONS), _ADOPTIONS)
    about = (owned.origin, owned.centre, owned.credential, owned.key)
    if about != (found.document.origin, found.document.centre, by.credential.hex(), by.key.hex()):
        raise SignatureError(_ADOPTIONS, "another passkey is vouched for")
    passkey.check(_assertion(by), adoption.PURPOSE, choice, _host(owned.page), [owned.page])
    return owned.person


def _assertion(kept: Assertion) -> passkey.Assertion:
    return passkey.Assertion(kept.credential, kept.key, kept.authenticator_data, kept.client_data, kept.signature)


def _host(page: str) -> str:
    """The host that a passkey of this web origin is bound to."""
    return page.partition("://")[2].partition("/")[0].partition(":")[0].lower()
