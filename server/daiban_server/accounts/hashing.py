"""Argon2id, a few hashes at a time: each takes 64 MiB, so whoever may ask for many at once takes all memory."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import cached_property

import argon2

from daiban_server.http.problems import ProblemError

AT_ONCE = 2
"""Hashes under way: 128 MiB with the library's parameters (RFC 9106, low memory)."""
WAITING = 40
"""Requests that may wait for their turn, some seconds at most; others are asked to come again."""


class Hashing:
    """Hashes and verifies passwords in threads. `hasher` says what a hash costs; weaker ones are renewed at sign-in."""

    def __init__(self, hasher: argon2.PasswordHasher | None = None) -> None:
        self._hasher = hasher or argon2.PasswordHasher()
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """A hash with a salt of its own. Raises `ProblemError("server.busy")`."""
        async with self._in_turn():
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, hashed: str | None, password: str) -> bool:
        """Whether the password is right. None, for nobody, takes as long and is wrong. Raises as `hash`."""
        async with self._in_turn():
            return await asyncio.to_thread(self._fits, hashed, password)

    def is_weak(self, hashed: str) -> bool:
        """Whether a hash costs less than those of today."""
        return self._hasher.check_needs_rehash(hashed)

    def _fits(self, hashed: str | None, password: str) -> bool:
        try:
            self._hasher.verify(hashed or self._nobody, password)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False
        return hashed is not None

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("nobody has this password")

    @contextlib.asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        if self._waiting >= WAITING:
            raise ProblemError("server.busy", {"Retry-After": "5"})
        self._waiting += 1
        try:
            async with self._turn:
                yield
        finally:
            self._waiting -= 1


def hash_password(password: str) -> str:
    """Argon2id with the library's parameters, for who sets a district up: takes a tenth of a second, here and now."""
    return argon2.PasswordHasher().hash(password)
