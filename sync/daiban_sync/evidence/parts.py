"""A file taken apart for other tools: each envelope as DSSE JSON, each checkpoint as a signed note, and the keys."""

import msgspec

from daiban_sync import keyring, note, receipt, sealing
from daiban_sync.evidence.document import Document, Envelope, Former, ids_of
from daiban_sync.keys import key_id


def parts(document: Document) -> dict[str, bytes]:
    """Files by name. ``keys.json`` maps key ids to public keys, in hexadecimal, as the keyrings and devices of the file
    have them; whether those are to be believed the verifier says. Beside each ``.note`` lies its ``.vkey``."""
    ids, found = ids_of(document), dict[str, bytes]()
    keys: dict[str, str] = {device.key: _id(device.key) for device in document.devices}
    for i, envelope in enumerate(document.keyrings):
        found[f"keyring-{i}.dsse.json"] = _json(envelope)
        ring = keyring.read(envelope.payload, ids.origin)
        keys |= {key.key: _id(key.key) for key in ring.keys}
    for device in document.devices:
        keys |= {one.key: _id(one.key) for one in device.former}
        for i, one in enumerate(device.former):
            found[f"device-{device.device}-new-key-{i}.dsse.json"] = _agreed(one)
        for name, held in (("vouched", device.vouched), ("enrolment", device.enrolment)):
            if held is not None:
                found[f"device-{device.device}-{name}.dsse.json"] = _json(held)
    for log in document.logs:
        found[f"log-{log.epoch}.note"] = log.checkpoint.encode()
        found |= {
            f"log-{log.epoch}-{_id(key)}.vkey": _vkey(document, log.epoch, key) for key in _receipt_keys(document)
        }
        if log.restored is not None:
            found[f"log-{log.epoch}-restored.dsse.json"] = _json(log.restored)
    for i, batch in enumerate(document.batches):
        found[f"batch-{i}.dsse.json"] = _json(batch.envelope)
        found[f"batch-{i}-receipt.dsse.json"] = _json(batch.receipt)
    found |= {f"spooled-{i}.dsse.json": _json(save.envelope) for i, save in enumerate(document.spooled)}
    for i, adopted in enumerate(document.adopted):
        found[f"adopted-{i}.dsse.json"] = _json(adopted.envelope)
        found[f"adopted-{i}-passkey.dsse.json"] = _json(adopted.signed.vouched)
    for i, kept in enumerate(document.adopted_saves):
        found |= {f"adopted-saves-{i}-{k}.dsse.json": _json(one.envelope) for k, one in enumerate(kept.saves)}
        found[f"adopted-saves-{i}-passkey.dsse.json"] = _json(kept.signed.vouched)
    found |= {f"photo-{i}-receipt.dsse.json": _json(photo.receipt) for i, photo in enumerate(document.photos)}
    found |= {f"further-{i}.dsse.json": _json(one.statement) for i, one in enumerate(document.further)}
    if document.stated is not None:
        found["stated.dsse.json"] = _json(document.stated)
    found["keys.json"] = msgspec.json.format(msgspec.json.encode({id_: key for key, id_ in keys.items()})) + b"\n"
    return found


def pictures(document: Document) -> dict[str, bytes]:
    """The photos that lie in the file, by record; those that could not be opened end in ``.sealed``."""
    found = {}
    for photo in document.photos:
        if photo.content is not None:
            record = receipt.read_photo_payload(photo.receipt.payload)[1].record.hex()
            suffix = "sealed" if photo.content.startswith(sealing.MAGIC) else "jpg"
            found[f"photo-{record}.{suffix}"] = photo.content
    return found


def _receipt_keys(document: Document) -> list[str]:
    rings = [keyring.read(one.payload, ids_of(document).origin) for one in document.keyrings]
    return list(dict.fromkeys(key.key for ring in rings for key in ring.keys if key.purpose == "receipt"))


def _vkey(document: Document, epoch: int, key: str) -> bytes:
    ids = ids_of(document)
    return note.verifier_key(note.name(ids.origin, ids.centre, epoch), bytes.fromhex(key)).encode() + b"\n"


def _id(key: str) -> str:
    return key_id(bytes.fromhex(key)).hex()


def _agreed(one: Former) -> bytes:
    """The statement of a new key under both keys, as other tools verify it with a threshold of two."""
    signatures = one.taken.signatures + (one.given.signatures if one.given else ())
    told = {"payload": one.taken.payload, "payloadType": one.taken.payload_type, "signatures": signatures}
    return msgspec.json.encode(told)


def _json(envelope: Envelope) -> bytes:
    return msgspec.json.encode(envelope)
