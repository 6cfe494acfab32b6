"""A server that was restored from yesterday's backup, and a phone that knows more than it does."""

import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daiban_sync import batch, merkle, note, receipt, restored, wire
from daiban_sync.clock import Interval
from daiban_sync.epochs import epoch_of, first_of
from daiban_sync.errors import ProofError, SignatureError, SyncError, WireError
from daiban_sync.frames import Frame
from daiban_sync.keys import SoftwareKey
from daiban_sync.merge import Change, Head, lay
from daiban_sync.merkle import Frontier, leaf_hash
from daiban_sync.restored import Horizon, Restored
from daiban_sync.session import Received, SyncSession
from tests.sync.damage import flips
from tests.sync.paper_centre import CENTRE, NOON, ORIGIN, RECEIPTS, ROOT, STRANGER, Phone, header
from tests.sync.paper_log import Log

Frames = list[tuple[int, bytes]]


# Positions -------------------------------------------------------------------------------------------------------


class Fork(NamedTuple):
    """A restore into `epoch` from a backup whose last position was `at`."""

    epoch: int
    at: int

    def killed(self, position: int) -> bool:
        return self.at < position < first_of(self.epoch)


def cut(change: Change, forks: Sequence[Fork]) -> Change:
    """The rule said outright: `seen` is cut at every fork since its epoch, dead positions of `over` are dropped."""
    seen = change.seen
    for fork in forks:
        seen = fork.at if fork.killed(seen) else seen
    over = {name: [p for p in listed if not any(f.killed(p) for f in forks)] for name, listed in change.over.items()}
    return change._replace(seen=seen, over=over)


positions = st.builds(lambda epoch, n: first_of(epoch) + n, st.integers(0, 3), st.integers(0, 6))
names = st.sampled_from(["phone", "note"])
heads = st.builds(
    Head,
    positions,
    st.just(b"a colleague's..."),
    st.integers(1, 9),
    st.lists(names, min_size=1, unique=True).map(tuple),
)


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=3),
    st.lists(heads, max_size=5),
    positions,
    st.dictionaries(names, st.lists(positions, max_size=3)),
)
def test_dead_positions_cannot_be_mistaken_so_merge_needs_no_word_about_restores(
    forked: list[int], standing: list[Head], seen: int, over: dict[str, list[int]]
) -> None:
    forks = [Fork(epoch + 1, first_of(epoch) + at) for epoch, at in enumerate(forked)]
    alive = [head for head in standing if not any(fork.killed(head.position) for fork in forks)]
    change = Change(first_of(4), b"Wang's phone....", 3, True, ("phone", "note"), seen, over)
    assert lay(alive, change) == lay(alive, cut(change, forks))


def test_an_epoch_begins_behind_every_position_of_the_one_before() -> None:
    assert [epoch_of(p) for p in (0, first_of(1) - 1, first_of(1), first_of(3) + 1)] == [0, 0, 1, 3]


# Statements ------------------------------------------------------------------------------------------------------

FORK = Restored(1, 41, 5, bytes(range(32)), NOON, NOON + 60_000)
REACH = Horizon(0, 5, NOON, NOON + 60_000)


def refused(check: Callable[[], None], code: str) -> None:
    with pytest.raises((SignatureError, WireError), match=code.replace(".", r"\.")):
        check()


def test_a_restore_s_bytes_are_the_page_s_layout_and_only_the_root_key_states_one() -> None:
    head = struct.pack(">HH", 1, 0) + ORIGIN + CENTRE
    expected = head + struct.pack(">IQQ", 1, 41, 5) + bytes(range(32)) + struct.pack(">qq", NOON, NOON + 60_000)
    assert restored.payload(ORIGIN, CENTRE, FORK) == expected
    stated = restored.issue(ROOT, ORIGIN, CENTRE, FORK)
    restored.check(restored.unpack(restored.pack(stated)), ORIGIN, CENTRE, ROOT.public_key)
    forged = restored.issue(RECEIPTS, ORIGIN, CENTRE, FORK)
    refused(lambda: restored.check(forged, ORIGIN, CENTRE, ROOT.public_key), "restored.signature")
    refused(lambda: restored.check(stated, ORIGIN, bytes(16), ROOT.public_key), "restored.signature")
    for data in flips(restored.pack(stated)):
        refused(lambda d=data: restored.check(restored.unpack(d), ORIGIN, CENTRE, ROOT.public_key), "restored")


def test_a_horizon_s_bytes_are_the_page_s_layout_and_no_byte_can_be_changed() -> None:
    head = struct.pack(">HH", 1, 0) + ORIGIN + CENTRE
    assert restored.horizon_payload(ORIGIN, CENTRE, REACH) == head + struct.pack(">IQqq", 0, 5, NOON, NOON + 60_000)
    stated = restored.issue_horizon(RECEIPTS, ORIGIN, CENTRE, REACH)

    def read(data: bytes) -> None:
        restored.check_horizon(restored.unpack_horizon(data), ORIGIN, CENTRE, RECEIPTS.public_key)

    packed = restored.pack_horizon(stated)
    read(packed)
    assert len(packed) == 100
    for data in flips(packed):
        refused(lambda d=data: read(d), "horizon")


def test_what_a_backup_has_and_what_a_restore_forgot_are_told_by_the_receipt() -> None:
    def given(leaf: int, epoch: int = 0) -> receipt.Receipt:
        return receipt.issue(RECEIPTS, header(), bytes(32), leaf, Interval(NOON, NOON), epoch)

    assert [REACH.covers(given(leaf)) for leaf in (4, 5)] == [True, False]
    assert [FORK.forgot(given(leaf)) for leaf in (4, 5)] == [False, True]
    later = Restored(2, first_of(1) + 3, 7, bytes(32), NOON, NOON)
    assert [later.forgot(given(leaf, epoch)) for leaf, epoch in ((99, 0), (6, 1), (7, 1))] == [False, False, True]
    abandoned = Restored(2, 41, 5, bytes(32), NOON, NOON)
    assert abandoned.forgot(given(0, epoch=1))


# A round trip after a restore ------------------------------------------------------------------------------------


class RestoredCentre:
    """A centre that begins a new log from a backup of `size` leaves."""

    def __init__(self, old: Frontier, epoch: int = 1, root: SoftwareKey = ROOT) -> None:
        self.stated = restored.issue(root, ORIGIN, CENTRE, Restored(epoch, 41, old.size, old.root(), NOON, NOON))
        self.epoch = epoch
        self.log = Log()
        self.log.append(restored.payload(ORIGIN, CENTRE, self.stated))

    def answer(self, body: bytes) -> Frames:
        """Take everything again, with the bounds of the receipts that come along."""
        asked = wire.decode_request(body)
        leaves, frames = [0], [wire.json_frame(Frame.ANSWER, wire.Answer(NOON, "cursor"))]
        for one in asked.batches:
            leaves.append(self.log.append(one.payload))
            bounds = asked.custody[one.header.sequence].bounds
            again = receipt.issue(RECEIPTS, one.header, one.digest, leaves[-1], bounds, self.epoch)
            frames.append((Frame.RECEIPT, receipt.pack(again)))
        log, end = note.name(ORIGIN, CENTRE, self.epoch), self.log.frontier
        proof = b"".join(merkle.extension(0, end.size, leaves, self.log.node))
        frames.append((Frame.CHECKPOINT, note.pack(note.issue(RECEIPTS, log, end.size, end.root(), NOON))))
        return [*frames, (Frame.PROOF, proof), (Frame.RESTORED, restored.pack(self.stated))]


def handed_in_again(
    phone: Phone, centre: RestoredCentre, change: Callable[[Frames], Frames] = lambda frames: frames, epoch: int = 0
) -> Received:
    hello = wire.Hello(size=phone.frontier.size, epoch=epoch)
    session = SyncSession(phone.trust, phone.frontier, hello, phone.unreceipted)
    old = [
        receipt.issue(RECEIPTS, one.header, one.digest, 5 + n, Interval(NOON - 9, NOON - 5))
        for n, one in enumerate(phone.unreceipted)
    ]
    frames = centre.answer(session.request(map(batch.pack, phone.unreceipted), map(receipt.pack, old)))
    return session.receive(wire.encode_answer(change(frames)))


def known_log() -> Frontier:
    log = Log()
    for n in range(9):
        log.append(b"a batch that the phone saw go by %d" % n)
    return log.frontier


def phone_with_two_batches() -> Phone:
    phone = Phone(frontier=known_log())
    phone.freeze(b'{"n":1}')
    phone.freeze(b'{"n":2}')
    return phone


def test_the_phone_follows_into_the_new_log_and_its_old_bounds_are_honoured() -> None:
    received = handed_in_again(phone_with_two_batches(), centre := RestoredCentre(known_log()))
    assert (received.epoch, received.frontier) == (1, centre.log.frontier)
    assert [(one.epoch, one.leaf, one.bounds) for one in received.receipts] == [
        (1, 1, Interval(NOON - 9, NOON - 5)),
        (1, 2, Interval(NOON - 9, NOON - 5)),
    ]
    assert received.digest is not None


@pytest.mark.parametrize(
    ("centre", "epoch", "kind", "code"),
    [
        (RestoredCentre(known_log(), root=STRANGER), 0, SignatureError, "restored.signature"),
        (RestoredCentre(known_log()), 1, SignatureError, "restored.signature"),
        (RestoredCentre(known_log()), 3, SignatureError, "restored.signature"),
    ],
)
def test_a_restore_that_the_root_key_did_not_state_or_that_is_old_is_refused(
    centre: RestoredCentre, epoch: int, kind: type[SyncError], code: str
) -> None:
    with pytest.raises(kind) as error:
        handed_in_again(phone_with_two_batches(), centre, epoch=epoch)
    assert error.value.code == code


def test_a_new_log_that_does_not_begin_with_the_restore_is_an_alarm() -> None:
    centre = RestoredCentre(known_log())
    centre.log = Log()
    centre.log.append(b"something else")
    with pytest.raises(ProofError):
        handed_in_again(phone_with_two_batches(), centre)


def test_a_receipt_in_the_restore_s_own_leaf_is_an_alarm() -> None:
    phone = phone_with_two_batches()

    def cheat(frames: Frames) -> Frames:
        one = phone.unreceipted[0]
        forged = receipt.issue(RECEIPTS, one.header, one.digest, 0, Interval(NOON, NOON), 1)
        return [(Frame.RECEIPT, receipt.pack(forged)), *(f for f in frames if f[0] != Frame.RECEIPT)]

    with pytest.raises(ProofError, match=r"log\.proof"):
        handed_in_again(phone, RestoredCentre(known_log()), cheat)


def test_a_receipt_of_an_epoch_that_was_not_stated_is_an_alarm() -> None:
    def silent(frames: Frames) -> Frames:
        return [frame for frame in frames if frame[0] != Frame.RESTORED]

    with pytest.raises((ProofError, SignatureError)):
        handed_in_again(phone_with_two_batches(), RestoredCentre(known_log()), silent)


def test_a_restore_without_a_checkpoint_is_refused() -> None:
    def bare(frames: Frames) -> Frames:
        return [frame for frame in frames if frame[0] in (Frame.ANSWER, Frame.RESTORED)]

    with pytest.raises(WireError, match=r"body\.malformed"):
        handed_in_again(phone_with_two_batches(), RestoredCentre(known_log()), bare)


def test_the_first_leaf_of_the_new_log_commits_to_the_end_of_the_old_one() -> None:
    centre = RestoredCentre(known_log())
    assert centre.log.node(0, 0) == leaf_hash(restored.payload(ORIGIN, CENTRE, centre.stated))
    assert (centre.stated.log_size, centre.stated.log_root) == (9, known_log().root())
