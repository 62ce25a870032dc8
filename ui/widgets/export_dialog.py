"""Taking entries out of the station: which, as what, where to; how far it is, and where it lies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.buttons import ActionButton, ButtonRole
from ui.widgets.choice_list import ChoiceList
from ui.widgets.dialogs import FileQuestion, choose_file, open_dialog
from ui.widgets.labels import CodeLabel, PlainLabel, set_tone
from ui.widgets.log_filter import PERIODS, bounds_of
from ui.wording import count_text
from workstation.rules.local_time import KAZAKHSTAN
from workstation.station.commands import ExportLog, StopExport
from workstation.station.log_commands import ExportKind
from workstation.station.log_view import LogExport, LogQuery
from workstation.station.snapshot import StationStatus

__all__ = ["ExportDialog", "ExportOffer", "Exporting"]

_WIDTH: Final = 560
_SUFFIXES: Final = {
    ExportKind.CSV: "csv",
    ExportKind.PDF: "pdf",
    ExportKind.TILES: "zip",
    ExportKind.COURT: "zip",
    ExportKind.REPORT: "pdf",
}
_OF_A_PERIOD: Final = frozenset({ExportKind.CSV, ExportKind.PDF})
_PERIODS: Final = ("shown", *(each for each in PERIODS if each != "own"))


@dataclass(frozen=True, slots=True)
class ExportOffer:
    """What can be taken out from a page.

    query  of what the page shows, `count` entries of it
    name   of the file that is proposed, without its suffix
    """

    kinds: tuple[ExportKind, ...]
    query: LogQuery
    count: int
    name: str


class ExportDialog(QDialog):
    """First the choice, then how far it is, then where it lies. Closed, it goes on by itself."""

    def __init__(self, ctx: UiContext, parent: QWidget, offer: ExportOffer) -> None:
        super().__init__(parent)
        self._ctx, self._offer = ctx, offer
        self._path: Path | None = None
        self._waiting = False
        self._export: LogExport | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(ctx.tr_code("export.title"))
        self.setMinimumWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(CodeLabel(ctx, "export.title", "banner"))
        self.form, self.progress = QWidget(), QWidget()
        self._lay_out_form()
        self._lay_out_progress()
        column.addWidget(self.form)
        column.addWidget(self.progress)
        column.addLayout(self._lay_out_buttons())
        self._show()

    def _lay_out_form(self) -> None:
        ctx, column = self._ctx, QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.group = QButtonGroup(self)
        for number, kind in enumerate(self._offer.kinds):
            choice = QRadioButton(ctx.tr_code(f"export_kind.{kind.value}"))
            self.group.addButton(choice, number)
            column.addWidget(choice)
        self.group.button(0).setChecked(True)
        self.group.idToggled.connect(lambda *_changed: self._show())
        self.of_what = CodeLabel(ctx, "export.period", "caption")
        self.period = ChoiceList()
        shown = ctx.tr_code("export.shown", count=count_text(self._offer.count))
        self.period.addItems([shown, *(ctx.tr_code(f"log.period.{each}") for each in _PERIODS[1:])])
        self.period.setAccessibleName(ctx.tr_code("export.period"))
        self.of_what.setBuddy(self.period)
        column.addSpacing(4)
        column.addWidget(self.of_what)
        column.addWidget(self.period)
        column.addWidget(CodeLabel(ctx, "export.recorded", "second", wrap=True))

    def _lay_out_progress(self) -> None:
        column = QVBoxLayout(self.progress)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.said = PlainLabel("body", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.digest = PlainLabel("caption", wrap=True)
        self.digest.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for widget in (self.said, self.bar, self.digest):
            column.addWidget(widget)

    def _lay_out_buttons(self) -> QHBoxLayout:
        ctx, row = self._ctx, QHBoxLayout()
        self.close_button = ActionButton(ctx, "button.close", "Esc")
        self.folder = ActionButton(ctx, "button.open_folder")
        self.stop = ActionButton(ctx, "button.stop_export", role=ButtonRole.DANGER)
        self.save = ActionButton(ctx, "button.save_export", role=ButtonRole.PRIMARY)
        row.addWidget(self.close_button)
        row.addStretch(1)
        for button in (self.folder, self.stop, self.save):
            row.addWidget(button)
        self.close_button.clicked.connect(self.reject)
        self.folder.clicked.connect(self._open_folder)
        self.stop.clicked.connect(lambda: self._ctx.post(StopExport()))
        self.save.clicked.connect(self._choose_place)
        return row

    @property
    def kind(self) -> ExportKind:
        """What is made of the entries."""
        return self._offer.kinds[self.group.checkedId()]

    def query(self) -> LogQuery:
        """Return which entries are taken."""
        period = _PERIODS[self.period.currentIndex()]
        if self.kind not in _OF_A_PERIOD or period == "shown":
            return self._offer.query
        since, until = bounds_of(self._ctx.now_ms(), period)
        return replace(LogQuery(), since_ms=since, until_ms=until)

    def show_station(self, status: StationStatus) -> None:
        """Show how far the export is, or how it ended."""
        export = status.export
        if export is not None and export.running:
            self._waiting, self._export = False, export
        elif self._export is not None and self._export.running:
            self._export = export
        elif self._waiting and export is not None and self._path is not None:
            # One that ended between two looks.
            self._waiting, self._export = export.name != self._path.name, export
        self._show()

    def _choose_place(self) -> None:
        suffix = _SUFFIXES[self.kind]
        day = datetime.fromtimestamp(self._ctx.now_ms() / 1000, KAZAKHSTAN).date()
        name = f"{self._offer.name}-{day.isoformat()}.{suffix}"
        asked = FileQuestion(
            "export.title", f"export_file.{suffix}", f"*.{suffix}", suffix, name=name
        )
        choose_file(self._ctx, self, asked, self._begin)

    def _begin(self, path: str) -> None:
        self._path, self._waiting, self._export = Path(path), True, None
        self._ctx.post(ExportLog(self.kind, self._path, self.query()))
        self._show()

    def _open_folder(self) -> None:
        if self._path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path.parent)))

    def _show(self) -> None:
        export = self._export
        running = self._waiting or (export is not None and export.running)
        ended = export is not None and not running
        written = ended and export is not None and not export.code
        self.form.setVisible(not running and not written)
        self.progress.setVisible(running or ended)
        self.bar.setVisible(running)
        self.digest.setVisible(written)
        self.stop.setVisible(running)
        self.save.setVisible(not running and not written)
        self.folder.setVisible(written and self._path is not None)
        for widget in (self.of_what, self.period):
            widget.setVisible(self.kind in _OF_A_PERIOD)
        set_tone(self.said, Tone.BAD if ended and not written else Tone.NONE)
        self.bar.setRange(0, 0 if export is None else export.total)
        self.bar.setValue(0 if export is None else export.done)
        self.bar.setAccessibleName(self._ctx.tr_code("export.running"))
        self.said.setText(self._say(export, running=running))
        self.digest.setText("" if export is None or not written else _group(export.sha256))
        self.adjustSize()

    def _say(self, export: LogExport | None, *, running: bool) -> str:
        tr = self._ctx.tr_code
        if running and (export is None or not export.total):
            return tr("export.running")
        if export is None:
            return ""
        if running:
            return tr("export.far", done=count_text(export.done), total=count_text(export.total))
        if export.code:
            return tr(export.code)
        where = export.name if self._path is None else str(self._path)
        return tr("export.done", where=where, rows=count_text(export.rows))


class Exporting:
    """The exports of a page: its dialog, kept informed while it is open."""

    def __init__(self, ctx: UiContext, page: QWidget) -> None:
        self._ctx, self._page = ctx, page
        self._status: StationStatus | None = None
        self.dialog: ExportDialog | None = None

    @property
    def allowed(self) -> bool:
        """Whether whoever is signed in may take entries out."""
        return self._status is not None and "export_log" in self._status.allowed

    def open(self, offer: ExportOffer) -> None:
        """Open the dialog, with what runs already; a locked station opens none."""
        if self._ctx.locked or not self.allowed or self.dialog is not None:
            return
        self.dialog = dialog = ExportDialog(self._ctx, self._page.window(), offer)
        dialog.finished.connect(self._forget)
        self._tell()
        open_dialog(self._ctx, dialog)

    def show_station(self, status: StationStatus) -> None:
        """Take note of how far an export is."""
        self._status = status
        self._tell()

    def _tell(self) -> None:
        if self.dialog is not None and self._status is not None:
            self.dialog.show_station(self._status)

    def _forget(self, _result: int) -> None:
        self.dialog = None


def _group(digest: str) -> str:
    groups: Sequence[str] = [digest[at : at + 4] for at in range(0, len(digest), 4)]
    return "SHA-256 " + " ".join(groups)
