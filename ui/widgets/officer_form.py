"""Who acts beside the teller: the reason, the personnel number and the secret, typed anew."""

from PySide6.QtCore import Signal

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.card import Card
from ui.widgets.form import Field
from ui.widgets.key_places import Typing
from ui.widgets.labels import CodeLabel, set_tone
from ui.widgets.secret_field import SecretField
from workstation.session.exception import FEWEST_LETTERS, count_letters

__all__ = ["OfficerForm"]


class OfficerForm(Card):
    """Three fields in the order they are filled in; `changed` tells that one of them differs.

    counted  says beside the reason how many of the letters it needs are there
    own      whoever is signed in acts: no number is asked for
    """

    changed = Signal()

    def __init__(
        self, ctx: UiContext, title: str, hint: str, *, counted: bool = False, own: bool = False
    ) -> None:
        super().__init__(ctx, title)
        self.hint = CodeLabel(ctx, hint, "second", wrap=True)
        self.body.addWidget(self.hint)
        self.reason = Field(ctx, "field.review_reason", longest=500)
        self.supervisor = Field(ctx, "field.supervisor", typing=Typing.LATIN)
        self.secret = SecretField(ctx, "field.secret")
        self._needed = tuple(
            field
            for field in (self.reason, self.supervisor, self.secret)
            if not (own and field is self.supervisor)
        )
        for field in self._needed:
            self.body.addWidget(field)
            field.edit.textChanged.connect(self.changed)
        if counted:
            self.reason.edit.textChanged.connect(self._count)
            self._count()
        self.body.addStretch(1)

    @property
    def filled(self) -> bool:
        """Whether nothing is missing."""
        return all(field.text() for field in self._needed)

    def _count(self) -> None:
        done = min(count_letters(self.reason.text()), FEWEST_LETTERS)
        self.reason.note.set_code("words.count", done=done, most=FEWEST_LETTERS)
        set_tone(self.reason.note, Tone.OK if done == FEWEST_LETTERS else Tone.NONE)

    def take_secret(self) -> str:
        """Return the secret and forget it."""
        return self.secret.take()

    def clear(self) -> None:
        """Forget who was here."""
        for field in (self.supervisor, self.secret, self.reason):
            field.edit.clear()
