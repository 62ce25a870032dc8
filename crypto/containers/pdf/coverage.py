"""What a signature covers: a whole revision but its own value, or it covers nothing that counts.

The published attacks on PDF signatures (universal forgery, signature wrapping; "1 Trillion Dollar
Refund", CCS 2019) all live in a gap that is something else than the value of this very signature.
"""

from dataclasses import dataclass

from crypto.containers.errors import ContainerMalformed
from crypto.containers.pdf.cross_reference import IN_USE, CrossReferences
from crypto.containers.pdf.revision import Revision
from crypto.containers.pdf.signature_fields import PdfSignature, find_signatures
from crypto.containers.pdf.syntax import Reference

__all__ = ["Coverage", "check_coverage", "count_pages"]

_HEADER = b"%PDF-"
_MAX_PAGES = 1_000_000


@dataclass(frozen=True, slots=True, repr=False)
class Coverage:
    """The revision that a signature covers whole.

    gap    where the value of the signature stands: the only octets not covered
    pages  how many the page tree of the revision states
    """

    revision: Revision
    gap: tuple[int, int]
    pages: int

    def read(self) -> bytes:
        """Return the octets that are signed."""
        octets = memoryview(self.revision.octets)
        return b"".join((octets[: self.gap[0]], octets[self.gap[1] : self.revision.end]))

    def describe(self) -> str:
        """Say it in machine words: pages, then octets from and to."""
        before, after = self.gap
        return f"pages:{self.pages},0-{before},{after}-{self.revision.end}"


def check_coverage(references: CrossReferences, signature: PdfSignature) -> Coverage:
    """Return what a signature covers; ContainerMalformed unless that is a whole revision.

    The range begins with the file, leaves out exactly the delimited hexadecimal string of
    Contents (12.8.1), ends with the end mark of a revision, and in that revision the same octets
    are the value of a signature field already.
    """
    octets = references.octets
    first, length, after, rest = signature.byte_range
    gap = (first + length, after)
    if first != 0 or not octets.startswith(_HEADER):
        raise ContainerMalformed("byte_range_start")
    if gap != (signature.contents.start, signature.contents.end):
        raise ContainerMalformed("byte_range_gap")
    if not gap[0] < gap[1] < after + rest <= len(octets):
        raise ContainerMalformed("byte_range_end")
    digits = octets[gap[0] + 1 : gap[1] - 1]
    if octets[gap[0] : gap[0] + 1] != b"<" or octets[gap[1] - 1 : gap[1]] != b">":
        raise ContainerMalformed("byte_range_gap")
    if digits.lower() != signature.contents.hex().encode("ascii"):
        raise ContainerMalformed("byte_range_gap")
    revision = Revision.open(references, signature.end)
    same = [each for each in find_signatures(revision) if each.holder == signature.holder]
    entry = revision.find(signature.holder)
    if [each.contents.start for each in same] != [signature.contents.start] or entry is None:
        raise ContainerMalformed("signature_not_in_revision")
    # The dictionary's own octets are signed: it begins before its value, as every object does.
    if entry[0] != IN_USE or not entry[1] < gap[0] or same[0] != signature:
        raise ContainerMalformed("signature_not_in_revision")
    return Coverage(revision, gap, count_pages(revision))


def count_pages(revision: Revision) -> int:
    """Return how many pages the page tree states; ContainerMalformed."""
    pages = revision.catalog.get("Pages")
    tree = revision.resolve(pages) if isinstance(pages, Reference) else None
    count = revision.resolve(tree.get("Count")) if isinstance(tree, dict) else None
    if not isinstance(count, int) or not 0 < count <= _MAX_PAGES:
        raise ContainerMalformed("page_tree")
    return count
