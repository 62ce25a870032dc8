"""The certificate of a document signer (DSC, Doc 9303-12 7.1.1): its path, purpose and time.

It states no ИИН, and no list of the revoked is asked for: one that was brought along is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crypto.algorithms.registry import SignatureOutcome
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1.der import INTEGER, PRINTABLE_STRING, SET, DerError, context
from crypto.errors import CryptoError
from crypto.lds.csca import is_authority, read_country
from crypto.path.context import PathContext
from crypto.path.validate import PathFailure, PathResult, find_path
from crypto.report.chip import ChipReason
from crypto.report.report import SubIndication
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.crl_rules import check_crl
from crypto.validation.step import ValidationStep, failed, passed, unsettled, warning
from crypto.x509.certificate import Certificate
from crypto.x509.countries import find_country
from crypto.x509.extensions import KeyUsage

__all__ = ["SigningMoment", "check_country", "check_purpose", "check_revocation", "find_issuer"]

_CONSTRAINTS: Final = SubIndication.CHAIN_CONSTRAINTS_FAILURE
_CRYPTO: Final = SubIndication.CRYPTO_CONSTRAINTS_FAILURE
_WEAK: Final = {SignatureOutcome.WEAK.value}
_UNSUPPORTED: Final = {
    SignatureOutcome.NOT_SUPPORTED.value,
    SignatureOutcome.KEY_REFUSED.value,
    SignatureOutcome.KEY_MISMATCH.value,
}
_OUT_OF_TIME: Final = {"expired", "not_yet_valid"}


@dataclass(frozen=True, slots=True)
class SigningMoment:
    """When the document was signed, as far as that is known.

    known  False: nothing says so, and the present stands for it
    """

    moment: datetime
    known: bool


def find_issuer(
    certificate: Certificate, signing: SigningMoment, paths: PathContext
) -> tuple[PathResult, ValidationStep]:
    """Find the path to an anchor and judge it at the moment of signing (RFC 5280 6.1).

    paths  its moment is the moment of signing
    """
    found = find_path(certificate, paths)
    if found.valid:
        return found, passed("path", str(len(found.chain)))
    failures = found.failures
    codes = {each.code for each in failures}
    detail = ",".join(f"{each.code}@{each.position}" for each in failures)
    if codes <= _OUT_OF_TIME:
        return found, _make_time_step(failures[0], signing, detail)
    if "no_issuer_found" in codes or _is_other_key(certificate, failures, paths):
        missing = SubIndication.NO_CERTIFICATE_CHAIN_FOUND
        return found, unsettled("path", missing, ChipReason.NO_CSCA, detail)
    if codes & _WEAK:
        return found, unsettled("path", _CRYPTO, ChipReason.ALGORITHM_TOO_WEAK, detail)
    if codes & _UNSUPPORTED:
        return found, unsettled("path", _CRYPTO, ChipReason.ALGORITHM_NOT_SUPPORTED, detail)
    return found, failed("path", _CONSTRAINTS, ChipReason.CHAIN_REFUSED, detail)


def _make_time_step(failure: PathFailure, signing: SigningMoment, detail: str) -> ValidationStep:
    expired = failure.code == "expired"
    if expired and not signing.known:
        # It may have been signed in time: nothing says when.
        unproven = SubIndication.OUT_OF_BOUNDS_NO_POE
        return unsettled("path", unproven, ChipReason.CERTIFICATE_EXPIRED, detail)
    sub = SubIndication.EXPIRED if expired else SubIndication.NOT_YET_VALID
    return failed("path", sub, ChipReason.CERTIFICATE_EXPIRED, detail)


def _is_other_key(
    certificate: Certificate, failures: tuple[PathFailure, ...], paths: PathContext
) -> bool:
    """Tell whether the issuer is a key of that name which is not pinned.

    The authorities of one state share their name over the years, as Kazakhstan's do.
    """
    if not any(each.code == "link_signature" for each in failures):
        return False
    stated = certificate.authority_key_id
    if stated is None or stated.key_id is None:
        return False
    known = (*paths.trust.anchors, *paths.trust.intermediates)
    return all(stated.key_id != each.subject_key_id for each in known)


def check_purpose(
    certificate: Certificate, signing: SigningMoment, document_code: str
) -> list[ValidationStep]:
    """Check that it may sign documents, this kind of them, and could at the time (tables 5, 6).

    document_code  as the zone begins, without fillers; empty: not known
    """
    return [
        _check_usage(certificate),
        _check_usage_period(certificate, signing),
        _check_document_types(certificate, document_code),
    ]


def _check_usage(certificate: Certificate) -> ValidationStep:
    detail = ""
    if is_authority(certificate) or (
        certificate.basic_constraints is not None and certificate.basic_constraints.ca
    ):
        detail = "is_an_authority"
    elif certificate.key_usage is None:
        detail = "key_usage_absent"
    elif KeyUsage.DIGITAL_SIGNATURE not in certificate.key_usage:
        detail = "no_digital_signature"
    elif certificate.extended_key_usage:
        # Signers of master lists and servers have one; document signers must not.
        detail = f"extended_key_usage:{certificate.extended_key_usage[0]}"
    if detail:
        return failed("key_usage", _CONSTRAINTS, ChipReason.CERTIFICATE_REFUSED, detail)
    return passed("key_usage")


def _check_usage_period(certificate: Certificate, signing: SigningMoment) -> ValidationStep:
    """Check privateKeyUsagePeriod (RFC 3280 4.2.1.4) at a known moment of signing."""
    extension = certificate.extensions.get(oids.PRIVATE_KEY_USAGE_PERIOD)
    if extension is None:
        return passed("key_usage_period", "not_stated")
    try:
        fields = extension.root().fields()
        begin = fields.optional(context(0, constructed=False))
        end = fields.optional(context(1, constructed=False))
        fields.end()
        since = v.generalized_time(begin, begin.tag)[0] if begin is not None else None
        until = v.generalized_time(end, end.tag)[0] if end is not None else None
    except DerError as malformed:
        detail = malformed.detail
        return failed("key_usage_period", _CONSTRAINTS, ChipReason.CERTIFICATE_REFUSED, detail)
    if not signing.known:
        return warning("key_usage_period", "signing_time_unknown")
    if (since is not None and signing.moment < since) or (
        until is not None and signing.moment > until
    ):
        sub = SubIndication.EXPIRED
        return failed("key_usage_period", sub, ChipReason.SIGNING_TIME_WRONG, "outside")
    return passed("key_usage_period")


def _check_document_types(certificate: Certificate, document_code: str) -> ValidationStep:
    """Check documentTypeList (Doc 9303-12 7.1.1.6), where there is one."""
    extension = certificate.extensions.get(oids.DOCUMENT_TYPE_LIST)
    if extension is None:
        return passed("document_types", "not_stated")
    try:
        fields = extension.root().fields()
        v.small_integer(fields.take(INTEGER))
        nodes = [each.expect(PRINTABLE_STRING) for each in fields.take(SET).elements()]
        fields.end()
    except DerError as malformed:
        detail = malformed.detail
        return failed("document_types", _CONSTRAINTS, ChipReason.CERTIFICATE_REFUSED, detail)
    stated = {each.content.decode("ascii", "replace").strip("< ") for each in nodes}
    # One letter stands for all documents that begin with it.
    if not document_code or stated & {document_code, document_code[:1]}:
        return passed("document_types", ",".join(sorted(stated)))
    detail = f"{document_code}:{','.join(sorted(stated))}"
    return failed("document_types", _CONSTRAINTS, ChipReason.CERTIFICATE_REFUSED, detail)


def check_country(
    certificate: Certificate, anchor: Certificate, issuing_state: str
) -> ValidationStep:
    """Check that signer, authority and document are of one state (Doc 9303-12 7.1.1.1).

    issuing_state  as the zone writes it, without fillers
    """
    signer, authority, state = (
        read_country(certificate),
        read_country(anchor),
        find_country(issuing_state),
    )
    detail = f"{issuing_state}:{signer}:{authority}"
    if state and signer == authority == state:
        return passed("country", detail)
    return failed("country", _CONSTRAINTS, ChipReason.OTHER_COUNTRY, detail)


def check_revocation(
    chain: tuple[Certificate, ...], crls: Sequence[bytes], paths: PathContext
) -> list[ValidationStep]:
    """Look the signer up in the lists that were given, newest or not.

    A list that is stale still says who was revoked; one that the authority did not sign says
    nothing. A signer who is revoked is refused whenever it signed: the date says when that was
    noticed.
    """
    if not crls:
        return [warning("revocation", "not_checked")]
    signer, issuer = chain[0], chain[1]
    steps: list[ValidationStep] = []
    for untrusted in crls:
        try:
            parsed = ParsedCrl.parse(untrusted)
            refusal = check_crl(parsed, issuer, paths)
            entry = None if refusal else parsed.find(signer.serial, signer.issuer)
        except CryptoError as malformed:
            steps.append(warning("revocation", f"list:{malformed.code}"))
            continue
        if refusal:
            steps.append(warning("revocation", f"list:{refusal}"))
        elif entry is not None:
            revoked, detail = SubIndication.REVOKED, entry.revoked_at.isoformat()
            reason = ChipReason.CERTIFICATE_REVOKED
            steps.append(failed("revocation", revoked, reason, detail))
        else:
            stale = parsed.next_update is None or parsed.next_update < paths.moment
            steps.append(warning("revocation", "list:stale") if stale else passed("revocation"))
    return steps
