"""What the pages of a case that was opened share: what is looked at, and a supervisor's words."""

from typing import Final, Generic, TypeVar

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.banner import StatusBanner
from ui.widgets.officer_form import OfficerForm
from ui.widgets.reviewed_card import ReviewedCard
from workstation.station.commands import LeaveReview
from workstation.station.snapshot import StationStatus

__all__ = ["OpenedScreen"]

_FORM: Final = 380

_Opened = TypeVar("_Opened")


class OpenedScreen(Screen, Generic[_Opened]):
    """What was opened of the queue, `shown` until the page is left; own words and own secret."""

    def __init__(self, ctx: UiContext, title: str, hint: str) -> None:
        super().__init__(ctx, title)
        self.shown: _Opened | None = None
        self.banner = StatusBanner(ctx, inline=True)
        self.banner.hide()
        self.headline.insertWidget(1, self.banner, 1000)
        self.card = ReviewedCard(ctx, "review.checks")
        self.form = OfficerForm(ctx, "queue.decision", hint, counted=True, own=True)
        self.form.setFixedWidth(ctx.theme.scaled(_FORM))
        self.form.changed.connect(self.actions_changed)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.card, 1)
        row.addWidget(self.form)
        self.column.addLayout(row, 1)
        ctx.changed.connect(self.show_opened)

    def find_opened(self, status: StationStatus) -> _Opened | None:
        """Return what the station has opened for this page."""
        raise NotImplementedError

    def offer_reasons(self) -> None:
        """Offer what may be chosen about what is shown from now on."""

    def show_opened(self) -> None:
        """Say what is shown, in the language of now."""
        raise NotImplementedError

    def show_station(self, status: StationStatus) -> None:
        """Show what was opened."""
        self.banner.show_status(Tone.WARN, status.message)
        opened = self.find_opened(status)
        if opened is not self.shown:
            self._show(opened)
        self.actions_changed.emit()

    def _show(self, opened: _Opened | None) -> None:
        self.shown = opened
        self.offer_reasons()
        self.show_opened()

    def first_focus(self) -> QWidget:
        """Return the words: the secret comes last."""
        return self.form.reason.edit

    @property
    def unsaved(self) -> bool:
        """Whether words were typed that go when the page is left."""
        return self.form.reason.text() != ""

    def leave(self) -> None:
        """Forget who was looked at, and the secret."""
        self.form.clear()
        self._show(None)

    def _back(self) -> None:
        self.ctx.post(LeaveReview())
        self.navigate.emit(Route.NONE.value)
