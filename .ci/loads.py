"""Try that what the set-up installed can be loaded here; say what the system lacks when not."""

import sys

_ADVICE = (
    "install the system's libraries for OpenCV and Qt (their Debian names are in "
    ".ci/environment.py) and repeat"
)


def main() -> int:
    """Return 1 when the demo cannot run; a desktop that cannot open is only said."""
    try:
        import cryptography.hazmat.bindings._rust  # noqa: F401 - loading is the test
        import cv2  # noqa: F401
        import dlib  # noqa: F401
    except ImportError as error:
        sys.stdout.write(f"setup: {error}: {_ADVICE}\n")
        return 1
    try:
        from PySide6 import QtSvg, QtWidgets  # noqa: F401 - loading is the test
    except ImportError as error:
        sys.stdout.write(f"setup: the desktop cannot open: {error}: {_ADVICE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
