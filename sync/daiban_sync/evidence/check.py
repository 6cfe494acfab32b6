"""The verifier: pure, offline, from the root key alone.

The steps, in this order; the first that fails ends it:

 1. form       the file is the one form of its content, and no larger than a file may be;
 2. keys       every keyring is the root key's;
 3. devices    every device's key is vouched for under that;
 4. logs       every checkpoint is under a receipt key, and restored logs go on from those before;
 5. batches    every batch, and every save of a spool, was signed by its device;
 6. entries    every entry shown was in what was signed, and is the case's;
 7. receipts   the centre signed for every batch, and the time bounds are right;
 8. inclusion  every batch and every such save stands in the log;
 9. adoptions  what was adopted is what its device signed, and the clerk signed for it by passkey;
10. photos     the centre signed for the photos that entries name, and those shown are what was handed in;
11. texts      the texts are those whose hash stands in what was signed;
12. whole      the server's word on the whole is about this file and no other.
"""

from collections.abc import Callable

from daiban_sync.errors import SyncError
from daiban_sync.evidence import adoptions, custody, pictures, trust, whole
from daiban_sync.evidence.document import decode, ids_of
from daiban_sync.evidence.facts import facts
from daiban_sync.evidence.verdict import NOTES, STEPS, Facts, Found, Step, Verdict
from daiban_sync.keys import check_public_key

_AFTER_FORM: tuple[Callable[[Found], None], ...] = (
    trust.keys,  # 2.
    trust.devices,  # 3.
    trust.logs,  # 4.
    custody.batches,  # 5.
    custody.entries,  # 6.
    custody.receipts,  # 7.
    custody.inclusion,  # 8.
    adoptions.adoptions,  # 9.
    pictures.photos,  # 10.
    whole.texts,  # 11.
    whole.whole,  # 12.
)


def verify(data: bytes, root_key: bytes) -> Verdict:
    """Check a file against the root key, which must come from elsewhere than the file. The code of a failure is that of
    its step, or ``evidence.too_large``, or ``key.unusable`` for a root key that is none."""
    try:
        check_public_key(root_key)
        document = decode(data)  # 1.
        found = Found(document, ids_of(document), root_key)
    except SyncError as error:
        return _failed(0, error, None)
    for number, step in enumerate(_AFTER_FORM, 1):
        try:
            step(found)
        except SyncError as error:
            return _failed(number, error, found)
    shown = facts(found)
    notes = tuple(name for name in NOTES if name in found.notes)
    return Verdict(tuple(Step(name, held=True) for name in STEPS), "", "", "", notes, found.stated, shown)


def _failed(number: int, error: SyncError, found: Found | None) -> Verdict:
    held = [True] * number + [False] + [None] * (len(STEPS) - number - 1)
    steps = tuple(map(Step, STEPS, held))
    code = error.code if number == 0 else f"evidence.{STEPS[number]}"
    return Verdict(steps, code, found.at if found else "", error.detail, (), None, Facts())
