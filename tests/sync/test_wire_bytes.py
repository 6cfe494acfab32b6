"""The bytes of a request and an answer: what comes back, what is refused, and that nothing else can happen."""

import zlib
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daiban_sync import batch, limits, note, receipt, restored, wire
from daiban_sync.clock import Interval
from daiban_sync.dictionary import DICTIONARIES
from daiban_sync.errors import WireError
from daiban_sync.frames import Frame, join
from daiban_sync.wire import Author, Hello, PhotoWanted, PulledChange, PulledRecord, Ticket
from tests.sync.paper_centre import DEVICE, LOG_NAME, NOON, RECEIPTS, Phone, header, signed_ring
from tests.sync.profiles import more
from tests.sync.raw_bodies import code_of, deflated, frames_of

RECORD, SHA = "0" * 32, "ab" * 32
payloads = st.binary(max_size=200)

# Requests ------------------------------------------------------------------------------------------------------

hex_ids = st.binary(min_size=16, max_size=16).map(bytes.hex)
digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
sizes = st.integers(1, limits.INTEGER)
hellos = st.builds(
    Hello,
    cursor=st.text(max_size=40),
    size=st.integers(0, limits.INTEGER),
    keyring=st.integers(0, 99),
    photos=st.lists(st.builds(PhotoWanted, record=hex_ids, sha256=digests, size=sizes), max_size=3).map(tuple),
    fresh=st.booleans(),
    client=st.text(max_size=20),
)


@given(hellos, st.lists(st.lists(payloads, min_size=1, max_size=4), max_size=3))
def test_a_request_comes_back_and_its_batches_verbatim(hello: Hello, lists: list[list[bytes]]) -> None:
    phone = Phone()
    sealed = [phone.freeze(*entries) for entries in lists]
    request = wire.decode_request(wire.encode_request(hello, map(batch.pack, sealed)))
    assert (request.hello, list(request.batches)) == (hello, sealed)


def test_frames_that_a_newer_client_adds_are_skipped() -> None:
    phone = Phone()
    sealed = phone.freeze(b"{}")
    parts = [
        (200, b"from the future"),
        wire.json_frame(Frame.HELLO, Hello()),
        (7, b""),
        (2, batch.pack(sealed)),
        (0, b""),
    ]
    inflated = sum(5 + len(payload) for _, payload in parts)
    assert wire.decode_request(join(parts)) == wire.Request(Hello(), (sealed,), {}, inflated=inflated)


def test_members_that_a_newer_client_adds_to_its_hello_are_skipped() -> None:
    hello = b'{"size":5,"language":"zh","capabilities":{"masks":[1]}}'
    assert wire.decode_request(join([(Frame.HELLO, hello)])).hello == Hello(size=5)


def request_of(hello: object, *others: tuple[int, bytes]) -> bytes:
    said = hello if isinstance(hello, bytes) else msgspec.json.encode(hello)
    return join([(Frame.HELLO, said), *others])


def photo(**changes: object) -> dict[str, object]:
    return {"photos": [{"record": RECORD, "sha256": SHA, "size": 1, **changes}]}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (join([]), "body.malformed"),
        (request_of({}, (Frame.HELLO, b"{}")), "body.malformed"),
        (request_of(b""), "body.malformed"),
        (request_of(b"{"), "body.malformed"),
        (request_of(b"\xff"), "body.malformed"),
        (request_of(b"[" * 40_000), "body.malformed"),
        (request_of(b'{"cursor":"\xff"}'), "body.malformed"),
        (request_of({"size": "1"}), "body.malformed"),
        (request_of({"size": True}), "body.malformed"),
        (request_of({"size": 1.5}), "body.malformed"),
        (request_of(b'{"size":%s}' % (b"1" * 5000)), "body.malformed"),
        (request_of({"size": -1}), "hello.malformed"),
        (request_of({"size": 2**53}), "hello.malformed"),
        (request_of({"protocol": 2}), "protocol.unsupported"),
        (request_of({"photos": [{"record": RECORD, "sha256": SHA}]}), "body.malformed"),
        (request_of(photo(record="0")), "hello.malformed"),
        (request_of(photo(record=RECORD + "\n")), "hello.malformed"),
        (request_of(photo(sha256=SHA.upper())), "hello.malformed"),
        (request_of(photo(sha256="ab" * 31 + "  ")), "hello.malformed"),
        (request_of(photo(sha256="\uff11" * 64)), "hello.malformed"),
        (request_of(photo(size=0)), "hello.malformed"),
        (request_of(photo(size=2**53)), "hello.malformed"),
        (request_of({"photos": photo()["photos"] * 1001}), "hello.malformed"),  # type: ignore[operator]
        (request_of({}, (Frame.BATCH, b"")), "batch.malformed"),
    ],
)
def test_a_request_that_is_not_of_the_protocol_is_refused_by_name(body: bytes, code: str) -> None:
    assert code_of(wire.decode_request, body) == code


def test_sixty_four_batches_are_taken_and_no_more() -> None:
    phone = Phone()
    sealed = [(Frame.BATCH, batch.pack(phone.freeze(b"{}"))) for _ in range(65)]
    assert len(wire.decode_request(request_of({}, *sealed[:64])).batches) == limits.REQUEST_BATCHES
    assert code_of(wire.decode_request, request_of({}, *sealed)) == "request.too_many_batches"


# Answers -------------------------------------------------------------------------------------------------------

names = st.lists(st.sampled_from(["phone", "note", "answers.income"]), min_size=1, max_size=3, unique=True).map(tuple)
changes = st.builds(
    PulledChange,
    author=st.just(0),
    number=st.integers(0, 2**32 - 1),
    position=st.integers(0, 2**63),
    authority=st.integers(0, 255),
    effective=st.integers(-(2**62), 2**62),
    names=st.none() | names,
    body=payloads,
)
records = st.builds(
    PulledRecord,
    record=st.binary(min_size=16, max_size=16),
    position=st.integers(0, 2**63),
    gone=st.booleans(),
    changes=st.lists(changes, max_size=5).map(tuple),
)
AUTHOR = Author(DEVICE.hex(), "王师傅", "agent", True)


def packed_record(record: PulledRecord) -> bytes:
    head = wire.record_head(record.record, record.position, len(record.changes), record.gone)
    return head + b"".join(map(wire.pack_change, record.changes))


def answer_of(*parts: tuple[int, bytes], head: object = None) -> bytes:
    return wire.encode_answer([(Frame.ANSWER, msgspec.json.encode(head or {"time": NOON, "cursor": "c"})), *parts])


@given(st.lists(records, max_size=4))
def test_an_answer_s_records_come_back(pulled: list[PulledRecord]) -> None:
    parts = [(Frame.RECORD, packed_record(record)) for record in pulled]
    reply = wire.decode_answer(answer_of(wire.json_frame(Frame.AUTHORS, [AUTHOR]), *parts))
    assert (list(reply.records), reply.authors) == (pulled, (AUTHOR,))


@pytest.mark.parametrize("count", [0, 1, 126, 127, 128, 130, 1000])
def test_a_form_saved_question_by_question_is_a_record_of_many_heads(count: int) -> None:
    """A record that could not be packed would hold up everything behind it, for everybody."""
    heads = tuple(PulledChange(0, n, n, 1, NOON, (f"answers.q{n}",), b"{}") for n in range(count))
    record = PulledRecord(bytes(16), 7, True, heads)
    assert wire.unpack_record(packed_record(record)) == record


def test_everything_that_an_answer_may_hold_comes_back() -> None:
    stated, bounds = header(), Interval(NOON, NOON + 1)
    signed = receipt.issue(RECEIPTS, stated, bytes(32), 3, bounds)
    photo_receipt = receipt.issue_photo(RECEIPTS, bytes(16), bytes(16), DEVICE, bytes(16), bytes(32), 9, NOON)
    checkpoint = note.issue(RECEIPTS, LOG_NAME, 4, bytes(32), NOON)
    fork = restored.Restored(1, 9, 4, bytes(32), NOON, NOON, bytes(64))
    horizon = restored.Horizon(1, 4, NOON, NOON, bytes(8), bytes(64))
    ticket, problem = Ticket(RECORD, SHA, "/v1/photos/x", NOON), wire.Problem(2, "chain.gap", 1)
    reply = wire.decode_answer(
        answer_of(
            (Frame.RECEIPT, receipt.pack(signed)),
            (Frame.PHOTO_RECEIPT, receipt.pack_photo(photo_receipt)),
            (Frame.CHECKPOINT, note.pack(checkpoint)),
            (Frame.PROOF, bytes(64)),
            (Frame.KEYRING, signed_ring(2)),
            (Frame.OWN, wire.pack_own([wire.Own(3, 9, 2)])),
            (Frame.RESTORED, restored.pack(fork)),
            (Frame.HORIZON, restored.pack_horizon(horizon)),
            (250, b"from the future"),
            wire.json_frame(Frame.OUTCOMES, {"first": 1, "runs": [[0, 1]]}),
            wire.json_frame(Frame.TICKET, ticket),
            wire.json_frame(Frame.PROBLEM, problem),
            head=wire.Answer(NOON, "cursor", True),
        )
    )
    assert reply == wire.Reply(
        answer=wire.Answer(NOON, "cursor", True),
        receipts=(signed,),
        outcomes=({"first": 1, "runs": [[0, 1]]},),
        checkpoint=checkpoint,
        proof=(bytes(32), bytes(32)),
        authors=(),
        records=(),
        own=(wire.Own(3, 9, 2),),
        photo_receipts=(photo_receipt,),
        tickets=(ticket,),
        keyring=signed_ring(2),
        problems=(problem,),
        restored=(fork,),
        horizon=horizon,
    )


def test_a_record_cut_at_any_byte_is_refused() -> None:
    heads = tuple(PulledChange(0, n, n, 1, NOON, names, b"body") for n, names in enumerate([None, ("note", "phone")]))
    whole = packed_record(PulledRecord(bytes(16), 7, False, heads))
    for length in range(len(whole)):
        assert code_of(wire.unpack_record, whole[:length]) == "body.malformed"
    assert code_of(wire.unpack_record, whole + b"\0") == "body.malformed"


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ((Frame.ANSWER, b'{"time":1,"cursor":""}'), "body.malformed"),
        ((Frame.PROOF, bytes(33)), "body.malformed"),
        ((Frame.RECEIPT, bytes(receipt.WIRE_BYTES - 1)), "receipt.malformed"),
        ((Frame.PHOTO_RECEIPT, b""), "receipt.malformed"),
        ((Frame.CHECKPOINT, bytes(note.WIRE_BYTES + 1)), "checkpoint.malformed"),
        ((Frame.OUTCOMES, b"[]"), "body.malformed"),
        ((Frame.AUTHORS, b'[{"device":"x","name":"n","role":"agent","chained":true}]'), "body.malformed"),
        ((Frame.AUTHORS, b"[{}]"), "body.malformed"),
        ((Frame.TICKET, b'{"record":"x","sha256":"","url":"","expires":1}'), "body.malformed"),
        ((Frame.TICKET, b"{}"), "body.malformed"),
        ((Frame.PROBLEM, b"{}"), "body.malformed"),
        ((Frame.RECORD, b""), "body.malformed"),
        ((Frame.RESTORED, b""), "restored.malformed"),
        ((Frame.OWN, bytes(21)), "body.malformed"),
        ((Frame.OWN, wire.pack_own([wire.Own(1, 1, limits.OWN + 1)])), "body.malformed"),
        ((Frame.HORIZON, bytes(99)), "horizon.malformed"),
    ],
)
def test_an_answer_that_is_not_of_the_protocol_is_refused_whole(part: tuple[int, bytes], code: str) -> None:
    assert code_of(wire.decode_answer, answer_of(part)) == code


def test_an_answer_needs_its_head() -> None:
    assert code_of(wire.decode_answer, join([])) == "body.malformed"


def test_a_change_whose_author_is_not_named_is_refused() -> None:
    record = PulledRecord(bytes(16), 7, False, (PulledChange(1, 1, 1, 1, NOON, None, b"{}"),))
    parts = (wire.json_frame(Frame.AUTHORS, [AUTHOR]), (Frame.RECORD, packed_record(record)))
    assert code_of(wire.decode_answer, answer_of(*parts)) == "body.malformed"


# Fuzz ----------------------------------------------------------------------------------------------------------


def only_wire_errors(body: bytes) -> None:
    for read in (frames_of, wire.decode_request, wire.decode_answer, wire.unpack_record, batch.unpack):
        try:
            read(body)
        except WireError:
            continue


@settings(max_examples=more(5))
@given(st.binary(max_size=400))
def test_random_bytes_raise_nothing_but_what_is_stated(data: bytes) -> None:
    only_wire_errors(data)
    only_wire_errors(deflated(data))


def test_three_thousand_random_bodies_raise_nothing_but_what_is_stated() -> None:
    """Half of them random frames of known types, half good bodies with a few bytes changed."""
    phone, random = Phone(), Random(2026)
    sealed = batch.pack(phone.freeze(b'{"at":1}', b"{}"))
    parts = [
        wire.json_frame(Frame.AUTHORS, [AUTHOR]),
        (Frame.RECORD, packed_record(PulledRecord(bytes(16), 7, False, ()))),
    ]
    good = (
        zlib.decompressobj(-15, zdict=DICTIONARIES[1]).decompress(request_of(Hello(size=3), (2, sealed))[1:]),
        zlib.decompressobj(-15, zdict=DICTIONARIES[1]).decompress(answer_of(*parts)[1:]),
    )
    for turn in range(1000):
        known = [(random.choice(list(Frame)), random.randbytes(random.randrange(200))) for _ in range(3)]
        only_wire_errors(request_of(random.randbytes(random.randrange(40)), *known))
        only_wire_errors(answer_of(*known))
        changed = bytearray(random.choice(good))
        for _ in range(1 + turn % 4):
            changed[random.randrange(len(changed))] = random.randrange(256)
        only_wire_errors(deflated(bytes(changed)))
