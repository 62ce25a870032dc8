"""A validation made again from its evidence pack: offline, at the moment of then."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crypto.cms.evidence_pack import EvidencePack, Octets
from crypto.cms.signature_constraints import SignatureConstraints
from crypto.report.report import EvidenceKind, SignatureReport
from crypto.revocation.recording import ReplayedSources
from crypto.signatures.document import DocumentReport
from crypto.signatures.validator import SignatureValidator

__all__ = ["Revalidation", "StatedOutcome", "revalidate"]

StatedOutcome = tuple[tuple[str, str | None, str], ...]
"""Indication, sub-indication and reason of every signature, in order."""


@dataclass(frozen=True, slots=True)
class Revalidation:
    """The outcome of then, what the same evidence gives now, and whether they are equal.

    anchors  SHA-256 of the anchors that the paths of the repetition end in, and of all a
             time-stamp that was counted could have ended in: what it proves rests on them
    """

    recorded: StatedOutcome
    repeated: StatedOutcome
    report: DocumentReport
    anchors: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether indication, sub-indication and reason of every signature are the same."""
        return self.recorded == self.repeated


def revalidate(pack: EvidencePack, octets: Octets) -> Revalidation:
    """Validate again by the recorded constraints, evidence and moment.

    Raises PackRefused, EvidenceMissing, TrustRefused or DerError when the pack cannot be opened.
    A CRL that is missing is no such case: what rested on it is then not established.
    """
    constraints = pack.constraints(octets)
    sources = ReplayedSources(pack.record(octets), octets)
    validator = SignatureValidator.under(constraints, sources)
    report = validator.validate_request(pack.request(octets))
    return Revalidation(
        recorded=_read_outcome(pack.report),
        repeated=tuple(_state_outcome(each) for each in report.signatures),
        report=report,
        anchors=tuple(dict.fromkeys(_find_anchors(report, constraints))),
    )


def _find_anchors(report: DocumentReport, constraints: SignatureConstraints) -> Iterator[str]:
    for signature in report.signatures:
        yield from signature.chain[-1:]
        if any(each.kind is EvidenceKind.TST and each.used for each in signature.evidence):
            yield from (anchor.sha256 for anchor in constraints.timestamp_trust.anchors)


def _state_outcome(report: SignatureReport) -> tuple[str, str | None, str]:
    sub = report.sub_indication.value if report.sub_indication else None
    return report.indication.value, sub, report.reason


def _read_outcome(report: dict[str, Any]) -> StatedOutcome:
    """Read the outcome out of a stored report, of a signature or of a document."""
    stored = report.get("signatures", [report])
    found = stored if isinstance(stored, list) else []
    return tuple(
        (str(each.get("indication")), each.get("sub_indication"), str(each.get("reason")))
        for each in found
        if isinstance(each, dict)
    )
