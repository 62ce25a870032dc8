"""Which rows of one chunk of the log have a term: a list of places, or a bit for each row."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["CHUNK", "PostingDamaged", "count_rows", "decode_rows", "encode_rows", "mark_rows"]

CHUNK: Final = 16_384
"""Rows of the log that one posting is of; a place in it fits into two octets."""

_LIST, _BITS = b"L", b"B"
_BITMAP_OCTETS: Final = CHUNK // 8
_MOST_LISTED: Final = _BITMAP_OCTETS // 2


class PostingDamaged(Exception):
    """The octets are no posting: somebody has edited the index, or the disk has."""


def encode_rows(places: Sequence[int]) -> bytes:
    """Encode ascending places in a chunk in the shorter of the two forms."""
    listed = np.asarray(places, dtype="<u2")
    if len(listed) <= _MOST_LISTED:
        return _LIST + listed.tobytes()
    bits = np.zeros(CHUNK, dtype=np.uint8)
    bits[listed] = 1
    return _BITS + np.packbits(bits, bitorder="little").tobytes()


def decode_rows(untrusted: bytes) -> NDArray[np.intp]:
    """Return the places, ascending; raises PostingDamaged."""
    form, octets = untrusted[:1], untrusted[1:]
    if form == _BITS and len(octets) == _BITMAP_OCTETS:
        bits = np.unpackbits(np.frombuffer(octets, np.uint8), bitorder="little")
        return np.flatnonzero(bits)
    if form == _LIST and len(octets) % 2 == 0:
        places = np.frombuffer(octets, "<u2").astype(np.intp)
        if not len(places) or (places[-1] < CHUNK and bool(np.all(np.diff(places) > 0))):
            return places
    raise PostingDamaged


def count_rows(untrusted: bytes) -> int:
    """Return how many rows have the term; raises PostingDamaged."""
    return len(decode_rows(untrusted))


def mark_rows(mask: NDArray[np.bool_], chunk: int, untrusted: bytes) -> None:
    """Mark the rows of a posting; raises PostingDamaged for one beyond the end."""
    places = decode_rows(untrusted) + chunk * CHUNK
    if len(places) and places[-1] >= len(mask):
        raise PostingDamaged
    mask[places] = True
