"""Strict DER reader (ITU-T X.690 clause 10): slices of the original bytes, never re-encoded.

Everything here raises DerError alone. `parse` reads the whole tree in one pass and proves it well
formed and inside the limits, so that a later step meets only wrong types or values. `Node.at`
reads one element and opens it level by level: for objects too large to hold as a tree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from crypto.errors import CryptoError

__all__ = [
    "BIT_STRING",
    "BMP_STRING",
    "BOOLEAN",
    "ENUMERATED",
    "GENERALIZED_TIME",
    "IA5_STRING",
    "INTEGER",
    "NULL",
    "OCTET_STRING",
    "OID",
    "PRINTABLE_STRING",
    "SEQUENCE",
    "SET",
    "TELETEX_STRING",
    "UNIVERSAL_STRING",
    "UTC_TIME",
    "UTF8_STRING",
    "DerError",
    "Fields",
    "Limits",
    "Node",
    "context",
    "parse",
    "read_header",
]

BOOLEAN = 0x01
INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
NULL = 0x05
OID = 0x06
ENUMERATED = 0x0A
UTF8_STRING = 0x0C
PRINTABLE_STRING = 0x13
TELETEX_STRING = 0x14
IA5_STRING = 0x16
UTC_TIME = 0x17
GENERALIZED_TIME = 0x18
UNIVERSAL_STRING = 0x1C
BMP_STRING = 0x1E
SEQUENCE = 0x30
SET = 0x31

_CONSTRUCTED = 0x20
_CLASS_MASK = 0xC0
_NUMBER_MASK = 0x1F
_LONG_FORM = 0x80
_MAX_LENGTH_OCTETS = 4
"""A length of four octets is 4 GiB; X.690 8.1.3.5 allows 126."""

_MAX_ELEMENTS = 4096
# EXTERNAL and EMBEDDED PDV occur in no format read here; every other universal type is primitive.


class DerError(CryptoError):
    """The bytes are not strict DER, not of the expected type, or beyond a limit."""

    code = "der_malformed"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one foreign object: octets in all, levels of nesting, number of elements."""

    octets: int
    depth: int
    elements: int


def context(number: int, *, constructed: bool = True) -> int:
    """Return the identifier octet of the context-specific tag [number], 0..30."""
    return 0x80 | (_CONSTRUCTED if constructed else 0) | number


def _tag_refusal(tag: int) -> str:
    # Tag numbers over 30 take further octets (X.690 8.1.2.4); no format read here has one.
    if tag & _NUMBER_MASK == _NUMBER_MASK:
        return "high_tag_number"
    # SEQUENCE and SET are constructed (8.9.1, 8.11.1), strings are primitive in DER (10.2).
    series = (tag | _CONSTRUCTED) in {SEQUENCE, SET}
    if tag & _CLASS_MASK == 0 and bool(tag & _CONSTRUCTED) != series:
        return "constructed_bit"
    return ""


_SOUND: Final = bytes(not _tag_refusal(tag) for tag in range(256))


def read_header(data: bytes, start: int, end: int) -> tuple[int, int, int]:
    """Read tag, content start and content end of the element at `start`, all inside `end`."""
    if end - start < 2:  # noqa: PLR2004 - one identifier and one length octet
        raise DerError("truncated")
    tag = data[start]
    if not _SOUND[tag]:  # a table, because every element passes here
        raise DerError(_tag_refusal(tag))
    length = data[start + 1]
    body = start + 2
    if length >= _LONG_FORM:
        count = length & 0x7F
        # 80 is the indefinite form, which DER does not allow (10.1).
        if count == 0 or count > _MAX_LENGTH_OCTETS or body + count > end:
            raise DerError("length")
        length = int.from_bytes(data[body : body + count], "big")
        # The fewest octets that hold it (10.1): one value has one encoding.
        if length < _LONG_FORM or length >> (8 * (count - 1)) == 0:
            raise DerError("length_not_minimal")
        body += count
    if length > end - body:
        raise DerError("truncated")
    return tag, body, body + length


class Node:
    """One element: its identifier octet and its place in the bytes it was read from.

    A plain class without a constructor, made by `at` and `parse`: the checked assignment of a
    frozen one took a third of a validation, the call of a constructor a third of a reading.

    start, body, end  in `data`: where its identifier, its content and what follows it begin
    """

    __slots__ = ("_inner", "body", "data", "end", "start", "tag")

    _inner: "tuple[Node, ...] | None"
    body: int
    data: bytes
    end: int
    start: int
    tag: int

    @property
    def raw(self) -> bytes:
        """The element as found: identifier, length and content."""
        return self.data[self.start : self.end]

    @property
    def content(self) -> bytes:
        """The content octets as found."""
        return self.data[self.body : self.end]

    @property
    def constructed(self) -> bool:
        """Whether the content is a series of elements."""
        return bool(self.tag & _CONSTRUCTED)

    @classmethod
    def at(cls, data: bytes, start: int, end: int) -> Self:
        """Read the element that begins at `start` and may not pass `end`."""
        tag, body, stop = read_header(data, start, end)
        node = cls()
        node.data, node.start, node.body, node.end = data, start, body, stop
        node.tag, node._inner = tag, None
        return node

    def expect(self, tag: int) -> Self:
        """Return itself when its identifier octet is `tag`."""
        if self.tag != tag:
            raise DerError(f"tag_{self.tag:02x}_for_{tag:02x}")
        return self

    def expect_content(self, tag: int) -> bytes:
        """Return the content octets when its identifier octet is `tag`."""
        if self.tag != tag:
            self.expect(tag)
        return self.data[self.body : self.end]

    def children(self) -> Iterator["Node"]:
        """Iterate over the elements inside a constructed element, in order."""
        return iter(self._inner) if self._inner is not None else self._walk()

    def elements(self) -> "tuple[Node, ...]":
        """Return the elements inside; DerError when a lazily opened node has over 4096."""
        if self._inner is not None:
            return self._inner
        if not self.tag & _CONSTRUCTED:
            raise DerError("primitive")
        found: list[Node] = []
        data, at, end = self.data, self.body, self.end
        while at < end:
            if len(found) == _MAX_ELEMENTS:
                raise DerError("too_many")
            found.append(node := Node.at(data, at, end))
            at = node.end
        return tuple(found)

    def _walk(self) -> Iterator["Node"]:
        if not self.tag & _CONSTRUCTED:
            raise DerError("primitive")
        data, at, end = self.data, self.body, self.end
        while at < end:
            yield (node := Node.at(data, at, end))
            at = node.end

    def only_child(self) -> "Node":
        """Return the single element inside, as in EXPLICIT tagging."""
        inner = self.elements()
        if len(inner) != 1:
            raise DerError("one_element_expected")
        return inner[0]

    def pair(self) -> "tuple[Node, Node]":
        """Return both elements of a SEQUENCE of exactly two."""
        inner = self.expect(SEQUENCE).elements()
        if len(inner) != 2:  # noqa: PLR2004 - a pair
            raise DerError("two_elements_expected")
        return inner[0], inner[1]

    def fields(self, tag: int = SEQUENCE) -> "Fields":
        """Open its elements as the fields of a structure with identifier octet `tag`."""
        return Fields(self.expect(tag))


class Fields:
    """The elements of one structure, consumed in order; `end` proves nothing was left over."""

    __slots__ = ("_at", "_inner")

    def __init__(self, node: Node) -> None:
        self._inner = node.elements()
        self._at = 0

    def more(self) -> bool:
        """Whether an element is left."""
        return self._at < len(self._inner)

    def peek(self) -> int | None:
        """Show the identifier octet of the next element; None at the end."""
        return self._inner[self._at].tag if self._at < len(self._inner) else None

    def any(self) -> Node:
        """Take the next element whatever it is."""
        if self._at >= len(self._inner):
            raise DerError("field_missing")
        node = self._inner[self._at]
        self._at += 1
        return node

    def take(self, tag: int) -> Node:
        """Take the next element, which must have this identifier octet."""
        node = self.any()
        return node if node.tag == tag else node.expect(tag)

    def optional(self, tag: int) -> Node | None:
        """Take the next element when it has this identifier octet, else None."""
        if self._at >= len(self._inner):
            return None
        node = self._inner[self._at]
        if node.tag != tag:
            return None
        self._at += 1
        return node

    def end(self) -> None:
        """DerError when an element is left."""
        if self._at < len(self._inner):
            raise DerError("field_unexpected")


def parse(data: bytes, limits: Limits) -> Node:
    """Read one whole object: nothing after it, every nested header sound, within all limits."""
    size = len(data)
    if size > limits.octets:
        raise DerError("too_large")
    node = Node.at(data, 0, size)
    if node.end != size:
        raise DerError("trailing_bytes")
    if node.constructed:
        levels, left = limits.depth - 1, limits.elements - 1
        node._inner = _tree(data, node.body, size, levels, left)[0]  # noqa: SLF001 - of its own module
    return node


def _tree(data: bytes, at: int, end: int, levels: int, left: int) -> tuple[tuple[Node, ...], int]:
    """Read `at`..`end`, nested `levels` deep, `left` elements at most; ends at Limits.depth.

    The short form of a length is read in place, and a node is filled here: a call would cost as
    much again each time.
    """
    if levels <= 0 and at < end:
        raise DerError("too_deep")
    found: list[Node] = []
    while at < end:
        if left <= 0:
            raise DerError("too_many")
        left -= 1
        body = at + 2
        if body <= end and _SOUND[tag := data[at]] and (length := data[at + 1]) < _LONG_FORM:
            stop = body + length
            if stop > end:
                raise DerError("truncated")
        else:
            tag, body, stop = read_header(data, at, end)
        node = Node()
        node.data = data
        node.start = at
        node.body = body
        node.end = stop
        node.tag = tag
        if tag & _CONSTRUCTED:
            node._inner, left = _tree(data, body, stop, levels - 1, left)  # noqa: SLF001 - of its own module
        else:
            node._inner = None  # noqa: SLF001
        found.append(node)
        at = stop
    return tuple(found), left
