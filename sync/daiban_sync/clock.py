"""Time that can be argued about: a device's claim, and the interval in which it must have been.

A batch names the newest checkpoint of its centre that the device had verified when it froze the batch, so
its entries are no older than their claim allows and no younger than the receipt. The claim clamped to that
interval is the *effective time*; it breaks ties between authors of equal authority and orders nothing else.
Clamping happens once, at receipt; inside the merge it would depend on the order of arrival.
"""

from typing import NamedTuple

MILLISECOND = 1
SECOND = 1000
STALE = 300 * SECOND
"""How far a request signature's `created` may be from the server's clock; beyond, a nonce is asked for."""


class Interval(NamedTuple):
    """Bounds in Unix milliseconds: not before the checkpoint, not after the receipt."""

    earliest: int
    latest: int


def effective(claimed: int, bounds: Interval) -> int:
    """`claimed` brought into `bounds`."""
    return max(bounds.earliest, min(claimed, bounds.latest))


class Offset(NamedTuple):
    """What a device knows of its own clock: server time minus device time, in milliseconds.

    `uncertainty` is half of the round trip in which it was learnt.
    """

    milliseconds: int
    uncertainty: int

    def server_time(self, device_time: int) -> int:
        """What the server's clock shows when the device's shows `device_time`."""
        return device_time + self.milliseconds


def learn(sent: int, received: int, server_time: int) -> Offset:
    """The offset from one signed answer: device clock at sending and receiving, server time between."""
    half = max(0, received - sent) // 2
    return Offset(server_time - (sent + half), half)
