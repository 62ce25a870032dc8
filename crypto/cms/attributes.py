"""Attributes of a SignerInfo (RFC 5652 5.3): signed ones strictly, unsigned ones forgivingly.

What the signer signed must be sound. What others added afterwards (time-stamps, certificates
and lists of CAdES-LT, archive time-stamps of any version) proves only what is verified of it, so
an attribute that cannot be read is counted and left.
"""

from dataclasses import dataclass
from itertools import islice

from crypto.asn1 import values as v
from crypto.asn1.der import SEQUENCE, SET, DerError, Node

__all__ = [
    "Attribute",
    "read_bounded",
    "read_signed_attributes",
    "read_unsigned_attributes",
    "sort_attributes",
]

_MAX_ATTRIBUTES = 64
_MAX_VALUES = 64
# SET OF Attribute, SEQUENCE { attrType, attrValues }, and the values in their SET.
_ATTRIBUTE_DEPTH = 3
_CONSTRUCTED = 0x20


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute and its values, each one element."""

    oid: str
    values: tuple[Node, ...]


def read_bounded(node: Node | None, maximum: int) -> tuple[Node, ...]:
    """Return the elements inside, none without a node; DerError(`too_many`) beyond `maximum`."""
    if node is None:
        return ()
    children = tuple(islice(node.children(), maximum + 1))
    if len(children) > maximum:
        raise DerError("too_many")
    return children


def read_signed_attributes(node: Node | None) -> tuple[Attribute, ...]:
    """Read every signed attribute; DerError for any that is malformed, and for an empty set."""
    if node is None:
        return ()
    children = read_bounded(node, _MAX_ATTRIBUTES)
    if not children:
        raise DerError("attributes_empty")
    return tuple(_read_attribute(child) for child in children)


def read_unsigned_attributes(node: Node | None) -> tuple[tuple[Attribute, ...], int]:
    """Read the unsigned attributes that can be read, and count the others."""
    try:
        children = read_bounded(node, _MAX_ATTRIBUTES)
    except DerError:
        return (), 1
    found: list[Attribute] = []
    for child in children:
        try:
            found.append(_read_attribute(child))
        except DerError:
            continue
    return tuple(found), len(children) - len(found)


def sort_attributes(encoded: bytes, *, deep: bool) -> bytes:
    """Return a SET OF Attribute with each SET OF in the order of DER (X.690 11.6); DerError.

    deep  sort inside of the values too. Libraries differ: some encode a value anew, others keep it

    Only the order changes, so every length stays.
    """
    return _sort(Node.at(encoded, 0, len(encoded)), None if deep else _ATTRIBUTE_DEPTH)


def _sort(node: Node, levels: int | None) -> bytes:
    if not node.tag & _CONSTRUCTED or levels == 0:
        return node.raw
    below = None if levels is None else levels - 1
    parts = [_sort(child, below) for child in node.children()]
    if node.tag == SET:
        parts.sort()
    return node.raw[: len(node.raw) - len(node.content)] + b"".join(parts)


def _read_attribute(node: Node) -> Attribute:
    parts = read_bounded(node.expect(SEQUENCE), 2)
    if len(parts) != 2:  # noqa: PLR2004 - attrType, attrValues
        raise DerError("attribute")
    found = read_bounded(parts[1].expect(SET), _MAX_VALUES)
    if not found:
        raise DerError("attribute_empty")
    return Attribute(v.oid(parts[0]), found)
