"""A clerk takes on what stands in quarantine: some entries of a batch, under his own signature, or none.

What is adopted is handed in once more by the centre's desk, as the clerk's own word: with his authority, at the time of
the adoption (nobody believes what a stolen phone says of time), without ancestors. Each entry says in ``adopted`` which
one of which batch it repeats, so the log shows where it came from, and the batch stays as it was handed in.

The signature is the clerk's passkey over the choice (`daiban_sync.adoption`): an adoption can be shown later to be this
person's and of these entries. The price of the clerk's authority: an adopted value stands in front of an agent's. It is
meant so, since somebody looked at it.
"""

from typing import NamedTuple

import msgspec
from sqlalchemy import bindparam, update

from daiban_server import audit
from daiban_server.db import schema
from daiban_server.db.program import Program, run
from daiban_server.features.devices import quarantined
from daiban_server.http.problems import ProblemError
from daiban_server.keystore import ServerKeys
from daiban_server.spine import desk, log
from daiban_server.spine.desk import Clerk
from daiban_server.spine.effects import Effects
from daiban_sync import adoption
from daiban_sync.outcome import Outcome
from daiban_sync.passkey import Assertion

_q = schema.quarantine.c
_DECIDE = (
    update(schema.quarantine)
    .where(
        _q.centre == bindparam("centre_id"), _q.device == bindparam("device_id"), _q.digest == bindparam("batch_digest")
    )
    .values(decided=bindparam("decision"))
)


class Choice(NamedTuple):
    """What a clerk decides about a batch: the entries' `numbers` to adopt (none: nothing of it), why, and the clerk's
    signature over that (`daiban_sync.passkey`), which a refusal of the whole batch does not need."""

    device: bytes
    digest: bytes
    numbers: tuple[int, ...]
    reason: str
    signature: Assertion | None = None


def decide(
    clerk: Clerk, choice: Choice, keys: ServerKeys, effects: Effects, now: int, secret: bytes
) -> Program[list[Outcome]]:
    """Adopt what was chosen and write the decision down; gives what became of each entry. Raises `ProblemError`:
    ``quarantine.unknown``, ``quarantine.decided``, ``quarantine.entries``; ``quarantine.refused`` with the `numbers` of
    what cannot be applied: then nothing is decided, and the rest can be chosen without them."""
    yield from log.lock(clerk.centre)
    one = yield from quarantined.found(clerk.centre, choice.device, choice.digest)
    if one.decided is not None:
        raise ProblemError("quarantine.decided")
    outcomes: list[Outcome] = []
    if choice.numbers:
        bodies = quarantined.chosen(one, choice.numbers)
        repeated = [
            adoption.repeated(body, clerk.person.hex(), adoption.repeats(one.device, one.digest, number))
            for body, number in zip(bodies, sorted(choice.numbers), strict=True)
        ]
        outcomes = yield from desk.write(clerk, repeated, keys, effects, now, secret)
        # It is decided on once, so what was not taken must not pass for adopted.
        refused = [n for n, one in zip(sorted(choice.numbers), outcomes, strict=True) if one.outcome == "refused"]
        if refused:
            raise ProblemError("quarantine.refused", numbers=refused)
    decision = {
        "at": now,
        "by": clerk.person.hex(),
        "numbers": sorted(choice.numbers),
        "outcomes": [outcome.outcome for outcome in outcomes],
        "reason": choice.reason,
        "signature": _kept(choice.signature) if choice.signature else None,
    }
    named = {"centre_id": clerk.centre, "device_id": choice.device, "batch_digest": choice.digest}
    yield from run(_DECIDE, **named, decision=msgspec.json.encode(decision))
    act = "quarantine.adopt" if choice.numbers else "quarantine.refuse"
    whose = f"{one.device_name}（{one.person}）交来的 {len(one.entries)} 条"
    told = f"{whose}，采用 {len(choice.numbers)} 条" if choice.numbers else f"{whose}，都不采用"
    yield from audit.note(clerk.centre, clerk.person, act, choice.device, choice.reason, now, told)
    return outcomes


def _kept(signature: Assertion) -> dict[str, str]:
    return {name: part.hex() for name, part in signature._asdict().items()}
