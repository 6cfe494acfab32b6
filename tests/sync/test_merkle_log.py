"""The centre's log: RFC 6962's reference tree, proofs at every size, and whoever rewrites history is found out."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daiban_sync import merkle
from daiban_sync.errors import ProofError
from daiban_sync.merkle import EMPTY_ROOT, Frontier, Node, leaf_hash, node_hash
from tests.sync.paper_log import Log
from tests.sync.profiles import more

# The leaves and tree heads of the Certificate Transparency project's reference implementation.
REFERENCE = [
    bytes.fromhex(one)
    for one in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
SIZES = range(1, 41)


def mth(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 §2.1's definition, word for word, with hashlib alone."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


DATA = [b"batch %d" % i for i in range(SIZES[-1])]
LOG = Log(DATA)


@pytest.mark.parametrize(("size", "root"), ROOTS.items())
def test_the_reference_tree_has_the_reference_roots(size: int, root: str) -> None:
    log = Log(REFERENCE[:size])
    assert log.frontier.root().hex() == root
    assert mth(REFERENCE[:size]).hex() == root
    assert (log.root(size) if size else EMPTY_ROOT).hex() == root


def test_the_reference_trees_paths_are_the_reference_paths() -> None:
    """The audit path of leaf 0 and the consistency proof of 6 and 8, as that project prints them."""
    log = Log(REFERENCE)
    assert [one.hex() for one in merkle.inclusion(0, 8, log.node)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [one.hex() for one in merkle.consistency(6, 8, log.node)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_of_every_size_is_proven_included_and_nothing_else(size: int) -> None:
    root = mth(DATA[:size])
    assert LOG.root(size) == root
    for index in range(size):
        path = merkle.inclusion(index, size, LOG.node)
        merkle.check_inclusion(index, size, LOG.leaves[index], path, root)
        for forged in _inclusion_forgeries(index, size, path, root):
            with pytest.raises(ProofError, match=r"log\.proof"):
                merkle.check_inclusion(*forged)


def _inclusion_forgeries(index: int, size: int, path: list[bytes], root: bytes) -> list[tuple[object, ...]]:
    leaf, other = LOG.leaves[index], leaf_hash(b"never handed in")
    return [
        (index, size, other, path, root),
        (index, size, leaf, path, other),
        (index, size, leaf, [*path, other], root),
        (size, size, leaf, path, root),
        (-1, size, leaf, path, root),
        *((index, size, leaf, path[:i] + path[i + 1 :], root) for i in range(len(path))),
        *((index, size, leaf, [*path[:i], other, *path[i + 1 :]], root) for i in range(len(path))),
        *((wrong, size, leaf, path, root) for wrong in range(size) if wrong != index),
    ]


@pytest.mark.parametrize("new", SIZES)
def test_every_size_is_proven_a_prefix_of_every_later_one_and_of_no_other(new: int) -> None:
    new_root, other = LOG.root(new), leaf_hash(b"another history")
    for old in range(1, new + 1):
        old_root, path = LOG.root(old), merkle.consistency(old, new, LOG.node)
        merkle.check_consistency(old, new, old_root, new_root, path)
        forgeries = [
            (old, new, other, new_root, path),
            (old, new, old_root, other, path),
            (old, new, old_root, new_root, [*path, other]),
            *((old, new, old_root, new_root, path[:i] + path[i + 1 :]) for i in range(len(path))),
            *((old, new, old_root, new_root, [*path[:i], other, *path[i + 1 :]]) for i in range(len(path))),
            *([(new, old, new_root, old_root, path)] if old != new else []),
            (0, new, EMPTY_ROOT, new_root, path),
        ]
        for forged in forgeries:
            with pytest.raises(ProofError, match=r"log\.proof"):
                merkle.check_consistency(*forged)


# The frontier that a device keeps ------------------------------------------------------------------------------

logs = st.integers(0, len(DATA))


def device_at(size: int) -> Frontier:
    return Log(DATA[:size]).frontier


@settings(max_examples=more(5))
@given(logs, logs, st.sets(st.integers(0, len(DATA) - 1)))
def test_one_small_proof_takes_a_device_from_any_size_to_any_later_one(one: int, two: int, mine: set[int]) -> None:
    start, end = sorted((one, two))
    own = {leaf: LOG.leaves[leaf] for leaf in mine}
    proof = merkle.extension(start, end, sorted(own), LOG.node)
    after = merkle.extend(device_at(start), end, own, proof)
    assert after == device_at(end)
    assert after.root() == mth(DATA[:end])
    inside = sum(start <= leaf < end for leaf in mine)
    assert len(proof) <= 2 * (end.bit_length() + 1) * (inside + 1)


@settings(max_examples=more(5))
@given(st.data())
def test_a_proof_that_leaves_a_device_s_batch_out_leads_to_another_root(data: st.DataObject) -> None:
    """A server that keeps another batch at the receipt's leaf cannot show the signed root to who handed this one in."""
    end = data.draw(st.integers(1, len(DATA)))
    start = data.draw(st.integers(0, end - 1))
    leaf = data.draw(st.integers(start, end - 1))
    proof = merkle.extension(start, end, [leaf], LOG.node)
    honest = merkle.extend(device_at(start), end, {leaf: LOG.leaves[leaf]}, proof)
    cheated = merkle.extend(device_at(start), end, {leaf: leaf_hash(b"what was handed in")}, proof)
    assert honest.root() == LOG.root(end) != cheated.root()


@settings(max_examples=more(5))
@given(st.data())
def test_a_proof_with_a_hash_changed_lost_added_or_moved_is_found_out(data: st.DataObject) -> None:
    end = data.draw(st.integers(2, len(DATA)))
    start = data.draw(st.integers(1, end - 1))
    proof, before = merkle.extension(start, end, [], LOG.node), device_at(start)
    at = data.draw(st.integers(0, len(proof) - 1))
    with pytest.raises(ProofError, match="too short"):
        merkle.extend(before, end, {}, proof[:at] + proof[at + 1 :])
    with pytest.raises(ProofError, match="too long"):
        merkle.extend(before, end, {}, [*proof[:at], bytes(32), *proof[at:]])
    assert merkle.extend(before, end, {}, [*proof[:at], bytes(32), *proof[at + 1 :]]).root() != LOG.root(end)
    if len(set(proof)) > 1:
        assert merkle.extend(before, end, {}, [*proof[1:], proof[0]]).root() != LOG.root(end)


@given(logs, logs)
def test_a_log_that_shrinks_is_refused(one: int, two: int) -> None:
    end, start = sorted((one, two))
    if end == start:
        assert merkle.extend(device_at(start), end, {}, []) == device_at(start)
    else:
        with pytest.raises(ProofError, match=r"log\.shrunk"):
            merkle.extend(device_at(start), end, {}, [])


@given(st.integers(1, len(DATA) - 1), st.integers(0, len(DATA) - 1))
def test_a_log_that_changed_a_leaf_which_the_device_had_verified_is_found_out(start: int, changed: int) -> None:
    forked = Log([*DATA[:changed], b"rewritten", *DATA[changed + 1 :]])
    proof = merkle.extension(start, len(DATA), [], forked.node)
    after = merkle.extend(device_at(start), len(DATA), {}, proof)
    assert (after.root() == forked.frontier.root()) == (changed >= start)


@given(st.integers(0, 2**20), st.integers(0, 12))
def test_a_node_goes_only_where_the_log_ends(size: int, level: int) -> None:
    hashes = tuple(bytes(32) for _ in merkle.perfect(0, size))
    if size % (1 << level):
        with pytest.raises(ProofError, match=r"log\.proof"):
            Frontier(size, hashes).extended(level, bytes(32))
    else:
        after = Frontier(size, hashes).extended(level, bytes(32))
        assert after.size == size + (1 << level)
        assert len(after.hashes) == after.size.bit_count()


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_perfect_nodes_cover_a_range_once_and_in_order(one: int, two: int) -> None:
    start, end = sorted((one, two))
    at, nodes = start, list(merkle.perfect(start, end))
    for level, index in nodes:
        assert index << level == at
        at += 1 << level
    assert at == end
    assert len(nodes) <= 2 * max(1, (end - start).bit_length())


def test_a_leaf_cannot_pass_for_a_node() -> None:
    left, right = LOG.leaves[:2]
    assert node_hash(left, right) != leaf_hash(left + right)


def test_a_million_leaves_need_a_proof_of_a_few_hashes() -> None:
    """Only names are asked for; 132 bytes in the mean were promised at a million leaves."""
    wanted: list[Node] = []

    def name(level: int, index: int) -> bytes:
        wanted.append((level, index))
        return bytes(32)

    proof = merkle.extension(1_000_000, 1_000_030, [1_000_012], name)
    assert len(proof) * 32 <= 320
    assert len(wanted) == len(proof)
