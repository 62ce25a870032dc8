"""A report as a tree: findings and evidence by the blocks of EN 319 102-1, per certificate.

Derived from the flat report, so a stored one of any version gives the same tree.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from crypto.canonical_json import JsonValue
from crypto.report.report import (
    EvidenceItem,
    EvidenceKind,
    Finding,
    FindingStatus,
    SignatureReport,
)

__all__ = ["Block", "BlockReport", "build_report_tree"]


class Block(StrEnum):
    """Building blocks (EN 319 102-1 clause 5.2), in the order they are shown.

    FORMAT       5.2.2 format checking
    SIGNER       5.2.3 which certificate signed, its purpose, its holder
    SIGNATURE    5.2.7 content, attributes and signature value
    PATH         5.2.6 validation of the certificates, one block for each
    REVOCATION   5.2.5 status of each certificate below the anchor
    TIMESTAMPS   5.4 time-stamps
    """

    FORMAT = "format"
    SIGNER = "signer"
    SIGNATURE = "signature"
    PATH = "path"
    REVOCATION = "revocation"
    TIMESTAMPS = "timestamps"


_BLOCKS = {
    "format": Block.FORMAT,
    "signers": Block.FORMAT,
    "signing_certificate": Block.SIGNER,
    "key_usage": Block.SIGNER,
    "role": Block.SIGNER,
    "holder_profile": Block.SIGNER,
    "key_age": Block.SIGNER,
    "validity_start": Block.SIGNER,
    "certificate_policy": Block.SIGNER,
    "keystore": Block.SIGNER,
    "carrier": Block.SIGNER,
    "identification": Block.SIGNER,
    "iin": Block.SIGNER,
    "bin": Block.SIGNER,
    "iin_match": Block.SIGNER,
    "certificate_times": Block.SIGNER,
    "path": Block.PATH,
    "revocation": Block.REVOCATION,
    "ca_revocation": Block.REVOCATION,
    "list_age": Block.REVOCATION,
    "timestamp": Block.TIMESTAMPS,
    "archive_timestamp": Block.TIMESTAMPS,
}


@dataclass(frozen=True, slots=True)
class BlockReport:
    """One block: what was checked, what it was checked against, how it ended.

    about    SHA-256 of the certificate it is about; empty: the signature as a whole
    status   FAILED or INDETERMINATE when a finding that decides is; warnings leave it PASSED.
             Time-stamps that do not count are a block of their own, INDETERMINATE at best
    """

    block: Block
    about: str
    status: FindingStatus
    findings: tuple[Finding, ...]
    evidence: tuple[EvidenceItem, ...]

    def to_json(self) -> JsonValue:
        """Export for programs."""
        return {
            "block": self.block.value,
            "about": self.about,
            "status": self.status.value,
            "findings": [each.to_json() for each in self.findings],
            "evidence": [each.to_json() for each in self.evidence],
        }


def build_report_tree(report: SignatureReport) -> tuple[BlockReport, ...]:
    """Group a report; every finding and every piece of evidence stands in exactly one block."""
    tree: list[BlockReport] = []
    for block in Block:
        findings = [f for f in report.findings if _find_block(f) is block]
        evidence = [e for e in report.evidence if _find_evidence_block(e) is block]
        if block is Block.PATH:
            tree += _build_paths(findings, report.chain)
        elif block is Block.REVOCATION:
            tree += _build_per_certificate(block, findings, evidence, report.chain)
        elif block is Block.TIMESTAMPS:
            tree += _build_timestamps(findings, evidence)
        elif findings or evidence:
            tree.append(_make_block(block, "", findings, evidence))
    return tuple(tree)


def _find_block(finding: Finding) -> Block:
    # What is not listed is about the signature value and its attributes.
    return _BLOCKS.get(finding.code, Block.SIGNATURE)


def _find_evidence_block(item: EvidenceItem) -> Block:
    return Block.TIMESTAMPS if item.kind is EvidenceKind.TST else Block.REVOCATION


def _build_paths(findings: list[Finding], chain: tuple[str, ...]) -> list[BlockReport]:
    """Give every certificate of a valid path its block; a failed path has one per position."""
    if not findings:
        return []
    if chain:
        return [
            _make_block(Block.PATH, digest, _select_for(findings, digest, first=position == 0), [])
            for position, digest in enumerate(chain)
        ]
    tree: list[BlockReport] = []
    for finding in findings:
        failures: dict[str, list[str]] = {}
        for part in finding.detail.split(","):
            code, _, rest = part.partition("@")
            position, _, detail = rest.partition(":")
            failures.setdefault(position, []).append(f"{code}:{detail}" if detail else code)
        for position, codes in sorted(failures.items()):
            about = finding.about if position in {"", "0"} else f"@{position}"
            one = Finding(finding.code, finding.status, ",".join(codes), about)
            tree.append(_make_block(Block.PATH, about, [one], []))
    return tree


def _build_timestamps(findings: list[Finding], evidence: list[EvidenceItem]) -> list[BlockReport]:
    """Separate the time-stamps that count from the others: those have passed nothing."""
    counted = [f for f in findings if f.status is FindingStatus.PASSED]
    others = [f for f in findings if f.status is not FindingStatus.PASSED]
    used = [e for e in evidence if e.used]
    unused = [e for e in evidence if not e.used]
    tree: list[BlockReport] = []
    if counted or used:
        tree.append(_make_block(Block.TIMESTAMPS, "", counted, used))
    if others or unused:
        failed = any(f.status is FindingStatus.FAILED for f in others)
        status = FindingStatus.FAILED if failed else FindingStatus.INDETERMINATE
        tree.append(replace(_make_block(Block.TIMESTAMPS, "", others, unused), status=status))
    return tree


def _build_per_certificate(
    block: Block, findings: list[Finding], evidence: list[EvidenceItem], chain: tuple[str, ...]
) -> list[BlockReport]:
    stated = [*(f.about for f in findings), *(e.about for e in evidence)]
    order = dict.fromkeys([*(digest for digest in chain if digest in stated), *stated])
    return [
        _make_block(
            block,
            about,
            [f for f in findings if f.about == about],
            [e for e in evidence if e.about == about],
        )
        for about in order
    ]


def _select_for(findings: Iterable[Finding], digest: str, *, first: bool) -> list[Finding]:
    return [f for f in findings if f.about == digest or (first and not f.about)]


def _make_block(
    block: Block, about: str, findings: list[Finding], evidence: list[EvidenceItem]
) -> BlockReport:
    statuses = {f.status for f in findings if not f.warning}
    worst = next(
        (s for s in (FindingStatus.FAILED, FindingStatus.INDETERMINATE) if s in statuses),
        FindingStatus.PASSED,
    )
    return BlockReport(block, about, worst, tuple(findings), tuple(evidence))
