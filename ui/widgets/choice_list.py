"""A list that folds out below its field, each row high enough to be hit."""

from PySide6.QtWidgets import QComboBox, QStyledItemDelegate

__all__ = ["ChoiceList"]


class ChoiceList(QComboBox):
    """Shows its last row whole: Qt's own way to fold it out cuts that under a style sheet."""

    def __init__(self) -> None:
        super().__init__()
        # The one that Qt takes for a list knows no row height of a style sheet.
        self.setItemDelegate(QStyledItemDelegate(self))
