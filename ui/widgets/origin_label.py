"""Where a reference photo came from, how old it is, who vouches for it and what has signed it."""

from ui.context import UiContext
from ui.widgets.labels import PlainLabel
from ui.wording import origin_text
from workstation.station.snapshot import SessionSnapshot

__all__ = ["OriginLabel"]


class OriginLabel(PlainLabel):
    """One line in words; hidden while there is no photo."""

    def __init__(self, ctx: UiContext, *, wrap: bool = True) -> None:
        super().__init__("caption", wrap=wrap)
        self._ctx = ctx
        self._snapshot: SessionSnapshot | None = None
        ctx.changed.connect(self._show)
        self._show()

    def show_origin(self, snapshot: SessionSnapshot | None) -> None:
        """Show the origin of the session's photo; None hides it."""
        self._snapshot = snapshot
        self._show()

    def _show(self) -> None:
        words = "" if self._snapshot is None else origin_text(self._ctx.texts, self._snapshot)
        if words != self.text():
            self.setText(words)
        self.setVisible(words != "")
