"""Which vector file is made by what, and how they are read and written."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from daiban_sync.errors import WireError
from daiban_sync.frames import split
from tests.vectors import batches, bodies, evidence, logs, merging, restores, sealed, signing, tables, texts

FOLDER = Path(__file__).parent
MADE: Mapping[str, Callable[[], dict[str, Any]]] = {
    "keys": signing.keys,
    "keyring": signing.keyring,
    "enrolment": signing.enrolment,
    "request": signing.requests,
    "entries": texts.entries,
    "batch": batches.batches,
    "receipt": batches.receipts,
    "outcomes": batches.outcomes,
    "dictionary": bodies.dictionary,
    "frames": bodies.small,
    "exchange": bodies.exchange,
    "pull": bodies.pull,
    "hashing": logs.hashing,
    "extension": logs.extensions,
    "checkpoint": logs.checkpoints,
    "merge": merging.stories,
    "restored": restores.restores,
    "sealed": sealed.sealed,
    "evidence": evidence.files,
    "kinds": tables.kinds,
    "limits": tables.caps,
    "problems": tables.problems,
}


def computed() -> dict[str, Any]:
    """All vectors by file name without its ending."""
    return {name: settled(make(), kept(name)) for name, make in MADE.items()}


def kept(name: str) -> Any:
    """What stands in a file; None where there is none, or nothing that can be read."""
    try:
        return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def settled(made: Any, old: Any) -> Any:
    """`made`, as JSON has it, with bodies as they stood where those inflate alike: deflate may differ between builds of
    zlib."""
    if isinstance(made, Mapping):
        before = old if isinstance(old, dict) else {}
        return {
            key: before[key] if key == "body" and _alike(value, before.get(key)) else settled(value, before.get(key))
            for key, value in made.items()
        }
    if isinstance(made, list | tuple):
        stood = old if isinstance(old, list) else []
        return [settled(value, stood[i] if i < len(stood) else None) for i, value in enumerate(made)]
    return made


def _alike(body: str, old: Any) -> bool:
    try:
        return isinstance(old, str) and list(split(bytes.fromhex(old))) == list(split(bytes.fromhex(body)))
    except (ValueError, WireError):
        return False


def text(value: Any) -> str:
    """A vector file's text."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
