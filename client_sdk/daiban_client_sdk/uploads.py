"""A photo's way to the centre over a link that breaks: a small tus 1.0 client.

It asks the server where the upload stands, sends chunks from there, each with its SHA-256, and when the link
breaks it asks again and goes on from what was confirmed. What is confirmed is never sent twice.
"""

import asyncio
import base64
import hashlib
import random
import time
from collections.abc import AsyncIterator, Callable
from typing import BinaryIO

import httpx2

from daiban_client_sdk.patience import PATIENCE, asked
from daiban_sync.chunks import ChunkPlan, Outcome

_HEADERS = {"Tus-Resumable": "1.0.0"}
_PIECE = 16 * 1024
"""Bytes that must leave within the write time-out: it counts for each piece, not for the chunk."""

_TIMEOUT = httpx2.Timeout(15, read=30)
_PAUSES = (0.2, 0.5, 1, 2, 4, 8, 8)
"""Seconds before each further try without progress; together longer than a server holds a silent link."""

_BY_STATUS = {
    404: "upload.unknown",
    409: "upload.offset",
    410: "ticket.expired",
    413: "upload.too_large",
    423: "upload.busy",
    460: "photo.digest",
}
_PASSING = {"upload.busy", "upload.offset", "upload.checksum", "upload.cut"}
_random = random.SystemRandom()


class UploadError(Exception):
    """`code` is the server's where it gave one; `status` its HTTP status, 0 for a link that stayed cut.

    A new ticket helps on `ticket.invalid`, `ticket.expired`, `upload.unknown` and `photo.digest`; time helps
    on `upload.cut`, `upload.busy` and on `upload.server`, which stands for any 5xx; nothing else does. `after` are the
    seconds that the server asked to be left alone, None where it did not.
    """

    def __init__(self, code: str, status: int = 0, advice: str = "", after: float | None = None) -> None:
        super().__init__(f"{code} ({status})" if status else code)
        self.code, self.status, self.advice, self.after = code, status, advice, after

    @property
    def needs_ticket(self) -> bool:
        """Whether the caller should ask for a new ticket and begin again."""
        return self.status in (404, 410, 460)


async def upload(
    http: httpx2.AsyncClient,
    url: str,
    source: BinaryIO,
    size: int,
    *,
    progress: Callable[[int], None],
    chunks: ChunkPlan | None = None,
) -> None:
    """Bring `size` bytes of the seekable `source` to the ticket's `url`; return when the centre has them all.

    `progress` is told the confirmed offset whenever it is learnt. A cut link is resumed after a pause, up to
    seven times without progress; a server that asks to be left alone for a short while is asked no sooner. Raises
    `UploadError`; what was confirmed stays there for the next call.
    """
    await _Upload(http, url, source, size, progress, chunks or ChunkPlan()).run()


class _Upload:
    def __init__(
        self,
        http: httpx2.AsyncClient,
        url: str,
        source: BinaryIO,
        size: int,
        progress: Callable[[int], None],
        plan: ChunkPlan,
    ) -> None:
        self._http, self._url, self._source, self._size = http, url, source, size
        self._progress, self._plan = progress, plan
        self._chunk = plan.first
        self._furthest = -1
        self._setbacks = 0

    async def run(self) -> None:
        offset: int | None = None
        while offset is None or offset < self._size:
            try:
                offset = await (self._begin() if offset is None else self._send(offset))
            except UploadError as error:
                passing = error.code in _PASSING if error.after is None else error.after <= PATIENCE
                if not passing or self._setbacks == len(_PAUSES):
                    raise
                await self._rest(error.after or 0)
                offset = None
            else:
                self._confirm(offset)

    def _confirm(self, offset: int) -> None:
        if offset > self._furthest:
            self._furthest, self._setbacks = offset, 0
        self._progress(offset)

    async def _rest(self, at_least: float) -> None:
        pause = _PAUSES[self._setbacks]
        self._setbacks += 1
        # Phones that lost the same mast must not come back in the same instant.
        await asyncio.sleep(max(at_least, pause * _random.uniform(0.75, 1.25)))

    async def _begin(self) -> int:
        """Create the upload, or find it again; either way the server says where it stands."""
        return await self._ask("POST", {"Upload-Length": str(self._size)})

    async def _send(self, offset: int) -> int:
        body = await asyncio.to_thread(self._read, offset)
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        headers = {
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(len(body)),
            "Upload-Offset": str(offset),
            "Upload-Checksum": f"sha256 {digest}",
        }
        began = time.monotonic()
        try:
            reached = await self._ask("PATCH", headers, body)
        except UploadError as error:
            if error.code == "upload.cut":
                self._adapt(began, Outcome.CUT)
            raise
        self._adapt(began, Outcome.ARRIVED)
        return reached

    def _adapt(self, began: float, outcome: Outcome) -> None:
        duration = round((time.monotonic() - began) * 1000)
        self._chunk = self._plan.next_size(self._chunk, duration, outcome)

    def _read(self, offset: int) -> bytes:
        self._source.seek(offset)
        body = self._source.read(min(self._chunk, self._size - offset))
        if not body:
            raise UploadError("upload.source")  # the file is shorter than was said
        return body

    async def _ask(self, method: str, headers: dict[str, str], body: bytes = b"") -> int:
        """One request; the Upload-Offset of its answer. A cut link is an `UploadError` like any other."""
        try:
            answer = await self._http.request(
                method,
                self._url,
                headers={**_HEADERS, **headers},
                content=_pieces(body) if body else None,
                timeout=_TIMEOUT,
            )
        except httpx2.TransportError as error:
            raise UploadError("upload.cut") from error
        if not answer.is_success:
            raise _refusal(answer)
        offset = answer.headers.get("upload-offset", "")
        if not offset.isdecimal() or int(offset) > self._size:
            raise UploadError("upload.server", answer.status_code)
        return int(offset)


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), _PIECE):
        yield body[start : start + _PIECE]


def _refusal(answer: httpx2.Response) -> UploadError:
    code, advice = _BY_STATUS.get(answer.status_code, "upload.refused"), ""
    if answer.status_code >= 500:
        code = "upload.server"
    try:
        problem = answer.json()
        code, advice = str(problem["code"]), str(problem["advice"])
    except (ValueError, TypeError, KeyError):
        pass  # a proxy's page, not the centre's words
    return UploadError(code, answer.status_code, advice, asked(answer) if answer.status_code in (429, 503) else None)
