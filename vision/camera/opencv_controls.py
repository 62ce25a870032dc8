"""Exposure and brightness of a capture device through OpenCV, as far as its driver takes requests.

What the numbers mean is the backend's affair: V4L2 counts exposure in 100 us, Media Foundation and
DirectShow in powers of two of a second. So a value is derived from the one that stands, and counts
only when it reads back.
"""

from typing import Final, Protocol

from vision.camera.control import Control

__all__ = ["AdjustableCapture", "OpenCvControls"]

MANUAL_EXPOSURE: Final = {"V4L2": 1.0, "MSMF": 0.0, "DSHOW": 0.0}
"""V4L2_EXPOSURE_MANUAL; elsewhere 0 takes the automatic away."""

LEAST_EXPOSURE: Final = 8
SHORTER: Final = 4
STOPS: Final = 2
BRIGHTNESS_STEP: Final = 16
TOLERANCE: Final = 0.51


class AdjustableCapture(Protocol):
    """What is used of cv2.VideoCapture here."""

    def get(self, propId: int, /) -> float:  # noqa: N803 (OpenCV's name)
        """Return a property, 0 or -1 when there is none."""
        ...

    def set(self, propId: int, value: float, /) -> bool:  # noqa: N803 (OpenCV's name)
        """Set a property; whether the driver took it."""
        ...

    def getBackendName(self) -> str:  # noqa: N802 (OpenCV's name)
        """Return a name such as V4L2."""
        ...


class OpenCvControls:
    """The settings of one open capture."""

    def __init__(self, capture: AdjustableCapture) -> None:
        self._capture = capture
        self._before: list[tuple[int, float]] = []

    def offer(self, control: Control) -> tuple[float, float] | None:
        """Return a darker and the usual value; exposure is taken from the automatic first."""
        import cv2

        if control is Control.BRIGHTNESS:
            return self._offer_brightness(cv2.CAP_PROP_BRIGHTNESS)
        backend = self._capture.getBackendName()
        manual = MANUAL_EXPOSURE.get(backend)
        automatic = self._capture.get(cv2.CAP_PROP_AUTO_EXPOSURE)
        usual = self._capture.get(cv2.CAP_PROP_EXPOSURE)
        # What does not read as automatic could not be given back to it.
        lost = automatic < 0 or (automatic == 0 and backend != "V4L2")
        if manual is None or lost or usual == 0 or 0 < usual < LEAST_EXPOSURE:
            return None
        # The mode goes back last: while it is automatic the value may not be set.
        self._before = [
            (cv2.CAP_PROP_EXPOSURE, usual),
            (cv2.CAP_PROP_AUTO_EXPOSURE, automatic),
        ]
        if not self._set(cv2.CAP_PROP_AUTO_EXPOSURE, manual):
            self.restore()
            return None
        return (usual // SHORTER if usual > 0 else usual - STOPS), usual

    def request(self, control: Control, value: float) -> bool:
        """Request a value and read it back."""
        import cv2

        known = {
            Control.EXPOSURE: cv2.CAP_PROP_EXPOSURE,
            Control.BRIGHTNESS: cv2.CAP_PROP_BRIGHTNESS,
        }
        return self._set(known[control], value)

    def restore(self) -> None:
        """Set everything as it was; a driver that refuses now keeps its last value."""
        for prop, value in self._before:
            self._capture.set(prop, value)
        self._before = []

    def _offer_brightness(self, prop: int) -> tuple[float, float] | None:
        usual = self._capture.get(prop)
        step = max(BRIGHTNESS_STEP, abs(usual) // 2)
        self._before = [(prop, usual)]
        # -1 and 0 also stand for "no such property": only what reads back is one.
        for dark, bright in ((usual - step, usual), (usual, usual + step)):
            if self._set(prop, dark) and self._set(prop, bright):
                return dark, bright
        self.restore()
        return None

    def _set(self, prop: int, value: float) -> bool:
        return self._capture.set(prop, value) and abs(self._capture.get(prop) - value) < TOLERANCE
