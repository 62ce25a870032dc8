"""What evidence and log state about a document: codes and digests, nobody's data.

Numbers of documents are few enough to try them all, and so are the zones of a person who is known:
digests over them are salted with the case's salt (docs/decisions/0005-personal-data.md).
"""

import hashlib

from crypto.canonical_json import JsonValue
from crypto.report.chip import ChipReport
from vision.document.mrz import MrzFields
from workstation.session.evidence import ChipEvidence, DocumentEvidence
from workstation.verification.reference.chip import ChipReading

__all__ = ["PORTRAIT", "chip_facts", "document_facts", "weigh_chip"]

PORTRAIT = 2
"""The data group that holds the face."""


def document_facts(
    fields: MrzFields, evidence: DocumentEvidence, salt: bytes
) -> dict[str, JsonValue]:
    """Return what kind of document it is, and its number as a salted digest."""
    salted = b"document/v1\n" + salt + fields.number.encode()
    return {
        "format": fields.format.value,
        "code": fields.document_code,
        "issuer": fields.issuer,
        "number": hashlib.sha256(salted).hexdigest(),
        "days_left": evidence.days_left,
        "name": evidence.name.value,
    }


def weigh_chip(report: ChipReport, portrait: bytes) -> ChipEvidence:
    """Return what passive authentication found, for the decision to go by.

    portrait  octets of the image in DG2
    """
    return ChipEvidence(
        indication=report.indication,
        portrait_sha256=hashlib.sha256(portrait).hexdigest(),
        signer_sha256=report.signer_sha256,
        anchor_sha256=report.csca_sha256,
        country=report.country,
        copy_possible=report.chip_may_be_copy,
    )


def chip_facts(reading: ChipReading, salt: bytes) -> dict[str, JsonValue]:
    """Return how the chip was opened, what was found of it, who signed, digests of its files."""
    files, report = reading.files, reading.report
    digests = dict(report.digests)
    salted = b"dg1/v1\n" + salt + bytes.fromhex(digests.get(1, ""))
    return {
        "indication": report.indication.value,
        "reason": report.reason.value,
        "access": files.access,
        "authenticity": report.authenticity,
        "copy_possible": report.chip_may_be_copy,
        "dg1": hashlib.sha256(salted).hexdigest(),
        "dg2": digests.get(PORTRAIT, ""),
        "sod": report.sod_sha256,
        "signer": report.signer_sha256,
        "anchor": report.csca_sha256,
        "country": report.country,
        "over_sha1": report.over_sha1,
    }
