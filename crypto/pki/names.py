"""Distinguished names and their comparison (RFC 5280 7.1, string preparation of RFC 4518)."""

import unicodedata
from dataclasses import dataclass, field
from typing import Self

from crypto.pki import der_values as v
from crypto.pki.der import (
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

__all__ = ["Name", "directory_string", "prepared"]

_MAX_RDNS = 64
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


def directory_string(node: Node) -> str | None:
    """Decode a character string; None when the element is of another type."""
    codec = _CODECS.get(node.tag)
    if codec is None:
        return None
    try:
        return node.content.decode(codec)
    except UnicodeDecodeError:
        raise DerError("string") from None


def prepared(text: str) -> str:
    """Prepare a string for comparison: compatibility form, case folded, spaces collapsed."""
    folded = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A Name: its DER, its comparable form and its readable attributes in order.

    Two names are equal when RFC 5280 7.1 says so, whatever their string types.
    """

    raw: bytes
    key: tuple[Rdn, ...]
    attributes: tuple[tuple[str, str], ...] = field(repr=False)

    def __eq__(self, other: object) -> bool:
        return self.key == other.key if isinstance(other, Name) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.key)

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read a Name from its SEQUENCE of relative names."""
        rdns: list[Rdn] = []
        attributes: list[tuple[str, str]] = []
        for rdn in node.expect(SEQUENCE).children():
            if len(rdns) == _MAX_RDNS:
                raise DerError("name_long")
            rdns.append(_rdn(rdn, attributes))
        return cls(node.raw, tuple(rdns), tuple(attributes))

    def values(self, oid: str) -> tuple[str, ...]:
        """Return every value of one attribute type, in order."""
        return tuple(text for kind, text in self.attributes if kind == oid)

    def first(self, oid: str) -> str:
        """Return the first value of one attribute type, empty without one."""
        return next(iter(self.values(oid)), "")

    @property
    def empty(self) -> bool:
        """Whether the name has no relative name at all."""
        return not self.key

    def within(self, base: "Name") -> bool:
        """Tell whether this name lies in the subtree of `base` (RFC 5280 4.2.1.10)."""
        return self.key[: len(base.key)] == base.key


def _rdn(node: Node, attributes: list[tuple[str, str]]) -> Rdn:
    members: set[tuple[str, bytes]] = set()
    for member in node.expect(SET).children():
        fields = member.fields()
        kind = v.oid(fields.any())
        value = fields.any()
        fields.end()
        text = directory_string(value)
        if text is None:
            members.add((kind, value.raw))
        else:
            attributes.append((kind, text))
            members.add((kind, b"\x00" + prepared(text).encode("utf-8", "surrogatepass")))
    if not members:
        raise DerError("rdn_empty")
    return frozenset(members)


def rdn_name(base: Name, node: Node) -> Name:
    """Append nameRelativeToCRLIssuer (content of an RDN under an implicit tag) to `base`."""
    attributes: list[tuple[str, str]] = []
    relative = bytes((SET,)) + node.raw[1:]
    rdn = _rdn(Node.at(relative, 0, len(relative)), attributes)
    return Name(b"", (*base.key, rdn), (*base.attributes, *attributes))
