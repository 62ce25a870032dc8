"""Verification of an RFC 3161 token: imprint, signature, authority, time (RFC 3161 2.4.2)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import AlgorithmRegistry
from crypto.asn1 import oids
from crypto.cms.proof_of_existence import was_good_at
from crypto.cms.signed_data import SignedData
from crypto.cms.signer import Examined, examine_signer
from crypto.cms.timestamp import TimestampInfo, bare_token, token_sha256
from crypto.errors import CryptoError
from crypto.path.inputs import PathInputs
from crypto.path.trust import TrustStore
from crypto.path.validate import PathBudget
from crypto.report.policy import RevocationRule, ValidationPolicy
from crypto.report.report import EvidenceItem, EvidenceKind, Indication, milliseconds
from crypto.revocation.check import RevocationJudge
from crypto.revocation.crl_status import Judging
from crypto.revocation.sources import RevocationSources
from crypto.revocation.status import RevocationStatus
from crypto.validation.chain import judge_chain
from crypto.x509.certificate import Certificate

__all__ = ["TokenBench", "TokenVerdict", "verify_token"]

_BROKEN = "broken:"


@dataclass(frozen=True, slots=True)
class TokenBench:
    """What a token is judged against.

    policy        its ages of lists; the status of the authority is taken from lists alone, which
                  a workstation holds anyway: no responder is asked about time-stamps
    past          RFC 3161 clause 4: an authority revoked later, for a reason that leaves its key
                  its own, has stamped well; false for a fresh signature, where none of it counts
    """

    trust: TrustStore
    sources: RevocationSources
    registry: AlgorithmRegistry
    keys: KeyPolicy
    policy: ValidationPolicy
    moment: datetime
    past: bool

    def judge(self) -> RevocationJudge:
        """Return who judges the status of the authority and of the CAs above it."""
        rule = replace(self.policy, revocation=RevocationRule.CRL_ONLY)
        judging = Judging(self.moment, self.registry, self.keys, self.clock_tolerance)
        return RevocationJudge(self.sources, rule, judging)

    @property
    def clock_tolerance(self) -> timedelta:
        """How far a peer's clock may run ahead of ours."""
        return timedelta(seconds=self.policy.clock_tolerance_s)


@dataclass(frozen=True, slots=True)
class TokenVerdict:
    """time  genTime, only when everything held; broken: the token contradicts itself or us."""

    time: datetime | None
    broken: bool
    evidence: EvidenceItem


def verify_token(token: bytes, stamped: bytes, bench: TokenBench) -> TokenVerdict:
    """Verify a token, bare or in its response, over `stamped`; never raises on foreign input."""
    at = 0
    try:
        signed = SignedData.parse(bare_token(token))
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
    if not digest.strong:
        return f"algorithm_too_weak:{digest.name}"
    if digest.hash(stamped) != info.imprint:
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
    found = judge_chain(
        authority,
        trust=bench.trust,
        extra=signed.certificates,
        inputs=PathInputs.any_policy(bench.moment),
        judge=bench.judge(),
        budget=PathBudget(),
    )
    if not found.path.valid:
        return f"authority_path:{found.path.failures[0].code}"
    for position, verdict in enumerate(found.statuses):
        if verdict.status is RevocationStatus.REVOKED:
            if position == 0 and bench.past and was_good_at(info.moment, verdict):
                continue
            return f"{_BROKEN}authority_revoked"
        if verdict.status is not RevocationStatus.GOOD:
            return f"authority_status:{verdict.reason}"
    return ""
