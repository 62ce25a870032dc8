"""What a session leaves for later proof and review: sealed apart from the log, bound by digest."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from crypto.canonical_json import JsonValue, canonical_json
from crypto.errors import VaultError
from crypto.lds.files import ChipFiles
from crypto.report.report import SignatureReport
from vision.results import EvidenceFrame
from workstation.documents.statement import Statement
from workstation.evidence.payload import list_digests
from workstation.records.chip_files import describe_chip_files
from workstation.verification.authority import AuthorityInquiry
from workstation.verification.biometrics import Biometrics
from workstation.verification.case import Case
from workstation.verification.reference.capture import ReferenceCapture
from workstation.verification.reference.reading import DocumentReading
from workstation.verification.services import Vault
from workstation.verification.signing import Signing

__all__ = ["Material", "gather_material", "seal_payload"]


_MOST_LISTS = 16
"""An entry has 8 KiB; a validation uses about four lists. The payload names all of them."""


@dataclass(frozen=True, slots=True)
class Material:
    """The personal side of one session; outside this process it exists sealed only.

    statement  text that the customer was asked to sign, empty before there was one
    cms        the signature as it came
    report     of its validation, None when none was made
    pack       what it was validated on (docs/formats/evidence-pack.md), None without a report
    reference  octets of the reference photo
    chip       files of the chip that the photo is from, None for another source
    lines      of the document as the camera has read them, empty where it read none
    authority  the authority's last answer as it came, empty without one
    identification  of a palm's or a video's centre, the last answer as it came, empty without one
    frames     of the live face, and the photo of an officers' exception
    """

    statement: str = field(repr=False)
    cms: bytes = field(repr=False)
    report: SignatureReport | None = field(repr=False)
    pack: JsonValue = field(repr=False)
    reference: bytes = field(repr=False)
    chip: ChipFiles | None = field(repr=False)
    lines: str = field(repr=False)
    authority: bytes = field(repr=False)
    identification: bytes = field(repr=False)
    frames: tuple[EvidenceFrame, ...] = field(repr=False)


def gather_material(
    statement: Statement | None,
    signing: Signing,
    biometrics: Biometrics,
    reference: ReferenceCapture,
    document: DocumentReading,
    authority: AuthorityInquiry,
) -> Material:
    """Gather the personal side from where it came about."""
    return Material(
        statement="" if statement is None else statement.text,
        cms=signing.cms,
        report=signing.report,
        pack=signing.pack,
        reference=reference.octets,
        chip=document.files,
        lines=document.lines,
        authority=authority.body,
        identification=biometrics.other_way.body,
        frames=biometrics.frames,
    )


def seal_payload(vault: Vault, case: Case, material: Material) -> Mapping[str, JsonValue]:
    """Seal the payload; return the member that commits the log entry to it.

    A vault that cannot be written does not lose the decision: the entry says so.
    """
    payload: dict[str, JsonValue] = {
        "version": 3,
        "case": case.id,
        "iin": case.client.iin.digits,
        "name": case.client.name,
        "salt": case.salt.hex(),
        "operation": case.operation.kind,
        "parameters": dict(case.operation.parameters),
        "statement": material.statement,
        "cms": _base64(material.cms),
        "report": None if material.report is None else material.report.to_json(),
        "evidence": material.pack,
        "reference": _base64(material.reference),
        "chip": None if material.chip is None else describe_chip_files(material.chip),
        "document_lines": material.lines,
        "authority": _base64(material.authority),
        "identification": _base64(material.identification),
        "frames": [
            {"label": item.label, "sha256": item.sha256, "jpeg": _base64(item.jpeg)}
            for item in material.frames
        ],
    }
    lists = _name_lists(material.pack)
    try:
        return {"pl": dict(vault.keep(canonical_json(payload))), **lists}
    except VaultError as error:
        return {"pl_missing": error.code, **lists}


def _name_lists(pack: JsonValue) -> dict[str, JsonValue]:
    """Name the revocation lists in the archive that the validation used; they are public."""
    if not isinstance(pack, Mapping):
        return {}
    unkept = pack.get("lists_unkept")
    left_out = unkept if isinstance(unkept, list) else []
    lists: list[JsonValue] = [each for each in list_digests(pack) if each not in left_out]
    return {"lists": lists[:_MOST_LISTS]} if lists else {}


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
