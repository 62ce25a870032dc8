"""The customer's window: what to do, to read and to answer; no name, no score, no verdict.

Before consent and at signing it says what the bank is about to do, with whole values: nobody else
can tell that the teller typed another number. The text that is agreed to or signed is there to be
read. Where there is a touch screen or a key pad the customer answers with their own hand.

Always light: a bright screen lights the face for the camera.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QHideEvent,
    QMoveEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSizePolicy, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.customer.answer_pad import AnswerPad
from ui.customer.ease_bar import EaseBar
from ui.customer.own_answer import OwnAnswer
from ui.customer.prompts import describe_progress, describe_tasks, find_prompt, name_turn
from ui.customer.reading_panel import ReadingPanel
from ui.customer.window_look import WindowLook, camera_colours, customer_sheet
from ui.theme.theme import load_customer_colours
from ui.widgets.camera_view import CameraView
from ui.widgets.labels import PlainLabel
from ui.widgets.qr_view import QrView
from ui.widgets.waiting_card import invitation_modules
from vision.results import Accommodation, Colour, Prompt
from workstation.documents.texts import SECOND_LANGUAGE, Texts
from workstation.rules.catalogue.words import Words
from workstation.session.evidence import ConsentBy
from workstation.session.states import State
from workstation.station.snapshot import PreviewImage, SessionSnapshot, StationStatus

__all__ = ["CustomerWindow"]

_CODE_SIDE: Final = 320
_READ: Final = 1.4
"""How much larger a text to read is for a customer who needs it."""

_NO_STATION: Final = StationStatus("", "")


class CustomerWindow(QMainWindow):
    """Prompt in two languages, the operation, a text or the camera, and the customer's answer.

    seen_changed  the customer can read it from now on, or no longer
    """

    seen_changed = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._hidden = False
        self._snapshot: SessionSnapshot | None = None
        self._station = _NO_STATION
        self._texts = _in_two(ctx.texts.language, ctx.texts.words)
        self._spoken = ""
        self._look: WindowLook | None = None
        self._build()
        self.answer = OwnAnswer(ctx, self.pad)
        self.answer.changed.connect(self._show)
        ctx.customer_eased.connect(self._show)
        ctx.reading_moved.connect(self.reading.move_to)
        self._show()

    def _build(self) -> None:
        self.bank, self.progress, self.prompt, self.second, self.operation, self.step = (
            PlainLabel(wrap=True) for _ in range(6)
        )
        self.code = QrView(_CODE_SIDE)
        self.reading, self.pad, self.ease = ReadingPanel(), AnswerPad(), EaseBar(self._ctx)
        self.camera = CameraView(camera_colours(load_customer_colours()), ring_width=14)
        names = ("bank", "progress", "prompt", "second", "operation", "step")
        labels = (self.bank, self.progress, self.prompt, self.second, self.operation, self.step)
        for name, label in zip(names, labels, strict=True):
            label.setObjectName(name)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.bank.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.progress.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        ground = QWidget()
        ground.setObjectName("customer")
        column = QVBoxLayout(ground)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.addWidget(self.bank, 1)
        head.addWidget(self.ease)
        head.addWidget(self.progress, 1)
        column.addLayout(head)
        self._calm = (QWidget(), QWidget())
        column.addWidget(self._calm[0], 1)
        for widget in (self.prompt, self.second):
            column.addWidget(widget)
        left, row = QVBoxLayout(), QHBoxLayout()
        left.setSpacing(12)
        row.setSpacing(24)
        left.addWidget(self.operation)
        for pane in (self.reading, self.camera):
            left.addWidget(pane, 1)
        row.addLayout(left, 2)
        row.addWidget(self.code, 1)
        column.addLayout(row, 4)
        column.addWidget(self._calm[1], 1)
        column.addWidget(self.step)
        column.addWidget(self.pad)
        for filler in self._calm:
            filler.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setCentralWidget(ground)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show what the customer has to do now."""
        self._snapshot = snapshot
        words = self._ctx.texts.words
        if (self._texts[0].language, self._texts[0].words) != (snapshot.language, words):
            self._texts = _in_two(snapshot.language, words)
        self._show()

    def show_station(self, status: StationStatus) -> None:
        """Show whose window it is, and take by what the customer may answer."""
        before, self._station = self._station, status
        acts = (status.bank, status.customer_touch, status.customer_keys)
        if acts != (before.bank, before.customer_touch, before.customer_keys):
            self._show()

    def show_preview(self, image: PreviewImage) -> None:
        """Show the camera while the customer is asked to look into it."""
        looking = self._snapshot is not None and self._snapshot.state is State.LIVENESS
        self.camera.show_image(image if looking and not self._hidden else None)

    def press_key(self, *, yes: bool) -> None:
        """Take a key of the customer's own pad, where the settings say that there is one."""
        if self._station.customer_keys:
            self.pad.answer(yes=yes, by=ConsentBy.KEY)

    def hide_content(self, *, hidden: bool) -> None:
        """Blank the window while the teller's is locked."""
        self._hidden = hidden
        self._show()
        self.seen_changed.emit()

    def is_seen(self) -> bool:
        """Say whether the customer can read the window: open, not minimised, not blanked."""
        return self.isVisible() and not self.isMinimized() and not self._hidden

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that it can be read."""
        super().showEvent(event)
        self._show()
        self.seen_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that it cannot be read, however it was closed."""
        super().hideEvent(event)
        self.pad.withdraw()
        self.seen_changed.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Tell when it is minimised or restored."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            self._show()
            self.seen_changed.emit()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Tell that it stands elsewhere: it may be another screen."""
        super().moveEvent(event)
        self.seen_changed.emit()

    def _show(self) -> None:
        self.setWindowTitle(self._ctx.tr_code("customer.title"))
        seen = None if self._hidden else self._snapshot
        self.answer.offer(seen if self.is_seen() else None, self._station, self._texts)
        state = State.IDLE if seen is None else seen.state
        looking = state is State.LIVENESS
        prompt = None if seen is None or not looking else seen.prompt
        text = "" if seen is None else seen.consent if state is State.CONSENT else seen.statement
        asked = seen is not None and seen.question != ""
        if asked or state not in {State.CONSENT, State.SIGNATURE}:
            # One thing at a time: the question first, then what is agreed to.
            text = ""
        self._paint(prompt, self._is_large(seen), reading=text != "")
        self._show_prompt(seen)
        self._show_text(text, self._is_large(seen))
        modules = self._find_code(seen)
        self.code.setVisible(modules != ())
        self.code.show_modules(modules)
        first = self._texts[0]
        self.code.setAccessibleName(first.tr("egov.code"))
        self.camera.setVisible(looking)
        if not looking:
            self.camera.show_image(None)
        self.camera.show_words(prompt, "", "", "")
        self.camera.setAccessibleName(first.tr("customer.camera"))
        for filler in self._calm:
            filler.setVisible(not (text or looking or modules))
        self._show_lines(seen, prompt, state)

    def _show_prompt(self, seen: SessionSnapshot | None) -> None:
        code = "customer.pause" if self._hidden else self.answer.question or find_prompt(seen)
        first, second = self._texts
        words = first.tr(code)
        self.prompt.setText(name_turn(first, seen) + words)
        self.second.setText(name_turn(second, seen) + second.tr(code))
        if code == "customer.welcome" and self._station.bank:
            # Nobody is served: the bank's name, and a greeting in both languages.
            self.prompt.setText(self._station.bank)
            self.second.setText(f"{words}  ·  {second.tr(code)}")
        operation = "" if seen is None else seen.window
        self.operation.setText(operation)
        self.operation.setVisible(operation != "")
        if seen is not None and self._is_spoken(seen):
            self._announce(". ".join(each for each in (words, operation) if each))

    def _show_text(self, text: str, large: bool) -> None:  # noqa: FBT001 - how it is shown
        self.reading.setVisible(text != "")
        self.reading.show_text(text, factor=_READ if large else 1.0)
        title = "consent.card" if self._in(State.CONSENT) else "signature.statement"
        self.reading.setAccessibleName(self._texts[0].tr(title))

    def _show_lines(
        self, seen: SessionSnapshot | None, prompt: Prompt | None, state: State
    ) -> None:
        """Show the bank, how far the case and the attempt have come, and the tools."""
        first = self._texts[0]
        invited = None if seen is None else seen.waiting_for
        line = describe_tasks(first, prompt) or (
            first.tr("waiting.code", code=invited.code) if invited and invited.code else ""
        )
        if state is State.CONSENT and not self.pad.isVisible():
            line = first.tr("customer.say_it")
        if seen is not None and seen.question:
            number, count = seen.questions
            told = first.tr("customer.question", number=number, count=count)
            line = f"{told}   ·   {line}" if line else told
        self.step.setVisible(line != "")
        self.step.setText(line)
        self.bank.setText("" if state is State.IDLE else self._station.bank)
        self.progress.setText("" if seen is None else describe_progress(first, state))
        self.ease.show_words(first)
        self.ease.setVisible(seen is not None and self.answer.is_at_hand(self._station))

    def _in(self, state: State) -> bool:
        return self._snapshot is not None and self._snapshot.state is state

    def _find_code(self, seen: SessionSnapshot | None) -> tuple[bytes, ...]:
        if seen is None:
            return ()
        if seen.phone is not None:
            return seen.phone.modules
        invited = seen.waiting_for
        return invitation_modules(invited.address) if invited and invited.address else ()

    def _is_large(self, seen: SessionSnapshot | None) -> bool:
        asked = seen is not None and Accommodation.LARGE_PROMPTS in _eased(seen)
        return asked or self._ctx.customer_ease.large

    def _is_spoken(self, seen: SessionSnapshot) -> bool:
        return Accommodation.SPOKEN_PROMPTS in _eased(seen) or self._ctx.customer_ease.spoken

    def _paint(self, prompt: Prompt | None, large: bool, *, reading: bool) -> None:  # noqa: FBT001
        """Light the face with a colour of the attempt's code, None for the usual ground."""
        light: Colour | None = None if prompt is None else prompt.light
        look = WindowLook(light, large=large, reading=reading)
        if look == self._look:
            return
        self._look = look
        colours = load_customer_colours()
        if light is not None:
            colours = replace(colours, ground=QColor(*light).name())
        self.camera.use_colours(camera_colours(colours))
        self.setStyleSheet(customer_sheet(self._ctx.theme.sizes, colours, look))

    def _announce(self, words: str) -> None:
        """Let the screen reader of this machine say a new prompt; without one nothing is heard."""
        if words != self._spoken:
            self._spoken = words
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))


def _in_two(language: str, words: Mapping[str, Words]) -> tuple[Texts, Texts]:
    """Return the texts of a language, and of the one that stands below it."""
    return Texts(language, words), Texts(SECOND_LANGUAGE[language], words)


def _eased(seen: SessionSnapshot) -> tuple[Accommodation, ...]:
    return seen.accommodations if seen.state is State.LIVENESS else ()
