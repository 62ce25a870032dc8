"""Sign-in of an operator; a token or PIN may be pasted, and what is wrong stands under it."""

from typing import Final

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QWidget

from resources import LANGUAGES
from ui.context import UiContext
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.buttons import Action, ButtonRole, ChoiceButton
from ui.widgets.card import Card
from ui.widgets.form import Field
from ui.widgets.key_places import Typing
from ui.widgets.keyboard_sign import KeyboardSign
from ui.widgets.labels import CodeLabel, set_tone
from ui.widgets.readiness import Readiness
from workstation.documents.texts import Texts
from workstation.first_start.setting_words import word_setting_fault
from workstation.station.commands import SignIn
from workstation.station.snapshot import StationStatus

__all__ = ["SignInScreen"]

_RECOVERABLE = frozenset({"log_tampered", "log_rolled_back", "log_missing"})
"""Why a station is not built to which two people find the way back (docs/recovery.md)."""

_MOST_FAULTS: Final = 3


class SignInScreen(Screen):
    """A centred card; the secret leaves the field the moment it is posted."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx)
        self._ready = False
        self._status: StationStatus | None = None
        self._asked: int | None = None
        self.operator = Field(ctx, "field.operator", typing=Typing.LATIN)
        self.secret = Field(ctx, "field.secret")
        self.secret.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.message.setWordWrap(True)
        self.keyboard = KeyboardSign(ctx, self.secret)
        self.message = CodeLabel(ctx, "", "strong", wrap=True)
        self.readiness = Readiness(ctx)
        card = Card(ctx, "app.name")
        card.setFixedWidth(ctx.theme.scaled(440))
        card.body.addWidget(CodeLabel(ctx, "sign_in.lead", "second", wrap=True))
        card.body.addWidget(self.operator)
        card.body.addWidget(self.secret)
        card.body.addWidget(self.message)
        card.body.addLayout(self._languages())
        card.body.addWidget(self.readiness)
        self.column.addStretch(1)
        # Between stretches, not aligned: an aligned card is as high as its lines at full width.
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card)
        row.addStretch(1)
        self.column.addLayout(row)
        self.column.addStretch(1)
        for field in (self.operator, self.secret):
            field.edit.textChanged.connect(self.actions_changed)
            field.edit.textEdited.connect(self.notice_read)
        self.operator.edit.returnPressed.connect(self.secret.edit.setFocus)
        self.secret.edit.returnPressed.connect(self._sign_in)
        ctx.changed.connect(self._word_again)

    def _languages(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._group = QButtonGroup(self)
        for index, language in enumerate(LANGUAGES):
            button = ChoiceButton(self.ctx, f"language.{language}")
            button.setChecked(language == self.ctx.texts.language)
            self._group.addButton(button, index)
            row.addWidget(button)
        self._group.idClicked.connect(self._select_language)
        self.ctx.changed.connect(self._mark_language)
        return row

    def _mark_language(self) -> None:
        self._group.button(LANGUAGES.index(self.ctx.texts.language)).setChecked(True)

    def _select_language(self, index: int) -> None:
        self.ctx.choose_language(LANGUAGES[index])

    def show_station(self, status: StationStatus) -> None:
        """Show readiness and why the last sign-in was refused."""
        # A station that could not be built has no name, and nothing to sign in to.
        self._ready = status.station != ""
        self._status = status
        self.readiness.setVisible(self._ready)
        self.readiness.show_station(status)
        if self._asked not in {None, _count_answers(status)}:
            self._asked = None
            self.secret.edit.setFocus()
        self._show_message(status)
        self.actions_changed.emit()

    def _word_again(self) -> None:
        """Say what is wrong with the settings in another language: each place is worded here."""
        if self._status is not None:
            self._show_message(self._status)

    def _show_message(self, status: StationStatus) -> None:
        """Show what is wrong where it is wrong; while a sign-in is being checked, that it is."""
        code, values = _word_fault(status, self.ctx.texts) if not self._ready else ("", {})
        waiting = self._asked is not None
        self.message.set_code("sign_in.checking" if waiting else code, **values)
        set_tone(self.message, Tone.NOW if waiting else Tone.BAD)
        self.message.setVisible(waiting or code != "")
        refused = status.message if self._ready and not waiting else ""
        # Which of the two was wrong is told to nobody: it stands under the one typed last.
        under = "notice.operator_locked" if refused == "operator_locked" else refused
        self.secret.mark(bad=refused != "", code=under, seconds=str(status.seconds))

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the one way forward."""
        filled = self.operator.text() != "" and self.secret.text() != ""
        enabled = self._ready and filled and self._asked is None
        return (Action("button.sign_in", "F9", self._sign_in, ButtonRole.PRIMARY, enabled=enabled),)

    def _sign_in(self) -> None:
        status, filled = self._status, self.operator.text() and self.secret.text()
        if status is not None and self._ready and filled and self._asked is None:
            command = SignIn(self.operator.text(), self.secret.text())
            self.secret.edit.clear()
            # At once: to check a secret takes its time on purpose.
            self._asked = _count_answers(status)
            self._show_message(status)
            self.actions_changed.emit()
            self.ctx.post(command)

    def first_focus(self) -> QWidget:
        """Return the personnel number's field."""
        return self.operator.edit

    def leave(self) -> None:
        """Forget who typed what."""
        self._asked = None
        self.operator.edit.clear()
        self.secret.edit.clear()


def _count_answers(status: StationStatus) -> int:
    """Count the sign-ins that were answered, either way."""
    return status.sign_ins + status.refused_sign_ins


def _word_fault(status: StationStatus, texts: Texts) -> tuple[str, dict[str, str]]:
    """Return code and values of why there is no station: nothing typed here mends that."""
    place = status.message_field
    if status.message == "charter_refused":
        return "notice.charter_refused", {"place": place}
    if status.message in _RECOVERABLE:
        return "notice.log_refused", {}
    if status.faults:
        told = [word_setting_fault(each, texts) for each in status.faults[:_MOST_FAULTS]]
        left = len(status.faults) - len(told)
        if left:
            told.append(texts.tr("notice.settings_more", count=left))
        return "notice.settings_faults", {"faults": "\n".join(told)}
    return status.message, {}
