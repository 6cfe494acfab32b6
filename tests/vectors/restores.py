"""What a server says of its backups, and how positions count after a restore."""

from typing import Any

from daiban_sync import merkle, note, receipt, restored
from daiban_sync.clock import Interval
from daiban_sync.epochs import Fork, cut
from daiban_sync.merge import EPOCH
from daiban_sync.restored import Horizon, Restored
from tests.vectors import cast

_LATER = cast.NINE + 600 * cast.MINUTE
REACH = Horizon(0, 7, cast.NINE, cast.NINE + cast.MINUTE)
FORK = Restored(1, 41, 5, merkle.leaf_hash(b"any root"), cast.NINE, _LATER)
FORKS = (Fork(1, 41), Fork(2, EPOCH + 50))


def restores() -> dict[str, Any]:
    """Both statements as they are signed and as they travel; what they say of receipts and positions."""
    reach = restored.issue_horizon(cast.RECEIPT, cast.ORIGIN, cast.CENTRE, REACH)
    fork = restored.issue(cast.ROOT, cast.ORIGIN, cast.CENTRE, FORK)
    payload = restored.payload(cast.ORIGIN, cast.CENTRE, fork)
    return {
        "about": "backup horizon and restore; `cut` says how `seen` and `over` of an entry count after `forks`",
        "horizon": {
            "payload": restored.horizon_payload(cast.ORIGIN, cast.CENTRE, reach).hex(),
            "packed": restored.pack_horizon(reach).hex(),
        },
        "restored": {
            "payload": payload.hex(),
            "packed": restored.pack(fork).hex(),
            "first_leaf": merkle.leaf_hash(payload).hex(),
            "log": note.name(cast.ORIGIN, cast.CENTRE, fork.epoch),
        },
        "judged": [_judged(leaf, epoch) for epoch, leaf in ((0, 4), (0, 5), (0, 6), (0, 7), (1, 0), (1, 8))],
        "forks": [fork._asdict() for fork in FORKS],
        "cut": [_cut(seen) for seen in (0, 41, 42, EPOCH - 1, EPOCH + 1, EPOCH + 50, EPOCH + 51, 2 * EPOCH + 1)],
    }


def _judged(leaf: int, epoch: int) -> dict[str, Any]:
    """What horizon and restore say of a receipt."""
    one = receipt.issue(cast.RECEIPT, cast.FIRST.header, cast.FIRST.digest, leaf, Interval(0, cast.NINE), epoch)
    return {"epoch": epoch, "leaf": leaf, "covered": REACH.covers(one), "forgotten": FORK.forgot(one)}


def _cut(seen: int) -> dict[str, Any]:
    listed = {"phone": [1, 41, 42, EPOCH + 50, EPOCH + 51]}
    counts, over = cut(seen, listed, FORKS)
    return {"seen": seen, "over": listed, "counts": counts, "over_counts": {name: list(p) for name, p in over.items()}}
