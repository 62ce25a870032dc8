"""Beside the form: what will be checked, and why it does not begin. Neither moves a field."""

from datetime import UTC, date, datetime
from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.banner import StatusBanner
from ui.widgets.foreseen_card import ForeseenCard
from ui.widgets.form import Field
from workstation.rules.local_time import local_day
from workstation.station.foreseen import find_unanswered, foresee_checks
from workstation.station.snapshot import OperationOffer, PersonView
from workstation.verification.case import OperationForm

__all__ = ["FormSide"]

_WIDTH: Final = 288


class FormSide(QWidget):
    """The policy's checks for the form as it stands, and one sentence under them."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._said: tuple[str, Field | None] = "", None
        self.foreseen = ForeseenCard(ctx)
        self.banner = StatusBanner(ctx)
        self.banner.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.foreseen, 1)
        column.addWidget(self.banner)
        self.setFixedWidth(_WIDTH)
        ctx.changed.connect(self._word)

    def foresee(
        self, offer: OperationOffer, form: OperationForm, person: PersonView | None
    ) -> None:
        """Show what will be checked of this form.

        person  what the register says of its ИИН, None while it says nothing
        """
        self.foreseen.show_checks(foresee_checks(offer, form, person, self._today))

    def find_unanswered(
        self, offer: OperationOffer, form: OperationForm, person: PersonView | None
    ) -> tuple[str, ...]:
        """Return the questions to the teller without which this form does not begin."""
        return find_unanswered(offer, form, person, self._today)

    def say(self, code: str, field: Field | None = None) -> None:
        """Show a sentence, with the name of the field that it is about; the empty one goes."""
        self._said = code, field
        self._word()

    def _word(self) -> None:
        code, field = self._said
        if field is None or not code:
            self.banner.show_status(Tone.WARN, code)
            return
        words = self._ctx.tr_code(code)
        name = field.caption.text()
        self.banner.show_status(Tone.WARN, "operation.wrong_field", field=name, words=words)

    @property
    def _today(self) -> date:
        return local_day(datetime.fromtimestamp(self._ctx.now_ms() / 1000, UTC))
