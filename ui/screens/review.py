"""Review: a supervisor, another person than the teller, looks: allows, agrees, or refuses."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.card import Card
from ui.widgets.check_list import CheckGrid
from ui.widgets.choice_list import ChoiceList
from ui.widgets.confirm import ask
from ui.widgets.faces_dialog import FacesButton
from ui.widgets.labels import CodeLabel, PlainLabel
from ui.widgets.officer_form import OfficerForm
from ui.widgets.origin_label import OriginLabel
from ui.widgets.photo_pair import PhotoPair
from ui.widgets.reason_choice import ReasonChoice
from ui.wording import document_text
from workstation.rules.checks import CheckId, CheckName, Hardness
from workstation.session.confirmation import HandOverRequest
from workstation.session.exception import is_explained
from workstation.session.overrides.reasons import OverrideReason, list_reasons
from workstation.station.commands import AgreeReview, Override, RefuseReview
from workstation.station.snapshot import SessionSnapshot

__all__ = ["ReviewScreen"]

_ROOM: Final = QSize(320, 120)
_LEAST_GRID: Final = 90
"""Pixels of the results on a small screen that shows photos, too: what is open comes first."""
_SEEN: Final = frozenset({CheckId.REFERENCE_CONFIRMED, CheckId.AGE_CONFIRMED})
"""Checks for which the supervisor has to know what the document states."""

_FACTS: Final = ("hours", "least", "clients", "allowed")
"""Facts of a check that its words name."""


class ReviewScreen(SessionScreen):
    """Both faces, own authentication, a reason in words; what nobody overrides is named as such."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "review.title")
        self._snapshot: SessionSnapshot | None = None
        self._open: tuple[CheckName, ...] = ()
        self.check = ChoiceList()
        self.check.currentIndexChanged.connect(self._show_look)
        self.grid = CheckGrid(ctx)
        self.grid.setMinimumHeight(_LEAST_GRID)
        self.look = CodeLabel(ctx, "", wrap=True)
        self.pair = PhotoPair(ctx, "match.reference_photo", "match.probe_photo", _ROOM)
        self.origin = OriginLabel(ctx)
        self.document = PlainLabel("second", wrap=True)
        self.hard = CodeLabel(ctx, "", "caption", wrap=True)
        self.larger = FacesButton(ctx)
        facts = self._build_facts()
        self.form = OfficerForm(ctx, "review.supervisor", "review.hint", counted=True)
        self.form.changed.connect(self.actions_changed)
        self.which = caption = CodeLabel(ctx, "field.review_check", "caption")
        caption.setBuddy(self.check)
        self.why = ReasonChoice(ctx, "override_reason", "field.override_reason")
        below = self.form.body.indexOf(self.form.hint) + 1
        for place, widget in enumerate((caption, self.check, self.why)):
            self.form.body.insertWidget(below + place, widget)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(facts, 2)
        row.addWidget(self.form, 1)
        self.column.addLayout(row, 1)
        for name in (self._name_checks, self._show_look):
            ctx.changed.connect(name)
            name()

    def _build_facts(self) -> Card:
        """Build what there is to look at, the results below."""
        facts = Card(self.ctx, "review.checks")
        faces = QHBoxLayout()
        beside = QVBoxLayout()
        beside.addWidget(self.origin)
        beside.addWidget(self.document)
        beside.addStretch(1)
        beside.addWidget(self.larger, 0, Qt.AlignmentFlag.AlignRight)
        faces.addWidget(self.pair)
        faces.addLayout(beside, 1)
        facts.body.addWidget(self.look)
        facts.body.addLayout(faces)
        facts.body.addWidget(self.grid, 1)
        facts.body.addWidget(self.hard)
        return facts

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the checks and which of them may be overridden."""
        super().show_session(snapshot)
        self._snapshot = snapshot
        self.grid.show_checks(snapshot.checks, snapshot.required)
        if snapshot.review != self._open:
            self._open = snapshot.review
            self._name_checks()
        self._show_look()
        self.actions_changed.emit()

    def _name_checks(self) -> None:
        self.check.clear()
        for check in self._open:
            self.check.addItem(self.ctx.tr_code(f"check.{check}"), check)
        self.check.setAccessibleName(self.ctx.tr_code("field.review_check"))

    def _show_look(self) -> None:
        """Say what to look at before it is allowed, and show what there is to see."""
        shown, chosen = self._snapshot, self.check.currentData()
        for widget in (self.which, self.check, self.why):
            widget.setVisible(chosen is not None)
        self.why.offer(() if chosen is None else list_reasons(chosen))
        self._show_people(shown)
        if shown is None:
            self.look.set_code("")
        elif chosen is None:
            self._show_hand_over(shown.handed_over)
        else:
            facts = dict.fromkeys(_FACTS, "—")
            for check in shown.checks:
                if check.check == chosen:
                    facts |= {name: str(value) for name, value in check.facts if name in _FACTS}
            signer = "—" if shown.signature is None else shown.signature.common_name
            document = "—" if shown.document is None else shown.document.name
            names = {"client": shown.client_name, "signer": signer, "document": document}
            self.look.set_code(f"review_look.{chosen}", **facts, **names)

    def _show_hand_over(self, asked: HandOverRequest | None) -> None:
        """Say who handed the case over and why, in the teller's own words, too."""
        if asked is None:
            self.look.set_code("")
            return
        reason = self.ctx.tr_code(f"hand_over.{asked.reason.value}")
        words = asked.words or "—"
        self.look.set_code("review.handed_over", teller=asked.teller, reason=reason, words=words)

    def _show_people(self, shown: SessionSnapshot | None) -> None:
        """Show both faces and the document, and name what no supervisor overrides."""
        faces = () if shown is None else (shown.reference_jpeg, shown.probe_jpeg, shown.eyes)
        self.larger.take_faces(*faces)
        there = self.larger.action().enabled
        self.pair.setVisible(there)
        self.larger.setVisible(there)
        self.origin.show_origin(shown if there else None)
        read = shown is not None and (self.check.currentData() in _SEEN or self._handed_over)
        view = shown.document if shown is not None and read else None
        self.document.setText(document_text(self.ctx.texts, view))
        self.document.setVisible(self.document.text() != "")
        if shown is None:
            self.hard.set_code("")
            return
        self.pair.show_jpegs(*faces)
        hard = [each.check for each in shown.checks if each.hardness is Hardness.HARD]
        names = ", ".join(self.ctx.tr_code(f"check.{check}") for check in dict.fromkeys(hard))
        self.hard.set_code("review.hard" if names else "", **({"checks": names} if names else {}))

    @property
    def _handed_over(self) -> bool:
        """Whether the teller wants another person's look, and no check is open."""
        shown = self._snapshot
        return shown is not None and shown.handed_over is not None and not self._open

    def _park_action(self) -> Action:
        """Return the way to let the case wait for a supervisor who is not here."""
        return Action("button.park_review", "F6", self._ask_park, side=Side.LEFT)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return refuse and allow: both need who, the secret and why, in words that say it."""
        ready = self.form.filled and is_explained(self.form.reason.text()) and self.idle
        may = ready and (bool(self._open) or self._handed_over)
        forward = "button.agree" if self._handed_over else "button.override"
        return (
            *super().footer_actions(),
            self._park_action(),
            self.larger.action(),
            Action("button.call_supervisor", "F7", self._call),
            Action("button.refuse", "F4", self._ask_refuse, ButtonRole.DANGER, enabled=ready),
            Action(forward, "F9", self._override, ButtonRole.PRIMARY, enabled=may),
        )

    def _ask_park(self) -> None:
        ask(self.ctx, self, "park_review", "button.park_review", self._park)

    def _call(self) -> None:
        self.form.supervisor.edit.setFocus()

    def _override(self) -> None:
        form, check = self.form, str(self.check.currentData())
        by, reason = form.supervisor.text(), form.reason.text()
        if self._handed_over:
            self.ctx.post(AgreeReview(by, reason, form.take_secret()))
            return
        why = OverrideReason(self.why.chosen)
        self.ctx.post(Override(by, check, why, reason, form.take_secret()))

    def _ask_refuse(self) -> None:
        ask(self.ctx, self, "refuse_review", "button.refuse", self._refuse)

    def _refuse(self) -> None:
        form = self.form
        by, reason = form.supervisor.text(), form.reason.text()
        self.ctx.post(RefuseReview(by, reason, form.take_secret()))

    def first_focus(self) -> QWidget:
        """Return the reason: it is written before the supervisor signs."""
        return self.form.reason.edit

    def leave(self) -> None:
        """Forget who was here and whom they saw."""
        self.form.clear()
        self.why.offer(())
        self.pair.show_jpegs(b"", b"")
        self._snapshot = None
        self.grid.show_checks(())
        self._show_look()
