"""When the assistant opens in the place of the desktop, and what it hands over."""

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QApplication

from ui.appearance import Appearance
from ui.context import UiContext
from ui.theme.theme import load_theme
from workstation.documents.texts import Texts
from workstation.station.commands import Command

__all__ = ["MadeStation", "open_first_start", "wants_first_start"]

_log = logging.getLogger(__name__)

_SETTINGS: Final = "workstation.toml"
_CHARTERS: Final = "charter"
_LOCK: Final = "instance.lock"


@dataclass(frozen=True, slots=True)
class MadeStation:
    """The folder of a station that starts, and the language that was chosen."""

    folder: Path
    language: str


def wants_first_start(folder: Path) -> bool:
    """Whether there is no station in the folder, or one whose first charter alone was signed.

    Looks at names first: a station that works opens without what only a set-up needs. A folder
    whose disk is not there is the desktop's to report: nothing is begun in its place.
    """
    if not folder.absolute().parent.is_dir():
        return False
    if not (folder / _SETTINGS).is_file():
        # A desktop runs here, or has been: it says itself what it lacks.
        return not (folder / _LOCK).exists()
    if len(list((folder / _CHARTERS).glob("[0-9]*.note"))) != 1:
        return False
    from workstation.first_start.folder import FolderState, read_folder_state

    return read_folder_state(folder) is FolderState.BEGUN


def open_first_start(
    application: QApplication, folder: Path, language: str, scale: float
) -> MadeStation | None:
    """Lead through the set-up of a folder; None when it was left before its end.

    scale  of the texts
    """
    from ui.first_start.window import FirstStartWindow
    from workstation.first_start.set_up import SetUp

    ctx = UiContext(Texts(language), load_theme("light", scale), _drop, _now_ms)
    # The system's colours and contrast, and Qt's own words; nothing is remembered in the folder.
    appearance = Appearance(ctx, None)
    found: list[MadeStation] = []

    def take(ready: str) -> None:
        found.append(MadeStation(Path(ready), ctx.texts.language))
        application.quit()

    window = FirstStartWindow(ctx, SetUp(lambda: datetime.now(UTC), folder.absolute()))
    window.ready.connect(take)
    window.closed.connect(application.quit)
    window.show()
    application.exec()
    window.closed.disconnect(application.quit)
    window.close()
    window.deleteLater()
    appearance.deleteLater()
    return found[0] if found else None


def _drop(command: Command) -> None:
    """Take a command where no station is yet."""
    _log.warning("no station yet: %s", type(command).__name__)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
