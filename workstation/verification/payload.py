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
from workstation.verification.case import Case
from workstation.verification.people.sides import PersonSides
from workstation.verification.services import Vault

__all__ = ["Material", "gather_material", "seal_payload"]


_MOST_LISTS = 16
"""An entry has 8 KiB; a validation uses about four lists. The payload names all of them."""


@dataclass(frozen=True, slots=True)
class Material:
    """The personal side of one person in a session; outside this process it exists sealed only.

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


def gather_material(statement: Statement | None, person: PersonSides) -> Material:
    """Gather one person's side from where it came about."""
    signing = person.signing
    return Material(
        statement="" if statement is None else statement.text,
        cms=signing.cms,
        report=signing.report,
        pack=signing.pack,
        reference=person.reference.octets,
        chip=person.document.files,
        lines=person.document.lines,
        authority=person.authority.body,
        identification=person.biometrics.other_way.body,
        frames=person.biometrics.frames,
    )


def seal_payload(
    vault: Vault, case: Case, material: Material, *others: Material
) -> Mapping[str, JsonValue]:
    """Seal the payload; return the member that commits the log entry to it.

    material  of the first person who is here; others: of whoever is here besides
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
        **_describe_material(material),
        **_describe_second(case, others),
    }
    lists = _name_lists(material, *others)
    try:
        return {"pl": dict(vault.keep(canonical_json(payload))), **lists}
    except VaultError as error:
        return {"pl_missing": error.code, **lists}


def _describe_material(material: Material) -> dict[str, JsonValue]:
    return {
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


def _describe_second(case: Case, others: tuple[Material, ...]) -> dict[str, JsonValue]:
    """Return who takes part besides the customer, with what that person brought where both do."""
    second = case.second
    if second is None:
        return {}
    stated: dict[str, JsonValue] = {
        "role": second.role.value,
        "presence": second.presence.value,
        "iin": second.client.iin.digits,
        "name": second.client.name,
        "number": second.number,
    }
    for material in others:
        stated |= _describe_material(material)
    return {"second": stated}


def _name_lists(*materials: Material) -> dict[str, JsonValue]:
    """Name the revocation lists in the archive that the validations used; they are public."""
    lists: list[JsonValue] = []
    for pack in (each.pack for each in materials):
        if isinstance(pack, Mapping):
            unkept = pack.get("lists_unkept")
            left_out = [*lists, *(unkept if isinstance(unkept, list) else [])]
            lists += [each for each in list_digests(pack) if each not in left_out]
    return {"lists": lists[:_MOST_LISTS]} if lists else {}


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
