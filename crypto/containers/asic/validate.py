"""Signatures of ASiC containers (ETSI EN 319 162-1): CAdES is judged, XAdES is named.

ASiC-S holds one file and a detached message over it; ASiC-E any number of files, of which a
manifest states the digests, and a detached message over the manifest.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from crypto.cms.countersignatures import CountersignatureBudget
from crypto.cms.signature_file import FileKind, identify
from crypto.cms.validate import validate_signature
from crypto.cms.validation_process import (
    ValidationProcess,
    check_format,
    malformed,
    read_message,
)
from crypto.cms.validation_request import ValidationRequest
from crypto.containers.asic.manifest import AsicManifest, DataObject, read_manifest
from crypto.containers.asic.package import PackedFile, open_package
from crypto.containers.errors import ContainerMalformed, ContainerUnsupported
from crypto.containers.result import ContainerResult, refuse, state_refusal
from crypto.errors import CryptoError
from crypto.report.container import ContainedFile, ContainerSummary
from crypto.report.report import SignatureReport, SubIndication
from crypto.revocation.context import ValidationContext
from crypto.validation.step import ValidationStep, failed, passed, unsettled, warning

__all__ = ["validate_asic"]

_MIMETYPE = "mimetype"
_SIMPLE, _EXTENDED = b"application/vnd.etsi.asic-s+zip", b"application/vnd.etsi.asic-e+zip"
_CADES = re.compile(r"META-INF/[^/]*signature[^/]*\.p7s", re.IGNORECASE)
_XADES = re.compile(r"META-INF/[^/]*signatures[^/]*\.xml", re.IGNORECASE)
_MANIFEST = re.compile(r"META-INF/ASiCManifest[^/]*\.xml", re.IGNORECASE)
_OTHER = re.compile(
    r"META-INF/(?:manifest\.xml|container\.xml|metadata\.xml|ASiC[^/]*Manifest[^/]*\.xml"
    r"|[^/]*timestamp[^/]*\.tst|[^/]*evidencerecord[^/]*\.(?:ers|xml))",
    re.IGNORECASE,
)
_MAX_SIGNATURES = 32
_MAX_SIGNERS = 64
"""Of all messages together: each costs a validation, and somebody is asked about its status."""

_MAX_SIGNED_OCTETS = 256 << 20
"""Of all signatures together: each is hashed by itself, and a small package can hold much."""

_CONSTRAINTS = SubIndication.SIG_CONSTRAINTS_FAILURE


def validate_asic(request: ValidationRequest, context: ValidationContext) -> ContainerResult:
    """Validate every CAdES signature of a container; name the others. Never raises."""
    process = ValidationProcess(hashlib.sha256(request.cms).hexdigest(), context.moment)
    try:
        files = {each.name: each for each in open_package(request.cms)}
        container = _Container(files, request, context)
        simple = container.is_simple()
    except CryptoError as error:
        return ContainerResult((refuse(process, state_refusal(error)),), None)
    names = [name for name in files if _CADES.fullmatch(name)]
    if max(len(names), sum(1 for name in files if _MANIFEST.fullmatch(name))) > _MAX_SIGNATURES:
        step = state_refusal(ContainerUnsupported("too_many_signatures"))
        return ContainerResult((refuse(process, step),), container.summarise())
    prepared = [container.prepare(name, simple=simple) for name in names]
    if sum(len(each.content or b"") for each in prepared) > _MAX_SIGNED_OCTETS:
        step = state_refusal(ContainerUnsupported("too_many_signatures"))
        return ContainerResult((refuse(process, step),), container.summarise())
    reports: list[SignatureReport] = []
    for each in prepared:
        reports += container.validate(each, _MAX_SIGNERS - len(reports))
    foreign = [name for name in files if _XADES.fullmatch(name)]
    if foreign:
        detail = f"signatures:{len(foreign)},files:{len(container.content)}"
        reason = "signature.asic_xades_not_supported"
        reports.append(refuse(process, unsettled("format", _CONSTRAINTS, reason, detail)))
    if not reports:
        step = unsettled("format", _CONSTRAINTS, "signature.container_not_signed")
        reports.append(refuse(process, step))
    return ContainerResult(tuple(reports), container.summarise())


class _Prepared:
    """A signature file of a container, with what it is over as far as that holds."""

    def __init__(self, octets: bytes) -> None:
        self.message = identify(octets)[1]
        self.content: bytes | None = None
        self.steps: list[ValidationStep] = []
        self.covered: frozenset[str] = frozenset()


class _Container:
    """The files of a container: its content, and what stands in META-INF."""

    def __init__(
        self,
        files: Mapping[str, PackedFile],
        request: ValidationRequest,
        context: ValidationContext,
    ) -> None:
        self._files = files
        self._request = request
        self._context = context
        self.content = [name for name in files if not _is_structure(name)]
        self._signatures: Counter[str] = Counter()
        self._countersigning = CountersignatureBudget()
        # Files and manifests are read once, however many signatures a small package names for them.
        self._manifests: dict[str, AsicManifest | CryptoError] = {}
        self._digests: dict[tuple[str, str], bytes] = {}

    def is_simple(self) -> bool:
        """Tell whether it is ASiC-S; ContainerMalformed, ContainerUnsupported (`mimetype`)."""
        stated = self._files.get(_MIMETYPE)
        if stated is not None and next(iter(self._files)) != _MIMETYPE:
            raise ContainerMalformed("mimetype_not_first")
        manifests = any(_MANIFEST.fullmatch(name) for name in self._files)
        if stated is None:
            return not manifests
        kind = stated.octets.rstrip(b"\r\n")
        if kind not in {_SIMPLE, _EXTENDED}:
            raise ContainerUnsupported("mimetype")
        return kind == _SIMPLE

    def prepare(self, name: str, *, simple: bool) -> _Prepared:
        """Find what a signature is over, and check it against the manifest."""
        found = _Prepared(self._files[name].octets)
        try:
            if simple:
                self._prepare_simple(found)
            else:
                self._prepare_extended(found, name)
        except ContainerUnsupported as error:
            sub, reason = _CONSTRAINTS, "signature.container_not_supported"
            found.steps.append(unsettled("manifest", sub, reason, error.detail))
        except CryptoError as error:
            found.steps.append(malformed(error))
        self._signatures.update(found.covered)
        return found

    def _prepare_simple(self, found: _Prepared) -> None:
        if len(self.content) != 1:  # EN 319 162-1 4.3.3.2
            raise ContainerMalformed(f"files:{len(self.content)}")
        found.content = self._files[self.content[0]].octets
        found.covered = frozenset(self.content)

    def _prepare_extended(self, found: _Prepared, name: str) -> None:
        manifest, octets = self._find_manifest(name)
        found.content = octets
        wrong = 0
        covered: set[str] = set()
        for each in manifest.objects:
            packed = self._files.get(each.name)
            if packed is None:
                raise ContainerMalformed("manifest_file_missing")
            if self._hash(each, packed) == each.digest:
                covered.add(each.name)
            else:
                wrong += 1
        if wrong:
            sub, reason = SubIndication.HASH_FAILURE, "signature.content_mismatch"
            found.steps.append(failed("manifest", sub, reason, f"files:{wrong}"))
        else:
            found.steps.append(passed("manifest", f"files:{len(covered)}"))
        found.covered = frozenset(covered)

    def _find_manifest(self, name: str) -> tuple[AsicManifest, bytes]:
        """Return the only manifest that names a signature file, and its octets."""
        matching = [
            (manifest, packed.octets)
            for packed in self._files.values()
            if _MANIFEST.fullmatch(packed.name)
            and (manifest := self._read_manifest(packed)).signature == name
        ]
        if len(matching) != 1:
            raise ContainerMalformed(f"manifests:{len(matching)}")
        return matching[0]

    def _read_manifest(self, packed: PackedFile) -> AsicManifest:
        if packed.name not in self._manifests:
            try:
                self._manifests[packed.name] = read_manifest(packed.octets)
            except CryptoError as error:
                self._manifests[packed.name] = error
        found = self._manifests[packed.name]
        if isinstance(found, CryptoError):
            raise found
        return found

    def _hash(self, stated: DataObject, packed: PackedFile) -> bytes:
        key = (stated.name, stated.digest_uri)
        if key not in self._digests:
            self._digests[key] = stated.hash(packed.octets, self._context.registry)
        return self._digests[key]

    def validate(self, prepared: _Prepared, most: int) -> list[SignatureReport]:
        """Validate every signer of one prepared signature file, when they are not too many."""
        process = ValidationProcess("", self._context.moment, countersigning=self._countersigning)
        process.steps += [passed("container", "asic"), *prepared.steps]
        try:
            signed = read_message(process, prepared.message)
            if signed.content is not None:
                raise ContainerMalformed("content_attached")
        except CryptoError as error:
            return [refuse(process, malformed(error))]
        if not signed.signers:
            step = failed("signers", SubIndication.FORMAT_FAILURE, "signature.no_signers", "0")
            return [refuse(process, step)]
        if len(signed.signers) > most:
            return [refuse(process, state_refusal(ContainerUnsupported("too_many_signatures")))]
        process.steps += check_format(signed, strict=False)
        process.steps.append(self._state_coverage(prepared))
        request = replace(
            self._request, cms=prepared.message, content=prepared.content, iin=None, fresh=False
        )
        about_file = self._request.proofs.select(hashlib.sha256(self._request.cms).hexdigest())
        request = replace(request, proofs=request.proofs.extend([process.cms_sha256], *about_file))
        return [
            validate_signature(process.branch(), signed, signer, request, self._context)
            for signer in signed.signers
        ]

    def _state_coverage(self, prepared: _Prepared) -> ValidationStep:
        signed = sum(1 for name in self.content if self._signatures[name])
        covered = sum(1 for name in self.content if name in prepared.covered)
        detail = f"files:{covered}/{len(self.content)}"
        if signed < len(self.content):
            # Whoever packs the container again can put a file of his own beside the signed ones.
            return unsettled("coverage", _CONSTRAINTS, "signature.files_not_signed", detail)
        return passed("coverage", detail) if covered == signed else warning("coverage", detail)

    def summarise(self) -> ContainerSummary:
        """Describe the files, those of META-INF too."""
        return ContainerSummary(
            "asic",
            0,
            tuple(
                ContainedFile(
                    each.name,
                    len(each.octets),
                    hashlib.sha256(each.octets).hexdigest(),
                    _name_kind(each),
                    self._signatures[each.name],
                )
                for each in self._files.values()
                if each.name != _MIMETYPE
            ),
        )


def _is_structure(name: str) -> bool:
    """Tell whether a file belongs to the container itself and not to what it carries."""
    known = (_CADES, _XADES, _MANIFEST, _OTHER)
    return name == _MIMETYPE or any(pattern.fullmatch(name) for pattern in known)


def _name_kind(packed: PackedFile) -> str:
    if _XADES.fullmatch(packed.name) and identify(packed.octets)[0] is FileKind.XML:
        return FileKind.XML_SIGNATURE.value
    return identify(packed.octets)[0].value
