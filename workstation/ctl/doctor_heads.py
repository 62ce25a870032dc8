"""`doctor`: the other places that remember the newest released head."""

from collections.abc import Iterator

from crypto.errors import CryptoError
from crypto.log.audit.reader import LogReader
from crypto.log.file.released import read_marks
from workstation.errors import WorkstationError
from workstation.records.keys import read_enrolled_log_key
from workstation.settings.settings import LoadedSettings

__all__ = ["check_head_copies"]

_NAME = "released heads"


def check_head_copies(loaded: LoadedSettings) -> Iterator[tuple[str, str, str]]:
    """Compare each of `[log] copies` with the log: name, state, what was seen.

    One that cannot be reached is a warning, since the station works without it; one that
    remembers a head that the log does not hold is bad, and the station does not start.
    """
    for each in loaded.values.log.copies:
        path = loaded.path(each)
        if not path.is_file():
            yield _NAME, "warning", f"{each}: not there or cannot be reached; remembers nothing"
            continue
        try:
            first = read_enrolled_log_key(loaded.folder)
            with LogReader(loaded.path(loaded.values.log.path), first.vkey) as reader:
                marks = read_marks(path, first.name, reader.log_keys())
                for mark in marks:
                    reader.require_released(mark)
        except (CryptoError, WorkstationError) as error:
            yield _NAME, "bad", f"{each}: {error.code} {error.detail}".strip()
        else:
            yield _NAME, "good", f"{each}: {marks[-1].size if marks else 0} entries remembered"
