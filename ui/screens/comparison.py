"""A supervisor compares both photos, blind to what the machine made of them until the answer."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.theme.tone import Tone
from ui.widgets.buttons import Action, ButtonRole, ChoiceButton
from ui.widgets.card import Card
from ui.widgets.choice_list import ChoiceList
from ui.widgets.confirm import ask
from ui.widgets.faces_dialog import FacesButton
from ui.widgets.labels import CodeLabel
from ui.widgets.officer_form import OfficerForm
from ui.widgets.origin_label import OriginLabel
from ui.widgets.photo_pair import PhotoPair
from workstation.session.comparison import ComparisonAnswer, ComparisonReason
from workstation.session.exception import is_explained
from workstation.station.commands import AnswerComparison
from workstation.station.snapshot import ComparisonView, SessionSnapshot

__all__ = ["ComparisonScreen"]

_ROOM = QSize(592, 196)
_CONTRADICTS: Final = {
    ComparisonAnswer.SAME: ComparisonReason.FEATURES_DIFFER,
    ComparisonAnswer.DIFFERENT: ComparisonReason.FEATURES_AGREE,
}
"""The one reason that says the opposite of the answer."""


class ComparisonScreen(SessionScreen):
    """Two photos of one size; the answer, why, and who gives it. No number is near."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "comparison.title")
        self._shown = ComparisonView(b"", b"")
        self.pair = PhotoPair(ctx, "match.reference_photo", "match.probe_photo", _ROOM)
        photos = Card(ctx, "comparison.photos")
        photos.body.addWidget(CodeLabel(ctx, "comparison.look", "second", wrap=True))
        photos.body.addWidget(self.pair, 1)
        self.origin = OriginLabel(ctx)
        self.larger = FacesButton(ctx)
        below_photos = QHBoxLayout()
        below_photos.addWidget(self.origin, 1)
        below_photos.addWidget(self.larger)
        photos.body.addLayout(below_photos)
        photos.body.addWidget(CodeLabel(ctx, "comparison.hint", "caption", wrap=True))
        self.form = OfficerForm(ctx, "comparison.officer", "", counted=True)
        self.form.hint.hide()
        self.form.setFixedWidth(ctx.theme.scaled(336))
        self.form.changed.connect(self.actions_changed)
        self.reason = ChoiceList()
        # As wide as the card, not as its longest reason: a card that wants more room is squeezed.
        self.reason.setSizeAdjustPolicy(
            ChoiceList.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.reason.currentIndexChanged.connect(self.actions_changed)
        caption = CodeLabel(ctx, "field.comparison_reason", "caption")
        caption.setBuddy(self.reason)
        body = self.form.body
        below = body.indexOf(self.form.hint) + 1
        body.insertLayout(below, self._answers())
        body.insertWidget(below + 1, caption)
        body.insertWidget(below + 2, self.reason)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(photos, 1)
        row.addWidget(self.form)
        self.column.addLayout(row, 1)
        ctx.changed.connect(self._name)
        self._offer(())

    def _answers(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._group = QButtonGroup(self)
        self.answers: dict[ComparisonAnswer, ChoiceButton] = {}
        for number, answer in enumerate(ComparisonAnswer):
            button = ChoiceButton(self.ctx, f"comparison_answer.{answer.value}")
            self._group.addButton(button, number)
            self.answers[answer] = button
            row.addWidget(button)
        self._group.idToggled.connect(self._answered)
        return row

    @property
    def answer(self) -> ComparisonAnswer | None:
        """What the supervisor has chosen so far."""
        number = self._group.checkedId()
        return None if number < 0 else tuple(ComparisonAnswer)[number]

    def _answered(self, _number: int, checked: bool) -> None:  # noqa: FBT001 - Qt's signal
        if checked:
            against = None if self.answer is None else _CONTRADICTS[self.answer]
            self._offer(each for each in self._shown.reasons if each is not against)
        self.actions_changed.emit()

    def _offer(self, reasons: Iterable[ComparisonReason]) -> None:
        self.reason.clear()
        self.reason.addItem("", None)
        for each in reasons:
            self.reason.addItem("", each.value)
        self._name()

    def _name(self) -> None:
        for row in range(1, self.reason.count()):
            code = f"comparison_reason.{self.reason.itemData(row)}"
            self.reason.setItemText(row, self.ctx.tr_code(code))
        self.reason.setAccessibleName(self.ctx.tr_code("field.comparison_reason"))

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the photos."""
        super().show_session(snapshot)
        if snapshot.comparison is not None:
            self._shown = shown = snapshot.comparison
            faces = (shown.photo_jpeg, shown.live_jpeg, shown.eyes)
            self.pair.show_jpegs(*faces)
            self.larger.take_faces(*faces)
        self.origin.show_origin(snapshot)
        self.actions_changed.emit()

    def show_banner(self, snapshot: SessionSnapshot) -> None:
        """Say who is needed when there is no message."""
        if snapshot.message or snapshot.busy:
            super().show_banner(snapshot)
        else:
            self.banner.show_status(Tone.NOW, "comparison.wait", "users")

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the answer once everything that belongs to it is there."""
        form = self.form
        chosen = self.answer is not None and self.reason.currentData() is not None
        may = self.idle and chosen and form.filled and is_explained(form.reason.text())
        return (
            *super().footer_actions(),
            Action("button.call_supervisor", "F7", self._call),
            Action("button.answer", "F9", self._answer, ButtonRole.PRIMARY, enabled=may),
        )

    def key_actions(self) -> tuple[Action, ...]:
        """Return what every page of a session has, and the faces enlarged: no number with them."""
        return (*super().key_actions(), self.larger.action())

    def _call(self) -> None:
        self.answers[ComparisonAnswer.SAME].setFocus()

    def _answer(self) -> None:
        if self.answer is ComparisonAnswer.DIFFERENT:
            ask(self.ctx, self, "comparison_different", "button.answer", self._post)
        else:
            self._post()

    def _post(self) -> None:
        form, answer, reason = self.form, self.answer, self.reason.currentData()
        if answer is None or reason is None:
            return
        by, words = form.supervisor.text(), form.reason.text()
        because = ComparisonReason(reason)
        self.ctx.post(AnswerComparison(by, answer, because, words, form.take_secret()))

    def first_focus(self) -> QWidget:
        """Return the first answer."""
        return self.answers[ComparisonAnswer.SAME]

    def leave(self) -> None:
        """Forget the faces, the answer and who was here."""
        self._group.setExclusive(False)
        for button in self.answers.values():
            button.setChecked(False)
        self._group.setExclusive(True)
        self._offer(())
        self.form.clear()
        self._shown = ComparisonView(b"", b"")
        self.pair.show_jpegs(b"", b"")
        self.larger.take_faces()
