"""The customer's window: one prompt in the customer's language, no name, no score, no verdict.

Before consent and at signing it says what the bank is about to do, with whole values: nobody else
can tell that the teller typed another number.

Full screen on the second screen; in a station of one screen it is an ordinary window opened by a
button. Always light: a bright screen lights the face for the camera.
"""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QHideEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.theme.theme import CustomerColours, load_customer_colours
from ui.widgets.camera_view import CameraColours, CameraView, prompt_code
from ui.widgets.labels import PlainLabel
from ui.widgets.qr_view import QrView
from ui.widgets.waiting_card import invitation_modules
from vision.results import Accommodation, Colour, Prompt, PromptPhase
from workstation.documents.texts import SECOND_LANGUAGE, Texts
from workstation.session.states import State
from workstation.station.snapshot import (
    DocumentPhase,
    DocumentView,
    PreviewImage,
    SessionSnapshot,
)

__all__ = ["CustomerWindow"]

_CODE_SIDE: Final = 320
_LARGE: Final = 1.6
"""How much larger prompts are for a customer who needs it."""

_LINES: Final = {
    State.CONSENT: "customer.consent",
    State.REFERENCE: "customer.wait",
    State.LIVENESS: "customer.look",
    State.EXCEPTION: "customer.look",
    State.ALTERNATIVE: "customer.look",
    State.MATCHING: "customer.wait",
    State.COMPARISON: "customer.wait",
    State.AUTHORITY: "customer.wait",
    State.SIGNATURE: "customer.signature",
    State.REVIEW: "customer.wait",
    State.CONFIRMATION: "customer.wait",
    State.DECIDED: "customer.wait",
    State.RECORDED: "customer.thanks",
}


_IN_TURN: Final = frozenset(
    {
        State.CONSENT,
        State.REFERENCE,
        State.LIVENESS,
        State.EXCEPTION,
        State.ALTERNATIVE,
        State.SIGNATURE,
    }
)
"""States in which one of two people has something to do."""


def _name_turn(texts: Texts, snapshot: SessionSnapshot | None) -> str:
    """Return whose turn it is before what there is to do, nothing where one person is here."""
    if snapshot is None or not snapshot.turn or snapshot.state not in _IN_TURN:
        return ""
    return f"{texts.tr(f'party.{snapshot.turn}')}: "


class CustomerWindow(QMainWindow):
    """Prompt, second language, camera with ring and arrow, step and seconds.

    seen_changed  the customer can read it from now on, or no longer
    """

    seen_changed = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._hidden = False
        self._snapshot: SessionSnapshot | None = None
        self._texts = (ctx.texts, ctx.texts)
        self.prompt, self.second, self.operation, self.step = (
            PlainLabel(wrap=True) for _ in range(4)
        )
        self.code = QrView(_CODE_SIDE)
        self.camera = CameraView(_colours(load_customer_colours()), ring_width=14)
        labels = {
            "prompt": self.prompt,
            "second": self.second,
            "operation": self.operation,
            "step": self.step,
        }
        for name, label in labels.items():
            label.setObjectName(name)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setWindowTitle(ctx.tr_code("customer.title"))
        ground = QWidget()
        ground.setObjectName("customer")
        self._light: Colour | None = None
        self._large = False
        self._spoken = ""
        column = QVBoxLayout(ground)
        column.setContentsMargins(32, 28, 32, 24)
        column.setSpacing(10)
        for label in (self.prompt, self.second):
            column.addWidget(label)
        column.addWidget(self.camera, 1)
        row = QHBoxLayout()
        row.setSpacing(32)
        row.addWidget(self.operation, 1)
        row.addWidget(self.code, 1)
        column.addLayout(row, 1)
        column.addWidget(self.step)
        for label in labels.values():
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setCentralWidget(ground)
        self._paint_ground(None, large=False)
        self._show()

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show what the customer has to do now."""
        self._snapshot = snapshot
        first = snapshot.language
        if self._texts[0].language != first or self._texts[1] is self._texts[0]:
            self._texts = (Texts(first), Texts(SECOND_LANGUAGE[first]))
        self._show()

    def show_preview(self, image: PreviewImage) -> None:
        """Show the camera while the customer is asked to look into it."""
        looking = self._snapshot is not None and self._snapshot.state is State.LIVENESS
        self.camera.show_image(image if looking and not self._hidden else None)

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
        self.seen_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that it cannot be read, however it was closed."""
        super().hideEvent(event)
        self.seen_changed.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Tell when it is minimised or restored."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            self.seen_changed.emit()

    def _show(self) -> None:
        snapshot = self._snapshot
        state = State.IDLE if snapshot is None else snapshot.state
        looking = state is State.LIVENESS and not self._hidden
        prompt = snapshot.prompt if snapshot is not None and looking else None
        code = _LINES.get(state, "customer.welcome")
        phone = None if snapshot is None or self._hidden else snapshot.phone
        invited = None if snapshot is None or self._hidden else snapshot.waiting_for
        modules = () if phone is None else phone.modules
        if self._hidden:
            code = "customer.pause"
        elif phone is not None:
            code = "customer.sign_on_phone" if phone.taken else "customer.scan"
        elif invited is not None and invited.address:
            code, modules = "customer.invitation", invitation_modules(invited.address)
        elif prompt is not None:
            code = prompt_code(prompt)
        elif snapshot is not None and snapshot.document is not None:
            code = _document_code(snapshot.document) or code
        first, second = self._texts
        eased = () if snapshot is None or not looking else snapshot.accommodations
        self._paint_ground(
            None if prompt is None else prompt.light, large=Accommodation.LARGE_PROMPTS in eased
        )
        seen = None if self._hidden else snapshot
        self.prompt.setText(_name_turn(first, seen) + first.tr(code))
        if prompt is not None and Accommodation.SPOKEN_PROMPTS in eased:
            self._announce(first.tr(code))
        self.second.setText(_name_turn(second, seen) + second.tr(code))
        self._show_operation()
        self.code.setVisible(modules != ())
        self.code.show_modules(modules)
        self.code.setAccessibleName(first.tr("egov.code"))
        self.camera.setVisible(looking)
        if not looking:
            self.camera.show_image(None)
        self.camera.show_words(prompt, "", "", "")
        self.camera.setAccessibleName(first.tr("customer.camera"))
        line = self._step_line(prompt) or (
            first.tr("waiting.code", code=invited.code) if invited and invited.code else ""
        )
        self.step.setVisible(line != "")
        self.step.setText(line)

    def _show_operation(self) -> None:
        """Show what the bank is about to do, while the customer has to agree to it."""
        snapshot = self._snapshot
        words = "" if snapshot is None or self._hidden else snapshot.window
        self.operation.setText(words)
        self.operation.setVisible(words != "")

    def _step_line(self, prompt: Prompt | None) -> str:
        """Return how far the attempt has come, empty without one."""
        if prompt is None:
            return ""
        first = self._texts[0]
        line = first.tr("customer.step", step=prompt.step, steps=prompt.steps)
        if prompt.phase is not PromptPhase.COMMAND:
            return line
        seconds = -(-prompt.remaining_ms // 1000)
        return f"{line}   ·   {first.tr('prompt.remaining', seconds=seconds)}"

    def _paint_ground(self, light: Colour | None, *, large: bool) -> None:
        """Light the face with a colour of the attempt's code, None for the usual ground."""
        if (light, large) == (self._light, self._large) and self.styleSheet():
            return
        self._light, self._large = light, large
        colours = load_customer_colours()
        if light is not None:
            colours = replace(colours, ground=QColor(*light).name())
        self.camera.use_colours(_colours(colours))
        self.setStyleSheet(_sheet(self._ctx, colours, _LARGE if large else 1.0))

    def _announce(self, words: str) -> None:
        """Let the screen reader of this machine say a new prompt; without one nothing is heard."""
        if words != self._spoken:
            self._spoken = words
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))


def _document_code(view: DocumentView) -> str:
    """Return the code of what to do with the document now, empty when nothing; never what it says.

    Whoever stands behind the customer reads this window, too.
    """
    if view.phase is DocumentPhase.CHIP:
        return "customer.chip"
    if view.phase is DocumentPhase.CAMERA and view.advice:
        return f"document_advice.{view.advice}"
    return ""


def _colours(customer: CustomerColours) -> CameraColours:
    ground = QColor(customer.ground)
    return CameraColours(
        ground=ground,
        cover=ground,
        ring=QColor(customer.ring),
        track=QColor(customer.track),
        arrow=QColor(customer.arrow),
        text=QColor(customer.text),
    )


def _sheet(ctx: UiContext, customer: CustomerColours, factor: float) -> str:
    sizes = {name: round(factor * size) for name, size in ctx.theme.sizes.items()}
    return f"""
#customer {{ background: {customer.ground}; }}
QLabel#prompt {{ color: {customer.text}; font-size: {sizes["customer_prompt"]}px;
  font-weight: 600; }}
QLabel#second {{ color: {customer.text2}; font-size: {sizes["customer_second"]}px; }}
QLabel#operation {{ color: {customer.text}; font-size: {sizes["customer_second"]}px; }}
QLabel#step {{ color: {customer.text2}; font-size: {sizes["customer_step"]}px; }}
"""
