"""What an attempt may be eased by, and why: chosen by the teller, within what the policy allows."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox

from ui.context import UiContext
from ui.widgets.card import Card
from ui.widgets.choice_list import ChoiceList
from ui.widgets.labels import CodeLabel
from vision.results import Accommodation, AccommodationReason

__all__ = ["AccommodationsCard"]


class AccommodationsCard(Card):
    """A box per allowed accommodation and the reason, which has no first value."""

    changed = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "liveness.accommodations")
        self._ctx = ctx
        self.body.addWidget(CodeLabel(ctx, "liveness.accommodations_hint", "caption", wrap=True))
        self.boxes = {each: QCheckBox() for each in Accommodation}
        for box in self.boxes.values():
            self.body.addWidget(box)
            box.toggled.connect(self._toggled)
        self.warning = CodeLabel(ctx, "liveness.light_warning", "caption", wrap=True)
        self.body.addWidget(self.warning)
        caption = CodeLabel(ctx, "field.accommodation_reason", "caption")
        self.reason = ChoiceList()
        caption.setBuddy(self.reason)
        self.body.addWidget(caption)
        self.body.addWidget(self.reason)
        self.reason.addItem("", None)
        for each in AccommodationReason:
            self.reason.addItem("", each.value)
        self.reason.currentIndexChanged.connect(self.changed)
        self._name()
        self._toggled()
        ctx.changed.connect(self._name)

    def show_allowed(self, allowed: tuple[Accommodation, ...]) -> None:
        """Show the boxes that the policy allows."""
        for each, box in self.boxes.items():
            box.setVisible(each in allowed)
            if each not in allowed:
                box.setChecked(False)

    def chosen(self) -> tuple[Accommodation, ...]:
        """Return what is ticked."""
        return tuple(each for each, box in self.boxes.items() if box.isChecked())

    def chosen_reason(self) -> AccommodationReason | None:
        """Return the reason, None before one was chosen or when nothing is ticked."""
        value = self.reason.currentData()
        return AccommodationReason(value) if value and self.chosen() else None

    @property
    def complete(self) -> bool:
        """Whether nothing is ticked, or a reason says why."""
        return not self.chosen() or self.chosen_reason() is not None

    def clear(self) -> None:
        """Forget the choice: it was made for one customer."""
        for box in self.boxes.values():
            box.setChecked(False)
        self.reason.setCurrentIndex(0)

    def _toggled(self) -> None:
        self.warning.setVisible(self.boxes[Accommodation.WITHOUT_BLINKING].isChecked())
        self.reason.setEnabled(bool(self.chosen()))
        self.changed.emit()

    def _name(self) -> None:
        for each, box in self.boxes.items():
            box.setText(self._ctx.tr_code(f"accommodation.{each.value}"))
        for row, reason in enumerate(AccommodationReason, start=1):
            self.reason.setItemText(row, self._ctx.tr_code(f"accommodation_reason.{reason.value}"))
        self.reason.setAccessibleName(self._ctx.tr_code("field.accommodation_reason"))
