"""Qt's own words where its catalogues have holes: file dialog, message boxes, printing."""

from functools import cache
from typing import Final

from PySide6.QtCore import QObject, QTranslator

from workstation.documents.texts import Texts

__all__ = ["QT_WORDS", "QtWords"]

QT_WORDS: Final = {
    ("QFileDialog", "&Look in:"): "qt.look_in",
    ("QFileDialog", "Look in:"): "qt.look_in",
    ("QFileDialog", "Files of &type:"): "qt.files_of_type",
    ("QFileDialog", "Files of type:"): "qt.files_of_type",
    ("QAbstractFileIconProvider", "Drive"): "qt.drive",
    ("QAbstractFileIconProvider", "File"): "qt.file",
    ("QAbstractFileIconProvider", "File Folder"): "qt.folder",
    ("QAbstractFileIconProvider", "Folder"): "qt.folder",
    ("QAbstractFileIconProvider", "Alias"): "qt.shortcut",
    ("QAbstractFileIconProvider", "Shortcut"): "qt.shortcut",
    ("QAbstractFileIconProvider", "Unknown"): "qt.unknown",
    ("QFileDialog", "Drive"): "qt.drive",
    ("QFileDialog", "File"): "qt.file",
    ("QFileDialog", "File Folder"): "qt.folder",
    ("QFileDialog", "Folder"): "qt.folder",
    ("QFileDialog", "Alias"): "qt.shortcut",
    ("QFileDialog", "Shortcut"): "qt.shortcut",
    ("QFileDialog", "Unknown"): "qt.unknown",
    ("QFileSystemModel", "Invalid filename"): "qt.invalid_name",
    ("QMessageBox", "OK"): "qt.ok",
    ("QMessageBox", "Help"): "qt.help",
    ("QPrintDialog", "OK"): "qt.ok",
    ("QPrintDialog", "Automatic"): "qt.automatic",
    ("QPrintDialog", "Custom"): "qt.custom",
    ("QPrintSettingsOutput", "Duplex Printing"): "qt.duplex",
    ("QPrintSettingsOutput", "Form"): "qt.form",
    ("QPrintSettingsOutput", "Long side"): "qt.long_side",
    ("QPrintSettingsOutput", "Short side"): "qt.short_side",
    ("QPrintSettingsOutput", "None"): "qt.none",
    ("QPageSetupWidget", "Centimeters (cm)"): "qt.centimetres",
    ("QPageSetupWidget", "Page &order:"): "qt.page_order",
    ("QPageSetupWidget", "Page order:"): "qt.page_order",
    ("QPageSetupWidget", "Pages &per sheet:"): "qt.pages_per_sheet",
    ("QPageSetupWidget", "Pages per sheet:"): "qt.pages_per_sheet",
    ("QCupsJobWidget", "&Billing information:"): "qt.billing",
    ("QCupsJobWidget", "Billing information:"): "qt.billing",
    ("QCupsJobWidget", "&Start:"): "qt.first_banner",
    ("QCupsJobWidget", "Start:"): "qt.first_banner",
    ("QCupsJobWidget", "&End:"): "qt.last_banner",
    ("QCupsJobWidget", "End:"): "qt.last_banner",
    ("QCupsJobWidget", "Job &priority:"): "qt.priority",
    ("QCupsJobWidget", "Job priority:"): "qt.priority",
    ("QCupsJobWidget", "Scheduled &printing:"): "qt.scheduled",
    ("QCupsJobWidget", "Scheduled printing:"): "qt.scheduled",
    ("QPPDOptionsModel", "Name"): "qt.option_name",
    ("QPPDOptionsModel", "Value"): "qt.option_value",
}
"""What neither Qt's Russian nor its Kazakh catalogue may be trusted to have, by context."""


class QtWords(QTranslator):
    """Asked before Qt's own translator; what it does not know is left to that one."""

    def __init__(self, texts: Texts, parent: QObject) -> None:
        super().__init__(parent)
        self._known = _worded(texts.language)

    def isEmpty(self) -> bool:
        """Tell that there are words: Qt asks no empty translator."""
        return False

    def translate(
        self,
        context: str,
        source_text: str,
        disambiguation: str | None = None,  # noqa: ARG002 - Qt's signature
        n: int = -1,  # noqa: ARG002
    ) -> str:
        """Return the words, or nothing for what is not ours."""
        return self._known.get((context, source_text), "")


@cache
def _worded(language: str) -> dict[tuple[str, str], str]:
    texts = Texts(language)
    return {key: texts.tr(code) for key, code in QT_WORDS.items()}
