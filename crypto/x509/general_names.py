"""GeneralName and GeneralSubtree (RFC 5280 4.2.1.6, 4.2.1.10)."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from crypto.asn1 import values as v
from crypto.asn1.der import DerError, Node, context
from crypto.x509.names import Name

__all__ = ["GeneralName", "GeneralNameKind", "general_names"]

_MAX_NAMES = 1024


class GeneralNameKind(IntEnum):
    """The context tag of each choice."""

    OTHER_NAME = 0
    RFC822 = 1
    DNS = 2
    X400 = 3
    DIRECTORY = 4
    EDI_PARTY = 5
    URI = 6
    IP = 7
    REGISTERED_ID = 8


_TEXT = {GeneralNameKind.RFC822, GeneralNameKind.DNS, GeneralNameKind.URI}


@dataclass(frozen=True, slots=True)
class GeneralName:
    """One name; `text` for e-mail, DNS and URI, `name` for a directory name, `octets` always."""

    kind: GeneralNameKind
    text: str
    name: Name | None
    octets: bytes

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read a GeneralName from its tagged element."""
        number = node.tag & 0x1F
        if (
            node.tag & 0xC0 != context(0, constructed=False)
            or number > GeneralNameKind.REGISTERED_ID
        ):
            raise DerError("general_name")
        kind = GeneralNameKind(number)
        if kind is GeneralNameKind.DIRECTORY:
            inner = node.expect(context(4)).only_child()
            return cls(kind, "", Name.read(inner), node.content)
        if kind not in _TEXT:
            return cls(kind, "", None, node.content)
        try:
            text = node.expect(context(number, constructed=False)).content.decode("ascii")
        except UnicodeDecodeError:
            raise DerError("general_name_text") from None
        return cls(kind, text, None, node.content)


def general_names(node: Node, tag: int) -> tuple[GeneralName, ...]:
    """Read GeneralNames under the given identifier octet; at least one, at most 1024."""
    names = tuple(GeneralName.read(child) for child in node.expect(tag).elements())
    if not 0 < len(names) <= _MAX_NAMES:
        raise DerError("general_names")
    return names


def subtree_base(node: Node) -> GeneralName:
    """Read the base of a GeneralSubtree; minimum other than 0 or any maximum is refused."""
    fields = node.fields()
    base = GeneralName.read(fields.any())
    if (minimum := fields.optional(context(0, constructed=False))) is not None and v.small_integer(
        minimum, minimum.tag
    ):
        raise DerError("subtree_minimum")
    fields.end()
    return base
