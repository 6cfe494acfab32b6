"""A centre and its phones on paper: the server's half of a round trip, over real bytes and in memory.

It does what `server/daiban_server` does with a batch and no more: judge it by its chain, put it into the log, sign for
it, answer with checkpoint and proof. A test may make it cheat.
"""

from dataclasses import dataclass, field

from daiban_sync import batch, limits, merkle, note, receipt, wire
from daiban_sync.batch import Batch, Header
from daiban_sync.chain import Chain, judge
from daiban_sync.clock import Interval
from daiban_sync.frames import Frame
from daiban_sync.keyring import Keyring, ServerKey, issue
from daiban_sync.keys import SoftwareKey
from daiban_sync.merkle import Frontier
from daiban_sync.receipt import Receipt
from daiban_sync.session import Received, SyncSession, Trust
from tests.sync.paper_log import Log

ORIGIN, CENTRE, DEVICE = b"hanbin district.", b"shizhuan centre.", b"phone of Wang..."
NOON = 1_700_000_000_000
ROOT, RECEIPTS, STRANGER = (SoftwareKey(bytes([n]) * 32) for n in (1, 2, 3))
WANG = SoftwareKey(bytes([9]) * 32)
LOG_NAME = note.name(ORIGIN, CENTRE)


def ring(edition: int = 1, *keys: SoftwareKey) -> Keyring:
    """An edition of the server's keys."""
    stated = tuple(ServerKey("receipt", key.public_key.hex()) for key in keys or (RECEIPTS,))
    return Keyring(edition, ORIGIN.hex(), NOON, stated)


def header(count: int = 1, **changes: object) -> Header:
    """The header of Wang's first batch of `count` entries."""
    first = Header(limits.PROTOCOL, 0, ORIGIN, CENTRE, DEVICE, 1, batch.FIRST, 0, batch.NO_CHECKPOINT, 1, count)
    return first._replace(**changes)


@dataclass
class Phone:
    """Wang's phone: what it keeps between round trips."""

    trust: Trust = field(default_factory=lambda: Trust(ORIGIN, CENTRE, DEVICE, ROOT.public_key, ring()))
    frontier: Frontier = field(default_factory=Frontier)
    checkpoint: bytes = batch.NO_CHECKPOINT
    chain: Chain = field(default_factory=Chain)
    unreceipted: list[Batch] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)

    def freeze(self, *entries: bytes) -> Batch:
        """Seal entries into the chain's next batch."""
        where = {"sequence": self.chain.sequence + 1, "previous": self.chain.digest, "first": self.chain.number + 1}
        named = {"checkpoint_size": self.frontier.size, "checkpoint": self.checkpoint}
        sealed = batch.seal(header(len(entries), **where, **named), bytes([7]) * 32, entries, WANG)
        self.chain = self.chain.after(sealed)
        self.unreceipted.append(sealed)
        return sealed

    def session(self) -> SyncSession:
        """One round trip with everything that has no receipt."""
        hello = wire.Hello(size=self.frontier.size, keyring=self.trust.keyring.edition)
        return SyncSession(self.trust, self.frontier, hello, self.unreceipted)

    def ask(self, session: SyncSession) -> bytes:
        """The request's bytes."""
        return session.request(map(batch.pack, self.unreceipted))

    def keep(self, received: Received) -> None:
        """Believe a verified answer."""
        self.receipts += received.receipts
        taken = {one.sequence for one in received.receipts}
        self.unreceipted = [one for one in self.unreceipted if one.header.sequence not in taken]
        self.frontier, self.trust = received.frontier, self.trust._replace(keyring=received.keyring)
        self.checkpoint = received.digest or self.checkpoint


@dataclass
class Centre:
    """The centre's half: a chain for each device, the log, and the key that signs for both."""

    signer: SoftwareKey = RECEIPTS
    now: int = NOON
    log: Log = field(default_factory=Log)
    chains: dict[bytes, Chain] = field(default_factory=dict)
    kept: dict[tuple[bytes, int], tuple[Batch, bytes]] = field(default_factory=dict)
    keyring: bytes | None = None

    def take(self, one: Batch, key: bytes) -> bytes | wire.Problem:
        """A batch's packed receipt, the stored one if it is a replay; or the problem."""
        batch.check(one, key)
        device, sequence = one.header.device, one.header.sequence
        chain, held = self.chains.get(device, Chain()), self.kept.get((device, sequence))
        verdict = judge(one, chain, held[0].digest if held else None)
        if verdict == "replay" and held:
            return held[1]
        if verdict != "next":
            return wire.Problem(sequence, f"chain.{verdict}", chain.sequence + 1 if verdict == "gap" else 0)
        self.chains[device] = chain.after(one)
        leaf = self.log.append(one.payload)
        signed = receipt.pack(receipt.issue(self.signer, one.header, one.digest, leaf, Interval(NOON, self.now)))
        self.kept[device, sequence] = one, signed
        return signed

    def answer(self, body: bytes, key: bytes = WANG.public_key) -> bytes:
        """One round trip."""
        asked = wire.decode_request(body)
        results = [self.take(one, key) for one in asked.batches]
        frames = [wire.json_frame(Frame.ANSWER, wire.Answer(self.now, "cursor"))]
        frames += [(Frame.RECEIPT, one) for one in results if isinstance(one, bytes)]
        frames += [wire.json_frame(Frame.PROBLEM, one) for one in results if isinstance(one, wire.Problem)]
        frames += self.proof(asked.hello.size, [receipt.unpack(r).leaf for r in results if isinstance(r, bytes)])
        return wire.encode_answer(frames + ([(Frame.KEYRING, self.keyring)] if self.keyring else []))

    def checkpoint(self) -> note.Checkpoint:
        """The log as it stands, signed."""
        return note.issue(self.signer, LOG_NAME, self.log.frontier.size, self.log.frontier.root(), self.now)

    def proof(self, size: int, leaves: list[int]) -> list[tuple[int, bytes]]:
        """The frames of checkpoint and proof, from a log of `size`."""
        own = sorted({leaf for leaf in leaves if leaf >= size})
        hashes = merkle.extension(size, self.log.frontier.size, own, self.log.node)
        return [(Frame.CHECKPOINT, note.pack(self.checkpoint())), (Frame.PROOF, b"".join(hashes))]


def signed_ring(edition: int, *keys: SoftwareKey, root: SoftwareKey = ROOT) -> bytes:
    """An edition under the root key."""
    return issue(root, ring(edition, *keys))
