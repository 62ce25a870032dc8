"""The operations that a policy offers, in its order: a list, however many there are."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSignalBlocker, QSize

from ui.context import UiContext
from ui.widgets.choice_list import ChoiceList
from workstation.rules.catalogue.definition import OperationDefinition

__all__ = ["OperationPicker"]

_ICON: Final = 20
_IN_SIGHT: Final = 20
_LETTERS: Final = 40


class OperationPicker(ChoiceList):
    """A list with icons, worded by the policy in the screen's language."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._offered: tuple[OperationDefinition, ...] = ()
        self.setIconSize(QSize(_ICON, _ICON))
        self.setMaxVisibleItems(_IN_SIGHT)
        self.setMinimumContentsLength(_LETTERS)
        self.setSizeAdjustPolicy(ChoiceList.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        ctx.changed.connect(self._word)

    def offer(self, definitions: Sequence[OperationDefinition]) -> None:
        """Offer these operations; nobody is told of a choice."""
        self._offered = tuple(definitions)
        with QSignalBlocker(self):
            self.clear()
            self.addItems([each.kind for each in definitions])
        self._word()

    def _word(self) -> None:
        colour = self._ctx.theme.colour("text2")
        for index, each in enumerate(self._offered):
            self.setItemText(index, self._ctx.tr_code(f"operation.{each.kind}"))
            self.setItemIcon(index, self._ctx.icons.icon(each.icon, colour, _ICON))
        self.setAccessibleName(self._ctx.tr_code("operation.title"))
