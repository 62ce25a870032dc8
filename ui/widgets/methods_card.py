"""How the customer signs: the methods this workstation offers, one of them chosen."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout

from ui.context import UiContext
from ui.widgets.buttons import ChoiceButton
from ui.widgets.card import Card
from ui.widgets.drop_zone import DropZone
from ui.widgets.labels import CodeLabel
from ui.widgets.qr_view import QrView
from workstation.devices.signing_methods import PhoneView, SigningMethod

__all__ = ["MethodsCard"]

_CODE_SIDE = 200
_COLUMNS = 2


class MethodsCard(Card):
    """Buttons of the methods, a hint for the chosen one, and what it needs: a code, a drop zone."""

    chosen_changed = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "way.title")
        self._ctx = ctx
        self._offered: tuple[SigningMethod, ...] = ()
        self._phone: PhoneView | None = None
        self._group = QButtonGroup(self)
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        self.hint = CodeLabel(ctx, "", "second", wrap=True)
        self.drop = DropZone(ctx)
        self.code = QrView(_CODE_SIDE)
        self.caption = CodeLabel(ctx, "", "strong", wrap=True)
        self.body.addLayout(self._grid)
        self.body.addWidget(self.hint)
        self.body.addWidget(self.drop)
        self.body.addWidget(self.caption)
        self.body.addWidget(self.code, 1)
        self._group.idClicked.connect(self._chosen_by_hand)
        ctx.changed.connect(self._name_code)
        self._name_code()
        self.show_methods((SigningMethod.NCALAYER,), enabled=False)

    @property
    def chosen(self) -> SigningMethod:
        """Return the method the teller chose; the first one before that."""
        pressed = self._group.checkedId()
        return self._offered[pressed] if pressed >= 0 else SigningMethod.NCALAYER

    def show_methods(self, offered: tuple[SigningMethod, ...], *, enabled: bool) -> None:
        """Show the methods; they cannot be changed while one is waited for."""
        if offered != self._offered:
            self._rebuild(offered)
        for button in self._group.buttons():
            button.setEnabled(enabled)

    def show_phone(self, phone: PhoneView | None) -> None:
        """Show the code to be scanned, or that the phone has the document."""
        if phone != self._phone:
            self._phone = phone
            self._show()

    def choose(self, method: SigningMethod) -> None:
        """Choose a method that is offered; another is left alone."""
        if method in self._offered and method is not self.chosen:
            self._group.button(self._offered.index(method)).setChecked(True)
            self._show()
            self.chosen_changed.emit()

    def choose_first(self) -> None:
        """Forget what the teller chose."""
        self.choose(self._offered[0])

    def _rebuild(self, offered: tuple[SigningMethod, ...]) -> None:
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._offered = offered
        for number, method in enumerate(offered):
            button = ChoiceButton(self._ctx, f"way.{method.value}")
            button.setChecked(number == 0)
            self._group.addButton(button, number)
            self._grid.addWidget(button, number // _COLUMNS, number % _COLUMNS)
        self._show()

    def _chosen_by_hand(self, _number: int) -> None:
        self._show()
        self.chosen_changed.emit()

    def _show(self) -> None:
        phone = self._phone
        shown = phone is not None and phone.modules != ()
        self.hint.set_code(f"way.{self.chosen.value}_hint")
        self.hint.setVisible(phone is None)
        self.drop.setVisible(phone is None and self.chosen is SigningMethod.FILE)
        self.caption.set_code("egov.scan" if shown else "egov.taken" if phone is not None else "")
        self.caption.setVisible(phone is not None)
        self.code.setVisible(shown)
        self.code.show_modules(phone.modules if phone is not None else ())

    def _name_code(self) -> None:
        self.code.setAccessibleName(self._ctx.tr_code("egov.code"))
