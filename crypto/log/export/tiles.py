"""Paths and octets of a tiled log (c2sp.org/tlog-tiles): hash tiles and entry bundles."""

import struct
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from crypto.errors import LogTampered
from crypto.log.file.faults import LogFault
from crypto.log.format.entry import MAX_ENTRY_BYTES
from crypto.log.format.merkle import HASH_BYTES, TILE_BITS, TILE_WIDTH

__all__ = [
    "BUNDLE",
    "MAX_TILE_BYTES",
    "Tiles",
    "encode_bundle",
    "list_paths",
    "parse_bundle",
    "tile_path",
]

BUNDLE = -1
"""The level under which entry bundles are found: `tile/entries/`, beside the hashes of level 0."""

_LENGTH = struct.Struct(">H")
MAX_TILE_BYTES = TILE_WIDTH * (_LENGTH.size + MAX_ENTRY_BYTES)
"""Octets of the largest file: 256 entries. A tile of hashes has 8,192."""


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Return where a tile stands; a width below 256 makes it a partial one."""
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03}")
    kind = "entries" if level == BUNDLE else str(level)
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{kind}/{'/'.join(groups)}{partial}"


def list_paths(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield level, index and width of every tile and bundle of a tree of `size` entries."""
    for level in (BUNDLE, *range((max(size, 1).bit_length() + TILE_BITS - 1) // TILE_BITS)):
        count = size >> (max(level, 0) * TILE_BITS)
        for index in range(count // TILE_WIDTH):
            yield level, index, TILE_WIDTH
        if count % TILE_WIDTH:
            yield level, count // TILE_WIDTH, count % TILE_WIDTH


def encode_bundle(bodies: Sequence[bytes]) -> bytes:
    """Write entries one after the other, each after its length in two octets, big-endian."""
    return b"".join(_LENGTH.pack(len(body)) + body for body in bodies)


def parse_bundle(untrusted: bytes, width: int) -> list[bytes]:
    """Split a bundle of exactly `width` entries; ValueError."""
    bodies, place = [], 0
    for _ in range(width):
        if place + _LENGTH.size > len(untrusted):
            raise ValueError("bundle")
        (length,) = _LENGTH.unpack_from(untrusted, place)
        place += _LENGTH.size + length
        bodies.append(untrusted[place - length : place])
    if place != len(untrusted):
        raise ValueError("bundle")
    return bodies


class Tiles:
    """The hashes of an exported tree of `size` entries, a HashSource for roots and proofs.

    read  returns the file of a path; a tile that is missing or of another length is
          LogTampered(tile)
    """

    def __init__(self, read: Callable[[str], bytes], size: int) -> None:
        self._read = read
        self._size = size
        self.tile = lru_cache(maxsize=64)(self._tile)

    def nodes(self, level: int, start: int, count: int) -> list[bytes]:
        """Return exactly `count` hashes of 256**level ranges beginning with the `start`-th."""
        hashes: list[bytes] = []
        while len(hashes) < count:
            index, offset = divmod(start + len(hashes), TILE_WIDTH)
            found = self.tile(level, index)[offset : offset + count - len(hashes)]
            if not found:
                raise LogTampered(LogFault.TILE)
            hashes += found
        return hashes

    def _tile(self, level: int, index: int) -> list[bytes]:
        width = min((self._size >> (level * TILE_BITS)) - index * TILE_WIDTH, TILE_WIDTH)
        content = self._read(tile_path(level, index, width)) if width > 0 else b""
        if width <= 0 or len(content) != width * HASH_BYTES:
            raise LogTampered(LogFault.TILE, index * TILE_WIDTH if level == 0 else None)
        return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]
