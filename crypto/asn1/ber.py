"""Tolerant BER reader (ITU-T X.690 clause 8) for CMS and PKCS#12, the formats met in BER.

Streaming signers write indefinite lengths and cut OCTET STRINGs into pieces; key stores of НУЦ
and of Java do as well. `definite` brings such an object to definite form once, and everything
after it reads with the strict reader of `crypto.asn1.der`:

- indefinite and non-minimal lengths become minimal definite ones;
- a constructed OCTET STRING becomes a primitive one, the concatenation of its pieces (8.7.3);
- an element that needs neither is copied octet for octet, so certificates and signed attributes
  that were DER inside a BER envelope stay the octets that were signed;
- values are not touched: a BOOLEAN of 01 or an unsorted SET is left for who reads it.

What is read is therefore always what is hashed. RFC 5652 5.4 demands that signed attributes be
hashed in DER whatever they were sent in, which for lengths and pieces is the definite form.
Other constructed strings, tag numbers over 30 and octets after the object are refused: nothing
we may meet writes them. Everything here raises DerError and nothing else.
"""

from collections.abc import Collection
from dataclasses import dataclass

from crypto.asn1.der import OCTET_STRING, SEQUENCE, SET, DerError, Limits, Node

__all__ = ["Definite", "Opaque", "definite", "find_end", "joined_octets"]

Opaque = Collection[tuple[int, ...]]

_CONSTRUCTED = 0x20
_CLASS_MASK = 0xC0
_HIGH_NUMBER = 0x1F
_LONG_FORM = 0x80
_MAX_LENGTH_OCTETS = 8
_END_OF_CONTENTS = b"\x00\x00"
_SERIES = (SEQUENCE, SET)


@dataclass(frozen=True, slots=True, repr=False)
class Definite:
    """An object in definite form; `was_ber` False: it is the very bytes that were given."""

    der: bytes
    was_ber: bool


def definite(untrusted: bytes, limits: Limits, *, opaque: Opaque = ()) -> Definite:
    """Bring one whole object to definite form, within `limits`; DerError.

    opaque  paths of identifier octets from the root, e.g. (0x30, 0xA0, 0x30, 0xA1) for the lists
            inside SignedData. An element of definite length directly below such a path is copied
            unread, counted as one: a list of half a million entries costs nothing here, and who
            opens it reads it with its own limits.
    """
    if len(untrusted) > limits.octets:
        raise DerError("too_large")
    reader = _Reader(untrusted, limits, frozenset(opaque))
    whole, end = reader.element(0, len(untrusted), ())
    if end != len(untrusted):
        raise DerError("trailing_bytes")
    if not whole.changed:
        return Definite(untrusted, was_ber=False)
    return Definite(b"".join(whole.pieces), was_ber=True)


def find_end(untrusted: bytes, limits: Limits, *, opaque: Opaque = ()) -> int:
    """Return where the object at the beginning ends; DerError. What follows it is not read.

    An object of definite length is not opened.
    """
    reader = _Reader(untrusted, limits, frozenset({(), *opaque}))
    return reader.element(0, len(untrusted), ())[1]


def joined_octets(node: Node, tag: int) -> bytes:
    """Read an OCTET STRING under an IMPLICIT context tag, whole or in pieces.

    tag  identifier octet of the primitive form, e.g. 0x80 for [0]. Without the schema nobody can
         tell [0] IMPLICIT in pieces from [0] EXPLICIT, so `definite` leaves these as they are.
    """
    if node.tag == tag:
        return node.content
    node.expect(tag | _CONSTRUCTED)
    return b"".join(piece.expect(OCTET_STRING).content for piece in node.children())


@dataclass(slots=True)
class _Part:
    """Octets of one element in definite form, not joined yet."""

    pieces: list[memoryview | bytes]
    length: int
    changed: bool


class _Reader:
    def __init__(self, data: bytes, limits: Limits, opaque: frozenset[tuple[int, ...]]) -> None:
        self._data = data
        self._view = memoryview(data)
        self._limits = limits
        self._opaque = opaque
        self._left = limits.elements

    def element(self, start: int, end: int, path: tuple[int, ...]) -> tuple[_Part, int]:
        """Read the element at `start` and return it with the place after it."""
        self._count(len(path) + 1)
        tag, body, length, minimal = self._header(start, end)
        if length is not None and (not tag & _CONSTRUCTED or path in self._opaque):
            stop = body + length
            if minimal:
                return self._slice(start, stop), stop
            return self._wrap(tag, [self._view[body:stop]], length), stop
        if tag == OCTET_STRING | _CONSTRUCTED:
            pieces, stop = self._octets(body, end, length, len(path) + 1)
            return self._wrap(OCTET_STRING, pieces, sum(map(len, pieces))), stop
        parts, stop = self._children(body, end, length, (*path, tag))
        if length is not None and minimal and not any(part.changed for part in parts):
            return self._slice(start, stop), stop
        inner = [piece for part in parts for piece in part.pieces]
        return self._wrap(tag, inner, sum(part.length for part in parts)), stop

    def _children(
        self, body: int, end: int, length: int | None, path: tuple[int, ...]
    ) -> tuple[list[_Part], int]:
        parts: list[_Part] = []
        at, stop = body, end if length is None else body + length
        while not self._is_at_end(at, stop, length):
            part, at = self.element(at, stop, path)
            parts.append(part)
        return parts, at + (2 if length is None else 0)

    def _octets(
        self, body: int, end: int, length: int | None, depth: int
    ) -> tuple[list[memoryview | bytes], int]:
        """Collect the contents of the pieces of a constructed OCTET STRING."""
        pieces: list[memoryview | bytes] = []
        at, stop = body, end if length is None else body + length
        while not self._is_at_end(at, stop, length):
            self._count(depth + 1)
            tag, inner, size, _ = self._header(at, stop)
            if tag == OCTET_STRING and size is not None:
                pieces.append(self._view[inner : inner + size])
                at = inner + size
            elif tag == OCTET_STRING | _CONSTRUCTED:
                nested, at = self._octets(inner, stop, size, depth + 1)
                pieces += nested
            else:
                raise DerError("string_piece")
        return pieces, at + (2 if length is None else 0)

    def _is_at_end(self, at: int, stop: int, length: int | None) -> bool:
        if length is not None:
            return at == stop
        return self._data[at : min(at + 2, stop)] == _END_OF_CONTENTS

    def _count(self, depth: int) -> None:
        if depth > self._limits.depth:
            raise DerError("too_deep")
        self._left -= 1
        if self._left < 0:
            raise DerError("too_many")

    def _header(self, start: int, end: int) -> tuple[int, int, int | None, bool]:
        """Return identifier octet, content start, length (None: indefinite), minimal or not."""
        if end - start < 2:  # noqa: PLR2004 - one identifier and one length octet
            raise DerError("truncated")
        tag, first, body = self._data[start], self._data[start + 1], start + 2
        _refuse_tag(tag)
        if first == _LONG_FORM:
            if not tag & _CONSTRUCTED:
                raise DerError("length")
            return tag, body, None, False
        length, minimal = first, True
        if first > _LONG_FORM:
            count = first & 0x7F
            if count > _MAX_LENGTH_OCTETS or body + count > end:
                raise DerError("length")
            length = int.from_bytes(self._data[body : body + count], "big")
            minimal = length >= _LONG_FORM and length >> (8 * (count - 1)) != 0
            body += count
        if length > end - body:
            raise DerError("truncated")
        return tag, body, length, minimal

    def _slice(self, start: int, stop: int) -> _Part:
        return _Part([self._view[start:stop]], stop - start, changed=False)

    @staticmethod
    def _wrap(tag: int, inner: list[memoryview | bytes], length: int) -> _Part:
        if length < _LONG_FORM:
            header = bytes((tag, length))
        else:
            size = length.to_bytes((length.bit_length() + 7) // 8, "big")
            header = bytes((tag, _LONG_FORM | len(size))) + size
        return _Part([header, *inner], len(header) + length, changed=True)


def _refuse_tag(tag: int) -> None:
    if tag & _HIGH_NUMBER == _HIGH_NUMBER:
        raise DerError("high_tag_number")
    if tag & _CLASS_MASK == 0:
        series = (tag | _CONSTRUCTED) in _SERIES
        pieces = tag == OCTET_STRING | _CONSTRUCTED
        if bool(tag & _CONSTRUCTED) != (series or pieces):
            raise DerError("constructed_bit")
        if tag == 0:
            raise DerError("end_of_contents")
