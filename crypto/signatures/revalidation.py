"""A validation made again from its evidence pack: offline, at the moment of then or a later one."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from crypto.cms.evidence_pack import EvidencePack, Octets, take_octets
from crypto.cms.signature_constraints import SignatureConstraints
from crypto.report.proof_of_existence import ProofOfExistence, ProofsOfExistence, ProofSource
from crypto.report.report import EvidenceKind, SignatureReport
from crypto.report.stored import view_as_stored
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.recording import EvidenceMissing, ReplayedSources
from crypto.revocation.sources import OfflineSources, RevocationSources
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


def revalidate(
    pack: EvidencePack,
    octets: Octets,
    *,
    moment: datetime | None = None,
    proofs: ProofsOfExistence | None = None,
) -> Revalidation:
    """Validate again by the recorded constraints and evidence.

    moment  aware; None: the moment of then, where the outcome has to be the same. At another one
            the signature is judged as a stored one (EN 319 102-1 5.6): what has expired or was
            retired since does not matter where a time-stamp, or `proofs`, dates the signature
    proofs  that the caller has verified, as of the log entry that names the pack's signature. The
            pack's own moment dates what it holds, so that it can be judged, and no signature

    Raises PackRefused, EvidenceMissing, TrustRefused or DerError when the pack cannot be opened.
    A CRL that is missing is no such case: what rested on it is then not established.
    """
    constraints = pack.constraints(octets)
    request = pack.request(octets)
    if moment is None:
        sources: RevocationSources = ReplayedSources(pack.record(octets), octets)
        report = SignatureValidator.under(constraints, sources).validate_request(request)
    else:
        stated = ProofOfExistence(pack.moment, ProofSource.PACK)
        known = (proofs or ProofsOfExistence()).extend(pack.named(), stated)
        stored = replace(request, fresh=False, moment=moment, proofs=known)
        # No answer of then holds a nonce of now: each is judged by what it says of which time.
        sources = OfflineSources(*_collect_evidence(pack, octets))
        found = SignatureValidator.under(constraints, sources).validate_request(stored)
        report = replace(found, signatures=tuple(_restate(each) for each in found.signatures))
    return Revalidation(
        recorded=_read_outcome(pack.report),
        repeated=tuple(_state_outcome(each) for each in report.signatures),
        report=report,
        anchors=tuple(dict.fromkeys(_find_anchors(report, constraints))),
    )


def _collect_evidence(
    pack: EvidencePack, octets: Octets
) -> tuple[tuple[bytes, ...], tuple[ParsedCrl, ...]]:
    """Return every answer of a pack, and every list that is at hand; EvidenceMissing, DerError."""
    answers = dict.fromkeys(each.answer for each in pack.record(octets).exchanges if each.answer)
    lists = []
    for digest in pack.crl_digests():
        with suppress(EvidenceMissing):
            lists.append(ParsedCrl.parse(take_octets(octets, digest)))
    return tuple(answers), tuple(lists)


def _restate(report: SignatureReport) -> SignatureReport:
    view = view_as_stored(report)
    return replace(report, indication=view.indication, sub_indication=view.sub_indication)


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
