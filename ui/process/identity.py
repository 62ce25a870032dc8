"""By what name and icon the system shows the program: task bar, window list, crash reports.

Unnamed, a task bar shows `app.py` or Python's own icon, and groups the windows with Python's.
"""

import ctypes
import sys
from typing import Final

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

import resources
from workstation import __version__

__all__ = ["APP_ID", "DESKTOP_FILE", "application_icon", "name_application", "name_process"]

APP_ID: Final = "VerificationWorkstation.Desktop"
"""Windows' AppUserModelID: the same stands in the start menu's shortcut of the MSI."""

DESKTOP_FILE: Final = "verification-workstation"
"""Linux' desktop file, without its ending, and as first argument the name of windows on X11."""

_SIZES: Final = (16, 24, 32, 48, 64, 128, 256)


def name_process() -> None:
    """Tell Windows whose windows these are; before the first of them. Elsewhere nothing is done."""
    if sys.platform == "win32":
        # What it answers changes nothing: without it the task bar shows the file's own icon.
        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(APP_ID)


def application_icon() -> QIcon:
    """Return the program's icon in the sizes that systems ask for."""
    icon = QIcon()
    for size in _SIZES:
        icon.addFile(str(resources.path("application", f"workstation-{size}.png")))
    return icon


def name_application(application: QApplication) -> None:
    """Give the application its name, version and icon."""
    application.setApplicationName(DESKTOP_FILE)
    application.setApplicationVersion(__version__)
    application.setDesktopFileName(DESKTOP_FILE)
    application.setWindowIcon(application_icon())
