"""One sync request and one answer, as values.

A request is a hello and batches; an answer is custody (receipts), outcomes, a checkpoint with its proof, the
records that changed, and upload tickets for photos. Small JSON objects carry what is rare; what repeats is
fixed-width.
"""

import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from daiban_sync import batch, limits, note, receipt, restored
from daiban_sync.dictionary import NEWEST
from daiban_sync.errors import WireError
from daiban_sync.frames import HEAD, Frame, join, split
from daiban_sync.ids import is_id

_RECORD = struct.Struct(">16sQB")
_MANY = struct.Struct(">H")
_CHANGE = struct.Struct(">HQQBBqHI")
_OWN = struct.Struct(">QQI")
_ESCAPE = 0x7F
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class PhotoWanted(Struct, frozen=True):
    """A photo whose receipt the device still waits for. `size` in bytes, `sha256` in hexadecimal."""

    record: str
    sha256: str
    size: int


class Hello(Struct, frozen=True, omit_defaults=True):
    """A request's head. `size` is the log that the device has verified, of `epoch`; `cursor` where its pull goes on
    ("" from the start); `keyring` the edition of the server's keys that it holds, `horizon` the time of the backup
    horizon; `fresh` asks for a checkpoint of now, `own` wants no copy of what this request hands in; `left` counts the
    entries and photos without receipt that this request neither brings nor lists, None where the device does not
    say."""

    cursor: str = ""
    epoch: int = 0
    size: int = 0
    horizon: int = 0
    keyring: int = 0
    photos: tuple[PhotoWanted, ...] = ()
    fresh: bool = False
    own: bool = False
    left: int | None = None
    protocol: int = limits.PROTOCOL
    client: str = ""


class Answer(Struct, frozen=True, omit_defaults=True):
    """An answer's head. `time` is the server's clock in Unix milliseconds; `more` says that pages are left."""

    time: int
    cursor: str
    more: bool = False


class Ticket(Struct, frozen=True):
    """Where the bytes of one photo may be uploaded, and until when."""

    record: str
    sha256: str
    url: str
    expires: int


class Problem(Struct, frozen=True, omit_defaults=True):
    """Why one batch of a request was not taken; the others were judged by themselves."""

    sequence: int
    code: str
    expected: int = 0


class Author(Struct, frozen=True):
    """Who wrote a change, as the server attests. `device` in hexadecimal; a chained device has ancestors."""

    device: str
    name: str
    role: str
    chained: bool


class PulledChange(NamedTuple):
    """A stored change that holds a head of a pulled record. `names` is None while it holds all its fields. An empty
    `body` stands for the device's own entry of that number, which it has just handed in."""

    author: int
    number: int
    position: int
    authority: int
    effective: int
    names: tuple[str, ...] | None
    body: bytes


class PulledRecord(NamedTuple):
    """A record that changed: all that it consists of now. `gone` says that it left this device's scope."""

    record: bytes
    position: int
    gone: bool
    changes: tuple[PulledChange, ...]


class Own(NamedTuple):
    """Records that consist of what the device has just handed in: its entries `number`, `number` + 1 … (`length` of
    them), each a whole record, at `position`, `position` + 1 …"""

    number: int
    position: int
    length: int


class Request(NamedTuple):
    """A decoded request. `custody` are earlier receipts of some of its batches, by sequence: a restored server gave
    them before, and honours their bounds. `sealed` are batches that the device sealed to the server after their
    receipt (`sealing`), and hands in again. `inflated` counts the body's bytes after inflation, which are what it costs
    whoever reads it."""

    hello: Hello
    batches: tuple[batch.Batch, ...]
    custody: Mapping[int, receipt.Receipt]
    dictionary: int = NEWEST
    sealed: tuple[bytes, ...] = ()
    inflated: int = 0


class Reply(NamedTuple):
    """A decoded answer, unverified. `outcomes` are (sequence, packed outcomes); sequence 0: of earlier batches."""

    answer: Answer
    receipts: tuple[receipt.Receipt, ...]
    outcomes: tuple[dict[str, Any], ...]
    checkpoint: note.Checkpoint | None
    proof: tuple[bytes, ...]
    authors: tuple[Author, ...]
    records: tuple[PulledRecord, ...]
    own: tuple[Own, ...]
    photo_receipts: tuple[receipt.PhotoReceipt, ...]
    tickets: tuple[Ticket, ...]
    keyring: bytes | None
    problems: tuple[Problem, ...]
    restored: tuple[restored.Restored, ...]
    horizon: restored.Horizon | None


_hello = msgspec.json.Decoder(Hello)
_encode = msgspec.json.Encoder().encode


def encode_request(
    hello: Hello, batches: Iterable[bytes], custody: Iterable[bytes] = (), sealed: Iterable[bytes] = ()
) -> bytes:
    """A request's body; `batches` are packed already and are sent verbatim, as are earlier receipts of theirs, and
    batches that lie `sealed`."""
    frames = [(Frame.HELLO, _encode(hello)), *((Frame.CUSTODY, packed) for packed in custody)]
    frames += [(Frame.SEALED, one) for one in sealed]
    return join([*frames, *((Frame.BATCH, packed) for packed in batches)])


def decode_request(body: bytes) -> Request:
    """Raises `WireError`; nothing of the entries is read yet."""
    hello: Hello | None = None
    batches: list[batch.Batch] = []
    custody: dict[int, receipt.Receipt] = {}
    sealed: list[bytes] = []
    inflated = 0
    for kind, payload in split(body):
        inflated += HEAD + len(payload)
        if kind == Frame.HELLO:
            if hello is not None:
                raise WireError("body.malformed", "two hellos")
            hello = _decode(_hello, payload)
        elif kind in (Frame.BATCH, Frame.SEALED):
            if len(batches) + len(sealed) == limits.REQUEST_BATCHES:
                raise WireError("request.too_many_batches")
            if kind == Frame.SEALED:
                sealed.append(payload)
            else:
                batches.append(batch.unpack(payload))
        elif kind == Frame.CUSTODY:
            earlier = receipt.unpack(payload)
            custody[earlier.sequence] = earlier
    if hello is None:
        raise WireError("body.malformed", "no hello")
    if hello.protocol != limits.PROTOCOL:
        raise WireError("protocol.unsupported", f"protocol {hello.protocol}")
    _check_hello(hello)
    return Request(hello, tuple(batches), custody, body[0], tuple(sealed), inflated)


def _check_hello(hello: Hello) -> None:
    numbers = (hello.epoch, hello.size, hello.horizon, hello.left or 0)
    if len(hello.photos) > 1000 or not all(0 <= number <= limits.INTEGER for number in numbers):
        raise WireError("hello.malformed")
    for photo in hello.photos:
        if not is_id(photo.record) or not _DIGEST.match(photo.sha256) or not 0 < photo.size <= limits.INTEGER:
            raise WireError("hello.malformed", "a photo")


def _decode(decoder: "msgspec.json.Decoder[Any]", payload: bytes) -> Any:
    try:
        return decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise WireError("body.malformed", "not the JSON that this frame holds") from None


def json_frame(kind: Frame, value: Any) -> tuple[int, bytes]:
    """A frame whose payload is JSON."""
    return kind, _encode(value)


def record_head(record: bytes, position: int, changes: int, gone: bool = False) -> bytes:
    """The head of a RECORD frame: id, position, and in one byte `gone` (highest bit) and the number of changes; 127
    means that the number follows as u16. A form of 130 questions saved one by one is a record of 130 heads, and a
    record that could not be sent would hold up everything behind it."""
    packed = _RECORD.pack(record, position, (0x80 if gone else 0) | min(changes, _ESCAPE))
    return packed if changes < _ESCAPE else packed + _MANY.pack(changes)


def pack_change(change: PulledChange) -> bytes:
    """``u16 author | u64 number | u64 position | u8 authority | u8 whole | i64 effective | u16 length of names
    | u32 length of body | names, comma-separated | body``."""
    author, number, position, authority, effective, held, body = change
    names = b"" if held is None else ",".join(held).encode()
    return (
        _CHANGE.pack(author, number, position, authority, held is None, effective, len(names), len(body)) + names + body
    )


def unpack_record(payload: bytes) -> PulledRecord:
    """Raises `WireError("body.malformed")`."""
    try:
        record, position, packed = _RECORD.unpack_from(payload)
        at, changes, count = _RECORD.size, [], packed & _ESCAPE
        if count == _ESCAPE:
            (count,) = _MANY.unpack_from(payload, at)
            at += _MANY.size
        for _ in range(count):
            author, number, where, authority, whole, effective, names_length, length = _CHANGE.unpack_from(payload, at)
            at += _CHANGE.size
            names = None if whole else tuple(payload[at : at + names_length].decode().split(","))
            at += names_length
            body = payload[at : at + length]
            at += length
            changes.append(PulledChange(author, number, where, authority, effective, names, body))
    except (struct.error, UnicodeDecodeError):
        raise WireError("body.malformed", "a record") from None
    if at != len(payload):
        raise WireError("body.malformed", "a record is cut off")
    return PulledRecord(record, position, bool(packed & 0x80), tuple(changes))


def pack_own(runs: Iterable[Own]) -> bytes:
    """Each run is ``u64 number | u64 position | u32 length``."""
    return b"".join(_OWN.pack(*run) for run in runs)


def unpack_own(payload: bytes) -> list[Own]:
    """Raises `WireError("body.malformed")`."""
    try:
        runs = list(map(Own._make, _OWN.iter_unpack(payload)))
    except struct.error:
        raise WireError("body.malformed", "own records") from None
    if sum(run.length for run in runs) > limits.OWN:
        raise WireError("body.malformed", "more own records than a request can hold")
    return runs


_answer = msgspec.json.Decoder(Answer)
_authors = msgspec.json.Decoder(list[Author])
_ticket = msgspec.json.Decoder(Ticket)
_problem = msgspec.json.Decoder(Problem)
_object = msgspec.json.Decoder(dict[str, Any])


def decode_answer(body: bytes) -> Reply:
    """Read an answer. Raises `WireError`; signatures and proofs are the session's matter."""
    found: dict[int, list[bytes]] = {}
    for kind, payload in split(body):
        found.setdefault(kind, []).append(payload)
    if len(found.get(Frame.ANSWER, ())) != 1:
        raise WireError("body.malformed", "no answer")
    checkpoints = found.get(Frame.CHECKPOINT, [])
    reply = Reply(
        answer=_decode(_answer, found[Frame.ANSWER][0]),
        receipts=tuple(map(receipt.unpack, found.get(Frame.RECEIPT, ()))),
        outcomes=tuple(_decode(_object, payload) for payload in found.get(Frame.OUTCOMES, ())),
        checkpoint=note.unpack(checkpoints[0]) if checkpoints else None,
        proof=_hashes(b"".join(found.get(Frame.PROOF, ()))),
        authors=tuple(a for payload in found.get(Frame.AUTHORS, ()) for a in _decode(_authors, payload)),
        records=tuple(map(unpack_record, found.get(Frame.RECORD, ()))),
        own=tuple(run for payload in found.get(Frame.OWN, ()) for run in unpack_own(payload)),
        photo_receipts=tuple(map(receipt.unpack_photo, found.get(Frame.PHOTO_RECEIPT, ()))),
        tickets=tuple(_decode(_ticket, payload) for payload in found.get(Frame.TICKET, ())),
        keyring=next(iter(found.get(Frame.KEYRING, ())), None),
        problems=tuple(_decode(_problem, payload) for payload in found.get(Frame.PROBLEM, ())),
        restored=tuple(map(restored.unpack, found.get(Frame.RESTORED, ()))),
        horizon=next(map(restored.unpack_horizon, found.get(Frame.HORIZON, ())), None),
    )
    _check_answer(reply)
    return reply


def _check_answer(reply: Reply) -> None:
    """What is named must be there, and ids must be ids: a device writes all of an answer, or nothing."""
    count = len(reply.authors)
    if any(change.author >= count for record in reply.records for change in record.changes):
        raise WireError("body.malformed", "an author who is not named")
    if not all(is_id(author.device) for author in reply.authors):
        raise WireError("body.malformed", "an author's device")
    if not all(is_id(ticket.record) and _DIGEST.match(ticket.sha256) for ticket in reply.tickets):
        raise WireError("body.malformed", "a ticket")


def _hashes(data: bytes) -> tuple[bytes, ...]:
    if len(data) % 32:
        raise WireError("body.malformed", "a proof is cut off")
    return tuple(data[i : i + 32] for i in range(0, len(data), 32))


def encode_answer(frames: Sequence[tuple[int, bytes]], level: int = 6, dictionary: int = NEWEST) -> bytes:
    """An answer's body from its frames, the ANSWER frame among them, with the `dictionary` that the request used."""
    return join(frames, level, dictionary)
