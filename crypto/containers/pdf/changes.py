"""What was changed after a signature, by comparing its revision with the document as it is now.

Only what cannot be seen is let through: validation material, document time-stamps, further
invisible signatures, metadata (ISO 32000-2 12.8.2.2.2 and 12.8.4.3). Everything else is named:
what people see is then no longer what was signed ("Shadow Attacks", NDSS 2021; "Attacks on PDF
Certification", S&P 2021).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from crypto.containers.errors import ContainerMalformed
from crypto.containers.pdf.cross_reference import COMPRESSED, IN_USE
from crypto.containers.pdf.references import ReferenceIndex
from crypto.containers.pdf.revision import Revision
from crypto.containers.pdf.security_store import list_security_store, select_keys
from crypto.containers.pdf.signature_fields import PdfSignature, is_invisible, read_form
from crypto.containers.pdf.syntax import Dictionary, PdfName, Reference, Stream, Value

__all__ = ["DOCUMENT_TIMESTAMP", "Changes", "compare_revisions", "index_references"]

DOCUMENT_TIMESTAMP = "ETSI.RFC3161"

_BLANKS = b"\x00\t\n\f\r "
_FIELD_KEYS = {
    *("Type", "Subtype", "FT", "T", "TU", "V", "F", "Ff", "Rect", "P", "AP", "DA", "MK"),
    *("Border", "BS", "Lock", "SV"),
}
_INFORMATION_KEYS = {"ModDate", "Producer"}
_CATALOG_KEYS = {"DSS", "Extensions", "AcroForm", "Metadata"}
_METADATA_KEYS = {"Type", "Subtype", "Length", "Filter", "DecodeParms"}
_NO_CHANGES_PERMITTED = 1  # 12.8.2.2, table 257

_Found: TypeAlias = "Value | Stream"


@dataclass(frozen=True, slots=True)
class Changes:
    """What came after: kinds that are let through, and the names of all other changes."""

    permitted: tuple[str, ...]
    other: tuple[str, ...]


def compare_revisions(
    before: Revision,
    after: Revision,
    signatures: Iterable[PdfSignature],
    index: ReferenceIndex,
) -> Changes:
    """Compare the revision that was signed with the whole document.

    signatures  of the whole document
    index       of references to every object that came or changed after the first signature

    Raises ContainerMalformed, ContainerUnsupported where either cannot be read.
    """
    if before.sections[0].start == after.sections[0].start:
        beyond = after.octets[before.end :].strip(_BLANKS)
        return Changes((), ("octets_after_end",) if beyond else ())
    starts = [section.start for section in after.sections]
    ours = [section.start for section in before.sections]
    later = after.sections[: len(starts) - len(ours)]
    if starts[-len(ours) :] != ours or any(each.start < before.end for each in later):
        return Changes((), ("revisions_rewritten",))
    if any("XRefStm" in each.trailer for each in later):
        return Changes((), ("hybrid_references",))
    comparison = _Comparison(before, after, {each.holder: each for each in signatures}, index)
    return comparison.run()


def index_references(whole: Revision, signatures: Iterable[PdfSignature]) -> ReferenceIndex:
    """Return the index of references to what any section after the first signature speaks of."""
    first = min((each.end for each in signatures), default=whole.end)
    later = (section for section in whole.sections if section.start >= first)
    wanted = frozenset(number for section in later for number in section.entries)
    return ReferenceIndex(whole.octets, wanted)


@dataclass(slots=True, repr=False)
class _Comparison:
    before: Revision
    after: Revision
    signatures: dict[int, PdfSignature]
    index: ReferenceIndex
    new: set[int] = field(default_factory=set)
    modified: set[int] = field(default_factory=set)
    permitted: set[int] = field(default_factory=set)
    fields: set[int] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    other: set[str] = field(default_factory=set)
    keys: dict[int, set[str]] = field(default_factory=dict)

    def run(self) -> Changes:
        """Compare everything and conclude."""
        self._find_changed()
        if not (self.new | self.modified) <= set(self.index.wanted):
            raise ContainerMalformed("references")
        self.keys = self.index.find(self.before.end, self.before.object_streams())
        self._compare_trailers()
        self._compare_catalogs()
        self._compare_form()
        for number in sorted(self.modified):
            self._compare_object(number)
        for number in sorted((self.new | self.modified) - self.permitted):
            self.other.add(self._name(number))
        if "signature" in self.kinds and _is_closed(self.before):
            self.other.add("certified_without_changes")
        return Changes(tuple(sorted(self.kinds)), tuple(sorted(self.other)))

    def _find_changed(self) -> None:
        before, after = self.before, self.after
        for number in before.entries.keys() | after.entries.keys():
            then, now = before.find(number), after.find(number)
            if then == now:
                if now is not None and now[0] == COMPRESSED and self._is_moved(now[1]):
                    self.modified.add(number)  # its place is the same, in another object stream
                continue
            if now is None:
                self.other.add("object_removed")
                continue
            inside = now[0] == IN_USE and now[1] < before.end
            if inside or (now[0] == COMPRESSED and before.find(now[1]) is not None):
                # An alternative that was hidden in what was signed.
                self.other.add("object_inside_signed_revision")
            (self.new if then is None else self.modified).add(number)
        for number in self.new:
            found = after.get(number)
            if isinstance(found, Stream) and (
                found.dictionary.get("Type") in (PdfName("XRef"), PdfName("ObjStm"))
            ):
                self._permit(number, set())
                self._permit_tree(found.dictionary)

    def _is_moved(self, number: int) -> bool:
        return self.before.find(number) != self.after.find(number)

    def _permit(self, number: int, keys: set[str]) -> None:
        """Permit a change, unless what was signed refers to the object in another way."""
        if self.keys.get(number, set()) <= keys:
            self.permitted.add(number)

    def _permit_tree(self, value: _Found) -> None:
        """Permit the new objects that a permitted one refers to."""
        left: list[_Found] = [value]
        seen: set[int] = set()
        while left:
            each = left.pop()
            if isinstance(each, Reference):
                if each.number in self.new and each.number not in seen:
                    seen.add(each.number)
                    self._permit(each.number, set())
                    left.append(self.after.get(each.number))
            elif isinstance(each, Stream):
                left += each.dictionary.values()
            elif isinstance(each, dict):
                left += each.values()
            elif isinstance(each, list):
                left += each

    def _compare_trailers(self) -> None:
        then, now = self.before.trailer, self.after.trailer
        if then.get("Root") != now.get("Root"):
            self.other.add("catalog")
        old_size, size = then.get("Size"), now.get("Size")
        if not isinstance(old_size, int) or not isinstance(size, int) or size < old_size:
            # Objects beyond it are missing to some readers (7.5.5, table 15).
            self.other.add("revisions_rewritten")
        information = self.before.resolve(then.get("Info")), self.after.resolve(now.get("Info"))
        old, new = (each if isinstance(each, dict) else {} for each in information)
        if not _find_differences(old, new) <= _INFORMATION_KEYS:
            self.other.add("information")
        elif isinstance(reference := now.get("Info"), Reference):
            if reference.number in self.modified and isinstance(information[0], dict):
                self.permitted.add(reference.number)  # two dates and names, wherever they serve
            self._permit_tree(reference)

    def _compare_catalogs(self) -> None:
        then, now = self.before.catalog, self.after.catalog
        differing = _find_differences(then, now)
        if not differing <= _CATALOG_KEYS:
            self.other.add("catalog")
        elif isinstance(root := self.after.trailer.get("Root"), Reference):
            self._permit(root.number, {"Root"})
        if "DSS" in now:
            self._permit_security_store(now["DSS"])
        if "DSS" in differing:
            self.kinds.add("security_store")
        if "Extensions" in differing:
            self._permit_tree(now.get("Extensions"))
        self._compare_metadata(then.get("Metadata"), now.get("Metadata"))

    def _compare_metadata(self, then: Value, now: Value) -> None:
        if not isinstance(now, Reference) or now.number not in self.new | self.modified:
            if then != now:
                self.other.add("metadata")
            return
        found = self.after.get(now.number)
        old = self.before.get(now.number) if now.number in self.modified else found
        if not _is_metadata(found) or not _is_metadata(old):
            self.other.add("metadata")
            return
        self.kinds.add("metadata")
        self._permit(now.number, {"Metadata"})
        self._permit_tree(found)

    def _permit_security_store(self, stated: Value) -> None:
        """Permit what the document security store gained (12.8.4.3): streams nobody shows."""
        found = list_security_store(self.after, stated)
        if found is None:
            self.other.add("security_store")
            return
        then = self.before.catalog.get("DSS")
        parts = [] if then is None else list_security_store(self.before, then) or []
        # What lists parts of the store, and was referred to as nothing else. Material itself never
        # changes: a stream that does is a picture, or an object stream, under a name of the store.
        references = [each for each in parts if isinstance(each, Reference)]
        ours = {e.number for e in references if not isinstance(self.before.get(e.number), Stream)}
        for each in found:
            if isinstance(each, Reference) and each.number in self.modified & ours:
                self._permit(each.number, select_keys(self.keys.get(each.number, set())))
                self.kinds.add("security_store")
            self._permit_tree(each)

    def _compare_form(self) -> None:
        then, now = read_form(self.before), read_form(self.after)
        if not _find_differences(then, now) <= {"Fields", "SigFlags"}:
            self.other.add("form")
            return
        old, fields = self.before.array(then.get("Fields")), self.after.array(now.get("Fields"))
        if not _is_equal(fields[: len(old)], old):
            self.other.add("form")
            return
        for each in fields[len(old) :]:
            self._permit_field(each)
        stated = self.after.catalog.get("AcroForm")
        for reference, key in ((stated, "AcroForm"), (now.get("Fields"), "Fields")):
            if isinstance(reference, Reference):
                self._permit(reference.number, {key})

    def _permit_field(self, value: Value) -> None:
        """Permit a new signature field that shows nothing."""
        found = self.after.resolve(value)
        if not isinstance(value, Reference) or value.number not in self.new:
            self.other.add("form")
        elif not isinstance(found, dict) or found.get("FT") != PdfName("Sig"):
            self.other.add("form_field")
        elif not found.keys() <= _FIELD_KEYS or not is_invisible(self.after, found):
            self.other.add("visible_signature")
        else:
            self.fields.add(value.number)
            self._permit(value.number, set())
            self._permit_tree(found.get("AP"))
            self._permit_signature(found, value.number)

    def _permit_signature(self, found: Dictionary, holder: int) -> None:
        value = found.get("V")
        place = value.number if isinstance(value, Reference) else holder
        signature = self.signatures.get(place)
        if signature is None:
            return  # an empty field
        stamp = signature.sub_filter == DOCUMENT_TIMESTAMP
        self.kinds.add("document_timestamp" if stamp else "signature")
        self._permit_tree(value)

    def _compare_object(self, number: int) -> None:
        """Permit a modified object that says the same, or gained what is permitted elsewhere."""
        then, now = self.before.get(number), self.after.get(number)
        if number in self.permitted:
            return
        if self._is_same(then, now):
            self.permitted.add(number)
        elif isinstance(then, list) and isinstance(now, list):
            if self._gained_fields(then, now):
                self._permit(number, {"Annots"})
        elif isinstance(then, dict) and isinstance(now, dict):
            self._compare_dictionaries(number, then, now)

    def _compare_dictionaries(self, number: int, then: Dictionary, now: Dictionary) -> None:
        differing = _find_differences(then, now)
        if then.get("Type") == PdfName("Page") and differing == {"Annots"}:
            old = self.before.array(then.get("Annots"))
            if self._gained_fields(old, self.after.array(now.get("Annots"))):
                self.permitted.add(number)
                self._permit_tree(now.get("Annots"))
        elif then.get("FT") == PdfName("Sig") and "V" not in then and "V" in now:
            invisible = is_invisible(self.after, then) and differing <= {"V", "AP"}
            if differing == {"V"} or invisible:
                self.permitted.add(number)
                self._permit_tree(now.get("AP"))
                self._permit_signature(now, number)
            else:
                self.other.add("visible_signature")

    def _gained_fields(self, then: list[Value], now: list[Value]) -> bool:
        gained = now[len(then) :]
        numbers = [each.number for each in gained if isinstance(each, Reference)]
        return (
            _is_equal(now[: len(then)], then)
            and len(numbers) == len(gained)
            and all(each in self.fields for each in numbers)
        )

    def _is_same(self, then: _Found, now: _Found) -> bool:
        if not isinstance(then, Stream) or not isinstance(now, Stream):
            return _is_equal(then, now)
        octets = self.before.octets
        same = octets[then.start : then.end] == octets[now.start : now.end]
        return same and _is_equal(then.dictionary, now.dictionary)

    def _name(self, number: int) -> str:
        """Name a change by what the object is."""
        try:
            found = self.after.get(number)
        except ContainerMalformed:
            return "object"
        if isinstance(found, Stream):
            return "stream"
        if not isinstance(found, dict):
            return "object"
        if found.get("FT") is not None:
            return "form_field"
        kind = found.get("Type")
        names = {"Page": "page", "Pages": "page", "Annot": "annotation", "Catalog": "catalog"}
        return names.get(str(kind), "annotation" if "Subtype" in found else "object")


def _find_differences(then: Dictionary, now: Dictionary) -> set[str]:
    return {k for k in then.keys() | now.keys() if not _is_equal(then.get(k), now.get(k))}


def _is_equal(then: _Found, now: _Found) -> bool:
    """Tell whether two values are the same to every reader: true is not 1, and 1 is not 1.0."""
    if isinstance(then, dict) and isinstance(now, dict):
        same = then.keys() == now.keys()
        return same and all(_is_equal(then[key], now[key]) for key in then)
    if isinstance(then, list) and isinstance(now, list):
        same = len(then) == len(now)
        return same and all(_is_equal(a, b) for a, b in zip(then, now, strict=True))
    if isinstance(then, bytes) and isinstance(now, bytes):
        return then == now  # of a string the notation says nothing
    return type(then) is type(now) and then == now


def _is_metadata(found: _Found) -> bool:
    if not isinstance(found, Stream):
        return False
    shape = (found.dictionary.get("Type"), found.dictionary.get("Subtype"))
    # More keys could make a pattern or a shading of it, which need neither type nor subtype.
    plain = found.dictionary.keys() <= _METADATA_KEYS
    return plain and shape == (PdfName("Metadata"), PdfName("XML"))


def _is_closed(revision: Revision) -> bool:
    """Tell whether the document was certified with no changes permitted (12.8.2.2)."""
    permissions = revision.resolve(revision.catalog.get("Perms"))
    certified = permissions.get("DocMDP") if isinstance(permissions, dict) else None
    signature = revision.resolve(certified)
    for each in revision.array(signature.get("Reference")) if isinstance(signature, dict) else ():
        parameters = revision.resolve(revision.dictionary(each).get("TransformParams"))
        if isinstance(parameters, dict) and parameters.get("P") == _NO_CHANGES_PERMITTED:
            return True
    return False
