"""A decision that was drawn for a second look."""

from ui.context import UiContext
from ui.screens.screen import Screen

__all__ = ["SecondLookScreen"]


class SecondLookScreen(Screen):
    """Both faces, what the teller saw, how it was decided; agree or doubt."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "second_look.title")
        self.column.addStretch(1)
