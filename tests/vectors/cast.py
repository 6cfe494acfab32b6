"""Who and what the vectors are about: fixed keys, ids and times.

王芳 is an agent of the centre 建民; her phone hands in what she collected at the home of 张桂兰 in 青山村. The seeds
are for all to see, so no server may ever use them.
"""

from typing import Any

from daiban_schemas import entry
from daiban_sync import batch, ids, keyring, limits, note
from daiban_sync.batch import Batch, Header
from daiban_sync.chain import Chain
from daiban_sync.keyring import Keyring, ServerKey
from daiban_sync.keys import SoftwareKey

NINE = 1_795_568_400_000
"""2026-11-25 09:00 in China, in Unix milliseconds."""
MINUTE = 60_000

ORIGIN, CENTRE, DEVICE = b"hanbin-district-", b"centre--jianmin-", b"phone-of-wangfan"
OTHER_DEVICE, DESK = b"phone-of-liuqian", b"desk-of-jianmin-"
VILLAGE = b"village-qingshan"
HOUSEHOLD = ids.uuid7(NINE, bytes(range(10)))
APPLICATION = ids.uuid7(NINE + MINUTE, bytes(range(10, 20)))
PHOTO = ids.uuid7(NINE + 2 * MINUTE, bytes(range(20, 30)))

SEEDS = {"root": bytes([1]) * 32, "receipt": bytes([2]) * 32, "desk": bytes([3]) * 32, "device": bytes([4]) * 32}
ROOT, RECEIPT, DESK_KEY, PHONE = map(SoftwareKey, SEEDS.values())
LOG = note.name(ORIGIN, CENTRE)

RING = Keyring(
    1,
    ORIGIN.hex(),
    NINE - 1000 * MINUTE,
    (ServerKey("receipt", RECEIPT.public_key.hex()), ServerKey("desk", DESK_KEY.public_key.hex())),
)
SIGNED_RING = keyring.issue(ROOT, RING)

CREATED = entry.change(
    HOUSEHOLD.hex(),
    "household",
    {"place": VILLAGE.hex(), "head": "张桂兰", "phone": "13700000000"},
    seen=0,
    at=NINE,
)
EDITED = entry.change(HOUSEHOLD.hex(), "household", {"phone": "13700000001"}, seen=41, at=NINE, over={"phone": [41]})
ASKED = entry.command(APPLICATION.hex(), "application", "submit", expected=1, at=NINE + MINUTE)
REPORTED = entry.report(APPLICATION.hex(), "application", "collected", {"papers": ["居民身份证"]}, at=NINE + 2 * MINUTE)


def header(chain: Chain, count: int, **changes: Any) -> Header:
    """The header of the phone's batch after `chain`."""
    made = Header(
        protocol=limits.PROTOCOL,
        flags=0,
        origin=ORIGIN,
        centre=CENTRE,
        device=DEVICE,
        sequence=chain.sequence + 1,
        previous=chain.digest,
        checkpoint_size=0,
        checkpoint=batch.NO_CHECKPOINT,
        first=chain.number + 1,
        entry_count=count,
    )
    return made._replace(**changes)


def sealed(chain: Chain, secret: int, *entries: bytes, **changes: Any) -> Batch:
    """The phone's batch after `chain`; its secret is 32 times one byte."""
    return batch.seal(header(chain, len(entries), **changes), bytes([secret]) * 32, entries, PHONE)


FIRST = sealed(Chain(), 7, CREATED, REPORTED)
"""The phone's first batch: it has verified no checkpoint yet."""
