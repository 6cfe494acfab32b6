"""A device takes another key and keeps its id, its chain and its work.

It asks with a statement under both keys (`daiban_sync.new_key`), in a request under the old one. From the batch after
`last` on only the new key counts. The statement is kept: it goes into evidence. The head hears of it, since whoever has
a copy of the old key could do the same: the honest phone is then refused, and the head sees whose key changed and when.
"""

from sqlalchemy import bindparam, select, update

from daiban_server import todo
from daiban_server.db import schema
from daiban_server.db.program import Program, first
from daiban_server.http.problems import ProblemError
from daiban_server.spine import chains, keys, log
from daiban_server.spine.acts import Told, write_down
from daiban_server.spine.keys import Former
from daiban_server.spine.opening import Sender
from daiban_sync import dsse, new_key
from daiban_sync.errors import SignatureError, WireError
from daiban_sync.evidence.document import apart, octets, payload_of
from daiban_sync.keys import check_public_key
from daiban_sync.new_key import NewKey

_d = schema.device.c
_USED = select(_d.id).where(_d.key == bindparam("public_key"))
_HELD = select(_d.key, _d.former, _d.state).where(_d.id == bindparam("device_id"))
_TAKE = (
    update(schema.device)
    .where(_d.id == bindparam("device_id"))
    .values(key=bindparam("public_key"), former=bindparam("formerly"))
)


def read(body: bytes, sender: Sender, origin: bytes) -> NewKey:
    """Check a request's body. Raises `ProblemError` or `SignatureError`; then nothing changes."""
    try:
        # As evidence will read it: of a statement that no verifier can read nothing would be proved.
        asked = new_key.read_payload(payload_of(body))
        key = octets(asked.key, 32, "enrolment.malformed")
        signed = apart(body, key, sender.key)
    except WireError:
        raise ProblemError("enrolment.malformed") from None
    if not 0 <= asked.last < 2**53 or not 0 <= asked.number < 2**53:
        raise ProblemError("enrolment.malformed")
    check_public_key(key)
    if len(signed) < 2:
        raise SignatureError("enrolment.proof", "a signature is missing")
    for envelope, holder in zip(signed, (key, sender.key), strict=True):
        envelope.opened(dsse.NEW_KEY, holder, "enrolment.proof")
    if asked.device != sender.device.hex() or asked.origin != origin.hex():
        raise ProblemError("batch.elsewhere")
    return asked


def take(sender: Sender, asked: NewKey, proof: bytes, now: int) -> Program[None]:
    """Let the new key count. Raises `ProblemError`: ``key.in_use``, ``device.key_old``."""
    yield from log.lock(sender.centre)
    fresh, row = bytes.fromhex(asked.key), (yield from first(_HELD, device_id=sender.device))
    # Read again under the lock: of two requests under the old key one is late.
    if row is None or row[0] != sender.key or row[2] != "active":
        raise ProblemError("device.key_old")
    former = keys.unpack(row[1])
    # Nor one that it gave up: a key that follows itself is nothing that evidence could put in order.
    if fresh in {one.key for one in former} or (yield from first(_USED, public_key=fresh)) is not None:
        raise ProblemError("key.in_use")
    chain = yield from chains.end(sender.centre, sender.device)
    if asked.last < chain.sequence or (former and asked.number < former[-1].number):
        raise ProblemError("enrolment.malformed")  # no evidence of this device would hold any more
    formerly = keys.pack([*former, Former(asked.last, asked.number, sender.key, now, proof)])
    yield from first(_TAKE, device_id=sender.device, public_key=fresh, formerly=formerly)
    told = Told("", now)
    yield from write_down(sender.centre, sender.device, "new_key", sender.key, told, sender.person, now)
    yield from todo.for_head(sender.centre, sender.device, "device.new_key", f"new key {asked.key}", now)
