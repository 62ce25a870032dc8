"""Longer text that can be read and scrolled but never interpreted or changed."""

from PySide6.QtWidgets import QPlainTextEdit

from ui.context import UiContext

__all__ = ["text_view"]


def text_view(ctx: UiContext, name: str) -> QPlainTextEdit:
    """Return a read-only view with the accessible name of a code; Tab leaves it."""
    view = QPlainTextEdit()
    view.setReadOnly(True)
    view.setTabChangesFocus(True)
    view.setMinimumHeight(96)

    def spoken() -> None:
        view.setAccessibleName(ctx.tr_code(name))

    spoken()
    ctx.changed.connect(spoken)
    return view
