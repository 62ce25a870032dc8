"""A stored signature extended to CAdES baseline T, LT or LTA (ETSI EN 319 122-1 5.3 to 5.5).

Nothing is stamped that is not known to be good: the signature is validated first, and again with
every time-stamp that was added, and what is added is what that validation rested on. Everything is
appended; nothing that was there is replaced or encoded anew.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from crypto.algorithms.keys import AlgorithmIdentifier
from crypto.algorithms.registry import AlgorithmRegistry, default_registry
from crypto.archive.errors import ExtensionFault, ExtensionRefused
from crypto.archive.material import (
    ValidationMaterial,
    collect_material,
    find_authority,
    list_tokens,
)
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import DerError
from crypto.cms.additions import Additions, write_additions
from crypto.cms.archive_timestamp import (
    OLDER_ARCHIVE_TIMESTAMPS,
    ArchiveTimestampRefused,
    create_hash_index,
    embed_hash_index,
    encode_archive_input,
    read_archive_timestamp,
)
from crypto.cms.create import attribute
from crypto.cms.embedded import MAX_LIST_OCTETS
from crypto.cms.signature_constraints import SignatureConstraints
from crypto.cms.signature_file import open_signature_file, remove_padding
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.cms.timestamp import hash_token
from crypto.cms.validation_request import ValidationRequest
from crypto.report.report import FindingStatus, Indication
from crypto.revocation.recording import RecordingSources
from crypto.revocation.sources import RevocationSources
from crypto.signatures.document import DocumentReport
from crypto.signatures.validator import SignatureValidator

__all__ = ["ArchiveLevel", "ExtendedSignature", "SignatureExtender", "TimestampSource"]

_MAX_OCTETS: Final = 32 << 20
"""What `signature verify` reads back."""


class ArchiveLevel(StrEnum):
    """How far a signature is extended."""

    T = "t"
    LT = "lt"
    LTA = "lta"


@dataclass(frozen=True, slots=True)
class TimestampSource:
    """Where time-stamps come from.

    digest_oid  of the imprint, and so of the hash index of an archive time-stamp
    request     from the octets to stamp to the token
    """

    digest_oid: str
    request: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class ExtendedSignature:
    """The extended message, how it validates, and how long what was added can be relied on.

    renew_before  when the first certificate ends among those of who stamped last; None without
    """

    cms: bytes
    report: DocumentReport
    added: Additions
    renew_before: datetime | None


class SignatureExtender:
    """Extends stored signatures under the constraints that they are validated with.

    sources  asked for the status of everybody; what they say goes into the file
    raw      octets of a list that the sources keep elsewhere, by SHA-256
    now      aware clock
    """

    def __init__(
        self,
        constraints: SignatureConstraints,
        sources: RevocationSources,
        raw: Callable[[str], bytes | None],
        now: Callable[[], datetime],
        registry: AlgorithmRegistry | None = None,
    ) -> None:
        self._constraints = constraints
        self._sources = sources
        self._raw = raw
        self._now = now
        self._registry = registry or default_registry()

    def extend(
        self,
        untrusted_cms: bytes,
        content: bytes | None,
        level: ArchiveLevel,
        stamping: TimestampSource,
        signers: Collection[int] = (),
    ) -> ExtendedSignature:
        """Extend a signature file to a level.

        content  what was signed, when it is not inside
        signers  numbers from 1, in the order they stand; none: each

        T adds one time-stamp over the signature value to each signer. LT adds it where none counts
        yet, and what validation needs; LTA that and an archive time-stamp. Raises
        ExtensionRefused, DerError, WrongFileKind, SignatureFileMalformed, and what `stamping`
        raises.
        """
        _, octets = open_signature_file(untrusted_cms)
        signed = SignedData.parse(remove_padding(octets)[0])
        chosen = _choose(signed, signers)
        self._refuse_unfit(signed, content)
        if level is ArchiveLevel.LTA:
            _require_readable(signed, chosen)
        report = self._require_passed(signed, content, chosen)
        made: list[tuple[int, bytes]] = []
        for position in chosen:
            if level is ArchiveLevel.T or not _is_stamped(report, position):
                signed, token = _add_stamp(signed, position, stamping)
                made.append((position, token))
        added = Additions()
        if level is not ArchiveLevel.T:
            if made:
                report = self._require_passed(signed, content, chosen, made)
            added = self._collect(signed, content, chosen)
            signed = _write(signed, added)
        if level is ArchiveLevel.LTA:
            for position in chosen:
                signed, token = self._add_archive_stamp(signed, position, content, stamping)
                made.append((position, token))
        report = self._require_passed(signed, content, chosen, made)
        return ExtendedSignature(
            signed.node.data, report, added, self._find_end(signed, chosen, report)
        )

    def _refuse_unfit(self, signed: SignedData, content: bytes | None) -> None:
        if signed.content is None and content is None:
            raise ExtensionRefused(ExtensionFault.CONTENT_ABSENT)
        for signer in signed.signers:
            for each in signer.unsigned:
                if each.oid in OLDER_ARCHIVE_TIMESTAMPS:
                    kind = OLDER_ARCHIVE_TIMESTAMPS[each.oid]
                    raise ExtensionRefused(ExtensionFault.OLDER_ARCHIVE, kind)
                if signed.ber and each.oid == oids.ARCHIVE_TIME_STAMP_V3:
                    # Its index is of the octets as others find them; what comes back is DER.
                    for value in each.values:
                        self._require_fitting(signed, signer, content, value.raw)

    def _require_fitting(
        self, signed: SignedData, signer: SignerInfo, content: bytes | None, token: bytes
    ) -> None:
        try:
            read_archive_timestamp(
                token,
                signed=signed,
                signer=signer,
                content=_find_content(signed, content),
                registry=self._registry,
                digests={},
            )
        except ArchiveTimestampRefused as refused:
            raise ExtensionRefused(ExtensionFault.BER_ARCHIVED) from refused

    def _require_passed(
        self,
        signed: SignedData,
        content: bytes | None,
        chosen: Sequence[int],
        made: Sequence[tuple[int, bytes]] = (),
    ) -> DocumentReport:
        """Validate; ExtensionRefused where a signature does not pass, or a stamp does not count."""
        validator = self._make_validator(self._sources)
        report = validator.validate_document(signed.node.data, content=content, moment=self._now())
        for position in chosen:
            if report.signatures[position].indication is not Indication.TOTAL_PASSED:
                raise ExtensionRefused(ExtensionFault.NOT_PASSED, str(position + 1), report)
        for position, token in made:
            digest = hash_token(token)
            item = next(
                (e for e in report.signatures[position].evidence if e.sha256 == digest), None
            )
            if item is None or not item.used:
                why = "not_looked_at" if item is None else item.reason
                raise ExtensionRefused(ExtensionFault.STAMP_NOT_COUNTED, why, report)
        return report

    def _collect(
        self, signed: SignedData, content: bytes | None, chosen: Sequence[int]
    ) -> Additions:
        request = ValidationRequest(
            signed.node.data, content, None, fresh=False, moment=self._now()
        )
        material = ValidationMaterial()
        for position in chosen:
            recording = RecordingSources(self._sources, self._raw)
            context = self._make_validator(recording).create_context(self._now())
            signer = signed.signers[position]
            collect_material(material, signed, signer, request, context, recording)
        return material.list_additions()

    def _make_validator(self, sources: RevocationSources) -> SignatureValidator:
        return SignatureValidator.under(self._constraints, sources, self._registry)

    def _add_archive_stamp(
        self, signed: SignedData, position: int, content: bytes | None, stamping: TimestampSource
    ) -> tuple[SignedData, bytes]:
        digest = self._registry.require_digest(stamping.digest_oid)
        signer = signed.signers[position]
        digests: dict[str, bytes] = {}
        index = create_hash_index(signed, signer, digest, digests)
        stamped = encode_archive_input(
            signed=signed,
            signer=signer,
            content=_find_content(signed, content),
            index=index,
            digest=digest,
            digests=digests,
        )
        token = embed_hash_index(stamping.request(stamped), index)
        announced = {
            AlgorithmIdentifier.read(each).oid for each in signed.node.elements()[1].children()
        }
        # 5.5.3: the digest of the imprint should be announced, so that one reading is enough.
        named = () if announced & set(digest.oids) else (w.algorithm(digest.oids[0]),)
        added = attribute(oids.ARCHIVE_TIME_STAMP_V3, token)
        return _write(signed, Additions(digests=named, unsigned={position: (added,)})), token

    def _find_end(
        self, signed: SignedData, chosen: Sequence[int], report: DocumentReport
    ) -> datetime | None:
        """Return when the last of the authorities ends that vouch for each signature's time."""
        context = self._make_validator(self._sources).create_context(self._now())
        ends = []
        for position in chosen:
            counted = {e.sha256 for e in report.signatures[position].evidence if e.used}
            tokens = list_tokens(signed.signers[position])
            found = (find_authority(e, context) for e in tokens if hash_token(e) in counted)
            ends.append(max((each.not_after for each in found if each is not None), default=None))
        return min((each for each in ends if each is not None), default=None)


def _choose(signed: SignedData, signers: Collection[int]) -> tuple[int, ...]:
    count = len(signed.signers)
    wanted = sorted(set(signers)) or range(1, count + 1)
    for number in wanted or (1,):
        if not 1 <= number <= count:
            raise ExtensionRefused(ExtensionFault.SIGNER_ABSENT, str(number))
    return tuple(number - 1 for number in wanted)


def _require_readable(signed: SignedData, chosen: Sequence[int]) -> None:
    """Refuse, before anything is asked for, what no hash index can cover."""
    if any(signed.signers[position].unsigned_unreadable for position in chosen):
        raise ExtensionRefused(ExtensionFault.ATTRIBUTE_UNREADABLE)


def _find_content(signed: SignedData, content: bytes | None) -> bytes:
    found = content if signed.content is None else signed.content
    if found is None:
        raise ExtensionRefused(ExtensionFault.CONTENT_ABSENT)
    return found


def _is_stamped(report: DocumentReport, position: int) -> bool:
    """Tell whether a time-stamp over the signature value counts."""
    return any(
        each.code == "timestamp" and each.status is FindingStatus.PASSED
        for each in report.signatures[position].findings
    )


def _add_stamp(
    signed: SignedData, position: int, stamping: TimestampSource
) -> tuple[SignedData, bytes]:
    # 5.3: over the value of the signature, without its tag and length.
    token = stamping.request(signed.signers[position].signature)
    added = attribute(oids.SIGNATURE_TIME_STAMP, token)
    return _write(signed, Additions(unsigned={position: (added,)})), token


def _write(signed: SignedData, additions: Additions) -> SignedData:
    written = write_additions(signed, additions)
    lists = sum(len(each.raw) for each in signed.lists) + sum(map(len, additions.revocation))
    if len(written) > _MAX_OCTETS or lists > MAX_LIST_OCTETS:
        raise ExtensionRefused(ExtensionFault.TOO_LARGE)
    try:
        return SignedData.parse(written)
    except DerError as error:
        # It was read before the additions: only its bounds can be passed.
        raise ExtensionRefused(ExtensionFault.TOO_MANY) from error
