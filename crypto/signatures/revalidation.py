"""A validation made again from its evidence pack: offline, at the moment of then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crypto.cms.evidence_pack import Asked, EvidencePack, Octets, taken
from crypto.cms.terms import ValidationTerms
from crypto.report.report import EvidenceKind, SignatureReport
from crypto.revocation.recording import ReplayedSources
from crypto.revocation.sources import RevocationSources
from crypto.signatures.document import DocumentReport
from crypto.signatures.validator import SignatureValidator

__all__ = ["Outcome", "Revalidation", "judged", "judged_again", "revalidated"]

Outcome = tuple[tuple[str, str | None, str], ...]
"""Indication, sub-indication and reason of every signature, in order."""


@dataclass(frozen=True, slots=True)
class Revalidation:
    """The outcome of then, what the same evidence gives now, and whether they are equal.

    anchors  SHA-256 of the anchors that the paths of the repetition end in, and of all a
             time-stamp that was counted could have ended in: what it proves rests on them
    """

    recorded: Outcome
    repeated: Outcome
    report: DocumentReport
    anchors: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether indication, sub-indication and reason of every signature are the same."""
        return self.recorded == self.repeated


def revalidated(pack: EvidencePack, octets: Octets) -> Revalidation:
    """Judge again by the recorded terms, evidence and moment.

    Raises PackRefused, EvidenceMissing, TrustRefused or DerError when the pack cannot be opened.
    A list that is missing is no such case: what rested on it is then not established.
    """
    terms = pack.terms(octets)
    sources = ReplayedSources(pack.record(octets), octets)
    report = judged_again(pack, octets, terms, sources, pack.moment)
    return Revalidation(
        recorded=_recorded(pack.report),
        repeated=_stated(report),
        report=report,
        anchors=tuple(dict.fromkeys(_relied_on(report, terms))),
    )


def _relied_on(report: DocumentReport, terms: ValidationTerms) -> Iterator[str]:
    for signature in report.signatures:
        yield from signature.chain[-1:]
        if any(each.kind is EvidenceKind.TST and each.used for each in signature.evidence):
            yield from (anchor.sha256 for anchor in terms.timestamp_trust.anchors)


def judged_again(
    pack: EvidencePack,
    octets: Octets,
    terms: ValidationTerms,
    sources: RevocationSources,
    moment: datetime,
) -> DocumentReport:
    """Judge the pack's signature by other terms, sources or another moment; EvidenceMissing."""
    asked = Asked(
        cms=taken(octets, pack.cms),
        content=taken(octets, pack.content) if pack.content else None,
        iin=pack.expected_iin,
        strict=pack.strict,
        moment_ms=pack.moment_ms,
    )
    return judged(asked, terms, sources, moment)


def judged(
    asked: Asked, terms: ValidationTerms, sources: RevocationSources, moment: datetime
) -> DocumentReport:
    """Judge as a fresh signature of one signer, or every signature of a document."""
    validator = SignatureValidator(
        trust=terms.trust,
        policy=terms.policy,
        revocation=sources,
        timestamp_trust=terms.timestamp_trust,
    )
    if not asked.strict:
        return validator.validate_document(asked.cms, content=asked.content, moment=moment)
    report = validator.validate(
        asked.cms,
        expected_content=asked.content,
        expected_iin=asked.iin or None,
        moment=moment,
    )
    return DocumentReport(report.cms_sha256, (report,))


def _stated(document: DocumentReport) -> Outcome:
    return tuple(_outcome(report) for report in document.signatures)


def _outcome(report: SignatureReport) -> tuple[str, str | None, str]:
    sub = report.sub_indication.value if report.sub_indication else None
    return report.indication.value, sub, report.reason


def _recorded(report: dict[str, Any]) -> Outcome:
    """Read the outcome out of a stored report, of a signature or of a document."""
    stored = report.get("signatures", [report])
    found = stored if isinstance(stored, list) else []
    return tuple(
        (str(each.get("indication")), each.get("sub_indication"), str(each.get("reason")))
        for each in found
        if isinstance(each, dict)
    )
