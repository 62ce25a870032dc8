"""The one way to open a window above the page: never while locked, and the lock closes it."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, QStandardPaths, QUrl
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QWidget

from ui.context import UiContext

__all__ = ["FileQuestion", "choose_file", "close_windows_above", "open_dialog"]

_log = logging.getLogger(__name__)

_MOST_POPUPS: Final = 16
_SIZE: Final = QSize(860, 560)
_LABELS: Final = {
    QFileDialog.DialogLabel.LookIn: "file.look_in",
    QFileDialog.DialogLabel.FileName: "file.name",
    QFileDialog.DialogLabel.FileType: "file.type",
}
_PLACES: Final = (
    QStandardPaths.StandardLocation.DocumentsLocation,
    QStandardPaths.StandardLocation.DownloadLocation,
    QStandardPaths.StandardLocation.DesktopLocation,
    QStandardPaths.StandardLocation.HomeLocation,
)


@dataclass(frozen=True, slots=True)
class FileQuestion:
    """What is asked of a file dialog: codes of its title and of the kind of file, the patterns.

    suffix    of the file that is to be written; empty when one is to be read
    name      that is proposed for it
    pictures  it is a picture: pictures are looked for first
    """

    title: str
    kind: str
    patterns: str
    suffix: str = ""
    pictures: bool = False
    name: str = ""


def open_dialog(ctx: UiContext, dialog: QDialog) -> None:
    """Open the dialog without blocking; behind the lock it is thrown away unopened."""
    if ctx.locked:
        _log.warning("not opened behind the lock: %s", type(dialog).__name__)
        dialog.deleteLater()
        return
    dialog.open()


def choose_file(
    ctx: UiContext, page: QWidget, asked: FileQuestion, then: Callable[[str], None]
) -> None:
    """Ask for one file of this machine and call `then` with it; a locked station asks nobody.

    Qt's own dialog and never the system's: the lock can close it for certain, what the teller does
    in it counts as work, and it runs no other programs. It only reads folders: Qt's menu in it
    would rename and delete the log. What is written has the ending of its kind, whatever was typed.
    """
    window = page.window()
    # The one before goes now, not when it closed: it may have been waiting for an answer inside.
    for before in window.findChildren(QFileDialog):
        before.deleteLater()
    kinds = f"{ctx.tr_code(asked.kind)} ({asked.patterns})"
    folders = _folders(pictures=asked.pictures)
    dialog = QFileDialog(window, ctx.tr_code(asked.title), ctx.folder or folders[0], kinds)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setOption(QFileDialog.Option.ReadOnly)
    dialog.setSidebarUrls([QUrl.fromLocalFile(folder) for folder in folders])
    dialog.resize(_SIZE)
    for label, code in _LABELS.items():
        dialog.setLabelText(label, ctx.tr_code(code))
    if asked.suffix:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(asked.suffix)
        dialog.selectFile(asked.name)
    else:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)

    def chosen(path: str) -> None:
        if path:
            ctx.folder = str(Path(path).parent)
            ending = f".{asked.suffix}" if asked.suffix else ""
            then(path if path.lower().endswith(ending) else path + ending)

    dialog.fileSelected.connect(chosen)
    open_dialog(ctx, dialog)


def close_windows_above(spared: Iterable[QWidget | None]) -> None:
    """Close every window of the program but those that are spared; nothing in them is accepted."""
    kept = tuple(spared)
    for _ in range(_MOST_POPUPS):
        popup = QApplication.activePopupWidget()
        if popup is None:
            break
        popup.close()
    for window in QApplication.topLevelWidgets():
        if not window.isVisible() or window in kept:
            continue
        if isinstance(window, QDialog):
            # What it says later, such as by a button that is held down, nobody hears.
            window.reject()
            window.blockSignals(True)
        window.hide()


def _folders(*, pictures: bool) -> list[str]:
    """Return where a teller's files lie: never the folder that the program was started in."""
    first = (QStandardPaths.StandardLocation.PicturesLocation,) if pictures else ()
    places = (QStandardPaths.writableLocation(place) for place in (*first, *_PLACES))
    found = [place for place in dict.fromkeys(places) if place and Path(place).is_dir()]
    return found or [str(Path.home())]
