"""ASiCManifest: what a CAdES signature of a container is over (EN 319 162-1 A.4).

Read by the XML parser of the standard library, with nothing declared and nothing fetched.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote
from xml.parsers import expat

from crypto.algorithms.registry import AlgorithmRegistry
from crypto.containers.errors import ContainerMalformed, ContainerUnsupported
from crypto.xmldsig.uris import DIGESTS, DSIG

__all__ = ["AsicManifest", "DataObject", "read_manifest"]

_ASIC: Final = "http://uri.etsi.org/02918/v1.2.1#"
_ASIC_NAMES = frozenset({"ASiCManifest", "SigReference", "DataObjectReference"})
_DSIG_NAMES = frozenset({"DigestMethod", "DigestValue"})
_SIGNATURE = ["ASiCManifest", "SigReference"]
_OBJECT = ["ASiCManifest", "DataObjectReference"]
_MAX_OCTETS = 1 << 20
_MAX_DEPTH = 8
_MAX_OBJECTS = 1000
_MAX_ELEMENTS = 10 * _MAX_OBJECTS
"""A megabyte holds two hundred thousand of them, at microseconds each."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|/")
_ENCODINGS = {None, "utf-8", "us-ascii"}


@dataclass(frozen=True, slots=True)
class DataObject:
    """One reference: the name of a file, and the digest it must have."""

    name: str
    digest_uri: str
    digest: bytes

    def hash(self, octets: bytes, registry: AlgorithmRegistry) -> bytes:
        """Hash octets as the digest was made.

        ContainerUnsupported (`digest`) for an algorithm that is unknown or weak.
        """
        algorithm = registry.digest(DIGESTS.get(self.digest_uri, ""))
        if algorithm is None or not algorithm.strong:
            raise ContainerUnsupported("digest")
        return algorithm.hash(octets)


@dataclass(frozen=True, slots=True)
class AsicManifest:
    """signature  the name of the file of the signature over the manifest."""

    signature: str
    objects: tuple[DataObject, ...]


def read_manifest(untrusted: bytes) -> AsicManifest:
    """Read a manifest of at most 1 MiB strictly; ContainerMalformed, ContainerUnsupported."""
    if len(untrusted) > _MAX_OCTETS:
        raise ContainerMalformed("manifest_too_large")
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.XmlDeclHandler = reader.declare
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.EntityDeclHandler = reader.refuse
    parser.ProcessingInstructionHandler = reader.refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(untrusted, True)
    except expat.ExpatError:
        raise ContainerMalformed("manifest_xml") from None
    if reader.signature is None or not reader.objects:
        raise ContainerMalformed("manifest_incomplete")
    return AsicManifest(reader.signature, tuple(reader.objects))


@dataclass(slots=True)
class _Reader:
    """Handlers of one document."""

    signature: str | None = None
    objects: list[DataObject] = field(default_factory=list)
    _path: list[str] = field(default_factory=list)
    _elements: int = 0
    _name: str = ""
    _digest_uri: str = ""
    _value: str | None = None

    def declare(self, _version: str, encoding: str | None, _standalone: int) -> None:
        """Refuse an encoding in which the same octets could be another document."""
        if (encoding.lower() if encoding else None) not in _ENCODINGS:
            raise ContainerMalformed("manifest_encoding")

    def refuse(self, *_stated: object) -> None:
        """Refuse what a manifest has no place for."""
        raise ContainerMalformed("manifest_xml")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take in the beginning of an element."""
        self._path.append(tag)
        self._elements += 1
        if self._elements > _MAX_ELEMENTS:
            raise ContainerMalformed("manifest_too_large")
        if len(self._path) > _MAX_DEPTH:
            raise ContainerMalformed("manifest_xml")
        path = self._shorten()
        if path[:1] != ["ASiCManifest"]:
            raise ContainerMalformed("manifest_root")
        if path == _SIGNATURE:
            if self.signature is not None:
                raise ContainerMalformed("manifest_signature")
            self.signature = _read_name(attributes.get("URI"))
        elif path[:2] == _OBJECT:
            self._start_object(path[2:], attributes)
        # Anything else are extensions: not about which file is signed.

    def _start_object(self, path: list[str], attributes: dict[str, str]) -> None:
        if not path:
            if len(self.objects) >= _MAX_OBJECTS:
                raise ContainerMalformed("manifest_too_large")
            self._name, self._digest_uri = _read_name(attributes.get("URI")), ""
            self._value = None
        elif path == ["DigestMethod"]:
            if self._digest_uri:
                raise ContainerMalformed("manifest_digest")
            self._digest_uri = attributes.get("Algorithm", "")
        elif path == ["DigestValue"]:
            if self._value is not None:
                raise ContainerMalformed("manifest_digest")
            self._value = ""

    def text(self, text: str) -> None:
        """Take in text."""
        if self._shorten() == [*_OBJECT, "DigestValue"]:
            self._value = (self._value or "") + text

    def end(self, _tag: str) -> None:
        """Take in the end of an element."""
        path = self._shorten()
        self._path.pop()
        if path != _OBJECT:
            return
        try:
            digest = base64.b64decode("".join((self._value or "").split()), validate=True)
        except (binascii.Error, ValueError):
            raise ContainerMalformed("manifest_digest") from None
        if not digest or any(each.name == self._name for each in self.objects):
            raise ContainerMalformed("manifest_digest")
        self.objects.append(DataObject(self._name, self._digest_uri, digest))

    def _shorten(self) -> list[str]:
        """Return the path without namespaces; elements of foreign ones end it."""
        found: list[str] = []
        for tag in self._path:
            namespace, _, name = tag.rpartition(" ")
            known = {_ASIC: _ASIC_NAMES, DSIG: _DSIG_NAMES}.get(namespace, frozenset())
            if name not in known:
                return [*found, "?"]
            found.append(name)
        return found


def _read_name(uri: str | None) -> str:
    """Return the name in the package that a relative reference means (A.4, RFC 3986 2.1)."""
    if not uri or "?" in uri or "#" in uri or _ABSOLUTE.match(uri):
        raise ContainerMalformed("manifest_reference")
    try:
        name = unquote(uri, errors="strict")
    except UnicodeDecodeError:
        raise ContainerMalformed("manifest_reference") from None
    if any(part in {"", ".", ".."} for part in name.split("/")):
        raise ContainerMalformed("manifest_reference")
    return name
