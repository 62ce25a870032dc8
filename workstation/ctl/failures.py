"""What a failure means on the command line: an exit code, one line, what to do next."""

from dataclasses import dataclass
from enum import IntEnum
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
from workstation.ctl.installation import SYSTEM_LIBRARIES, add_card_readers, add_photographs
from workstation.errors import (
    AlreadyInitialised,
    CaseNotFound,
    CharterRefused,
    ErasureRefused,
    FolderTooDeep,
    NotInitialised,
    OperatorRefused,
    PermitRefused,
    PolicyRefused,
    RecoveryRefused,
    SettingsRefused,
    WitnessUnusable,
    WorkstationError,
)
from workstation.records.chip_files import ChipFilesRefused

__all__ = [
    "ADD_HELP",
    "CommandFailure",
    "ExitCode",
    "FaceNotUsable",
    "FileOfAnotherKind",
    "NothingFound",
    "advise_on_reader",
    "failure_of",
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


ADD_HELP: Final = "add --help to see how the command is used"


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


_CLIPS: Final = (
    "give an MP4, MOV, AVI, Matroska or WebM clip of at most 200 MB and two minutes, "
    "80 to 4096 pixels a side, 1 to 240 frames a second"
)
_TAMPERED_MODEL: Final = (
    "put the file there again from a trusted source; `workstation-ctl doctor` names its place"
)
_MODELS: Final = "see docs/formats/models.md"
_CHARTER: Final = (
    "`workstation-ctl charter status` shows every place; undo it there, or have it signed by head"
    " office or two administrators"
)
_RECOVERY: Final = (
    "keep the folder as it is, call security, then go on by docs/recovery.md: a supervisor and an"
    " administrator together, `workstation-ctl recovery begin`"
)
_OUTDATED: Final = (
    "have head office begin another: `init --previous`, docs/recovery.md; remove a demo's folder"
)
_DISK: Final = "on a disk that keeps access rights (NTFS, ext4; FAT does not)"

_KINDS: Final[tuple[tuple[type[Exception], ExitCode, str], ...]] = (
    # The first class that fits decides.
    (LogTampered, ExitCode.INTEGRITY, _RECOVERY),
    (LogRolledBack, ExitCode.INTEGRITY, _RECOVERY),
    (LogMissing, ExitCode.INPUT, _RECOVERY),
    (RecoveryRefused, ExitCode.REFUSED, "nothing was changed; see docs/recovery.md"),
    (PayloadTampered, ExitCode.INTEGRITY, "keep a copy of the file and call security"),
    (ModelTampered, ExitCode.INTEGRITY, _TAMPERED_MODEL),
    (ModelMissing, ExitCode.STATION, "run `workstation-ctl doctor`: it says what adds the file"),
    (ModelUnusable, ExitCode.STATION, f"correct the file's row in models.toml; {_MODELS}"),
    (ManifestRefused, ExitCode.INPUT, f"correct the named place in models.toml; {_MODELS}"),
    (
        LogOutdated,
        ExitCode.STATION,
        "head office begins the next log: see docs/recovery.md; a demo's folder is removed",
    ),
    (LogLocked, ExitCode.STATION, "close the workstation that uses this log, or wait for it"),
    (LogUnwritable, ExitCode.STATION, "check disk space and permissions of the log's folder"),
    (KeyMissing, ExitCode.STATION, "restore the keys, or enrol the station anew"),
    (KeyLocked, ExitCode.REFUSED, "give the pass phrase of the station's keys: see docs/ctl.md"),
    (KeyExposed, ExitCode.STATION, f"keep keys where this account alone reads them, {_DISK}"),
    (VaultUnwritable, ExitCode.STATION, f"check free space and rights; keys belong {_DISK}"),
    (AlreadyInitialised, ExitCode.REFUSED, "choose another folder: nothing is ever overwritten"),
    (WitnessUnusable, ExitCode.STATION, "check the witness's folder; see docs/ctl.md"),
    (NotInitialised, ExitCode.INPUT, "run `workstation-ctl --data FOLDER init` first"),
    (FolderTooDeep, ExitCode.INPUT, "move the data folder nearer to the root of its disk"),
    (SettingsRefused, ExitCode.INPUT, "correct the named place in workstation.toml"),
    (CharterRefused, ExitCode.REFUSED, _CHARTER),
    (PolicyRefused, ExitCode.REFUSED, "correct the named place; see docs/formats/policy.md"),
    (OperatorRefused, ExitCode.REFUSED, "check the id and the secret; see docs/ctl.md"),
    (ErasureRefused, ExitCode.REFUSED, "nothing was erased; `evidence due` lists what may be"),
    (PermitRefused, ExitCode.REFUSED, "do not execute the operation"),
    (TrustRefused, ExitCode.INPUT, "check the certificates that were given as trust"),
    (XmlNotInstalled, ExitCode.STATION, "install the package lxml, the optional part `xml`"),
    (CrlStoreUnusable, ExitCode.STATION, "run `crl update` or `crl import`: they begin it anew"),
    (LicenceTableRefused, ExitCode.STATION, "install the program again from a trusted source"),
    (ImageHeic, ExitCode.INPUT, "save the photo as JPEG on the telephone, or send it as one"),
    (ImageTooLarge, ExitCode.INPUT, "give at most 12 MB, 30 megapixels and 8000 pixels a side"),
    (ImageTruncated, ExitCode.INPUT, "the file was cut short: copy or send it again"),
    (ImageRefused, ExitCode.INPUT, "give a whole JPEG or PNG file"),
    (RecordingRefused, ExitCode.INPUT, _CLIPS),
    (FaceNotUsable, ExitCode.INPUT, "give a photo that shows exactly one whole face"),
    (ReaderBusy, ExitCode.STATION, "close the other program that uses the card reader"),
    (CardMissing, ExitCode.STATION, "put the document on the card reader"),
    (CardRemoved, ExitCode.STATION, "leave the document on the card reader until it is read"),
    (ChipTimeout, ExitCode.STATION, "take the document off the card reader and put it back"),
    (ChipReadCancelled, ExitCode.REFUSED, "nothing was kept"),
    (AccessKeyRefused, ExitCode.INPUT, "give number, birth date and expiry as they are printed"),
    (AccessRefused, ExitCode.INPUT, "give the printed lines of this very document"),
    (OtherCard, ExitCode.INPUT, "put an identity card or a passport with a chip on the reader"),
    (ChipError, ExitCode.REFUSED, "believe nothing of this chip; see docs/document.md"),
    (ChipFilesRefused, ExitCode.INPUT, "give EF.SOD and data groups, or an opened payload"),
    (CaseNotFound, ExitCode.INPUT, "give the index of a verify.begin, as `log show` lists it"),
    (NothingFound, ExitCode.INPUT, "check the argument"),
    (WorkstationError, ExitCode.REFUSED, "see docs/ctl.md"),
    (CryptoError, ExitCode.INPUT, "check that the file is what the command expects"),
    (VisionError, ExitCode.STATION, "see docs/ctl.md"),
)


_READERS: Final = {
    "no_service": "start the system's smart-card service; on Debian: apt-get install pcscd",
    "no_reader": "connect a card reader",
    "reader": "connect the reader that the settings name; `workstation-ctl doctor` shows all",
    "several": "name the one to use: --reader, or `[chip]` of the settings",
}
"""What to do where there is no reader to use, by the detail of ReaderMissing."""


# What to do with a wrong input, by the reason in its detail (`reason:which`, `file: reason`).
_ADVICE: Final = {
    "of_the_other_environment": "this station's settings name the other world (prod or test): "
    "give a certificate of its own",
    "fingerprint_unknown": "it is not a file of НУЦ as published, or it was altered: fetch it "
    "again; a bank's own CA needs --fingerprint as its owner told it",
    "fingerprint_malformed": "a fingerprint is the SHA-256 of the DER: 64 hex digits",
    "fingerprint_matches_no_file": "compare each --fingerprint with the files that were given",
    "no_anchor_issued_it": "import the root that issued it first, or together with it",
    "not_accepted_by_policy": "the policy accepts no signatures of this authority",
    "not_a_csca": "give the certificate of a state's authority, with its country in the name",
    "test_anchor_in_production": "a production station believes neither the sandbox nor Utopia",
    "authority_of_signers": "this authority issues certificates for ЭЦП, not documents",
    "no_chip": "in that session no chip was read: it has nothing that a state signed",
    "not_a_ca": "give the certificate of an authority, not of a person or a server",
    "FileNotFoundError": "there is no file of this name: check the path",
    "no_such_component": "`workstation-ctl licences` lists the names",
    "no_licence_text": "it needs none, comes with the machine, or is not installed here",
    "IsADirectoryError": "this is a folder: give a file in it",
    "PermissionError": "this file may not be read: check its permissions",
}


_PERMITS: Final = {
    "version": "it is of another form than this program reads: do not execute the operation by it; "
    "begin it anew, or where it had to wait, verify it by the program of its time",
    "demo": "it is of a demonstration: do not execute the operation; --accept-demo shows it",
    "stations_stale": "do not execute the operation; get head office's newest list",
    "stations_rolled_back": "a newer list was here before: do not execute the operation; get head "
    "office's newest list",
    "growth": "do not execute the operation; where many permits never came here, have the station "
    "make `permit growth` and admit it",
    "fork": "this log has two histories: do not execute the operation; tell head office",
    "head": "no known key of the station's log signed its head: do not execute the operation; "
    "give the log's keys with --log-keys",
}
"""What to do with a refused permit, by its detail; otherwise the operation is not executed."""


def failure_of(error: Exception) -> CommandFailure:
    """Return what to say about an exception; a bug is a station fault without its traceback."""
    if isinstance(error, click.ClickException):
        message = _one_line(error.format_message()).removesuffix(".")
        return CommandFailure(ExitCode.INPUT, "usage", message, ADD_HELP)
    if isinstance(error, PhotographsMissing):
        advice = f"add them: {add_photographs()}"
        return CommandFailure(ExitCode.STATION, error.code, error.detail, advice)
    if isinstance(error, ImportError):
        return CommandFailure(
            ExitCode.STATION, "not_loadable", _one_line(str(error)), SYSTEM_LIBRARIES
        )
    if isinstance(error, ReaderMissing):
        return CommandFailure(ExitCode.STATION, error.code, error.detail, advise_on_reader(error))
    if isinstance(error, FileOfAnotherKind):
        advice = _one_line(error.advice)
        return CommandFailure(ExitCode.INPUT, error.code, _one_line(error.detail), advice)
    for kind, exit_code, advice in _KINDS:
        if isinstance(error, kind):
            code = getattr(error, "code", "error")
            detail = getattr(error, "detail", "") or str(error)
            seen = _one_line("" if detail == code else detail)
            if isinstance(error, PermitRefused):
                told = _PERMITS.get(seen, "")
            else:
                told = _advice_for(seen) if exit_code is ExitCode.INPUT else ""
            return CommandFailure(exit_code, code, seen, told or advice, _several(error))
    if isinstance(error, OSError):
        advice = "check the path, its permissions and the free space"
        return CommandFailure(ExitCode.STATION, "file", type(error).__name__, advice)
    return CommandFailure(
        ExitCode.STATION, "internal", type(error).__name__, "report this as a bug"
    )


def advise_on_reader(missing: ReaderMissing) -> str:
    """Return what to do where there is no card reader to use."""
    return _READERS.get(missing.detail) or f"add it: {add_card_readers()}"


def _several(error: Exception) -> tuple[str, ...]:
    """Return every place that settings are refused for; none where the detail says it all."""
    if not isinstance(error, SettingsRefused) or len(error.faults) == 1:
        return ()
    return tuple(_one_line(each) for each in error.faults)


def _advice_for(detail: str) -> str:
    named = {part.strip() for part in detail.split(":")}
    return next((advice for reason, advice in _ADVICE.items() if reason in named), "")


def _one_line(text: str) -> str:
    """Foreign text may be quoted in a detail: one printable line of it is enough."""
    kept = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(kept.split())[:400]
