"""Distinguished names and their comparison (RFC 5280 7.1, string preparation of RFC 4518)."""

import unicodedata
from functools import lru_cache
from typing import Self

from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1.der import (
    BMP_STRING,
    IA5_STRING,
    PRINTABLE_STRING,
    SEQUENCE,
    SET,
    TELETEX_STRING,
    UNIVERSAL_STRING,
    UTF8_STRING,
    DerError,
    Node,
)

__all__ = ["Name", "describe_name", "directory_string", "prepare_string", "read_issuer"]

_MAX_RDNS = 64
_MAX_DESCRIBED = 300
_SHORT = {  # RFC 4514 3
    oids.COMMON_NAME: "CN",
    oids.SURNAME: "SN",
    oids.COUNTRY: "C",
    oids.ORGANIZATION: "O",
    oids.ORGANIZATIONAL_UNIT: "OU",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
}
_CODECS = {
    UTF8_STRING: "utf-8",
    PRINTABLE_STRING: "ascii",
    IA5_STRING: "ascii",
    # T.61 in certificates is Latin-1 in practice (RFC 2459 to RFC 3280 implementations).
    TELETEX_STRING: "latin-1",
    BMP_STRING: "utf-16-be",
    UNIVERSAL_STRING: "utf-32-be",
}
_INVISIBLE = {ord(c): None for c in "\u00ad\u034f\u1806\u200b\u2060\ufeff"}

Rdn = frozenset[tuple[str, bytes]]
# One relative name as read: text, or the whole encoding of a value that is no character string.
_Parts = tuple[tuple[str, str | bytes], ...]


def directory_string(node: Node) -> str | None:
    """Decode a character string; None when the element is of another type."""
    codec = _CODECS.get(node.tag)
    if codec is None:
        return None
    try:
        return node.content.decode(codec)
    except UnicodeDecodeError:
        raise DerError("string") from None


def prepare_string(text: str) -> str:
    """Prepare a string for comparison: compatibility form, case folded, spaces collapsed."""
    if text.isascii():  # the same by a shorter way: ASCII has one form and one lower case
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


class Name:
    """A Name: its DER and its readable attributes in order.

    Two names are equal when RFC 5280 7.1 says so, whatever their string types. Most names are
    met octet for octet, so the comparable form is made when two differ, and kept.

    raw  the SEQUENCE as found; empty when it was put together from parts
    """

    __slots__ = ("_attributes", "_key", "_parts", "raw")

    def __init__(self, raw: bytes, parts: tuple[_Parts, ...]) -> None:
        self.raw = raw
        self._parts = parts
        self._key: tuple[Rdn, ...] | None = None
        self._attributes: tuple[tuple[str, str], ...] | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Name):
            return NotImplemented
        if self is other or (self.raw and self.raw == other.raw):
            return True
        return len(self._parts) == len(other._parts) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"Name({len(self._parts)} RDNs)"

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read a Name from its SEQUENCE of relative names."""
        parts = tuple([_rdn(rdn) for rdn in node.expect(SEQUENCE).elements()])
        if len(parts) > _MAX_RDNS:
            raise DerError("name_long")
        return cls(node.raw, parts)

    def beneath(self, node: Node) -> "Name":
        """Append nameRelativeToCRLIssuer: the content of an RDN under an implicit tag."""
        relative = bytes((SET,)) + node.raw[1:]
        return Name(b"", (*self._parts, _rdn(Node.at(relative, 0, len(relative)))))

    @property
    def key(self) -> tuple[Rdn, ...]:
        """The comparable form: per relative name the set of its prepared attributes."""
        if self._key is None:
            self._key = tuple(frozenset(map(_comparable, rdn)) for rdn in self._parts)
        return self._key

    @property
    def attributes(self) -> tuple[tuple[str, str], ...]:
        """Identifier and text of every value that is a character string, in order."""
        if self._attributes is None:
            stated = (member for rdn in self._parts for member in rdn)
            self._attributes = tuple(
                [(kind, value) for kind, value in stated if isinstance(value, str)]
            )
        return self._attributes

    def values(self, oid: str) -> tuple[str, ...]:
        """Return every value of one attribute type, in order."""
        return tuple([text for kind, text in self.attributes if kind == oid])

    def first(self, oid: str) -> str:
        """Return the first value of one attribute type, empty without one."""
        return next(iter(self.values(oid)), "")

    @property
    def empty(self) -> bool:
        """Whether the name has no relative name at all."""
        return not self._parts

    def within(self, base: "Name") -> bool:
        """Whether this name lies in the subtree of `base` (RFC 5280 4.2.1.10)."""
        return self.key[: len(base.key)] == base.key


@lru_cache(maxsize=64)
def read_issuer(raw: bytes) -> Name:
    """Read the Name of who issued or answered something; DerError.

    The few authorities there are stand in every certificate, list and answer: one value for all of
    them keeps its comparable form. Holders' names are read by `Name.read`: none stays in memory.
    """
    return Name.read(Node.at(raw, 0, len(raw)))


def describe_name(name: Name) -> str:
    """Write a name for people, at most 300 characters: `CN=…, O=…` in its own order.

    Foreign words: whoever shows them makes them printable.
    """
    parts = (f"{_SHORT.get(kind, kind)}={value}" for kind, value in name.attributes)
    return ", ".join(parts)[:_MAX_DESCRIBED]


def _rdn(node: Node) -> _Parts:
    members = node.expect(SET).elements()
    if not members:
        raise DerError("rdn_empty")
    return tuple([_attribute(member) for member in members])


def _attribute(node: Node) -> tuple[str, str | bytes]:
    kind, value = node.pair()
    text = directory_string(value)
    return v.oid(kind), value.raw if text is None else text


def _comparable(member: tuple[str, str | bytes]) -> tuple[str, bytes]:
    kind, value = member
    if isinstance(value, bytes):
        return kind, value
    return kind, b"\x00" + prepare_string(value).encode("utf-8", "surrogatepass")
