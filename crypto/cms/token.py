"""Verification of an RFC 3161 token: imprint, signature, authority, time (RFC 3161 2.4.2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crypto.cms.signed_data import SignedData
from crypto.cms.signer import Examined, examine_signer
from crypto.cms.timestamp import TimestampInfo, token_sha256
from crypto.errors import CryptoError
from crypto.pki import oids
from crypto.pki.algorithms import AlgorithmRegistry, KeyPolicy
from crypto.pki.certificate import Certificate
from crypto.pki.list_check import Judging, judge_by_sources
from crypto.pki.path import PathBudget, find_path
from crypto.pki.path_inputs import PathInputs
from crypto.pki.report import EvidenceItem, EvidenceKind, Indication, milliseconds
from crypto.pki.sources import RevocationSources
from crypto.pki.trust import TrustStore
from crypto.pki.verdict import RevocationStatus

__all__ = ["TokenBench", "TokenVerdict", "verify_token"]

_BROKEN = "broken:"


@dataclass(frozen=True, slots=True)
class TokenBench:
    """What a token is judged against; lists at most `list_max_age` old."""

    trust: TrustStore
    sources: RevocationSources
    registry: AlgorithmRegistry
    keys: KeyPolicy
    moment: datetime
    clock_tolerance: timedelta
    list_max_age: timedelta


@dataclass(frozen=True, slots=True)
class TokenVerdict:
    """time  genTime, only when everything held; broken: the token contradicts itself or us."""

    time: datetime | None
    broken: bool
    evidence: EvidenceItem


def verify_token(token: bytes, stamped: bytes, bench: TokenBench) -> TokenVerdict:
    """Verify a token over the octets `stamped`; never raises on foreign input."""
    at = 0
    try:
        signed = SignedData.parse(token)
        info = TimestampInfo.parse(signed.content or b"")
        at = milliseconds(info.moment)
        reason = _refusal(signed, info, stamped, bench)
        moment = None if reason else info.moment
    except CryptoError as malformed:
        reason, moment = f"{_BROKEN}{malformed.detail}", None
    item = EvidenceItem(
        EvidenceKind.TST,
        "signature",
        token_sha256(token),
        at,
        used=moment is not None,
        reason=reason or "counted",
    )
    return TokenVerdict(moment, reason.startswith(_BROKEN), item)


def _refusal(signed: SignedData, info: TimestampInfo, stamped: bytes, bench: TokenBench) -> str:
    digest = bench.registry.digest(info.digest_oid)
    if digest is None:
        return f"algorithm_not_supported:{info.digest_oid}"
    if digest.of(stamped) != info.imprint:
        return f"{_BROKEN}imprint"
    if len(signed.signers) != 1:
        return f"{_BROKEN}signers"
    signer = signed.signers[0]
    authority = next((c for c in signed.certificates if signer.names(c)), None)
    if authority is None:
        return "no_certificate"
    if signer.single(oids.SIGNING_CERTIFICATE) is None and (
        signer.single(oids.SIGNING_CERTIFICATE_V2) is None
    ):
        return f"{_BROKEN}signing_certificate"
    steps = examine_signer(
        Examined(
            signed,
            signer,
            authority,
            signed.content or b"",
            oids.TST_INFO,
            bench.registry,
            bench.keys,
        )
    )
    for step in steps:
        if step.indication is not None:
            prefix = _BROKEN if step.indication is Indication.TOTAL_FAILED else ""
            return f"{prefix}{step.finding.code}:{step.finding.detail}"
    return _authority_refusal(authority, signed, info, bench)


def _authority_refusal(
    authority: Certificate, signed: SignedData, info: TimestampInfo, bench: TokenBench
) -> str:
    if authority.extended_key_usage != (oids.TIME_STAMPING,) or (
        oids.EXTENDED_KEY_USAGE not in authority.critical()
    ):
        return f"{_BROKEN}authority_purpose"
    if info.moment > bench.moment + bench.clock_tolerance:
        return f"{_BROKEN}from_the_future"
    if not authority.not_before <= info.moment <= authority.not_after:
        return f"{_BROKEN}authority_expired"
    path = find_path(
        authority,
        trust=bench.trust,
        extra=signed.certificates,
        inputs=PathInputs.any_policy(bench.moment),
        registry=bench.registry,
        keys=bench.keys,
        budget=PathBudget(),
    )
    if not path.valid:
        return f"authority_path:{path.failures[0].code}"
    if len(path.chain) == 1:
        return ""
    judging = Judging(bench.moment, bench.registry, bench.keys, bench.clock_tolerance)
    issuer = path.chain[1]
    verdict = judge_by_sources(authority, issuer, bench.sources, judging, bench.list_max_age)
    if verdict.status is RevocationStatus.REVOKED:
        return f"{_BROKEN}authority_revoked"
    return "" if verdict.status is RevocationStatus.GOOD else f"authority_{verdict.reason}"
