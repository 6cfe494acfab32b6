"""Two real ends through a wire in memory: what a phone believes of an answer, and what it never does."""

from collections.abc import Callable, Sequence

import pytest

from daiban_sync import batch, limits, merkle, note, receipt, wire
from daiban_sync.clock import Interval
from daiban_sync.errors import ProofError, SignatureError, SyncError, WireError
from daiban_sync.frames import Frame, join, split
from daiban_sync.keys import SoftwareKey
from daiban_sync.merkle import Frontier
from daiban_sync.session import portion
from tests.sync.paper_centre import (
    CENTRE,
    DEVICE,
    NOON,
    ORIGIN,
    RECEIPTS,
    ROOT,
    STRANGER,
    WANG,
    Centre,
    Phone,
    header,
    ring,
    signed_ring,
)

Frames = list[tuple[int, bytes]]


def round_trip(phone: Phone, centre: Centre, cheat: Callable[[Frames], Frames] = lambda frames: frames) -> None:
    """Hand in what has no receipt; `cheat` may change the answer on its way."""
    session = phone.session()
    answer = join(cheat(list(split(centre.answer(phone.ask(session))))))
    phone.keep(session.receive(answer))


def refused(phone: Phone, centre: Centre, cheat: Callable[[Frames], Frames], kind: type[SyncError], code: str) -> None:
    """An answer that is not believed leaves the phone as it was."""
    before = (phone.frontier, phone.checkpoint, phone.trust, list(phone.unreceipted), list(phone.receipts))
    with pytest.raises(kind) as error:
        round_trip(phone, centre, cheat)
    assert error.value.code == code
    assert (phone.frontier, phone.checkpoint, phone.trust, phone.unreceipted, phone.receipts) == before


def replaced(kind: Frame, *payloads: bytes) -> Callable[[Frames], Frames]:
    """A cheat that puts other frames in place of those of one type."""
    return lambda frames: [f for f in frames if f[0] != kind] + [(kind, payload) for payload in payloads]


def working_day(entries: int = 3) -> tuple[Phone, Centre]:
    """A phone that has handed in before, beside colleagues who did."""
    phone, centre = Phone(), Centre()
    for n in range(entries):
        phone.freeze(b'{"entry":%d}' % n)
        round_trip(phone, centre)
        centre.log.append(b"a colleague's batch %d" % n)
    return phone, centre


# What goes well ------------------------------------------------------------------------------------------------


def test_a_day_of_round_trips_leaves_a_receipt_for_every_batch_and_the_whole_log_verified() -> None:
    phone, centre = working_day()
    phone.freeze(b"one")
    phone.freeze(b"two", b"three")
    round_trip(phone, centre)
    assert [one.sequence for one in phone.receipts] == [1, 2, 3, 4, 5]
    assert [one.leaf for one in phone.receipts] == [0, 2, 4, 6, 7]
    assert phone.frontier == centre.log.frontier
    assert not phone.unreceipted


def test_a_batch_names_the_checkpoint_that_the_phone_had_verified() -> None:
    phone, _ = working_day()
    sealed = phone.freeze(b"{}")
    assert sealed.header.checkpoint_size == phone.frontier.size
    assert sealed.header.checkpoint == phone.checkpoint != batch.NO_CHECKPOINT


def test_a_lost_answer_costs_nothing_the_replay_brings_the_same_receipt() -> None:
    phone, centre = working_day()
    phone.freeze(b"{}")
    lost = centre.answer(phone.ask(phone.session()))
    for n in range(5):
        centre.log.append(b"meanwhile %d" % n)
        session = phone.session()
        again = centre.answer(phone.ask(session))
        assert receipts_in(again) == receipts_in(lost)
    phone.keep(session.receive(again))
    assert phone.frontier == centre.log.frontier
    assert not phone.unreceipted


def test_a_receipt_that_comes_after_the_log_was_verified_past_it_is_still_taken() -> None:
    """A batch was carried in by a colleague; the phone heard of a longer log before it heard of its receipt."""
    phone, centre = working_day()
    carried = phone.freeze(b"{}")
    centre.take(carried, WANG.public_key)
    phone.unreceipted.clear()
    round_trip(phone, centre)
    assert phone.frontier == centre.log.frontier
    phone.unreceipted.append(carried)
    round_trip(phone, centre)
    assert phone.receipts[-1].leaf < phone.frontier.size
    assert not phone.unreceipted


def test_an_answer_without_a_checkpoint_leaves_the_log_as_it_was() -> None:
    phone, _ = working_day()
    session = phone.session()
    received = session.receive(wire.encode_answer([wire.json_frame(Frame.ANSWER, wire.Answer(NOON, "c"))]))
    assert (received.frontier, received.digest, received.receipts) == (phone.frontier, None, ())


def test_a_gap_is_said_and_the_missing_batch_closes_it() -> None:
    phone, centre = Phone(), Centre()
    first = phone.freeze(b"one")
    phone.freeze(b"two")
    phone.unreceipted.pop(0)
    session = phone.session()
    received = session.receive(centre.answer(phone.ask(session)))
    assert received.reply.problems == (wire.Problem(2, "chain.gap", 1),)
    assert not received.receipts
    phone.unreceipted.insert(0, first)
    round_trip(phone, centre)
    assert [one.sequence for one in phone.receipts] == [1, 2]


def receipts_in(answer: bytes) -> list[bytes]:
    return [payload for kind, payload in split(answer) if kind == Frame.RECEIPT]


# Receipts that are not for this batch, or not by this server ---------------------------------------------------


def forged(sequence: int = 4, signer: SoftwareKey = RECEIPTS, digest: bytes = bytes(32), leaf: int = 6) -> bytes:
    stated = header(sequence=sequence)
    return receipt.pack(receipt.issue(signer, stated, digest, leaf, Interval(NOON, NOON)))


def test_a_receipt_for_a_batch_that_was_not_sent_is_refused() -> None:
    phone, centre = working_day()
    phone.freeze(b"{}")
    for sequence in (0, 1, 5, 2**53):
        refused(phone, centre, replaced(Frame.RECEIPT, forged(sequence)), SignatureError, "receipt.signature")


def test_a_receipt_for_other_content_or_another_device_or_by_a_foreign_key_is_refused() -> None:
    phone, centre = working_day()
    sealed = phone.freeze(b"{}")
    for packed in (
        forged(digest=bytes(32)),
        forged(digest=sealed.digest, signer=STRANGER),
        receipt.pack(
            receipt.issue(RECEIPTS, sealed.header._replace(device=bytes(16)), sealed.digest, 6, Interval(NOON, NOON))
        ),
    ):
        refused(phone, centre, replaced(Frame.RECEIPT, packed), SignatureError, "receipt.signature")


def test_a_receipt_whose_signer_calls_himself_by_the_server_s_key_is_refused() -> None:
    phone, centre = working_day()
    sealed = phone.freeze(b"{}")
    issued = receipt.issue(STRANGER, sealed.header, sealed.digest, 6, Interval(NOON, NOON))
    named = receipt.pack(issued._replace(key=receipt.unpack(forged()).key))
    refused(phone, centre, replaced(Frame.RECEIPT, named), SignatureError, "receipt.signature")


def test_an_older_time_or_another_leaf_written_into_a_true_receipt_is_refused() -> None:
    phone, centre = working_day()
    phone.freeze(b"{}")

    def change(frames: Frames) -> Frames:
        true = receipt.unpack(next(payload for kind, payload in frames if kind == Frame.RECEIPT))
        return replaced(Frame.RECEIPT, receipt.pack(true._replace(bounds=Interval(0, NOON))))(frames)

    refused(phone, centre, change, SignatureError, "receipt.signature")


def test_a_photo_s_receipt_by_a_foreign_key_or_for_another_phone_is_refused() -> None:
    phone, centre = working_day()
    for signer, device in ((STRANGER, DEVICE), (RECEIPTS, bytes(16))):
        one = receipt.issue_photo(signer, ORIGIN, CENTRE, device, bytes(16), bytes(32), 9, NOON)
        cheat = replaced(Frame.PHOTO_RECEIPT, receipt.pack_photo(one))
        refused(phone, centre, cheat, SignatureError, "receipt.signature")
    good = receipt.issue_photo(RECEIPTS, ORIGIN, CENTRE, DEVICE, bytes(16), bytes(32), 9, NOON)
    round_trip(phone, centre, replaced(Frame.PHOTO_RECEIPT, receipt.pack_photo(good)))


# The server's keys ---------------------------------------------------------------------------------------------


def test_a_newer_keyring_is_taken_from_the_answer_that_needs_it() -> None:
    phone, centre = working_day()
    phone.freeze(b"{}")
    centre.signer, centre.keyring = STRANGER, signed_ring(2, RECEIPTS, STRANGER)
    round_trip(phone, centre)
    assert phone.trust.keyring.edition == 2
    assert not phone.unreceipted


def test_a_key_that_a_newer_keyring_leaves_out_signs_nothing_any_more() -> None:
    phone, centre = working_day()
    phone.freeze(b"{}")
    centre.keyring = signed_ring(2, STRANGER)
    refused(phone, centre, lambda frames: frames, SignatureError, "receipt.signature")


def test_an_older_keyring_is_refused_though_the_root_key_signed_it() -> None:
    phone, centre = working_day()
    phone.trust = phone.trust._replace(keyring=ring(5))
    centre.keyring = signed_ring(4)
    refused(phone, centre, lambda frames: frames, SignatureError, "keyring.older")
    centre.keyring = signed_ring(5)
    round_trip(phone, centre)


def test_a_keyring_that_the_root_key_did_not_sign_is_refused() -> None:
    phone, centre = working_day()
    for root in (RECEIPTS, STRANGER):
        centre.keyring = signed_ring(9, STRANGER, root=root)
        refused(phone, centre, lambda frames: frames, SignatureError, "keyring.signature")
    assert ROOT not in (RECEIPTS, STRANGER)


# The log -------------------------------------------------------------------------------------------------------


def checkpoint(log: str, size: int, root: bytes, signer: SoftwareKey = RECEIPTS) -> bytes:
    return note.pack(note.issue(signer, log, size, root, NOON))


def test_a_checkpoint_by_a_foreign_key_or_of_another_centre_s_log_is_refused() -> None:
    phone, centre = working_day()
    phone.freeze(b"{}")
    end = merkle.Frontier(7, ())
    here, elsewhere = note.name(ORIGIN, CENTRE), note.name(ORIGIN, DEVICE)
    for packed in (checkpoint(here, end.size, bytes(32), STRANGER), checkpoint(elsewhere, end.size, bytes(32))):
        refused(phone, centre, replaced(Frame.CHECKPOINT, packed), SignatureError, "checkpoint.signature")


def test_receipts_without_a_checkpoint_are_refused() -> None:
    phone, centre = working_day()
    phone.freeze(b"{}")
    refused(phone, centre, replaced(Frame.CHECKPOINT), WireError, "body.malformed")


def test_a_log_that_was_rewritten_is_an_alarm() -> None:
    """The centre dropped a colleague's batch that this phone had seen go by."""
    phone, centre = working_day()
    forked = Centre(chains=centre.chains, kept=centre.kept)
    for n in range(centre.log.frontier.size + 3):
        forked.log.append(b"another history %d" % n)
    phone.freeze(b"{}")
    refused(phone, forked, lambda frames: frames, ProofError, "log.forked")


def test_a_log_that_is_shorter_than_what_was_verified_is_an_alarm() -> None:
    phone, centre = working_day()
    round_trip(phone, centre)
    old = Frontier().appended(centre.log.leaves[0])[0]
    cheat = replaced(Frame.CHECKPOINT, checkpoint(note.name(ORIGIN, CENTRE), old.size, old.root()))
    refused(phone, centre, lambda frames: replaced(Frame.PROOF)(cheat(frames)), ProofError, "log.shrunk")


def test_a_centre_that_signs_for_a_batch_and_logs_another_is_found_out() -> None:
    phone, centre = working_day()
    sealed = phone.freeze(b"the papers of one household")

    class Cheat(Centre):
        def take(self, one: batch.Batch, key: bytes) -> bytes | wire.Problem:
            leaf = self.log.append(b"something else")
            return receipt.pack(receipt.issue(self.signer, one.header, one.digest, leaf, Interval(NOON, NOON)))

    refused(phone, Cheat(log=centre.log), lambda frames: frames, ProofError, "log.forked")
    assert phone.unreceipted == [sealed]


@pytest.mark.parametrize("beyond", [0, 1, 2**40])
def test_a_centre_that_signs_for_a_batch_and_logs_nothing_is_found_out(beyond: int) -> None:
    """Its receipt names the leaf of another batch, or one that the checkpoint does not cover."""
    phone, centre = working_day()
    forgotten, logged = phone.freeze(b"one"), phone.freeze(b"two")
    leaf = centre.log.append(logged.payload)
    frames = [wire.json_frame(Frame.ANSWER, wire.Answer(NOON, "cursor")), *centre.proof(phone.frontier.size, [leaf])]
    for one, where in ((forgotten, leaf + beyond), (logged, leaf)):
        issued = receipt.issue(RECEIPTS, one.header, one.digest, where, Interval(NOON, NOON))
        frames.append((Frame.RECEIPT, receipt.pack(issued)))
    with pytest.raises(ProofError, match=r"log\.proof"):
        phone.session().receive(wire.encode_answer(frames))
    phone.session().receive(wire.encode_answer([*frames[:3], frames[4]]))


def test_a_proof_that_is_cut_or_changed_is_an_alarm() -> None:
    phone, centre = working_day()
    for n in range(6):
        centre.log.append(b"more %d" % n)
    phone.freeze(b"{}")

    def proof_of(change: Callable[[bytes], bytes]) -> Callable[[Frames], Frames]:
        return lambda frames: [(kind, change(p) if kind == Frame.PROOF else p) for kind, p in frames]

    refused(phone, centre, proof_of(lambda p: p[32:]), ProofError, "log.proof")
    refused(phone, centre, proof_of(lambda p: p + bytes(32)), ProofError, "log.proof")
    refused(phone, centre, proof_of(lambda p: bytes(32) + p[32:]), ProofError, "log.forked")
    refused(phone, centre, proof_of(lambda p: p[1:]), WireError, "body.malformed")
    round_trip(phone, centre)


# How much fits one request -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "fits"),
    [
        ([], 0),
        ([1], 1),
        ([limits.WIRE_BYTES], 1),
        ([limits.WIRE_BYTES, 1], 1),
        ([1] * 64, 64),
        ([1] * 65, 64),
        ([limits.WIRE_BYTES // 2, 1], 1),
        ([limits.WIRE_BYTES // 4, limits.WIRE_BYTES // 4, 1], 2),
    ],
)
def test_a_request_takes_what_fits_and_at_least_one(sizes: Sequence[int], fits: int) -> None:
    assert portion([bytes(size) for size in sizes]) == fits
