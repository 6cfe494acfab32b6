"""What a server says of its backups: how far they reach, and that it was restored from one."""

from typing import Any

from daiban_sync import merkle, note, receipt, restored
from daiban_sync.clock import Interval
from daiban_sync.restored import Horizon, Restored
from tests.vectors import cast

_LATER = cast.NINE + 600 * cast.MINUTE
REACH = Horizon(0, 7, cast.NINE, cast.NINE + cast.MINUTE)
FORK = Restored(1, 41, 5, merkle.leaf_hash(b"any root"), cast.NINE, _LATER)


def restores() -> dict[str, Any]:
    """Both statements as they are signed and as they travel, and what they say of receipts."""
    reach = restored.issue_horizon(cast.RECEIPT, cast.ORIGIN, cast.CENTRE, REACH)
    fork = restored.issue(cast.ROOT, cast.ORIGIN, cast.CENTRE, FORK)
    payload = restored.payload(cast.ORIGIN, cast.CENTRE, fork)
    return {
        "about": "backup horizon and restore; which receipts the horizon covers, and which batches the restore forgot",
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
    }


def _judged(leaf: int, epoch: int) -> dict[str, Any]:
    """What horizon and restore say of a receipt."""
    one = receipt.issue(cast.RECEIPT, cast.FIRST.header, cast.FIRST.digest, leaf, Interval(0, cast.NINE), epoch)
    return {"epoch": epoch, "leaf": leaf, "covered": REACH.covers(one), "forgotten": FORK.forgot(one)}
