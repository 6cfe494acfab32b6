"""Holding checkpoints against each other: what one was shown and what another was.

A server that keeps two histories can show each phone one that is consistent in itself. It is found out as soon as two
phones, or a phone and a witness, compare.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from daiban_client_sdk.device import Device
from daiban_client_sdk.errors import AlarmError, RefusedError
from daiban_sync import merkle, note
from daiban_sync.errors import ProofError, SignatureError
from daiban_sync.note import Checkpoint


def read(device: Device, seen: str, own: str) -> tuple[Checkpoint | None, Checkpoint | None]:
    """Both checkpoints, if they are of one log; nothing for one of another epoch. Raises
    `RefusedError("checkpoint.signature")` for what this centre's server never signed."""
    epoch = int(device.store.get("epoch", 0))
    theirs = None
    for at in range(epoch + 1):
        name = device.log_name(at)
        if seen.startswith(name + "\n"):
            theirs = _checked(device, seen, name)
            if at != epoch:
                return None, None
    if theirs is None:
        raise RefusedError("checkpoint.signature", "not of this centre's log")
    return theirs, _checked(device, own, device.log_name(epoch)) if own else None


def _checked(device: Device, text: str, name: str) -> Checkpoint:
    body, _, lines = text.partition("\n\n")
    for line in lines.splitlines(keepends=True):
        for key in device.keyring().receipt_keys().values():
            try:
                return note.parse(f"{body}\n\n{line}", name, key)
            except SignatureError:
                continue
    raise RefusedError("checkpoint.signature", "no signature of this server")


def hashes(answer: Mapping[str, Any]) -> list[bytes]:
    """The proof of a server's answer."""
    return [base64.b64decode(one) for one in answer["hashes"]]


def check(small: Checkpoint, large: Checkpoint, proof: Sequence[bytes]) -> None:
    """Raise `AlarmError("log.forked")` unless the smaller log is a prefix of the larger one."""
    try:
        if small.size:
            merkle.check_consistency(small.size, large.size, small.root, large.root, list(proof))
    except ProofError as error:
        raise AlarmError("log.forked", error.detail) from None
