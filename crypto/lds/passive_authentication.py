"""Passive authentication (Doc 9303-11 5.1): whether a pinned state vouches for what was read.

By our CMS engine, with a policy of its own. What it proves is that the data are genuine; that the
chip is the one the state issued only active or chip authentication proves.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import AlgorithmRegistry
from crypto.asn1 import oids
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.cms.signer import SignatureSubject, verify_signer
from crypto.errors import CryptoError
from crypto.lds.algorithms import MINIMUM_BITS, document_registry
from crypto.lds.csca import CscaTrust, read_country
from crypto.lds.data_groups import parse_com, parse_dg1, parse_issue_date
from crypto.lds.files import ChipAuthenticity, ChipFiles
from crypto.lds.format.security_object import SecurityObject, read_sod
from crypto.lds.issuers.document_signer import (
    SigningMoment,
    check_country,
    check_purpose,
    check_revocation,
    find_issuer,
)
from crypto.path.context import PathContext
from crypto.path.validate import PathResult
from crypto.report.chip import ChipReason, ChipReport, DataGroupResult
from crypto.report.report import SubIndication, milliseconds
from crypto.validation.step import ValidationStep, conclude, failed, passed, unsettled, warning
from crypto.x509.certificate import Certificate

__all__ = ["authenticate"]

_CLOCK_TOLERANCE: Final = timedelta(minutes=5)
_DAY: Final = timedelta(days=1)
_Found = tuple[PathResult, ValidationStep]
_FORMAT: Final = SubIndication.FORMAT_FAILURE
_CRYPTO: Final = SubIndication.CRYPTO_CONSTRAINTS_FAILURE
_DOCUMENT_DETAILS, _SECURITY_INFOS, _ACTIVE_KEY = 12, 14, 15
_AUTHENTICATION_KEYS: Final = {
    ChipAuthenticity.ACTIVE: _ACTIVE_KEY,
    ChipAuthenticity.CHIP_AUTHENTICATION: _SECURITY_INFOS,
}
_CHIP_AUTHENTICATION_KEY: Final = bytes.fromhex("060904007f0007020201")
"""How id-PK-DH and id-PK-ECDH (BSI TR-03110-3 A.1.1.1) begin, tag and length with them."""
_SIGNATURE_REASONS: Final = {
    "signature.content_mismatch": ChipReason.SOD_CHANGED,
    "signature.crypto_failure": ChipReason.SOD_SIGNATURE_WRONG,
    "signature.malformed": ChipReason.SOD_MALFORMED,
    "signature.signing_certificate_mismatch": ChipReason.CERTIFICATE_REFUSED,
    "signature.algorithm_not_supported": ChipReason.ALGORITHM_NOT_SUPPORTED,
    "signature.public_key_refused": ChipReason.ALGORITHM_NOT_SUPPORTED,
    "signature.algorithm_too_weak": ChipReason.ALGORITHM_TOO_WEAK,
}
_GROUP_REASONS: Final = {
    DataGroupResult.CHANGED: (SubIndication.HASH_FAILURE, ChipReason.DATA_GROUP_CHANGED),
    DataGroupResult.SWAPPED: (SubIndication.HASH_FAILURE, ChipReason.DATA_GROUPS_SWAPPED),
    DataGroupResult.NOT_SIGNED: (
        SubIndication.SIGNED_DATA_NOT_FOUND,
        ChipReason.DATA_GROUP_NOT_SIGNED,
    ),
}


def authenticate(
    files: ChipFiles,
    trust: CscaTrust,
    moment: datetime,
    crls: Sequence[bytes] = (),
    certificates: Sequence[Certificate] = (),
) -> ChipReport:
    """Verify what was read from one chip; never raises on foreign input.

    moment        aware; of the judgement
    crls          lists of the authorities (DER) that were brought along; none: not looked up
    certificates  document signers known otherwise, for a security object without its own

    1. EF.SOD has the form of Doc 9303-10 4.6.2 and one signer
    2. Every data group read, DG1 among them, has the hash that the security object states for it
    3. The signer's certificate stands in EF.SOD, or is known by issuer and serial number
    4. It signed the security object (RFC 5652 5.4)
    5. A path leads to a pinned authority, in force when the document was signed: at signingTime,
       else now; a signer expired by now counts if it was in force on the date of issue in DG12,
       and is undecided otherwise
    6. It may sign documents of this kind, of the state that the zone names
    7. It does not stand in a list that was given

    Every step is taken that can be, failed ones before it or not.
    """
    report = _judge(_Judgement(files, trust, moment), crls, certificates)
    if trust.sha1 and report.reason is ChipReason.ALGORITHM_TOO_WEAK:
        report = _judge(_Judgement(files, trust, moment, sha1=True), crls, certificates)
    return report


def _judge(
    judgement: "_Judgement", crls: Sequence[bytes], certificates: Sequence[Certificate]
) -> ChipReport:
    if judgement.sha1:
        judgement.steps.append(warning("algorithms", "sha1_by_setting"))
    try:
        judgement.run(crls, certificates)
    except CryptoError as error:
        judgement.steps.append(
            failed("format", _FORMAT, ChipReason.SOD_MALFORMED, f"{error.code}:{error.detail}")
        )
    return judgement.report()


@dataclass(slots=True)
class _Judgement:
    """What is known of one chip's files while they are judged.

    sha1  the state's signatures over SHA-1 count
    """

    files: ChipFiles
    trust: CscaTrust
    moment: datetime
    sha1: bool = False
    steps: list[ValidationStep] = field(default_factory=list)
    groups: dict[int, DataGroupResult] = field(default_factory=dict)
    hash_algorithm: str = ""
    claim: datetime | None = None
    signer: Certificate | None = None
    anchor: Certificate | None = None
    authenticity: ChipAuthenticity = ChipAuthenticity.NONE
    zone: str = ""

    @property
    def _registry(self) -> AlgorithmRegistry:
        return document_registry(sha1=self.sha1)

    def run(self, crls: Sequence[bytes], certificates: Sequence[Certificate]) -> None:
        signed = read_sod(self.files.security_object)  # (1)
        signer = signed.signers[0]
        stated = SecurityObject.parse(signed.content or b"")
        self.claim = signer.signing_time()
        self.steps.append(passed("format"))
        self._check_groups(stated)  # (2)
        self._read_zone()
        self._check_presence(stated)
        self._check_authenticity()
        self.signer = self._find_signer(signed, signer, certificates)  # (3)
        if self.signer is None:
            return
        self._verify_signature(signed, signer, self.signer)  # (4)
        self._judge_signer(self.signer, crls)  # (5), (6), (7)

    def _check_groups(self, stated: SecurityObject) -> None:
        """Hold every data group read against the hash stated for it."""
        self.groups = dict.fromkeys(stated.hashes, DataGroupResult.UNREAD)
        digest = self._registry.digest(stated.algorithm.oid)
        if digest is None or not digest.accepts(stated.algorithm.parameters):
            reason = ChipReason.ALGORITHM_NOT_SUPPORTED
            self.groups |= dict.fromkeys(self.files.data_groups, DataGroupResult.UNKNOWN)
            step = unsettled("data_groups", _CRYPTO, reason, stated.algorithm.oid)
            self.steps.append(step)
            return
        self.hash_algorithm = digest.name
        if not digest.strong:
            reason = ChipReason.ALGORITHM_TOO_WEAK
            self.steps.append(unsettled("hash_algorithm", _CRYPTO, reason, digest.name))
        for number, octets in sorted(self.files.data_groups.items()):
            result = _compare(number, digest.hash(octets), stated)
            self.groups[number] = result
            self.steps.append(_make_group_step(number, result))

    def _read_zone(self) -> None:
        octets = self.files.data_groups.get(1)
        if octets is None:
            missing = SubIndication.SIGNED_DATA_NOT_FOUND
            self.steps.append(failed("data_group_1", missing, ChipReason.DATA_GROUP_MISSING))
            return
        try:
            self.zone = parse_dg1(octets)
        except CryptoError as malformed:
            reason = ChipReason.DATA_GROUP_MALFORMED
            self.steps.append(failed("zone", _FORMAT, reason, malformed.detail))

    def _check_presence(self, stated: SecurityObject) -> None:
        """Compare EF.COM, which nobody signs: a difference is noted and decides nothing."""
        if self.files.com is None:
            return
        try:
            listed = parse_com(self.files.com).data_groups
        except CryptoError as malformed:
            self.steps.append(warning("presence", malformed.detail))
            return
        more, fewer = listed - stated.hashes.keys(), stated.hashes.keys() - listed
        if more or fewer:
            detail = f"unsigned:{sorted(more)},unlisted:{sorted(fewer)}"
            self.steps.append(warning("presence", detail.replace(" ", "")))
        else:
            self.steps.append(passed("presence"))

    def _check_authenticity(self) -> None:
        """Believe the chip's own proof only where the state signed the key it was made with."""
        claimed = self.files.authenticity
        number = _AUTHENTICATION_KEYS.get(claimed)
        if number is None:
            detail = "offered_not_proven" if self._is_authenticity_offered() else "not_offered"
            self.steps.append(warning("authenticity", detail))
        elif self.groups.get(number) is not DataGroupResult.GENUINE:
            self.steps.append(warning("authenticity", "key_not_signed"))
        else:
            self.authenticity = claimed
            self.steps.append(passed("authenticity", claimed.value))

    def _is_authenticity_offered(self) -> bool:
        """Tell whether the state signed a key of the chip; DG14 may hold other things alone."""
        stated = {n for n, r in self.groups.items() if r is not DataGroupResult.NOT_SIGNED}
        if _SECURITY_INFOS not in stated:
            return _ACTIVE_KEY in stated
        infos = self.files.data_groups.get(_SECURITY_INFOS)
        return _ACTIVE_KEY in stated or infos is None or _CHIP_AUTHENTICATION_KEY in infos

    def _find_signer(
        self, signed: SignedData, signer: SignerInfo, known: Sequence[Certificate]
    ) -> Certificate | None:
        for certificate in (*signed.certificates, *known):
            if signer.names(certificate):
                return certificate
        missing = SubIndication.NO_SIGNING_CERTIFICATE_FOUND
        self.steps.append(unsettled("certificate", missing, ChipReason.CERTIFICATE_MISSING))
        return None

    def _verify_signature(
        self, signed: SignedData, signer: SignerInfo, certificate: Certificate
    ) -> None:
        subject = SignatureSubject(
            signed, signer, certificate, signed.content, oids.LDS_SECURITY_OBJECT
        )
        for step in verify_signer(subject, self._make_paths(self.moment)):
            self.steps.append(_rename(step))

    def _judge_signer(self, certificate: Certificate, crls: Sequence[bytes]) -> None:
        signing = self._find_signing_moment()
        found, step = find_issuer(certificate, signing, self._make_paths(signing.moment))
        if step.reason == ChipReason.CERTIFICATE_EXPIRED and not signing.known:
            found, step = self._judge_when_issued(certificate, (found, step))
        self.steps.append(step)
        self.steps += check_purpose(certificate, signing, self.zone[:2].rstrip("<"))
        if not found.valid:
            return
        self.anchor = found.chain[-1]
        self.steps.append(check_country(certificate, self.anchor, self.zone[2:5].rstrip("<")))
        self.steps += check_revocation(found.chain, crls, self._make_paths(self.moment))

    def _make_paths(self, moment: datetime) -> PathContext:
        """Return what paths are validated with, the certificates in force at this moment."""
        return PathContext(
            registry=self._registry,
            keys=KeyPolicy(MINIMUM_BITS).at(self.moment),
            moment=moment,
            clock_tolerance=_CLOCK_TOLERANCE,
            trust=self.trust.make_store(),
        )

    def _find_signing_moment(self) -> SigningMoment:
        if self.claim is None:
            self.steps.append(warning("signing_time", "absent"))
            return SigningMoment(self.moment, known=False)
        if self.claim > self.moment + _CLOCK_TOLERANCE:
            sub, reason = SubIndication.NOT_YET_VALID, ChipReason.SIGNING_TIME_WRONG
            self.steps.append(failed("signing_time", sub, reason, "in_the_future"))
        else:
            self.steps.append(passed("signing_time", "claimed"))
        return SigningMoment(self.claim, known=True)

    def _judge_when_issued(self, certificate: Certificate, now: _Found) -> _Found:
        """Judge an expired signer on the day of issue, which need not be the day of signing.

        What a few days between them would change stays as it is found now: undecided.
        """
        issued = self._read_issue_date()
        if issued is None:
            return now
        day = SigningMoment(min(issued + _DAY, self.moment), known=False)
        found, step = find_issuer(certificate, day, self._make_paths(day.moment))
        if not found.valid:
            return now
        self.steps.append(passed("date_of_issue", issued.date().isoformat()))
        return found, step

    def _read_issue_date(self) -> datetime | None:
        if self.groups.get(_DOCUMENT_DETAILS) is not DataGroupResult.GENUINE:
            return None
        try:
            return parse_issue_date(self.files.data_groups[_DOCUMENT_DETAILS])
        except CryptoError:
            return None

    def report(self) -> ChipReport:
        indication, sub_indication, reason = conclude(self.steps, ChipReason.PASSED)
        digests = (
            (number, hashlib.sha256(octets).hexdigest())
            for number, octets in sorted(self.files.data_groups.items())
        )
        return ChipReport(
            indication=indication,
            sub_indication=sub_indication,
            reason=ChipReason(reason),
            findings=tuple(step.finding for step in self.steps),
            data_groups=tuple(sorted(self.groups.items())),
            digests=tuple(digests),
            sod_sha256=hashlib.sha256(self.files.security_object).hexdigest(),
            signer_sha256=self.signer.sha256 if self.signer else "",
            csca_sha256=self.anchor.sha256 if self.anchor else "",
            country=read_country(self.anchor) if self.anchor else "",
            hash_algorithm=self.hash_algorithm,
            over_sha1=self.sha1,
            validated_at_ms=milliseconds(self.moment),
            signed_at_claim_ms=milliseconds(self.claim) if self.claim else None,
            authenticity=self.authenticity.value,
            authenticity_offered=self._is_authenticity_offered(),
        )


def _compare(number: int, value: bytes, stated: SecurityObject) -> DataGroupResult:
    """Compare a file's hash with the one stated for its number, then with those of others."""
    if stated.hashes.get(number) == value:
        return DataGroupResult.GENUINE
    if value in stated.hashes.values():
        return DataGroupResult.SWAPPED
    return DataGroupResult.CHANGED if number in stated.hashes else DataGroupResult.NOT_SIGNED


def _make_group_step(number: int, result: DataGroupResult) -> ValidationStep:
    code = f"data_group_{number}"
    if result is DataGroupResult.GENUINE:
        return passed(code)
    sub, reason = _GROUP_REASONS[result]
    return failed(code, sub, reason, result.value)


def _rename(step: ValidationStep) -> ValidationStep:
    """Give a step about a signature the reason it has about a chip."""
    if not step.reason:
        return step
    reason = _SIGNATURE_REASONS.get(step.reason, ChipReason.SOD_MALFORMED)
    return ValidationStep(step.finding, step.indication, step.sub_indication, reason)
