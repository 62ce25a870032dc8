"""What each flavour of a build holds and leaves out; read by the spec file and by the tests."""

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["FLAVOURS", "Flavour", "chosen", "wanted"]

_NEVER: Final = (
    *("PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtQuickWidgets", "PySide6.QtQuickControls2"),
    *(
        "PySide6.QtTest",
        "PySide6.QtSql",
        "PySide6.QtDesigner",
        "PySide6.QtHelp",
        "PySide6.QtUiTools",
    ),
    *("PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets", "PySide6.QtConcurrent"),
    *("tkinter", "_tkinter", "turtle", "idlelib", "ensurepip", "lib2to3", "pydoc_data"),
    *("pytest", "_pytest", "hypothesis", "mypy", "setuptools", "pkg_resources", "pip", "coverage"),
    *("tests", "numpy.f2py", "numpy.testing", "face_recognition", "tensorflow", "IPython"),
    *("pyhanko", "pyhanko_certvalidator", "gostcrypto", "cryptography_vectors", "atheris"),
    *("yaml", "skimage", "matplotlib", "scipy", "pandas", "tensorboard", "setuptools._vendor"),
)
_OF_THE_DEMO: Final = (
    "workstation.sandbox",
    "vision.camera.simulated",
    "vision.camera.simulation",
    "vision.camera.recording",
    "ui.playing",
)
"""The sandbox with its published keys and secrets, cameras that are no devices, the player."""

_UNWANTED: Final = re.compile(
    r"(^|/)cv2/qt/"  # fonts and plugins of the Qt that OpenCV's own windows would use
    r"|(^|/)cv2/opencv_videoio_ffmpeg.*\.dll$"  # cameras come by Media Foundation and DirectShow
    r"|(^|/)PySide6/(Qt/)?(qml|plugins/(qmltooling|sqldrivers|designer|egldeviceintegrations|networkinformation|tls))/"
    r"|(^|/)(lib)?Qt6(Qml|Quick|Designer|Test|Sql|Pdf|ShaderTools|LabsAnimation)[^/]*$"
    r"|(^|/)translations/(?!qtbase_(ru|kk)\.qm$)[^/]+\.qm$"
    r"|(^|/)opengl32sw\.dll$"
    # Made for Wine (.ci/windows); Windows has its own.
    r"|^(bcryptprimitives|icuuc)\.dll$"
    r"|(^|/)tests?/"
    # A theme and screens without a desktop, and what of the build machine's GTK they would bring.
    r"|(^|/)plugins/(generic|platformthemes|platforms/lib(qeglfs|qlinuxfb|qminimalegl|qvkkhrdisplay|qvnc))"
    r"|^lib(gtk-3|gdk-3|gdk_pixbuf|atk|atspi|epoxy|cairo|pango|pixman|rsvg|datrie|thai|fribidi)[^/]*$"
    r"|(^|/)libQt6(EglFS|EglFs)[^/]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Flavour:
    """One kind of build.

    demo      whether it plays the demo
    hidden    modules that nothing imports by name
    excluded  modules that are not there, with what is below them
    """

    name: str
    demo: bool
    hidden: tuple[str, ...]
    excluded: tuple[str, ...]


FLAVOURS: Final = {
    "production": Flavour("production", False, (), (*_NEVER, *_OF_THE_DEMO)),
    "demo": Flavour("demo", True, ("workstation.sandbox",), _NEVER),
}


def chosen(name: str) -> Flavour:
    """Return the flavour of a name, production for an empty one; ends the build for another."""
    if name and name not in FLAVOURS:
        raise SystemExit(f"package: no flavour is called {name}; there are {', '.join(FLAVOURS)}")
    return FLAVOURS[name or "production"]


def wanted(target: str) -> bool:
    """Tell whether a file of the libraries belongs into the folder."""
    return _UNWANTED.search(target.replace("\\", "/")) is None
