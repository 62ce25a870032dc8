"""One signature of a message examined: content, signer, time-stamps, certificate, in one case."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import AlgorithmRegistry
from crypto.asn1 import oids
from crypto.cms.embedded import Embedded
from crypto.cms.proof_of_existence import apply_proof_of_existence
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.cms.signer import Examined, examine_signer
from crypto.cms.token import TokenBench, TokenVerdict, verify_token
from crypto.cms.validation_process import (
    ValidationProcess,
    find_content,
    identify_signing_certificate,
    malformed,
)
from crypto.errors import CryptoError
from crypto.path.trust import TrustStore
from crypto.report.policy import ValidationPolicy
from crypto.report.report import SignatureReport, SubIndication, milliseconds
from crypto.revocation.sources import RevocationSources
from crypto.validation.certificate import examine_certificate
from crypto.validation.step import ValidationStep, failed, passed, warning
from crypto.x509.profile import subject_facts

__all__ = ["Bench", "Question", "judge_signature"]

_MAX_TOKENS = 4


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about every signature of one message.

    fresh    made for us just now: nothing in its past excuses anything
    digests  of the one content, by algorithm: made once however many have signed it
    """

    expected_content: bytes | None
    expected_iin: str | None
    fresh: bool
    digests: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Bench:
    """What every signature of a workstation is judged against."""

    trust: TrustStore
    timestamp_trust: TrustStore
    policy: ValidationPolicy
    sources: RevocationSources
    registry: AlgorithmRegistry
    keys: KeyPolicy


def judge_signature(
    case: ValidationProcess,
    signed: SignedData,
    signer: SignerInfo,
    question: Question,
    bench: Bench,
) -> SignatureReport:
    """Examine one signer of a message and conclude; never raises on foreign input."""
    case.steps.append(passed("signers", str(len(signed.signers))))
    try:
        _examine(case, signed, signer, question, bench)
    except CryptoError as error:
        case.steps.append(malformed(error))
    return case.report()


def _examine(
    case: ValidationProcess,
    signed: SignedData,
    signer: SignerInfo,
    question: Question,
    bench: Bench,
) -> None:
    content = find_content(case, signed, question.expected_content)
    tokens = _tokens(signer, case.moment, bench, past=not question.fresh)
    proven = None if question.fresh else _proven(tokens)
    _claim(case, signer, case.moment if question.fresh else proven, bench.policy)
    certificate = identify_signing_certificate(case, signed, signer)
    if certificate is None:
        return
    case.subject = subject_facts(certificate)
    # Algorithms are judged as of now: the lists that keep a revocation quiet are of today, too.
    keys = bench.keys.at(case.moment)
    embedded = Embedded.collect(signed, signer)
    hints = (*signed.certificates, *embedded.hints())
    found = examine_certificate(
        certificate,
        extra=hints,
        expected_iin=question.expected_iin,
        trust=bench.trust,
        policy=bench.policy,
        sources=bench.sources,
        registry=bench.registry,
        keys=keys,
        moment=case.moment,
    )
    if content is not None:
        # Out of the path, where a key has the parameters it inherits (RFC 5280 6.1.4 d to f).
        holder = found.chain[0] if found.chain else certificate
        # Nobody waits at a counter for the digest of megabytes that are not what was given to sign.
        other = question.fresh and question.expected_content not in {None, content}
        judged = None if other else content
        subject = Examined(signed, signer, holder, judged, oids.DATA, bench.registry, keys)
        case.steps += examine_signer(replace(subject, digests=question.digests))
    case.chain = tuple(item.sha256 for item in found.chain)
    case.steps += (
        found.steps if proven is None else apply_proof_of_existence(found, certificate, proven)
    )
    case.evidence += found.evidence
    for token in tokens:
        case.evidence.append(token.evidence)
        case.steps.append(_token_step(token))
    case.evidence += embedded.evidence()
    if signer.unsigned_unreadable:
        detail = f"unreadable:{signer.unsigned_unreadable}"
        case.steps.append(warning("unsigned_attributes", detail))


def _claim(
    case: ValidationProcess, signer: SignerInfo, known: datetime | None, policy: ValidationPolicy
) -> None:
    """Hold signingTime, the signer's own claim, against a time that is known otherwise."""
    claimed = signer.signing_time()
    if claimed is None:
        case.steps.append(warning("signing_time", "absent"))
        return
    case.claim_ms = milliseconds(claimed)
    if known is None:
        case.steps.append(warning("signing_time", "claim_only"))
        return
    window = timedelta(seconds=policy.signing_time_window_s)
    away = abs(claimed - known) > window
    case.steps.append(warning("signing_time", "clock_away") if away else passed("signing_time"))


def _tokens(
    signer: SignerInfo, moment: datetime, bench: Bench, *, past: bool
) -> tuple[TokenVerdict, ...]:
    values = [
        value.raw
        for attribute in signer.unsigned
        if attribute.oid == oids.SIGNATURE_TIME_STAMP
        for value in attribute.values
    ]
    token_bench = TokenBench(
        bench.timestamp_trust,
        bench.sources,
        bench.registry,
        bench.keys.at(moment),
        bench.policy,
        moment,
        past=past,
    )
    return tuple(
        verify_token(value, signer.signature, token_bench) for value in values[:_MAX_TOKENS]
    )


def _proven(tokens: tuple[TokenVerdict, ...]) -> datetime | None:
    """Return the earliest time at which a verified authority had seen the signature."""
    return min((token.time for token in tokens if token.time is not None), default=None)


def _token_step(token: TokenVerdict) -> ValidationStep:
    detail = token.evidence.reason
    if token.broken:
        sub = SubIndication.FORMAT_FAILURE
        return failed("timestamp", sub, "signature.timestamp_wrong", detail)
    if token.time is None:
        # A time-stamp is optional: one that cannot be verified here gives no time.
        return warning("timestamp", detail)
    return passed("timestamp", token.time.isoformat())
