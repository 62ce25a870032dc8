"""The Merkle tree of RFC 6962 over SHA-256: hashes, frontier, inclusion and consistency proofs.

Stored interior hashes are roots of complete ranges of 256**level leaves ("tiles"); everything
between is folded on demand, so a proof in a tree of a million leaves reads at most 3 * 255 hashes.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "TILE_BITS",
    "TILE_WIDTH",
    "Frontier",
    "HashSource",
    "Tile",
    "consistency_path",
    "inclusion_path",
    "leaf_hash",
    "node_hash",
    "range_hash",
    "range_root",
    "verify_consistency",
    "verify_inclusion",
]

HASH_BYTES = 32
TILE_BITS = 8
"""Height of a tile, as c2sp.org/tlog-tiles has it, so that an export copies the hashes."""

TILE_WIDTH = 1 << TILE_BITS
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""MTH({}) of RFC 6962, section 2.1."""


def leaf_hash(data: bytes) -> bytes:
    """Hash one entry: SHA-256(00 ‖ data) (RFC 6962, section 2.1)."""
    # 00 here and 01 below keep an inner node from being shown as a leaf, which would give two
    # trees one root.
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two children: SHA-256(01 ‖ left ‖ right) (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Tile:
    """The root of the `index`-th complete range of 256**level leaves; level >= 1."""

    level: int
    index: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Frontier:
    """The peaks of a tree of `size` leaves, largest first: one per set bit of the size."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def push(self, leaf: bytes) -> tuple["Frontier", tuple[Tile, ...]]:
        """Add one leaf hash; return the new frontier and the tiles it completed."""
        return self._merge(leaf, 0)

    def push_tile(self, root: bytes) -> tuple["Frontier", tuple[Tile, ...]]:
        """Add TILE_WIDTH leaves by their root, to a tree of complete tiles; the tile is among them.

        The peaks below it are empty then, so the root takes the place that its leaves would.
        """
        frontier, above = self._merge(root, TILE_BITS)
        return frontier, (Tile(1, self.size >> TILE_BITS, root), *above)

    def _merge(self, carry: bytes, level: int) -> tuple["Frontier", tuple[Tile, ...]]:
        """Add the root of a range of 2**level leaves, by which the size is divisible."""
        peaks = list(self.peaks)
        added, bits = 1 << level, self.size >> level
        tiles: list[Tile] = []
        # Adding a leaf is a binary increment: every trailing 1 of the size is a peak that merges.
        while bits & 1:
            carry = node_hash(peaks.pop(), carry)
            bits >>= 1
            level += 1
            if level % TILE_BITS == 0:
                tiles.append(Tile(level // TILE_BITS, self.size >> level, carry))
        peaks.append(carry)
        return Frontier(self.size + added, tuple(peaks)), tuple(tiles)

    def root(self) -> bytes:
        """Return the tree's root; the empty tree's is SHA-256 of nothing."""
        if not self.peaks:
            return EMPTY_ROOT
        # The right part is always the smaller one (k in RFC 6962, section 2.1), so fold from there.
        root = self.peaks[-1]
        for peak in self.peaks[-2::-1]:
            root = node_hash(peak, root)
        return root

    @classmethod
    def load(cls, source: "HashSource", size: int) -> "Frontier":
        """Rebuild the frontier of the first `size` leaves from stored hashes."""
        peaks: list[bytes] = []
        start = 0
        for level in reversed(range(size.bit_length())):
            if size >> level & 1:
                peaks.append(_subtree(source, level, start >> level))
                start += 1 << level
        return cls(size, tuple(peaks))


class HashSource(Protocol):
    """Where stored hashes come from: leaves are level 0, tiles level >= 1."""

    def nodes(self, level: int, start: int, count: int) -> Sequence[bytes]:
        """Return exactly `count` hashes of 256**level ranges beginning with the `start`-th."""
        ...


def _subtree(source: HashSource, bits: int, index: int) -> bytes:
    """Return the root of the `index`-th complete range of 2**bits leaves."""
    level, inner = divmod(bits, TILE_BITS)
    return range_hash(source.nodes(level, index << inner, 1 << inner))


def range_hash(hashes: Sequence[bytes]) -> bytes:
    """Return the root over the hashes of 2**n ranges of one size."""
    row = list(hashes)
    while len(row) > 1:
        pairs = iter(row)
        row = [node_hash(left, right) for left, right in zip(pairs, pairs, strict=True)]
    return row[0]


def _split(count: int) -> int:
    """Return k, the largest power of two smaller than count >= 2 (RFC 6962, section 2.1)."""
    return 1 << (count - 1).bit_length() - 1


def range_root(source: HashSource, start: int, stop: int) -> bytes:
    """Return MTH(D[start:stop]); start is a multiple of the range's power of two."""
    count = stop - start
    if count & (count - 1) == 0:
        bits = count.bit_length() - 1
        return _subtree(source, bits, start >> bits)
    middle = start + _split(count)
    return node_hash(range_root(source, start, middle), range_root(source, middle, stop))


def inclusion_path(source: HashSource, index: int, size: int) -> tuple[bytes, ...]:
    """Return PATH(index, D[size]), the leaf's sibling first; 0 <= index < size.

    RFC 6962, section 2.1.1, whose recursion is unrolled from the root down.
    """
    path: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(range_root(source, middle, stop))
            stop = middle
        else:
            path.append(range_root(source, start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_path(source: HashSource, old: int, new: int) -> tuple[bytes, ...]:
    """Return PROOF(old, D[new]); 0 <= old <= new, empty when either tree is trivial.

    RFC 6962, section 2.1.2, whose recursion is unrolled from the root down.
    """
    if old in (0, new):
        return ()
    path: list[bytes] = []
    # `whole` is b of SUBPROOF: the verifier has the old root, so it is not sent.
    start, stop, whole = 0, new, True
    while stop != old:
        middle = start + _split(stop - start)
        if old <= middle:
            path.append(range_root(source, middle, stop))
            stop = middle
        else:
            path.append(range_root(source, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(range_root(source, start, stop))
    return tuple(reversed(path))


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Whether the path leads from the leaf hash to the root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, computed = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            computed = node_hash(sibling, computed)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and computed == root


def verify_consistency(
    old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Whether the old tree is a prefix of the new one (RFC 9162, section 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    # Step 1: where the old size is a power of two its root is the first node, and is not sent.
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not hashes:
        return False
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    from_old = from_new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            from_old, from_new = node_hash(sibling, from_old), node_hash(sibling, from_new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            from_new = node_hash(from_new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and from_old == old_root and from_new == new_root
