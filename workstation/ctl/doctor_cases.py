"""`doctor`: parked cases, and files of them that nobody can take up."""

from collections.abc import Iterator

from crypto.errors import CryptoError
from crypto.log.audit.reader import LogReader
from workstation.cases.case_store import CASES_FOLDER, KeptCase, list_cases, measure_case
from workstation.errors import CaseRefused, WorkstationError
from workstation.records.journal import open_cases
from workstation.records.keys import read_enrolled_log_key
from workstation.settings.settings import LoadedSettings

__all__ = ["check_cases"]

_NAME = "parked cases"


def check_cases(loaded: LoadedSettings) -> Iterator[tuple[str, str, str]]:
    """Compare the files with the log, unopened: name, state, what was seen.

    A warning, never bad: the next start closes what cannot be taken up, each with its entry.
    """
    folder, path = loaded.folder / CASES_FOLDER, loaded.path(loaded.values.log.path)
    try:
        vkey = read_enrolled_log_key(loaded.folder).vkey
        with LogReader(path, vkey) as reader, reader.snapshot() as view:
            found = [each.waiting for each in open_cases(view)]
    except (CryptoError, WorkstationError, OSError):
        # Told under the name of what cannot be read.
        return
    waiting = [each for each in found if each is not None]
    try:
        files = list_cases(folder) if folder.exists() else ()
    except CaseRefused:
        yield _NAME, "warning", f"{len(waiting)} wait; {CASES_FOLDER}/ cannot be read"
        return
    read = {each: _measure(each) for each in files}
    broken = [each.path.name for each, sha256 in read.items() if not sha256.startswith(each.mark)]
    whole = {(each.case, sha256) for each, sha256 in read.items()}
    lost = sum((each.case, each.sha256) not in whole for each in waiting)
    named = {(each.case, each.sha256[:16]) for each in waiting}
    others = sum((each.case, each.mark) not in named for each in files)
    told = (
        f"{len(broken)} unreadable: {', '.join(broken[:3])}" if broken else "",
        f"{lost} without a file, the next start closes them" if lost else "",
        f"{others} files that the log does not name" if others else "",
    )
    seen = "; ".join((f"{len(waiting)} wait", *filter(None, told)))
    yield _NAME, "warning" if any(told) else "good", seen


def _measure(kept: KeptCase) -> str:
    """Return its SHA-256, `-` for a file that cannot be read: no name begins so."""
    try:
        return measure_case(kept)
    except CaseRefused:
        return "-"
