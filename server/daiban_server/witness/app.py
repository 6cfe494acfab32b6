"""``POST /add-checkpoint``: the one thing that a witness does. The steps, in order, and what each refuses with:

1. the request is of its form: 400;
2. the log is one of those that are watched: 404;
3. one of the log's keys signed the checkpoint: 403;
4. the old size is not beyond the new one: 400;
5. it is the size that was cosigned last: 409, with that size;
6. the proof leads from that root to this one: 422; at the same size the root is the same: 409, and no size, or a log
   that learns its place from it would ask the same for ever;
7. it is remembered, durably, before the cosignature leaves.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.datastructures import State

from daiban_server.witness.memory import Memory, Seen
from daiban_sync import cosignature, merkle, note
from daiban_sync.errors import ProofError, SignatureError
from daiban_sync.keyring import Keyring
from daiban_sync.keys import Signer

LARGEST = 64 * 1024
"""Bytes of a request."""
LINES = 16
"""Lines of a checkpoint's text, and of signatures below it. Ours have four, and one with those of a few witnesses; each
costs a look under each key, before anybody is known."""


class Watching:
    """A witness of `name` for the logs of one installation, whose keys `keyring` names."""

    def __init__(self, name: str, signer: Signer, keyring: Keyring, memory: Memory, now: Callable[[], int]) -> None:
        self.witness = cosignature.Witness(name, signer.public_key)
        self._signer, self._memory, self._now = signer, memory, now
        self._keys: Mapping[bytes, bytes] = keyring.receipt_keys()
        self._logs = f"daiban/{keyring.origin}/"

    def add(self, body: bytes) -> tuple[int, str, str]:
        """Status, media type and text of the answer to a request."""
        try:
            old, proof, signed = cosignature.read_request(body)
            stated, _, below = signed.partition("\n\n")
            text = stated + "\n"
            if max(text.count("\n"), below.count("\n")) > LINES:
                raise ValueError("too many lines")
            origin, size_line, root_line, *_ = text.split("\n")
            size, _ = int(size_line), root_line
        except (ValueError, UnicodeDecodeError):
            return 400, MediaType.TEXT, "not an add-checkpoint request\n"
        if not origin.startswith(self._logs):
            return 404, MediaType.TEXT, "unknown log\n"
        checkpoint = self._checked(signed, origin)
        if checkpoint is None:
            return 403, MediaType.TEXT, "no signature of a known key\n"
        if old > size:
            return 400, MediaType.TEXT, "the old size is beyond the new one\n"
        with self._memory.lock:
            return self._judge(origin, text, old, proof, checkpoint)

    def _judge(
        self, origin: str, text: str, old: int, proof: list[bytes], checkpoint: note.Checkpoint
    ) -> tuple[int, str, str]:
        seen, size = self._memory.seen(origin), checkpoint.size
        if old != seen.size:
            return 409, "text/x.tlog.size", f"{seen.size}\n"
        if old == size and old and seen.root != checkpoint.root:
            return 409, MediaType.TEXT, "another root at the size that was cosigned\n"
        try:
            if old:
                merkle.check_consistency(old, size, seen.root, checkpoint.root, proof)
            elif proof:
                raise ProofError("log.proof", "from nothing there is nothing to prove")
        except ProofError:
            return 422, MediaType.TEXT, "the proof does not lead from the last checkpoint to this one\n"
        self._memory.keep(origin, Seen(size, checkpoint.root))
        line = cosignature.issue(self._signer, self.witness.name, text, self._now() // 1000)
        return 200, MediaType.TEXT, line

    def _checked(self, signed: str, origin: str) -> note.Checkpoint | None:
        body, _, below = signed.partition("\n\n")
        # By line feeds alone: Python knows of lines that end otherwise, and nobody counted those.
        for line in below.split("\n")[:-1]:
            for key in self._keys.values():
                try:
                    return note.parse(f"{body}\n\n{line}\n", origin, key)
                except SignatureError:
                    continue
        return None


@post("/add-checkpoint", status_code=200, request_max_body_size=LARGEST)
async def add_checkpoint(request: Request[Any, Any, Any], state: State) -> Response[str]:
    """See the module."""
    watching: Watching = state.watching
    status, media_type, text = await asyncio.to_thread(watching.add, await request.body())
    return Response(text, status_code=status, media_type=media_type)


@get("/", media_type=MediaType.TEXT)
async def who(state: State) -> str:
    """The witness's verifier key, for whoever sets up a log."""
    watching: Watching = state.watching
    return watching.witness.verifier_key + "\n"


def create_witness(watching: Watching) -> Litestar:
    """The witness as an application."""
    return Litestar([add_checkpoint, who], state=State({"watching": watching}), openapi_config=None)
