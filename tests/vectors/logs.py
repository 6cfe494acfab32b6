"""The log: hashing, checkpoints, and the proof that takes a device from one checkpoint to the next."""

from typing import Any

from daiban_sync import merkle, note
from daiban_sync.errors import ProofError
from daiban_sync.merkle import Frontier
from tests.sync.paper_log import Log
from tests.vectors import cast

SIZE = 40
LOG = Log([b"leaf %d" % n for n in range(SIZE)])
_CASES = (
    (0, 0, ()),
    (0, 1, ()),
    (0, 1, (0,)),
    (0, 7, ()),
    (0, 7, (2, 5)),
    (1, 2, ()),
    (1, 2, (1,)),
    (3, 4, (3,)),
    (3, 9, (4,)),
    (5, 5, ()),
    (5, 8, (5, 6, 7)),
    (6, 16, ()),
    (7, 21, (8, 20)),
    (8, 16, (12,)),
    (13, 40, (13, 27, 39)),
    (31, 33, ()),
    (32, 40, (33,)),
)


def hashing() -> dict[str, Any]:
    """Leaves, nodes and roots of small logs."""
    return {
        "about": "RFC 6962 hashing; leaf n is the text `leaf n`; a frontier lists perfect subtrees, left first",
        "leaves": [leaf.hex() for leaf in LOG.leaves],
        "roots": [
            {"size": size, "root": LOG.root(size).hex(), "frontier": _frontier(size)} for size in range(SIZE + 1)
        ],
    }


def _frontier(size: int) -> list[str]:
    return [LOG.node(*node).hex() for node in merkle.perfect(0, size)]


def extensions() -> dict[str, Any]:
    """Proofs of several sizes, and some that must be refused."""
    return {
        "about": "the proof from `start` leaves to `end` of the log of hashing.json; `own` are the device's new leaves",
        "cases": [_case(start, end, own) for start, end, own in _CASES],
        "refused": _refused(),
    }


def _case(start: int, end: int, own: tuple[int, ...]) -> dict[str, Any]:
    proof = merkle.extension(start, end, own, LOG.node)
    hashes = {leaf: LOG.leaves[leaf] for leaf in own}
    reached = merkle.extend(_at(start), end, hashes, proof)
    assert reached.root() == LOG.root(end), "the proof leads to the log's root"
    return {
        "start": start,
        "end": end,
        "own": {str(leaf): digest.hex() for leaf, digest in hashes.items()},
        "nodes": [list(node) for node in merkle.extension_nodes(start, end, own)],
        "frontier": [one.hex() for one in _at(start).hashes],
        "proof": [one.hex() for one in proof],
        "reached": [one.hex() for one in reached.hashes],
        "root": reached.root().hex(),
    }


def _at(size: int) -> Frontier:
    return Frontier(size, tuple(LOG.node(*node) for node in merkle.perfect(0, size)))


def _refused() -> list[dict[str, Any]]:
    whole = merkle.extension(7, 21, (8, 20), LOG.node)
    odd = [whole[0], whole[2], whole[1], *whole[3:]]
    cases: tuple[tuple[str, int, int, tuple[int, ...], list[bytes]], ...] = (
        ("too short", 7, 21, (8, 20), whole[:-1]),
        ("too long", 7, 21, (8, 20), [*whole, whole[0]]),
        ("hashes in another order", 7, 21, (8, 20), odd),
        ("a leaf of one's own is missing", 7, 21, (8,), whole),
        ("a leaf of one's own stands elsewhere", 7, 21, (9, 20), whole),
        ("the log has shrunk", 21, 7, (), []),
    )
    return [_wrong(*case) for case in cases]


def _wrong(why: str, start: int, end: int, own: tuple[int, ...], proof: list[bytes]) -> dict[str, Any]:
    hashes = {leaf: LOG.leaves[leaf] for leaf in own}
    try:
        code = "log.forked" if merkle.extend(_at(start), end, hashes, proof).root() != LOG.root(end) else ""
    except ProofError as error:
        code = error.code
    assert code, "a wrong proof is refused"
    return {
        "why": why,
        "start": start,
        "end": end,
        "own": {str(leaf): digest.hex() for leaf, digest in hashes.items()},
        "frontier": [one.hex() for one in _at(start).hashes],
        "proof": [one.hex() for one in proof],
        "root": LOG.root(end).hex(),
        "code": code,
    }


def checkpoints() -> dict[str, Any]:
    """One checkpoint of a log of seven leaves."""
    made = note.issue(cast.RECEIPT, cast.LOG, 7, LOG.root(7), cast.NINE)
    return {
        "about": "a checkpoint as C2SP signed note, as it travels, and the digest by which a batch names it",
        "log": cast.LOG,
        "text": note.text(cast.LOG, 7, LOG.root(7), cast.NINE),
        "note": note.note(made, cast.LOG),
        "verifier_key": note.verifier_key(cast.LOG, cast.RECEIPT.public_key),
        "packed": note.pack(made).hex(),
        "digest": note.digest(made, cast.LOG).hex(),
    }
