"""What a supervisor looks at: both photos of each person, and what every check found."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from ui.context import UiContext
from ui.widgets.card import Card
from ui.widgets.check_list import CheckGrid
from ui.widgets.faces_dialog import FacesButton
from ui.widgets.labels import CodeLabel, PlainLabel, ShortenedLabel
from ui.widgets.photo_pair import PhotoPair
from vision.results import PairOfEyes
from workstation.rules.checks import CheckName, CheckResult, Hardness

__all__ = ["Faces", "ReviewedCard"]

Faces = tuple[bytes, bytes, tuple[PairOfEyes, PairOfEyes] | None]
"""The reference, the live face, and where the eyes are."""

_ROOM: Final = QSize(324, 150)
_MOST_PEOPLE: Final = 2
_LEAST_GRID: Final = 90


class ReviewedCard(Card):
    """Holds a client's line, the operation's lines, photos, words, results; forgets them."""

    def __init__(self, ctx: UiContext, title: str) -> None:
        super().__init__(ctx, title)
        self._ctx = ctx
        self.client = ShortenedLabel("lead")
        self.operation = PlainLabel("second", wrap=True)
        self.words = PlainLabel("strong", wrap=True)
        self.pairs = [
            PhotoPair(ctx, "match.reference_photo", "match.probe_photo", _ROOM)
            for _ in range(_MOST_PEOPLE)
        ]
        self.larger = FacesButton(ctx)
        self.grid = CheckGrid(ctx)
        self.grid.setMinimumHeight(_LEAST_GRID)
        self.hard = CodeLabel(ctx, "", "caption", wrap=True)
        faces = QHBoxLayout()
        faces.setSpacing(16)
        for pair in self.pairs:
            faces.addWidget(pair)
        beside = QVBoxLayout()
        beside.addWidget(self.words)
        beside.addStretch(1)
        beside.addWidget(self.larger, 0, Qt.AlignmentFlag.AlignRight)
        faces.addLayout(beside, 1)
        for widget in (self.client, self.operation):
            self.body.addWidget(widget)
        self.body.addLayout(faces)
        self.body.addWidget(self.grid, 1)
        self.body.addWidget(self.hard)

    def show_lines(self, client: str, operation: str, words: str) -> None:
        """Show who asks for what, and why it is looked at."""
        self.client.setText(client)
        self.operation.setText(operation)
        self.words.setText(words)
        self.words.setVisible(words != "")

    def show_faces(self, people: Sequence[Faces]) -> None:
        """Show both photos of each person, the first one's enlarged by F3."""
        for place, pair in enumerate(self.pairs):
            there = place < len(people)
            pair.setVisible(there)
            pair.show_jpegs(*(people[place] if there else (b"", b"")))
        self.larger.take_faces(*(people[0] if people else ()))

    def show_checks(
        self,
        checks: tuple[CheckResult, ...],
        required: tuple[CheckName, ...] = (),
        *,
        decided: bool = False,
    ) -> None:
        """Show what was found, and name what no supervisor overrides, unless it is `decided`."""
        self.grid.show_checks(checks, required)
        hard = [each.check for each in checks if each.hardness is Hardness.HARD and not decided]
        names = ", ".join(self._ctx.tr_code(f"check.{check}") for check in dict.fromkeys(hard))
        self.hard.set_code("review.hard" if names else "", **({"checks": names} if names else {}))

    def forget(self) -> None:
        """Forget who was looked at."""
        self.show_lines("", "", "")
        self.show_faces(())
        self.show_checks(())
