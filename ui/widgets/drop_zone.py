"""Where a file may be dropped, and what of a drag is one file."""

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout

from ui.context import UiContext
from ui.widgets.labels import CodeLabel
from ui.widgets.pill import IconLabel

__all__ = ["DropZone", "dragged_file"]


def dragged_file(dragged: QMimeData) -> Path | None:
    """Return the one file of this machine that is dragged; None for anything else."""
    addresses = dragged.urls() if dragged.hasUrls() else []
    if len(addresses) != 1 or not addresses[0].isLocalFile():
        return None
    return Path(addresses[0].toLocalFile())


class DropZone(QFrame):
    """A dashed frame that says what to drop; the page around it takes the drop."""

    def __init__(self, ctx: UiContext, code: str = "way.drop") -> None:
        super().__init__()
        self.setObjectName("drop")
        self.setProperty("over", False)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(12)
        self.words = CodeLabel(ctx, code, "second", wrap=True)
        row.addWidget(IconLabel(ctx, "file-signature", 24), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.words, 1)

    def set_over(self, *, over: bool) -> None:
        """Show whether letting go would drop the file here."""
        if self.property("over") is not over:
            self.setProperty("over", over)
            self.style().unpolish(self)
            self.style().polish(self)
