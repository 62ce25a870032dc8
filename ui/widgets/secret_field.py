"""A field whose text nobody sees: it leaves the field when it is taken, or when it is hidden."""

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLineEdit

from ui.context import UiContext
from ui.widgets.form import Field

__all__ = ["SecretField"]


class SecretField(Field):
    """A secret or a pass phrase."""

    def __init__(self, ctx: UiContext, code: str) -> None:
        super().__init__(ctx, code)
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)

    def take(self) -> str:
        """Return the secret and forget it."""
        secret = self.text()
        self.edit.clear()
        return secret

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget the secret: whoever comes back is not who typed it."""
        super().hideEvent(event)
        self.edit.clear()
