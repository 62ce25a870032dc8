"""A case of the queue: what a supervisor sees of it before saying anything."""

from ui.context import UiContext
from ui.screens.screen import Screen

__all__ = ["QueueScreen"]


class QueueScreen(Screen):
    """Both faces, what each check found, why the teller asks; own secret, reasons and words."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "queue.title")
        self.column.addStretch(1)
