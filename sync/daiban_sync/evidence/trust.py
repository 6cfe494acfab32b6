"""The steps from the root key to whoever signed: keyrings, devices, logs."""

import msgspec

from daiban_sync import dsse, keyring, merkle, new_key, note, restored
from daiban_sync.epochs import epoch_of
from daiban_sync.errors import SignatureError, WireError
from daiban_sync.evidence.document import Device, Envelope, Log, octets
from daiban_sync.evidence.statements import Vouched, read
from daiban_sync.evidence.verdict import Ended, Found, Keys
from daiban_sync.keyring import Keyring
from daiban_sync.keys import check_public_key, desk_device, key_id
from daiban_sync.note import Checkpoint
from daiban_sync.restored import Restored

_KEYS, _DEVICES, _LOGS = "evidence.keys", "evidence.devices", "evidence.logs"


class _Asked(msgspec.Struct):
    """What an enrolment's proof says."""

    key: str
    origin: str


def keys(found: Found) -> None:
    """Every edition of the keyring is the root key's, for this installation, and newer than the one before."""
    edition = 0
    for i, envelope in enumerate(found.document.keyrings):
        found.at = f"keyrings/{i}"
        payload = envelope.opened(dsse.KEYRING, found.root_key, _KEYS)
        ring = keyring.read(payload, found.ids.origin)
        if ring.edition <= edition:
            raise SignatureError(_KEYS, "editions out of order")
        edition = ring.edition
        try:
            found.receipt_keys |= ring.receipt_keys()
            found.desk_keys |= {key_id(one): one for one in _desk_keys(ring, found.document.centre)}
        except ValueError:
            raise SignatureError(_KEYS, "a key that is none") from None


def _desk_keys(ring: Keyring, centre: str) -> set[bytes]:
    return {bytes.fromhex(key.key) for key in ring.keys if key.purpose == "desk" and key.centre in ("", centre)}


def receipt_key(found: Found, envelope: Envelope, code: str) -> bytes:
    """The receipt key that an envelope names."""
    key = found.receipt_keys.get(octets(envelope.signatures[0].keyid, 8, code))
    if key is None:
        raise SignatureError(code, "not under a receipt key of the keyring")
    return key


def devices(found: Found) -> None:
    """Each device's keys are vouched for: the desk's by the keyring, any other's by the centre, and by the device
    itself where its enrolment and its changes of key were kept."""
    for i, device in enumerate(found.document.devices):
        found.at = f"devices/{i}"
        id_, key = octets(device.device, 16, _DEVICES), octets(device.key, 32, _DEVICES)
        check_public_key(key)
        if id_ in found.devices:
            raise WireError(_DEVICES, "a device stands twice")
        if id_ == desk_device(found.ids.origin, found.ids.centre):
            _check_desk(found, device, key)
            found.devices[id_] = Keys(key, desk=found.desk_keys)
        else:
            found.devices[id_] = _phone(found, device, key)


def _check_desk(found: Found, device: Device, key: bytes) -> None:
    if key not in found.desk_keys.values() or device.vouched or device.enrolment or device.former:
        raise SignatureError(_DEVICES, "not the desk's key")
    found.notes.add("desk")


def _phone(found: Found, device: Device, key: bytes) -> Keys:
    if device.vouched is None:
        raise SignatureError(_DEVICES, "nobody vouches for it")
    vouched = read(device.vouched, Vouched, receipt_key(found, device.vouched, _DEVICES), _DEVICES)
    about = (vouched.origin, vouched.centre, vouched.device, vouched.key)
    if about != (found.document.origin, found.document.centre, device.device, device.key):
        raise SignatureError(_DEVICES, "another device is vouched for")
    if vouched.former != tuple(one.key for one in device.former):
        raise SignatureError(_DEVICES, "other keys are vouched for")
    found.vouched.append(vouched)
    keys = Keys(key, _former(found, device, key))
    if device.enrolment is None:
        found.notes.add("no_enrolment")
        return keys
    enrolled = keys.former[0].key if keys.former else key
    payload = device.enrolment.opened(dsse.ENROLMENT, enrolled, _DEVICES)
    try:
        asked = msgspec.json.decode(payload, type=_Asked)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise SignatureError(_DEVICES, "not an enrolment") from None
    if (asked.key, asked.origin) != (enrolled.hex(), found.document.origin):
        raise SignatureError(_DEVICES, "another key was enrolled")
    return keys


def _former(found: Found, device: Device, key: bytes) -> tuple[Ended, ...]:
    """The keys that a device gave up, each by the word of the key that followed and, where it was kept, its own."""
    chain = [*(octets(one.key, 32, _DEVICES) for one in device.former), key]
    if len(set(chain)) < len(chain):
        raise WireError(_DEVICES, "a key that follows itself")
    ended: list[Ended] = []
    for one, old, fresh in zip(device.former, chain[:-1], chain[1:], strict=True):
        check_public_key(old)
        payload = one.taken.opened(dsse.NEW_KEY, fresh, _DEVICES)
        said = new_key.read_payload(payload)
        if (said.device, said.origin, said.key) != (device.device, found.document.origin, fresh.hex()):
            raise SignatureError(_DEVICES, "another key was taken")
        if one.given is None:
            found.notes.add("key_unproved")
        elif one.given.opened(dsse.NEW_KEY, old, _DEVICES) != payload:
            raise SignatureError(_DEVICES, "the key before says something else")
        if ended and (said.last < ended[-1].last or said.number < ended[-1].number):
            raise WireError(_DEVICES, "keys out of order")
        ended.append(Ended(old, said.last, said.number))
    if ended:
        found.notes.add("new_key")
    return tuple(ended)


def logs(found: Found) -> None:
    """Each log ends in a checkpoint under a receipt key; each that a restore began goes on exactly where the one before
    ended, by the root key's word, which is its first leaf."""
    before: tuple[int, Checkpoint] | None = None
    for i, log in enumerate(found.document.logs):
        found.at = f"logs/{i}"
        ends = checkpoint(found, log.checkpoint, log.epoch)
        if before is None:
            if log.restored is not None or log.path:
                raise WireError(_LOGS, "a restore from a log that is not here")
        else:
            _goes_on(found, log, ends, *before)
        found.logs[log.epoch] = ends
        before = log.epoch, ends


def checkpoint(found: Found, text: str, epoch: int) -> Checkpoint:
    """A checkpoint of this centre's log of an epoch, under any receipt key."""
    log = note.name(found.ids.origin, found.ids.centre, epoch)
    for key in found.receipt_keys.values():
        try:
            return note.parse(text, log, key)
        except SignatureError:
            continue
    raise SignatureError(_LOGS, "not under a receipt key of the keyring")


def _goes_on(found: Found, log: Log, ends: Checkpoint, epoch: int, old: Checkpoint) -> None:
    if log.restored is None:
        raise SignatureError(_LOGS, "no statement of the restore")
    payload = log.restored.opened(dsse.RESTORED, found.root_key, _LOGS)
    told = restored.read_payload(payload)
    if restored.payload(found.ids.origin, found.ids.centre, told) != payload or told.epoch != log.epoch:
        raise SignatureError(_LOGS, "a restore of something else")
    if not _ended_there(told, epoch, old):
        raise SignatureError(_LOGS, "it does not go on from the log before")
    merkle.check_inclusion(0, ends.size, merkle.leaf_hash(payload), log.path, ends.root)
    found.notes.add("restored")


def _ended_there(told: Restored, epoch: int, old: Checkpoint) -> bool:
    return epoch_of(told.forked_at) == epoch < told.epoch and (told.log_size, told.log_root) == (old.size, old.root)
