"""Another way than the commands: which of those that are offered, why, and the palm's consent."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox

from ui.context import UiContext
from ui.widgets.card import Card
from ui.widgets.choice_list import ChoiceList
from ui.widgets.labels import CodeLabel, PlainLabel
from workstation.rules.alternatives import LivenessWay
from workstation.session.alternative import WayReason
from workstation.station.alternative_view import AlternativeView
from workstation.station.commands import RequestAlternative

__all__ = ["AlternativesCard"]


class AlternativesCard(Card):
    """Neither way nor reason has a first value; the palm waits for the customer's own consent."""

    changed = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "alternative.card")
        self._ctx = ctx
        self._offered: tuple[LivenessWay, ...] = ()
        self._language = ""
        self.body.addWidget(CodeLabel(ctx, "alternative.hint", "caption", wrap=True))
        self.way = self._add_choice("field.liveness_way")
        self.reason = self._add_choice("field.way_reason")
        self.consent = PlainLabel("caption", wrap=True)
        self.agreed = QCheckBox()
        self.body.addWidget(self.consent)
        self.body.addWidget(self.agreed)
        self.reason.addItem("", None)
        for each in WayReason:
            self.reason.addItem("", each.value)
        for choice in (self.way, self.reason):
            choice.currentIndexChanged.connect(self._show_consent)
        self.agreed.toggled.connect(self.changed)
        self._name()
        self._show_consent()
        ctx.changed.connect(self._name)

    def show_offered(self, view: AlternativeView, language: str) -> None:
        """Show the ways that may be asked for now, and what a customer agrees to for the palm.

        language  of the customer, and of that text
        """
        self._language = language
        self.consent.setText(view.consent)
        if view.offered != self._offered:
            self._offered = view.offered
            self.way.clear()
            self.way.addItem("", None)
            for each in view.offered:
                self.way.addItem("", each.value)
            self._name()

    def request(self) -> RequestAlternative | None:
        """Return what is asked for, None before way and reason were chosen."""
        way, reason = self.chosen_way(), self.chosen_reason()
        consent = self._language if self.agreed.isChecked() else ""
        return None if way is None or reason is None else RequestAlternative(way, reason, consent)

    def chosen_way(self) -> LivenessWay | None:
        """Return the way, None before one was chosen."""
        value = self.way.currentData()
        return LivenessWay(value) if value else None

    def chosen_reason(self) -> WayReason | None:
        """Return the reason, None before one was chosen."""
        value = self.reason.currentData()
        return WayReason(value) if value else None

    @property
    def complete(self) -> bool:
        """Whether way and reason were chosen and the customer has agreed to the palm."""
        way = self.chosen_way()
        agreed = way is not LivenessWay.PALM or self.agreed.isChecked()
        return way is not None and self.chosen_reason() is not None and agreed

    def clear(self) -> None:
        """Forget it: it was chosen for one customer."""
        self.way.setCurrentIndex(0)
        self.reason.setCurrentIndex(0)
        self.agreed.setChecked(False)

    def _add_choice(self, code: str) -> ChoiceList:
        caption, choice = CodeLabel(self._ctx, code, "caption"), ChoiceList()
        # As wide as the card, not as its longest item: a card that wants more room is squeezed.
        choice.setSizeAdjustPolicy(
            ChoiceList.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        caption.setBuddy(choice)
        self.body.addWidget(caption)
        self.body.addWidget(choice)
        return choice

    def _show_consent(self) -> None:
        palm = self.chosen_way() is LivenessWay.PALM
        if not palm:
            self.agreed.setChecked(False)
        self.consent.setVisible(palm)
        self.agreed.setVisible(palm)
        self.changed.emit()

    def _name(self) -> None:
        tr = self._ctx.tr_code
        for row, way in enumerate(self._offered, start=1):
            self.way.setItemText(row, tr(f"liveness_way.{way}"))
        for row, reason in enumerate(WayReason, start=1):
            self.reason.setItemText(row, tr(f"way_reason.{reason}"))
        self.way.setAccessibleName(tr("field.liveness_way"))
        self.reason.setAccessibleName(tr("field.way_reason"))
        self.agreed.setText(tr("alternative.agreed"))
