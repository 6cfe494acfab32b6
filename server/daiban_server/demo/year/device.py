"""A worker's device in the year: it signs and hands in as the SDK does, but keeps no store of its own.

It believes what the server answers: what the SDK verifies is the SDK's matter, and this one's batches are as real.
"""

from collections.abc import Sequence

from daiban_schemas import entry
from daiban_schemas.kinds import KINDS
from daiban_server.demo.year.line import Line
from daiban_server.demo.year.team import Team, Worker, dice_for, made_of
from daiban_server.keystore import ServerKeys
from daiban_sync import batch, limits, note, signature, wire
from daiban_sync.keys import SoftwareKey
from daiban_sync.outcome import Outcome, unpack
from daiban_sync.signature import Parameters, Target

PATH = "/v1/sync"
_TAKEN = frozenset({"new", "merged", "identical", "conflict"})

_REMEMBERED = 200
"""Records that a device remembers having seen, the newest: some days of its villages."""


class YearError(RuntimeError):
    """The server did not do what the year's script says: a fault of one of them."""


class Device:
    """An enrolled device. Its key and the secrets of its batches are made of the seed."""

    def __init__(self, team: Team, worker: Worker, line: Line, keys: ServerKeys) -> None:
        self.worker = worker
        self.key = SoftwareKey(made_of(team.seed, "key", worker.device.hex()))
        self._centre, self._line, self._keys = team.centre.id, line, keys
        self._dice = dice_for(team.seed, "secrets", worker.id)
        self._seen: dict[bytes, int] = {}
        self._sequence, self._previous, self._number = 0, batch.FIRST, 0
        self._cursor, self._size, self._named, self._horizon = "", 0, batch.NO_CHECKPOINT, 0

    async def hand_in(self, bodies: Sequence[bytes], now: int, *, moves: bool = True) -> int:
        """Hand in a batch, and take what changed meanwhile; gives how many values it left in conflict. Raises
        `YearError` where an entry was not taken, and with `moves` where a report moved nothing that it should."""
        reply = await self._exchange((batch.pack(self._sealed(bodies)),), now)
        if reply is None or reply.problems or not reply.outcomes:
            raise YearError(f"{self.worker.person.name}: a batch was not taken: {reply and reply.problems}")
        outcomes = unpack(reply.outcomes[0])
        for outcome, body in zip(outcomes, bodies, strict=True):
            _check(outcome, body, moves=moves)
        while reply is not None and reply.answer.more:
            reply = await self._exchange((), now)
        return sum(outcome.outcome == "conflict" for outcome in outcomes)

    async def seen(self, now: int, record: bytes) -> int:
        """Take what changed; gives the position at which this device last saw a record of the last days, 0 if never."""
        more = True
        while more:
            reply = await self._exchange((), now)
            more = reply is not None and reply.answer.more
        return self._seen.get(record, 0)

    def _sealed(self, bodies: Sequence[bytes]) -> batch.Batch:
        header = batch.Header(
            protocol=limits.PROTOCOL,
            flags=0,
            origin=self._keys.origin,
            centre=self._centre,
            device=self.worker.device,
            sequence=self._sequence + 1,
            previous=self._previous,
            checkpoint_size=self._size,
            checkpoint=self._named,
            first=self._number + 1,
            entry_count=len(bodies),
        )
        sealed = batch.seal(header, self._dice.randbytes(32), bodies, self.key)
        self._sequence, self._previous = header.sequence, sealed.digest
        self._number += len(bodies)
        return sealed

    async def _exchange(self, packed: Sequence[bytes], now: int) -> wire.Reply | None:
        hello = wire.Hello(
            cursor=self._cursor, size=self._size, horizon=self._horizon, keyring=self._keys.edition, own=True
        )
        body = wire.encode_request(hello, packed)
        target = Target("POST", self._line.authority, PATH)
        headers = signature.sign(self.key, target, body, Parameters(now // 1000, self.worker.device.hex()))
        answer = await self._line.post(PATH, body, headers)
        if answer.status == 204:
            return None
        if answer.status != 200:
            raise YearError(f"{self.worker.person.name}: {answer.status} {answer.body!r}")
        reply = wire.decode_answer(answer.body)
        self._cursor = reply.answer.cursor
        for one in reply.records:
            self._seen.pop(one.record, None)
            self._seen[one.record] = one.position
        while len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]
        self._horizon = reply.horizon.at if reply.horizon else self._horizon
        if reply.checkpoint is not None:
            self._size = reply.checkpoint.size
            self._named = note.digest(reply.checkpoint, note.name(self._keys.origin, self._centre))
        return reply


def _check(outcome: Outcome, body: bytes, *, moves: bool) -> None:
    """Every entry of the year is taken, and moves what it was meant to move."""
    if outcome.outcome in _TAKEN and (outcome.code is None or not moves or _moves_nothing(body)):
        return
    raise YearError(f"{outcome.outcome} {outcome.code} {outcome.fields}: {body.decode()}")


def _moves_nothing(body: bytes) -> bool:
    """Whether it is a report that is kept and has no effect by its kind."""
    told = entry.shape_of(body)
    report = KINDS[told.kind].reports.get(str(told.report))
    return report is not None and not report.moves
