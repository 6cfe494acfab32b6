"""The step of photos: receipts for what the case's entries name, and pictures that are what was handed in.

A photo that was handed in sealed is shown opened, with the first bytes of what was sealed and its own key. Sealed again
with both it must be the very bytes that the centre signed for. That alone does not make the picture the one that was
handed in: ChaCha20-Poly1305 lets whoever chooses keys find a second one under which the same sealed bytes open to
something else. So the picture must have the hash, too, that its device signed beside the sealed bytes' own.
"""

import hashlib
from collections.abc import Iterator

from daiban_sync import dsse, receipt, sealing
from daiban_sync.errors import SignatureError, WireError
from daiban_sync.evidence.document import Photo
from daiban_sync.evidence.trust import receipt_key
from daiban_sync.evidence.verdict import Found
from daiban_sync.receipt import PhotoReceipt

_PHOTOS = "evidence.photos"
_Named = dict[tuple[str, str], str]
"""By record and hash as entries name them: the hash of the picture within, or \"\"."""


def photos(found: Found) -> None:
    """The centre signed for each photo by the hash that the case's entries name, and a picture that is shown is it."""
    named: _Named = {
        (one.entry.record, str(one.fields["sha256"])): str(one.fields.get("clear_sha256") or "")
        for one in found.entries
        if one.entry.kind == "photo" and one.fields.get("sha256")
    }
    got = set()
    for i, one in enumerate(found.document.photos):
        found.at = f"photos/{i}"
        payload = one.receipt.opened(dsse.PHOTO_RECEIPT, receipt_key(found, one.receipt, _PHOTOS), _PHOTOS)
        device, about = receipt.read_photo_payload(payload)
        if receipt.photo_payload(found.ids.origin, found.ids.centre, device, about) != payload:
            raise SignatureError(_PHOTOS, "a receipt for something else")
        name = (about.record.hex(), about.digest.hex())
        if name not in named:
            raise WireError(_PHOTOS, "a photo that no entry names")
        got.add(name)
        _check_picture(found, one, about, named[name])
    if named.keys() - got:
        found.notes.add("photo_missing")


def _check_picture(found: Found, photo: Photo, about: PhotoReceipt, clear: str) -> None:
    if photo.content is None:
        if photo.seal is not None:
            raise WireError(_PHOTOS, "a seal of nothing")
        found.notes.add("photos_beside")
        return
    digest, size = hashlib.sha256(), 0
    for part in _as_handed_in(photo.content, photo):
        digest.update(part)
        size += len(part)
    if (digest.digest(), size) != (about.digest, about.size):
        raise SignatureError(_PHOTOS, "not the photo's bytes")
    if photo.seal is None:
        found.notes |= {"photo_sealed"} if photo.content.startswith(sealing.MAGIC) else set()
    elif not clear:
        found.notes.add("photo_unhashed")
    elif hashlib.sha256(photo.content).hexdigest() != clear:
        raise SignatureError(_PHOTOS, "not the picture whose hash was signed")


def _as_handed_in(content: bytes, photo: Photo) -> Iterator[bytes]:
    if photo.seal is None:
        yield content
        return
    header, key = photo.seal.header, photo.seal.key
    if (len(header), len(key)) != (sealing.HEADER_BYTES, sealing.KEY_BYTES) or not header.startswith(sealing.MAGIC):
        raise WireError(_PHOTOS, "no seal")
    yield from sealing.sealed_again([content], key, header)
