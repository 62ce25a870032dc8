"""What a document and its chip say, in the members that commands print."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from crypto.errors import CryptoError
from crypto.lds.data_groups import parse_dg1, parse_dg2
from crypto.lds.files import ChipFiles
from crypto.report.chip import ChipReport
from crypto.report.report import Finding
from vision.document.issuers import find_personal_number
from vision.document.mrz import MrzFields, parse_mrz, split_zone
from vision.errors import MrzRefused
from workstation.ctl.console import Console, Value
from workstation.documents.texts import Texts
from workstation.verification.reference.identity import is_iin

__all__ = [
    "describe_chip",
    "describe_fields",
    "is_in_force",
    "is_portrait",
    "read_dg1_fields",
    "show_chip",
]

_LINES, _PORTRAIT = 1, 2
"""Numbers of the data groups."""


def describe_fields(fields: MrzFields, today: date) -> dict[str, Value]:
    """Return what a machine-readable zone says.

    iin_grade  how sure it is that the ИИН stands where it was found: docs/document.md
    """
    personal = find_personal_number(fields, is_iin)
    return {
        "format": fields.format.value,
        "document": fields.document_code,
        "issuer": fields.issuer,
        "number": fields.number,
        "surname": fields.surname,
        "given_names": fields.given_names,
        "birth": fields.birth.isoformat(),
        "sex": fields.sex,
        "nationality": fields.nationality,
        "expiry": fields.expiry.isoformat(),
        "expired": fields.expiry < today,
        "iin": None if personal is None else personal.digits,
        "iin_grade": None if personal is None else personal.grade,
        "wrong_check_digits": list(fields.wrong_checks),
    }


def read_dg1_fields(files: ChipFiles, today: date) -> MrzFields:
    """Return what the chip's DG1 says; MalformedData, MrzRefused."""
    return parse_mrz(split_zone(parse_dg1(files.data_groups.get(_LINES, b""))), today)


def describe_chip(files: ChipFiles, report: ChipReport, today: date) -> dict[str, Value]:
    """Return the report, and what the chip says of its holder: proven only if it has passed."""
    return report.to_json() | {
        "access": files.access,
        "holder": _describe_holder(files, today),
        "portrait": _describe_portrait(files),
    }


def _describe_holder(files: ChipFiles, today: date) -> dict[str, Value]:
    try:
        return describe_fields(read_dg1_fields(files, today), today)
    except (CryptoError, MrzRefused) as refused:
        return {"refused": refused.code, "detail": refused.detail}


def _describe_portrait(files: ChipFiles) -> dict[str, Value]:
    if _PORTRAIT not in files.data_groups:
        return {"refused": "not_read"}
    try:
        image = parse_dg2(files.data_groups[_PORTRAIT])
    except CryptoError as refused:
        return {"refused": refused.code, "detail": refused.detail}
    created = None if image.created is None else image.created.date().isoformat()
    return {"kind": image.kind, "octets": len(image.octets), "created": created}


def is_in_force(files: ChipFiles, today: date) -> bool:
    """Tell whether the last day of validity in DG1 has not passed."""
    try:
        return read_dg1_fields(files, today).expiry >= today
    except (CryptoError, MrzRefused):
        return False


def is_portrait(files: ChipFiles, photo: bytes) -> bool:
    """Tell whether a photo is the image of DG2, octet for octet."""
    try:
        return parse_dg2(files.data_groups.get(_PORTRAIT, b"")).octets == photo
    except CryptoError:
        return False


def show_chip(console: Console, members: Mapping[str, Value], report: ChipReport) -> None:
    """Print what `describe_chip` returned: for people the verdict in words, then the members."""
    if console.as_json:
        console.show(members)
        return
    texts = Texts(console.language)
    word = texts.tr(f"indication.{report.indication.value}")
    console.lines([f"indication: {report.indication.value}: {word}"])
    console.lines([f"reason: {report.reason.value}: {texts.tr(report.reason.value)}"])
    kept = {"indication", "reason", "version", "findings"}
    console.show(
        {
            name.removesuffix("_ms"): _in_words(name, value)
            for name, value in members.items()
            if name not in kept
        }
    )
    console.lines(["findings:", *(_finding_line(each) for each in report.findings)])


def _in_words(name: str, value: Value) -> Value:
    """Return a moment in milliseconds as ISO 8601, anything else as it is."""
    if name.endswith("_ms") and isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC).isoformat(timespec="seconds")
    return value


def _finding_line(finding: Finding) -> str:
    mark = "warning" if finding.warning else finding.status.value
    detail = finding.detail.removeprefix("warning:")
    return f"  {mark}: {finding.code}" + (f" ({detail})" if detail else "")
