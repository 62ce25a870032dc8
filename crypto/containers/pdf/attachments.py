"""Files embedded in a PDF (ISO 32000-2 7.11.4)."""

from collections.abc import Iterator
from dataclasses import dataclass

from crypto.containers.errors import ContainerMalformed, ContainerUnsupported
from crypto.containers.pdf.revision import Revision
from crypto.containers.pdf.syntax import Stream, Value
from crypto.errors import CryptoError

__all__ = ["EmbeddedFile", "find_embedded_files"]

_MAX_FILES = 64
_MAX_NODES = 1000
_MAX_FILE = 64 << 20
_MAX_NAME = 200
_UTF_16, _UTF_8 = b"\xfe\xff", b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, repr=False)
class EmbeddedFile:
    """A file inside a PDF; octets None: it cannot be read here."""

    name: str
    octets: bytes | None


def find_embedded_files(revision: Revision) -> tuple[EmbeddedFile, ...]:
    """Return the files of the name tree and those associated with the whole document.

    Raises ContainerMalformed, ContainerUnsupported (`too_many_files`).
    """
    found: dict[int, EmbeddedFile] = {}
    for value in _walk_specifications(revision):
        specification = revision.resolve(value)
        if not isinstance(specification, dict):
            continue
        embedded = revision.resolve(specification.get("EF"))
        if not isinstance(embedded, dict):
            continue  # names a file elsewhere
        stream = revision.resolve(embedded.get("UF", embedded.get("F")))
        if not isinstance(stream, Stream) or stream.start in found:
            continue
        if len(found) >= _MAX_FILES:
            raise ContainerUnsupported("too_many_files")
        name = _decode_text(specification.get("UF", specification.get("F")))
        found[stream.start] = EmbeddedFile(name, _decode(revision, stream))
    return tuple(found.values())


def _decode(revision: Revision, stream: Stream) -> bytes | None:
    try:
        return revision.decode(stream, _MAX_FILE)
    except CryptoError:
        return None  # nobody's signature fails by a file that somebody embedded


def _walk_specifications(revision: Revision) -> Iterator[Value]:
    names = revision.resolve(revision.catalog.get("Names"))
    tree = names.get("EmbeddedFiles") if isinstance(names, dict) else None
    left: list[Value] = [tree]
    for count in range(_MAX_NODES + 1):
        if not left:
            break
        if count == _MAX_NODES:
            raise ContainerMalformed("too_many_files")
        node = revision.resolve(left.pop())
        if isinstance(node, dict):
            yield from revision.array(node.get("Names"))[1::2]
            left += reversed(revision.array(node.get("Kids")))
    yield from revision.array(revision.catalog.get("AF"))


def _decode_text(value: Value) -> str:
    """Decode a text string (7.9.2.2); letters outside ASCII of its own encoding are not told."""
    if not isinstance(value, bytes):
        return ""
    if value.startswith(_UTF_16):
        text = value[len(_UTF_16) :].decode("utf-16-be", errors="replace")
    elif value.startswith(_UTF_8):
        text = value[len(_UTF_8) :].decode("utf-8", errors="replace")
    else:
        text = value.decode("latin-1")
    return text[:_MAX_NAME]
