"""Comparison of faces: two photos of one height, the word, the number and its threshold."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.theme.tone import Tone
from ui.widgets.buttons import Action
from ui.widgets.card import Card
from ui.widgets.faces_dialog import FacesButton
from ui.widgets.labels import CodeLabel
from ui.widgets.origin_label import OriginLabel
from ui.widgets.photo_pair import PhotoPair
from ui.widgets.pill import Pill
from ui.wording import ratio_text
from vision.results import MatchResult, MatchVerdict
from workstation.station.snapshot import SessionSnapshot

__all__ = ["MatchView", "MatchingScreen"]

_GAP: Final = 12
_TONES: Final = {
    MatchVerdict.MATCH: Tone.OK,
    MatchVerdict.NON_MATCH: Tone.BAD,
    MatchVerdict.UNDECIDED: Tone.WARN,
}


class DistanceBar(QWidget):
    """The distance on a line with both thresholds; the text beside it says the same."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._match: MatchResult | None = None
        self.setFixedHeight(28)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_match(self, match: MatchResult | None) -> None:
        """Show a result, or an empty line."""
        self._match = match
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line, two ticks and the dot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._ctx.theme
        line = QRectF(6, 10, self.width() - 12, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("alt"))
        painter.drawRoundedRect(line, 4, 4)
        match = self._match
        if match is not None:
            span = 1.5 * max(1, match.review_threshold_ppm)
            painter.setPen(QPen(theme.colour("text2"), 2))
            for threshold in (match.match_threshold_ppm, match.review_threshold_ppm):
                x = line.left() + line.width() * min(1.0, threshold / span)
                painter.drawLine(round(x), 4, round(x), 24)
            x = line.left() + line.width() * min(1.0, match.distance_ppm / span)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(_TONES[match.verdict]))
            painter.drawEllipse(QRectF(x - 7, 7, 14, 14))
        painter.end()


class MatchView(QWidget):
    """Both faces at one scale, the word, then the number with what each tick means.

    compact  the word and the number alone, where there is no room for the line and its ticks
    """

    def __init__(self, ctx: UiContext, size: QSize, *, compact: bool = False) -> None:
        super().__init__()
        self._ctx = ctx
        self._compact = compact
        self._match: MatchResult | None = None
        room = QSize(2 * size.width() + _GAP, size.height())
        self.pair = PhotoPair(ctx, "match.reference_photo", "match.probe_photo", room)
        self.origin = OriginLabel(ctx)
        self.pill = Pill(ctx, "status.running", Tone.NOW)
        self.numbers = CodeLabel(ctx, "", "second", wrap=True)
        self.bar = DistanceBar(ctx)
        self.ticks = CodeLabel(ctx, "", "caption", wrap=True)
        self.larger = FacesButton(ctx)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.pair, 0, Qt.AlignmentFlag.AlignLeft)
        verdict = QHBoxLayout()
        verdict.addWidget(self.pill)
        verdict.addStretch(1)
        verdict.addWidget(self.larger)
        column.addWidget(self.origin)
        column.addLayout(verdict)
        for widget in (self.numbers, self.bar, self.ticks):
            column.addWidget(widget)
        ctx.changed.connect(self._show)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show photos and result."""
        faces = (snapshot.reference_jpeg, snapshot.probe_jpeg, snapshot.eyes)
        self.pair.show_jpegs(*faces)
        self.larger.take_faces(*faces)
        self.origin.show_origin(snapshot)
        self._match = snapshot.match
        self._show()

    def forget(self) -> None:
        """Forget the faces."""
        self._match = None
        self.pair.show_jpegs(b"", b"")
        self.larger.take_faces()

    def _show(self) -> None:
        match = self._match
        self.bar.show_match(match)
        self.bar.setVisible(match is not None and not self._compact)
        self.numbers.setVisible(match is not None)
        self.ticks.setVisible(match is not None and not self._compact)
        if match is None:
            self.pill.set_state("status.waiting", Tone.WAIT)
            return
        self.pill.set_state(f"match_verdict.{match.verdict.value}", _TONES[match.verdict])
        texts = self._ctx.texts
        threshold = ratio_text(texts, match.match_threshold_ppm)
        review = ratio_text(texts, match.review_threshold_ppm)
        self.numbers.set_code(
            "fact.distance", distance=ratio_text(texts, match.distance_ppm), threshold=threshold
        )
        self.ticks.set_code("match.ticks", match=threshold, review=review)
        self.bar.setAccessibleName(f"{self.numbers.text()}. {self.ticks.text()}")


class MatchingScreen(SessionScreen):
    """Shown while the core compares."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "matching.title")
        self.view = MatchView(ctx, QSize(216, 228))
        card = Card(ctx, "matching.card")
        card.body.addWidget(self.view)
        self.column.addWidget(card)
        self.column.addStretch(1)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the comparison."""
        super().show_session(snapshot)
        self.view.show_session(snapshot)
        self.actions_changed.emit()

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the abort, and the faces enlarged."""
        return (*super().footer_actions(), self.view.larger.action())

    def leave(self) -> None:
        """Forget the faces."""
        self.view.forget()
