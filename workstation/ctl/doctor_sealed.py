"""`doctor`: whether all that the log says was sealed still lies in the vault."""

from collections.abc import Iterator

from crypto.errors import CryptoError
from crypto.log.audit.reader import LogReader
from workstation.ctl.vault import compare_vault, describe_problems
from workstation.errors import WorkstationError
from workstation.records.keys import read_enrolled_log_key
from workstation.settings.settings import LoadedSettings

__all__ = ["check_sealed"]

_NAME = "evidence"
_MOST_TOLD = 3


def check_sealed(loaded: LoadedSettings) -> Iterator[tuple[str, str, str]]:
    """Compare files and keys of the vault with the log: name, state, what was seen.

    Files are not read: `vault verify` does that.
    """
    path = loaded.path(loaded.values.log.path)
    try:
        with LogReader(path, read_enrolled_log_key(loaded.folder).vkey) as reader:
            report = compare_vault(loaded, reader, deep=False)
    except (CryptoError, WorkstationError, OSError):
        # Told under the name of what cannot be read.
        return
    if report.found:
        told = "; ".join(str(each) for each in describe_problems(report)[:_MOST_TOLD])
        yield _NAME, "bad", f"{report.found} faults: {told}; see `vault verify`"
        return
    erased = f", {len(report.erased)} erased by order" if report.erased else ""
    yield _NAME, "good", f"{report.payloads} sealed{erased}; `vault verify` reads them"
