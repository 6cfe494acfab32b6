"""A device of the bench: it signs and hands in as the SDK does, but keeps no store: only the server is measured."""

import secrets
import time
from collections.abc import Sequence

from daiban_sync import batch, limits, note, signature, wire
from daiban_sync.batch import Batch
from daiban_sync.signature import Parameters, Target
from tests.bench.centre import Centre, Enrolled
from tests.bench.link import Answer, Link

PATH = "/v1/sync"
USER_AGENT = "daiban/0 bench"


class Phone:
    """An enrolled device on a connection. It believes answers unseen: the SDK's own tests check what is verified."""

    def __init__(self, centre: Centre, enrolled: Enrolled, link: Link) -> None:
        self.enrolled, self.link = enrolled, link
        self._centre = centre
        self._sequence, self._previous, self._number = 0, batch.FIRST, 0
        self._named = (0, batch.NO_CHECKPOINT)
        self.cursor, self._size, self._horizon = "", 0, 0

    def settle_in(self) -> None:
        """First sync: take whatever is there and a checkpoint of now, which the batches then name."""
        self.pull(fresh=True)

    def seal(self, entries: Sequence[bytes]) -> Batch:
        """The next batch of this device's chain."""
        header = batch.Header(
            protocol=limits.PROTOCOL,
            flags=0,
            origin=self._centre.keys.origin,
            centre=self._centre.id,
            device=self.enrolled.id,
            sequence=self._sequence + 1,
            previous=self._previous,
            checkpoint_size=self._named[0],
            checkpoint=self._named[1],
            first=self._number + 1,
            entry_count=len(entries),
        )
        sealed = batch.seal(header, secrets.token_bytes(32), entries, self.enrolled.key)
        self._sequence, self._previous = header.sequence, sealed.digest
        self._number += len(entries)
        return sealed

    def push(self, *packed: bytes) -> wire.Reply:
        """Hand in packed batches; gives the answer, in which every one must have been taken."""
        reply = self.exchange(packed)
        assert reply is not None and len(reply.receipts) == len(packed), "a batch was not taken"
        return reply

    def pull(self, *, fresh: bool = False) -> int:
        """Take everything that changed; gives how many records came."""
        taken = 0
        while True:
            reply = self.exchange((), fresh=fresh)
            fresh = False
            if reply is None:
                return taken
            taken += len(reply.records)
            if not reply.answer.more:
                return taken

    def exchange(
        self, packed: Sequence[bytes], *, fresh: bool = False, photos: tuple[wire.PhotoWanted, ...] = ()
    ) -> wire.Reply | None:
        """One round trip; None for an answer of 204."""
        answer = self.send(self.body(packed, fresh=fresh, photos=photos))
        return self.take(answer) if answer.status == 200 else None

    def body(self, packed: Sequence[bytes], *, fresh: bool = False, photos: tuple[wire.PhotoWanted, ...] = ()) -> bytes:
        """A request's body."""
        hello = wire.Hello(
            cursor=self.cursor,
            size=self._size,
            horizon=self._horizon,
            keyring=self._centre.keys.edition,
            fresh=fresh,
            own=True,
            photos=photos,
        )
        return wire.encode_request(hello, packed)

    def send(self, body: bytes) -> Answer:
        """Sign a request and send it; the answer is 200 or 204."""
        target = Target("POST", self.link.authority, PATH)
        headers = signature.sign(self.enrolled.key, target, body, Parameters(int(time.time()), self.enrolled.id.hex()))
        answer = self.link.ask("POST", PATH, {"User-Agent": USER_AGENT, **headers}, body)
        assert answer.status in (200, 204), answer.body
        return answer

    def take(self, answer: Answer) -> wire.Reply:
        """Read an answer and go on from it."""
        reply = wire.decode_answer(answer.body)
        assert not reply.problems, reply.problems
        self.cursor = reply.answer.cursor
        self._horizon = reply.horizon.at if reply.horizon else self._horizon
        if reply.checkpoint is not None:
            self._size = reply.checkpoint.size
            log = note.name(self._centre.keys.origin, self._centre.id)
            self._named = (self._size, note.digest(reply.checkpoint, log))
        return reply
