"""The customer's screen lights the face with a random order of colours; the camera must see it.

What was recorded before, or shines by itself, does not take on the colours of this attempt. A print
does: the code says that the picture is of now and here, not that it is of a head. Daylight drowns
it and a camera may correct it away, so it never fails anybody: what is not seen is INDETERMINATE.

The face is compared with the background, because white balance and exposure move both.
"""

from random import Random

import numpy as np
from numpy.typing import NDArray

from vision.frame import Frame
from vision.liveness.posture import MILLION
from vision.liveness.settings import LivenessSettings
from vision.results import Colour, FaceObservation, SignalResult, Status

__all__ = ["CODE_COLOURS", "NO_LIGHT", "NO_SCREEN", "ScreenLightWatch", "draw_light_code"]

NO_LIGHT = "liveness.no_light"
NO_SCREEN = "liveness.no_screen"

CODE_COLOURS: tuple[Colour, ...] = ((255, 255, 96), (96, 255, 255), (255, 96, 255))
"""White less one primary: bright enough to read by, and never the saturated red that WCAG 2.2
(2.3.1) singles out."""

GAMMA = 2.2
# Screen and camera together are late by 60 to 400 ms.
LATEST_MS = 500
LAG_STEP_MS = 20
SLOW_MS = 2_000
OTHER_CODES = 100
SCATTER = 7_919  # a prime, so that numbers in a row are codes that have nothing in common
FEWEST_FRAMES = 30
# Share of the face box that is skin for certain, and of the frame that is background enough.
SKIN = (0.25, 0.25, 0.75, 0.85)
LEAST_STRIP = 0.04
BESIDE = 0.4

Chroma = NDArray[np.float64]


def draw_light_code(symbols: int, rng: Random) -> tuple[Colour, ...]:
    """Draw one of all codes of this length."""
    return code_of(rng.randrange(code_count(symbols)), symbols)


def code_count(symbols: int) -> int:
    """Return how many codes there are in which no colour follows itself."""
    return len(CODE_COLOURS) * int((len(CODE_COLOURS) - 1) ** (symbols - 1))


def code_of(number: int, symbols: int) -> tuple[Colour, ...]:
    """Return code `number` of this length: each digit says how far the colour moves on."""
    number, at = divmod(number, len(CODE_COLOURS))
    code = [CODE_COLOURS[at]]
    for _ in range(symbols - 1):
        number, step = divmod(number, len(CODE_COLOURS) - 1)
        at = (at + 1 + step) % len(CODE_COLOURS)
        code.append(CODE_COLOURS[at])
    return tuple(code)


class ScreenLightWatch:
    """Shows one code from `start` on and looks for it in the colour of the face.

    code  empty when no screen can show it
    """

    def __init__(self, code: tuple[Colour, ...], settings: LivenessSettings) -> None:
        self._code = code
        self._settings = settings
        self._started_ms: int | None = None
        self._seen: list[tuple[int, Chroma]] = []

    def start(self, at_ms: int) -> None:
        """Begin with the first colour; a second call changes nothing."""
        if self._code and self._started_ms is None:
            self._started_ms = at_ms

    def colour(self, at_ms: int) -> Colour | None:
        """Return what the screen has to show now."""
        if self._started_ms is None:
            return None
        index = (at_ms - self._started_ms) // self._settings.light_symbol_ms
        return self._code[index] if index < len(self._code) else None

    @property
    def lasts_ms(self) -> int:
        """Return how long the whole code takes, with the delay of screen and camera."""
        return len(self._code) * self._settings.light_symbol_ms + LATEST_MS if self._code else 0

    def is_over(self, at_ms: int) -> bool:
        """Say whether the whole code was shown, or cannot be."""
        if not self._code:
            return True
        return self._started_ms is not None and at_ms - self._started_ms >= self.lasts_ms

    def is_changing(self, at_ms: int) -> bool:
        """Say whether the light in the picture may be that of the screen."""
        return self._started_ms is not None and at_ms - self._started_ms <= self.lasts_ms

    def observe(self, at_ms: int, seen: FaceObservation, frame: Frame) -> None:
        """Take the colour of the face while the code is shown."""
        if self._started_ms is None or self.is_over(at_ms) or seen.box is None:
            return
        chroma = face_chroma(frame, seen.box)
        if chroma is not None:
            self._seen.append((at_ms, chroma))

    def result(self) -> SignalResult:
        """Judge the likeness of the face's colour to the code at its best delay.

        A hundred other codes must be less like it, or the colours could be anybody's.
        """
        bound = self._settings.light_correlation_ppm
        name, status = "screen_light", Status.INDETERMINATE
        if not self._code or self._started_ms is None:
            return SignalResult(name, status, 0, bound, NO_SCREEN)
        if len(self._seen) < FEWEST_FRAMES:
            return SignalResult(name, status, 0, bound, NO_LIGHT)
        times = np.array([at_ms - self._started_ms for at_ms, _ in self._seen])
        chroma = np.stack([each for _, each in self._seen])
        symbols = len(self._code)
        numbers = [number * SCATTER % code_count(symbols) for number in range(OTHER_CODES)]
        others = [code_of(number, symbols) for number in numbers]
        codes = [self._code, *(each for each in others if each != self._code)]
        matched = match_codes(times, chroma, codes, self._settings.light_symbol_ms)
        likeness, gain = matched[0]
        value = round(likeness * MILLION)
        nearer = any(other > likeness for other, _ in matched[1:])
        if value < bound or gain * MILLION < self._settings.light_gain_ppm or nearer:
            return SignalResult(name, status, value, bound, NO_LIGHT)
        return SignalResult(name, Status.PASSED, value, bound, "")


def face_chroma(frame: Frame, box: tuple[int, int, int, int]) -> Chroma | None:
    """Return the logarithmic colour of the skin against that of the background: 3 numbers, sum 0.

    Without enough background beside the head it is that of the skin alone.
    """
    height, width = frame.pixels.shape[:2]
    left, top, right, bottom = box
    across, down = right - left, bottom - top
    skin = frame.pixels[
        max(0, int(top + SKIN[1] * down)) : max(0, int(top + SKIN[3] * down)),
        max(0, int(left + SKIN[0] * across)) : max(0, int(left + SKIN[2] * across)),
    ]
    if not skin.size:
        return None
    beside = int(BESIDE * across)
    strips = [
        strip
        for strip in (
            frame.pixels[: max(1, bottom), : max(0, left - beside)],
            frame.pixels[: max(1, bottom), min(width, right + beside) :],
        )
        if strip.shape[0] * strip.shape[1] >= LEAST_STRIP * width * height
    ]
    chroma = _log_chroma(skin)
    if strips:
        chroma -= np.mean([_log_chroma(strip) for strip in strips], axis=0)
    return chroma


def _log_chroma(pixels: NDArray[np.uint8]) -> Chroma:
    # Every second pixel of every second row: the mean of thousands, at a quarter of the cost.
    levels = np.log(pixels[::2, ::2].reshape(-1, 3).mean(axis=0, dtype=np.float64) + 1)
    return np.asarray(levels - levels.mean(), dtype=np.float64)


def match_codes(
    times_ms: NDArray[np.int64], chroma: Chroma, codes: list[tuple[Colour, ...]], symbol_ms: int
) -> list[tuple[float, float]]:
    """Return for every code its likeness -1..1 to the colours at its best delay, and the gain.

    times_ms  moments since the code began
    chroma    one row of three per moment
    gain      change of the logarithm per change of the screen's linear light
    """
    swift = _swift(times_ms)
    seen = swift @ chroma
    strength = float((seen**2).sum())
    linear = (np.array(codes, dtype=np.float64) / 255) ** GAMMA
    shown = linear - linear.mean(axis=2, keepdims=True)
    best = [(-1.0, 0.0)] * len(codes)
    for lag_ms in range(0, LATEST_MS + 1, LAG_STEP_MS):
        index = (times_ms - lag_ms) // symbol_ms
        # Before the first colour and after the last the screen has its own, which is neutral.
        lit = (index >= 0) & (index < shown.shape[1])
        expected = shown[:, np.clip(index, 0, shown.shape[1] - 1)] * lit[None, :, None]
        expected = swift @ expected
        power = (expected**2).sum(axis=(1, 2))
        product = (expected * seen).sum(axis=(1, 2))
        lengths = np.sqrt(power * strength)
        for number in np.flatnonzero(lengths > 0):
            likeness = float(product[number] / lengths[number])
            best[number] = max(best[number], (likeness, float(product[number] / power[number])))
    return best


def _swift(times_ms: NDArray[np.int64]) -> Chroma:
    """Return the matrix that leaves of a series what is faster than white balance and swaying."""
    near = np.abs(times_ms[:, None] - times_ms[None, :]) <= SLOW_MS / 2
    means = near / near.sum(axis=1, keepdims=True)
    return np.asarray(np.eye(len(times_ms)) - means, dtype=np.float64)
