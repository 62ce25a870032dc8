"""What a failure means on the command line: an exit code, one line, what to do next."""

from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import Final

import click

from crypto.chip.errors import (
    AccessKeyRefused,
    AccessRefused,
    CardMissing,
    CardRemoved,
    ChipError,
    ChipReadCancelled,
    ChipTimeout,
    OtherCard,
    ReaderBusy,
    ReaderMissing,
)
from crypto.crl_store.errors import CrlStoreUnusable
from crypto.errors import (
    CryptoError,
    KeyExposed,
    KeyLocked,
    KeyMissing,
    LogLocked,
    LogMissing,
    LogOutdated,
    LogRolledBack,
    LogTampered,
    LogUnwritable,
    PayloadTampered,
    VaultUnwritable,
)
from crypto.path.trust import TrustRefused
from crypto.xmldsig.errors import XmlNotInstalled
from vision.errors import (
    ImageHeic,
    ImageRefused,
    ImageTooLarge,
    ImageTruncated,
    ManifestRefused,
    ModelMissing,
    ModelTampered,
    ModelUnusable,
    PhotographsMissing,
    RecordingRefused,
    VisionError,
)
from workstation.ctl.components import LicenceTableRefused
from workstation.ctl.installation import LIBRARIES_COMMAND, add_card_readers, add_photographs
from workstation.documents.texts import Texts
from workstation.errors import (
    AlreadyInitialised,
    CaseNotFound,
    CharterRefused,
    DemoNotBuilt,
    ErasureRefused,
    FolderTooDeep,
    NotInitialised,
    OperatorRefused,
    PermitRefused,
    PolicyRefused,
    RecoveryRefused,
    ServiceRunning,
    ServiceUnusable,
    SettingsRefused,
    WitnessUnusable,
    WorkstationError,
)
from workstation.records.chip_files import ChipFilesRefused

__all__ = [
    "CommandFailure",
    "ExitCode",
    "FaceNotUsable",
    "FileOfAnotherKind",
    "NothingFound",
    "advise_on_reader",
    "failure_of",
    "word_advice",
]


class ExitCode(IntEnum):
    """The meaning of the process's exit code."""

    OK = 0
    REFUSED = 1
    INTEGRITY = 2
    INPUT = 3
    STATION = 4


class NothingFound(WorkstationError):
    """What was asked for is not in the file that was given; detail names it."""

    code = "nothing_found"


class FileOfAnotherKind(NothingFound):
    """A file is something else than the command reads.

    detail  what it is; advice: what to bring instead; both in the language that was asked for
    """

    code = "wrong_file_kind"

    def __init__(self, detail: str, advice: str) -> None:
        super().__init__(detail)
        self.advice = advice


class FaceNotUsable(NothingFound):
    """A photo shows no face or several; detail names the file."""

    code = "face_not_usable"


@dataclass(frozen=True, slots=True)
class CommandFailure:
    """A failure in a stable code, a detail without personal data, and advice.

    places  every place that is wrong, the detail first, where there are several
    """

    exit_code: ExitCode
    code: str
    detail: str
    advice: str
    places: tuple[str, ...] = ()


_KINDS: Final[tuple[tuple[type[Exception], ExitCode, str], ...]] = (
    # The first class that fits decides; the last is the code of the advice, `advice.…`.
    (LogTampered, ExitCode.INTEGRITY, "recovery"),
    (LogRolledBack, ExitCode.INTEGRITY, "recovery"),
    (LogMissing, ExitCode.INPUT, "recovery"),
    (RecoveryRefused, ExitCode.REFUSED, "recovery_refused"),
    (PayloadTampered, ExitCode.INTEGRITY, "payload_tampered"),
    (ModelTampered, ExitCode.INTEGRITY, "model_tampered"),
    (ModelMissing, ExitCode.STATION, "model_missing"),
    (ModelUnusable, ExitCode.STATION, "model_unusable"),
    (ManifestRefused, ExitCode.INPUT, "manifest_refused"),
    (LogOutdated, ExitCode.STATION, "log_outdated"),
    (LogLocked, ExitCode.STATION, "log_locked"),
    (LogUnwritable, ExitCode.STATION, "log_unwritable"),
    (KeyMissing, ExitCode.STATION, "key_missing"),
    (KeyLocked, ExitCode.REFUSED, "key_locked"),
    (KeyExposed, ExitCode.STATION, "key_exposed"),
    (VaultUnwritable, ExitCode.STATION, "vault_unwritable"),
    (AlreadyInitialised, ExitCode.REFUSED, "already_initialised"),
    (WitnessUnusable, ExitCode.STATION, "witness_unusable"),
    (ServiceRunning, ExitCode.REFUSED, "service_running"),
    (ServiceUnusable, ExitCode.STATION, "service_unusable"),
    (DemoNotBuilt, ExitCode.INPUT, "demo_not_built"),
    (NotInitialised, ExitCode.INPUT, "not_initialised"),
    (FolderTooDeep, ExitCode.INPUT, "folder_too_deep"),
    (SettingsRefused, ExitCode.INPUT, "settings_refused"),
    (CharterRefused, ExitCode.REFUSED, "charter_refused"),
    (PolicyRefused, ExitCode.REFUSED, "policy_refused"),
    (OperatorRefused, ExitCode.REFUSED, "operator_refused"),
    (ErasureRefused, ExitCode.REFUSED, "erasure_refused"),
    (PermitRefused, ExitCode.REFUSED, "permit_refused"),
    (TrustRefused, ExitCode.INPUT, "trust_refused"),
    (XmlNotInstalled, ExitCode.STATION, "xml_not_installed"),
    (CrlStoreUnusable, ExitCode.STATION, "crl_store_unusable"),
    (LicenceTableRefused, ExitCode.STATION, "licence_table_refused"),
    (ImageHeic, ExitCode.INPUT, "image_heic"),
    (ImageTooLarge, ExitCode.INPUT, "image_too_large"),
    (ImageTruncated, ExitCode.INPUT, "image_truncated"),
    (ImageRefused, ExitCode.INPUT, "image_refused"),
    (RecordingRefused, ExitCode.INPUT, "recording_refused"),
    (FaceNotUsable, ExitCode.INPUT, "face_not_usable"),
    (ReaderBusy, ExitCode.STATION, "reader_busy"),
    (CardMissing, ExitCode.STATION, "card_missing"),
    (CardRemoved, ExitCode.STATION, "card_removed"),
    (ChipTimeout, ExitCode.STATION, "chip_timeout"),
    (ChipReadCancelled, ExitCode.REFUSED, "chip_cancelled"),
    (AccessKeyRefused, ExitCode.INPUT, "access_key_refused"),
    (AccessRefused, ExitCode.INPUT, "access_refused"),
    (OtherCard, ExitCode.INPUT, "other_card"),
    (ChipError, ExitCode.REFUSED, "chip_refused"),
    (ChipFilesRefused, ExitCode.INPUT, "chip_files_refused"),
    (CaseNotFound, ExitCode.INPUT, "case_not_found"),
    (NothingFound, ExitCode.INPUT, "nothing_found"),
    (WorkstationError, ExitCode.REFUSED, "manual"),
    (CryptoError, ExitCode.INPUT, "crypto_failed"),
    (VisionError, ExitCode.STATION, "manual"),
)


_READERS: Final = frozenset({"no_service", "no_reader", "reader", "several"})
"""Details of ReaderMissing that have an advice of their own."""

_REASONS: Final = (
    "of_the_other_environment",
    "fingerprint_unknown",
    "fingerprint_malformed",
    "fingerprint_matches_no_file",
    "no_anchor_issued_it",
    "not_accepted_by_policy",
    "not_a_csca",
    "test_anchor_in_production",
    "authority_of_signers",
    "role_tsa",
    "no_chip",
    "not_a_ca",
    "issuer_unknown",
    "not_issued_by",
    "FileNotFoundError",
    "no_such_component",
    "no_licence_text",
    "IsADirectoryError",
    "PermissionError",
)
"""Reasons in the detail of a wrong input (`reason:which`, `file: reason`) that have their own."""

_NO_TRUST: Final = "$.trust.anchors: empty"
_PERMITS: Final = frozenset(
    {"version", "demo", "stations_stale", "stations_rolled_back", "growth", "fork", "head"}
)
"""Details of a refused permit that have their own; otherwise the operation is not executed."""


def failure_of(error: Exception, language: str = "en") -> CommandFailure:
    """Return what to say about an exception; a bug is a station fault without its traceback.

    language  of the advice
    """
    advise = partial(word_advice, language)
    if isinstance(error, click.ClickException):
        message = _one_line(error.format_message()).removesuffix(".")
        return CommandFailure(ExitCode.INPUT, "usage", message, advise("help"))
    if isinstance(error, PhotographsMissing):
        advice = advise("add_photographs", command=add_photographs())
        return CommandFailure(ExitCode.STATION, error.code, error.detail, advice)
    if isinstance(error, ImportError):
        advice = advise("system_libraries", command=LIBRARIES_COMMAND)
        return CommandFailure(ExitCode.STATION, "not_loadable", _one_line(str(error)), advice)
    if isinstance(error, ReaderMissing):
        advice = advise_on_reader(error, language)
        return CommandFailure(ExitCode.STATION, error.code, error.detail, advice)
    if isinstance(error, FileOfAnotherKind):
        advice = _one_line(error.advice)
        return CommandFailure(ExitCode.INPUT, error.code, _one_line(error.detail), advice)
    for kind, exit_code, advice in _KINDS:
        if isinstance(error, kind):
            code = getattr(error, "code", "error")
            detail = getattr(error, "detail", "") or str(error)
            seen = _one_line("" if detail == code else detail)
            told = advise(_find_advice(error, exit_code, seen) or advice)
            return CommandFailure(exit_code, code, seen, told, _several(error))
    if isinstance(error, OSError):
        advice = advise("file")
        return CommandFailure(ExitCode.STATION, "file", type(error).__name__, advice)
    return CommandFailure(ExitCode.STATION, "internal", type(error).__name__, advise("bug"))


def advise_on_reader(missing: ReaderMissing, language: str = "en") -> str:
    """Return what to do where there is no card reader to use."""
    if missing.detail in _READERS:
        return word_advice(language, missing.detail)
    return word_advice(language, "add", command=add_card_readers())


def word_advice(language: str, name: str, **values: str) -> str:
    """Return an advice in words; a program whose files are not there advises that."""
    try:
        return Texts(language).tr(f"advice.{name}", **values)
    except OSError:
        return "install the program again from a trusted source"


def _find_advice(error: Exception, exit_code: ExitCode, detail: str) -> str:
    """Return the code of the advice that a detail has of its own; empty where it has none."""
    if isinstance(error, PermitRefused):
        return f"permit_{detail}" if detail in _PERMITS else ""
    if exit_code is not ExitCode.INPUT:
        return ""
    if isinstance(error, SettingsRefused) and _NO_TRUST in error.faults[0]:
        return "trust_first"
    named = {part.strip() for part in detail.split(":")}
    return next((each for each in _REASONS if each in named), "")


def _several(error: Exception) -> tuple[str, ...]:
    """Return every place that settings are refused for; none where the detail says it all."""
    if not isinstance(error, SettingsRefused) or len(error.faults) == 1:
        return ()
    return tuple(_one_line(each) for each in error.faults)


def _one_line(text: str) -> str:
    """Foreign text may be quoted in a detail: one printable line of it is enough."""
    kept = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(kept.split())[:400]
