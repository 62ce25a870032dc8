"""Liveness, the teller's side: camera, tasks of the challenge, capture conditions."""

from functools import partial
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.camera_colours import operator_colours
from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.theme.tone import Tone
from ui.widgets.accommodations_card import AccommodationsCard
from ui.widgets.alternatives_card import AlternativesCard
from ui.widgets.banner import StatusBanner
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.camera_view import CameraView, prompt_code
from ui.widgets.card import Card
from ui.widgets.check_list import FindingList
from ui.widgets.confirm import ask
from ui.widgets.document_card import DocumentCard
from ui.widgets.exception_card import ExceptionCard
from ui.widgets.labels import CodeLabel, set_tone
from ui.widgets.origin_label import OriginLabel
from ui.widgets.tasks_card import TasksCard
from vision.results import PromptPhase, QualityFinding
from workstation.station.commands import RequestException, StartLiveness
from workstation.station.snapshot import DocumentPhase, PreviewImage, SessionSnapshot

__all__ = ["LivenessScreen"]

_POSED: Final = frozenset({"not_frontal", "off_centre", "face_too_large", "eyes_closed"})
"""What a task makes of a face: "look straight" beside "turn your head" says two things at once."""


class LivenessScreen(SessionScreen):
    """Starts an attempt and shows how it goes; the verdict is the core's."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "liveness.title")
        self._snapshot: SessionSnapshot | None = None
        self._rate = 0.0
        self._breaks = 0
        self._said = ""
        self.origin = OriginLabel(ctx, wrap=False)
        self.document = DocumentCard(ctx)
        self.headline.insertWidget(2, self.origin)
        self.camera = CameraView(operator_colours(ctx.theme))
        picture = Card(ctx)
        picture.body.setContentsMargins(8, 8, 8, 8)
        picture.body.addWidget(self.camera, 1)
        self.accommodations = AccommodationsCard(ctx)
        self.exception, self.alternatives = ExceptionCard(ctx), AlternativesCard(ctx)
        self._choices = (self.accommodations, self.exception, self.alternatives)
        for card in self._choices:
            card.changed.connect(self.actions_changed)
            card.hide()
        self.exception_hint = CodeLabel(ctx, "", "caption", wrap=True)
        self.exception_hint.hide()
        self.conditions = FindingList(ctx)
        self.hint = CodeLabel(ctx, "liveness.conditions_wait", "second", wrap=True)
        self.conditions_card = conditions = Card(ctx, "liveness.conditions")
        conditions.body.addWidget(self.hint)
        conditions.body.addWidget(self.conditions)
        panel = QWidget()
        panel.setFixedWidth(ctx.theme.scaled(336))
        side = QVBoxLayout(panel)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(8)
        self.tasks_card = TasksCard(ctx)
        for widget in (
            self.banner,
            self.document,
            self.tasks_card,
            conditions,
            *self._choices,
            self.exception_hint,
        ):
            side.addWidget(widget)
        side.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(picture, 1)
        row.addWidget(panel)
        self.column.addLayout(row, 1)
        ctx.changed.connect(self._restyle)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the attempt."""
        super().show_session(snapshot)
        if self._snapshot is not None and self._snapshot.session != snapshot.session:
            self._forget_choices()
        self._snapshot = snapshot
        self.alternatives.show_offered(snapshot.alternative, snapshot.language)
        self.origin.show_origin(snapshot)
        self.accommodations.show_allowed(snapshot.accommodations_allowed)
        gone = self.alternatives.isVisibleTo(self) and not snapshot.alternative.offered
        if snapshot.attempt_running or gone:
            self._show_card(None)
        self._show_exception_hint(snapshot)
        self.tasks_card.show_tasks(snapshot.prompt, snapshot.commands)
        self.conditions.show_findings(_judged(snapshot))
        self.hint.setVisible(not snapshot.conditions)
        self._show_document()
        attempt = max(1, snapshot.attempt)
        self.aside.set_code("liveness.attempt", attempt=attempt, most=snapshot.attempts_max)
        self._show_overlay()
        self.actions_changed.emit()

    def show_banner(self, snapshot: SessionSnapshot) -> None:
        """Say how the attempt goes when there is no message.

        One that something of ours broke off is said not to count, until the next one runs.
        """
        if snapshot.attempt_running:
            self._breaks = snapshot.breaks
        _say_attempt(self.banner, snapshot, broken=snapshot.breaks > self._breaks)

    def _show_document(self) -> None:
        """Show what was read before the first attempt: until then nothing else has a word to say.

        Afterwards the teller looks at the customer and not at the document.
        """
        shown, asked = self._snapshot, self._asks_for_another_way
        usual = not asked and not self.accommodations.isVisibleTo(self)
        fresh = usual and shown is not None and not (shown.attempt_running or shown.attempt_reason)
        view = shown.document if shown is not None and fresh else None
        if view is not None and view.phase is not DocumentPhase.READ:
            view = None  # The reference came from elsewhere.
        # What goes, goes first: a window that once had to hold all of them stays that large.
        if view is not None:
            self.tasks_card.hide()
            self.conditions_card.hide()
        self.document.show_document(view)
        self.tasks_card.setVisible(view is None and not asked)
        self.conditions_card.setVisible(view is None and usual)

    def show_preview(self, image: PreviewImage) -> None:
        """Show the camera."""
        if round(image.frames_per_second) != round(self._rate):
            self._rate = image.frames_per_second
            self._show_overlay()
        self.camera.show_image(image)

    def _show_overlay(self) -> None:
        prompt = None if self._snapshot is None else self._snapshot.prompt
        words = "" if prompt is None else self.ctx.tr_code(prompt_code(prompt))
        corner = self.ctx.tr_code("camera.rate", rate=round(self._rate)) if self._rate else ""
        self.camera.show_words(prompt, words, corner, self.ctx.tr_code("camera.none"))
        if words != self._said:
            self._said = words
            self.ctx.announce(words, urgent=True)

    def _restyle(self) -> None:
        self.camera.use_colours(operator_colours(self.ctx.theme))
        self._show_overlay()

    def footer_actions(self) -> tuple[Action, ...]:
        """Return start before the first attempt, retry after one that did not decide."""
        shown = self._snapshot
        running = shown is not None and shown.attempt_running
        free = self.idle and not running and shown is not None and not _is_out_of_breaks(shown)
        offered = shown is not None and bool(shown.accommodations_allowed)
        may, ease = free and offered, self._toggle_accommodations
        eased = (Action("button.accommodations", "F5", ease, enabled=may),) if offered else ()
        free = free and self.accommodations.complete
        forward = Action("button.start", "F9", self._start, ButtonRole.PRIMARY, enabled=free)
        if shown is not None and shown.attempt_reason and not running:
            forward = Action("button.retry", "F6", self._start, ButtonRole.PRIMARY, enabled=free)
        customer = Action("button.customer_window", "F11", self.customer_wanted.emit)
        usual: tuple[Action, ...] = (*eased, customer, forward)
        if self._alternative_offered and self.idle:
            usual = self._alternative_actions(*usual)
        if self._exception_offered and self.idle:
            usual = self._exception_actions(*usual)
        return (*super().footer_actions(), *usual)

    def _start(self) -> None:
        card = self.accommodations
        shown = self.ctx.customer_shown()
        self.ctx.post(StartLiveness(card.chosen(), card.chosen_reason(), screen=shown))

    @property
    def _exception_offered(self) -> bool:
        return self._snapshot is not None and self._snapshot.exception.offered

    def _exception_actions(self, *usual: Action) -> tuple[Action, ...]:
        """Return the way to the officers and the usual; with its card open, the request alone."""
        card = self.exception
        if self.alternatives.isVisibleTo(self):
            return usual
        toggle = Action("button.exception", "F7", partial(self._toggle, card, card.reason))
        if not card.isVisibleTo(self):
            return (toggle, *usual)
        code, act, ready = "button.request_exception", self._ask_exception, card.complete
        return (toggle, Action(code, "F9", act, ButtonRole.PRIMARY, enabled=ready))

    @property
    def _alternative_offered(self) -> bool:
        return self._snapshot is not None and bool(self._snapshot.alternative.offered)

    @property
    def _asks_for_another_way(self) -> bool:
        """Whether a card is open on which something else than an attempt is asked for."""
        return any(each.isVisibleTo(self) for each in (self.exception, self.alternatives))

    def _alternative_actions(self, *usual: Action) -> tuple[Action, ...]:
        """Return the other ways and the usual; with their card open, the request alone."""
        card = self.alternatives
        if self.exception.isVisibleTo(self):
            return usual
        toggle = Action("button.other_way", "F4", partial(self._toggle, card, card.way))
        if not card.isVisibleTo(self):
            return (toggle, *usual)
        code, act, ready = "button.request_way", self._request_way, card.complete
        return (toggle, Action(code, "F9", act, ButtonRole.PRIMARY, enabled=ready))

    def _request_way(self) -> None:
        request = self.alternatives.request()
        if request is not None:
            self.ctx.post(request)

    def _ask_exception(self) -> None:
        agree = "button.request_exception"
        ask(self.ctx, self, "request_exception", agree, self._request_exception)

    def _request_exception(self) -> None:
        reason = self.exception.chosen_reason()
        if reason is not None:
            self.ctx.post(RequestException(reason, self.exception.words.text()))

    def _show_exception_hint(self, snapshot: SessionSnapshot) -> None:
        """Say that officers may vouch, and when this is the last moment to ask for them."""
        last = snapshot.attempt >= snapshot.attempts_max
        code = "liveness.exception_last" if last else "liveness.exception_hint"
        self.exception_hint.set_code(code)
        set_tone(self.exception_hint, Tone.WARN if last else Tone.NONE)
        shown = self.exception.isVisibleTo(self)
        if shown and not snapshot.exception.offered:
            self._show_card(None)
        self.exception_hint.setVisible(snapshot.exception.offered and not shown)

    def _toggle_accommodations(self) -> None:
        shown = self.accommodations.isVisibleTo(self)
        self._show_card(None if shown else self.accommodations)

    def _toggle(self, card: Card, first: QWidget) -> None:
        """Show or hide a card; `first` of it takes the focus."""
        shown = card.isVisibleTo(self)
        self._show_card(None if shown else card)
        self.actions_changed.emit()
        if not shown:
            first.setFocus()

    def _show_card(self, card: Card | None) -> None:
        """Show a choice in the place of what says something later, or nothing but the usual."""
        asked = card in {self.exception, self.alternatives}
        shown = {
            self.accommodations: card is self.accommodations,
            self.exception: card is self.exception,
            self.alternatives: card is self.alternatives,
            self.conditions_card: card is None,
            self.tasks_card: not asked,
            self.exception_hint: self._exception_offered and not asked,
        }
        # What goes, goes first: a window that once had to hold all of them stays that large.
        self.document.show_document(None)
        for widget in sorted(shown, key=shown.__getitem__):
            widget.setVisible(shown[widget])
        self._show_document()

    def leave(self) -> None:
        """Forget the picture and the choice."""
        self._breaks = 0
        self.camera.show_image(None)
        self.document.show_document(None)
        self._forget_choices()

    def _forget_choices(self) -> None:
        """Clear the choices and close the one that was open: the next customer may need none."""
        for card in self._choices:
            card.clear()
        self._show_card(None)


def _say_attempt(banner: StatusBanner, snapshot: SessionSnapshot, *, broken: bool) -> None:
    """Say how the attempt goes, or went; `broken`: something of ours broke the last one off."""
    if snapshot.message:
        banner.show_status(Tone.WARN, snapshot.message)
    elif snapshot.attempt_running:
        banner.show_status(Tone.NOW, "liveness.running")
    elif snapshot.busy:
        banner.show_status(Tone.NOW, f"busy.{snapshot.busy}")
    elif _is_out_of_breaks(snapshot):
        banner.show_status(Tone.BAD, "liveness.breaks_spent", breaks=snapshot.breaks)
    elif broken:
        banner.show_status(Tone.WARN, "liveness.broken", "refresh-cw")
    elif snapshot.attempt_reason:
        banner.show_status(Tone.WARN, snapshot.attempt_reason)
    else:
        banner.show_status(Tone.WAIT, "liveness.ready", "info")


def _judged(snapshot: SessionSnapshot) -> tuple[QualityFinding, ...]:
    """Return the capture conditions, without those that the task of the moment asks to break."""
    prompt = snapshot.prompt
    if prompt is None or prompt.phase is not PromptPhase.COMMAND:
        return snapshot.conditions
    return tuple(each for each in snapshot.conditions if each.code not in _POSED)


def _is_out_of_breaks(snapshot: SessionSnapshot) -> bool:
    """Whether so many attempts were broken off that none is begun any more."""
    return 0 < snapshot.breaks_max <= snapshot.breaks and not snapshot.attempt_running
