"""A device on a thread of its own, so that a user interface never waits for the disk."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from daiban_client_sdk.device import Device
from daiban_client_sdk.lock import Keystore
from daiban_client_sdk.transport import wall_clock

P = ParamSpec("P")
R = TypeVar("R")


class Threaded:
    """A device that is worked on by one thread, which it starts and ends."""

    def __init__(
        self,
        folder: Path,
        now: Callable[[], int] = wall_clock,
        pin: str | None = None,
        keystore: Keystore | None = None,
        *,
        anyone_may_read: bool = False,
    ) -> None:
        """A store is locked by a `pin`, by the phone's `keystore`, or best by both, from the start and whenever it is
        opened (see `lock`). With neither, entering raises `DeviceError("pin.unset")`, unless you say that
        `anyone_may_read`: then whoever gets hold of the phone reads what people told it.
        """
        self._now = now
        self._opening = functools.partial(Device, folder, now, pin, keystore, anyone_may_read=anyone_may_read)
        self._thread = ThreadPoolExecutor(1, "daiban-store")
        self._device: Device | None = None

    async def __aenter__(self) -> Self:
        self._device = await self._run(self._opening)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        device, self._device = self._device, None
        if device is not None:
            await self._run(device.close)
        self._thread.shutdown()

    @property
    def device(self) -> Device:
        """The device, once the client was entered."""
        if self._device is None:
            raise RuntimeError("enter the client first: async with Client(...) as client")
        return self._device

    async def _run(self, function: Callable[..., R], *arguments: Any) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)


def threaded(
    function: Callable[Concatenate[Device, P], R],
) -> Callable[Concatenate[Threaded, P], Coroutine[Any, Any, R]]:
    """What can be done with a device, as a method that does it on the device's thread: the same arguments, the same
    errors."""

    @functools.wraps(function)
    async def method(self: Threaded, /, *arguments: P.args, **named: P.kwargs) -> R:
        return await self._run(functools.partial(function, self.device, *arguments, **named))

    return method
