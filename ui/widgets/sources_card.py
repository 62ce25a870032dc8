"""Where the reference photo may come from by the policy, the strongest first, and who vouches."""

from typing import Final

from PySide6.QtWidgets import QGridLayout, QWidget

from ui.context import UiContext
from ui.widgets.card import Card
from ui.widgets.drop_zone import DropZone
from ui.widgets.labels import CodeLabel
from workstation.rules.reference import WITHOUT_ISSUER, ReferenceSource

__all__ = ["SourcesCard"]

_NOT_READ_HERE: Final = frozenset({ReferenceSource.AUTHORITY, ReferenceSource.EDOCUMENT})
"""The policy may take them; this program does not read them yet."""


class SourcesCard(Card):
    """One line a source; what only the desk vouches for needs a second person, and says so."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "reference.sources")
        self._ctx = ctx
        self._shown: tuple[tuple[ReferenceSource, ...], bool] | None = None
        content = QWidget()
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 1)
        self.second = CodeLabel(ctx, "reference.second_person", "caption", wrap=True)
        self.drop = DropZone(ctx, "reference.drop")
        self.body.addWidget(content)
        self.body.addWidget(self.second)
        self.body.addWidget(self.drop)

    def show_sources(self, sources: tuple[ReferenceSource, ...], *, reader: bool) -> None:
        """Show the sources of an operation; the same ones again rebuild nothing.

        reader  whether this station has a reader of documents' chips
        """
        if (sources, reader) == self._shown:
            return
        self._shown = sources, reader
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row, source in enumerate(each for each in ReferenceSource if each in sources):
            by = f"reference_voucher.{source.value}"
            if source in _NOT_READ_HERE:
                by = "reference.not_read_here"
            elif source is ReferenceSource.CHIP and not reader:
                by = "reference.no_reader"
            name = CodeLabel(self._ctx, f"reference_source.{source.value}")
            self._grid.addWidget(name, row, 0)
            self._grid.addWidget(CodeLabel(self._ctx, by, "caption"), row, 1)
        self.second.setVisible(bool(WITHOUT_ISSUER & set(sources)))
        self.drop.setVisible(ReferenceSource.FILE in sources)
