"""The tree against RFC 6962's own recursive definition."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.log.format.merkle import (
    EMPTY_ROOT,
    TILE_WIDTH,
    Frontier,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    range_root,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(bytes([n % 256, n // 256])) for n in range(700)]


def definition(leaves):
    """RFC 6962 section 2.1, MTH, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(definition(leaves[:k]), definition(leaves[k:]))


class MemoryHashes:
    """Leaves and tiles in memory, as rows of the store would be."""

    def __init__(self, leaves):
        self.levels = [list(leaves), []]
        for start in range(0, len(leaves) - TILE_WIDTH + 1, TILE_WIDTH):
            self.levels[1].append(definition(leaves[start : start + TILE_WIDTH]))

    def nodes(self, level, start, count):
        found = self.levels[level][start : start + count]
        assert len(found) == count
        return found


HASHES = MemoryHashes(LEAVES)
SIZES = st.integers(min_value=1, max_value=len(LEAVES))


def test_hashes_are_separated_by_their_prefix():
    assert leaf_hash(b"") == hashlib.sha256(b"\x00").digest()
    assert node_hash(b"a", b"b") == hashlib.sha256(b"\x01ab").digest()
    assert Frontier().root() == EMPTY_ROOT


def test_the_frontier_has_the_defined_root_at_every_size_and_names_every_tile():
    frontier, tiles = Frontier(), []
    for size, leaf in enumerate(LEAVES[:520], start=1):
        frontier, new = frontier.push(leaf)
        tiles += new
        if size < 70 or size % 64 < 2:
            assert frontier.root() == definition(LEAVES[:size])
    assert [(t.level, t.index, t.root) for t in tiles] == [
        (1, 0, HASHES.levels[1][0]),
        (1, 1, HASHES.levels[1][1]),
    ]


@settings(max_examples=60, deadline=None)
@given(SIZES)
def test_a_reloaded_frontier_is_the_pushed_one(size):
    frontier = Frontier.load(HASHES, size)
    assert frontier.size == size
    assert frontier.root() == definition(LEAVES[:size]) == range_root(HASHES, 0, size)


@settings(max_examples=80, deadline=None)
@given(SIZES, st.data())
def test_an_inclusion_path_leads_to_the_root_and_nothing_else_does(size, data):
    index = data.draw(st.integers(0, size - 1))
    root = definition(LEAVES[:size])
    path = inclusion_path(HASHES, index, size)
    assert verify_inclusion(LEAVES[index], index, size, path, root)
    assert not verify_inclusion(leaf_hash(b"other"), index, size, path, root)
    assert not verify_inclusion(LEAVES[index], index, size, (*path, root), root)
    assert not verify_inclusion(LEAVES[index], index, size, path, EMPTY_ROOT)
    assert not verify_inclusion(LEAVES[index], size, size, path, root)
    if path:
        assert not verify_inclusion(LEAVES[index], index, size, path[:-1], root)


@settings(max_examples=120, deadline=None)
@given(SIZES, st.data())
def test_a_consistency_path_joins_two_roots_and_nothing_else_does(new, data):
    old = data.draw(st.integers(0, new))
    old_root, new_root = definition(LEAVES[:old]), definition(LEAVES[:new])
    path = consistency_path(HASHES, old, new)
    assert verify_consistency(old, new, path, old_root, new_root)
    assert not verify_consistency(old, new, (*path, new_root), old_root, new_root)
    assert not verify_consistency(old, new, path, leaf_hash(b"x"), new_root)
    if path:
        assert not verify_consistency(old, new, path[:-1], old_root, new_root)
        assert not verify_consistency(old, new, path, old_root, leaf_hash(b"x"))


def test_trees_do_not_shrink():
    assert not verify_consistency(2, 1, (), LEAVES[0], LEAVES[0])
    assert not verify_consistency(3, 5, (), definition(LEAVES[:3]), definition(LEAVES[:5]))


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 512, 700])
def test_second_preimage_of_a_node_as_a_leaf_is_no_member(size):
    if size < 2:
        assert inclusion_path(HASHES, 0, size) == ()
        return
    root = definition(LEAVES[:size])
    forged = leaf_hash(LEAVES[0] + LEAVES[1])
    path = inclusion_path(HASHES, 0, size)
    assert not verify_inclusion(forged, 0, (size + 1) // 2, path[1:], root)
