"""Camera, face, liveness and matching. Knows nothing of banks, signatures or Qt.

OpenCV reads its camera options when it is loaded, which most of these modules do: they are set
here, before any of them.
"""

import os
from typing import Final

__all__ = ["CAMERA_OPTIONS", "set_camera_options"]

CAMERA_OPTIONS: Final = {
    # With hardware transforms Media Foundation opens some cameras in 4 to 30 seconds.
    "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",
    # Seconds a stalled V4L2 device may block a read; OpenCV's own value is 10.
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "2",
}


def set_camera_options() -> None:
    """Set what nobody has set otherwise."""
    for option, value in CAMERA_OPTIONS.items():
        os.environ.setdefault(option, value)


set_camera_options()
