"""What the photo feature asks of others: a store that keeps bytes, and a recorder that signs for them."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol

from .grant import Grant


class Checksum(NamedTuple):
    """What a client says that a chunk hashes to; `algorithm` is one of `CHECKSUMS`."""

    algorithm: str
    digest: bytes


CHECKSUMS = {"sha256": 32, "sha1": 20}
"""Algorithms of tus's checksum extension, and their digests' sizes. sha1 is what tus asks of every server."""


class LinkCutError(Exception):
    """The link broke, or stayed silent too long, before the whole body came."""


class Upload(Protocol):
    """One upload, held by nobody else while the block lasts.

    `offset` and `stored` speak of what survives a power cut.
    """

    @property
    def offset(self) -> int:
        """Bytes that are safe; the grant's size once the photo is stored."""

    @property
    def stored(self) -> bool:
        """Whether this very upload brought the whole photo and the store has it."""

    async def append(self, offset: int, blocks: AsyncIterator[bytes], checksum: Checksum | None = None) -> None:
        """Add what `blocks` yields at `offset`; on return `self.offset` says what is safe.

        Where `blocks` raises `LinkCutError`, what came stays, unless `checksum` was given: then nothing of it
        stays. A refusal changes nothing: `upload.offset`, `upload.too_large`, `upload.checksum`.
        `storage.full` may leave some of the bytes.
        """

    async def finish(self) -> None:
        """Verify the whole and keep it under its hash, safe from a power cut. May be repeated.

        Only at full `offset`. `PhotoError("photo.digest")` for other bytes than those granted, which are
        then gone.
        """

    async def discard(self) -> None:
        """Forget the upload. `PhotoError("upload.stored")` if it is stored: a finished photo stays."""


class PhotoStore(Protocol):
    """Bytes of photos: partial ones by (centre, record, digest), finished ones by (centre, digest).

    Knowing a hash is not having the photo: a second record with the same digest brings the bytes itself.
    """

    def hold(self, grant: Grant, *, create: bool = False) -> AbstractAsyncContextManager[Upload]:
        """The grant's upload, for one holder at a time, in this process or another.

        `PhotoError("upload.busy")` at once if another holds it; `PhotoError("upload.unknown")` if it
        does not exist and `create` is not said.
        """

    async def size(self, centre: bytes, digest: bytes) -> int:
        """Bytes of a finished photo, or `PhotoError("photo.unknown")`."""

    async def forget(self, centre: bytes, digest: bytes) -> None:
        """Delete a finished photo's bytes for ever, or `PhotoError("photo.unknown")`."""

    def read(self, centre: bytes, digest: bytes) -> AsyncIterator[bytes]:
        """A finished photo in blocks, or `PhotoError("photo.unknown")` at the first."""

    async def sweep(self, now: int, age: int) -> int:
        """Forget uploads that rested for `age` milliseconds before `now`; how many. Never a finished photo."""


class Budget(Protocol):
    """What a device may bring in a time. `device` is an id of 16 bytes, `now` Unix milliseconds."""

    def take(self, device: bytes, now: int) -> None:
        """Raises where the device brought too much and has to wait."""

    def charge(self, device: bytes, now: int, *, size: int) -> None:
        """Count bytes that came, kept or not."""


class Recorder(Protocol):
    """Who signs for a stored photo."""

    async def photo_stored(self, grant: Grant) -> None:
        """The photo's bytes are verified and safe. Called at least once for each upload, maybe again."""
