"""What a document that holds signatures is made of: values only, nothing of it verified."""

from dataclasses import dataclass

from crypto.canonical_json import JsonValue

__all__ = ["ContainedFile", "ContainerSummary"]


@dataclass(frozen=True, slots=True)
class ContainedFile:
    """One file inside a document.

    name        as the document states it; foreign text
    octets      its size; 0 when it could not be read
    sha256      in hex; empty when it could not be read
    kind        what it is by its content (`FileKind`), `unreadable`, or `other`
    signatures  how many of the document's signatures are over it
    """

    name: str
    octets: int
    sha256: str
    kind: str
    signatures: int

    def to_json(self) -> JsonValue:
        """Export for programs."""
        return {
            "name": self.name,
            "octets": self.octets,
            "sha256": self.sha256,
            "kind": self.kind,
            "signatures": self.signatures,
        }


@dataclass(frozen=True, slots=True)
class ContainerSummary:
    """A document that holds signatures.

    kind   `pdf` or `asic`
    pages  of a PDF as it is now; 0 of others
    files  inside it, in the order they stand
    """

    kind: str
    pages: int
    files: tuple[ContainedFile, ...]

    def to_json(self) -> JsonValue:
        """Export for programs."""
        return {
            "kind": self.kind,
            "pages": self.pages,
            "files": [each.to_json() for each in self.files],
        }
