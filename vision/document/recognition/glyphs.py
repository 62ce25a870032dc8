"""The glyphs of OCR-B in a strip: a small convolutional network, evaluated along the line.

`.ci/mrz-weights` trains it; the two share `normalise`. A strip is a line of the machine-readable
zone straightened to 16 pixels from one character to the next.
"""

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

import resources

__all__ = [
    "ALPHABET",
    "BETWEEN",
    "PITCH",
    "STRIDE",
    "WINDOW",
    "GlyphNetwork",
    "Strip",
    "normalise",
]

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
"""What may stand in a machine-readable zone (ICAO Doc 9303 part 3, section 4.3)."""
BETWEEN: Final = len(ALPHABET)
"""The class of a window that is centred on no character."""
PITCH: Final = 16
WINDOW: Final = (28, 22)
"""Height and width in pixels of what the network sees of a strip at once."""
STRIDE: Final = 2
"""Columns of pixels from one evaluation to the next."""

_KERNEL1: Final = 6
_KERNEL2: Final = 3
_STEADY: Final = 33
"""Columns over which light and contrast are taken as constant: two characters."""
_FLOOR: Final = 6.0
"""Grey levels; what varies less is noise and is not raised to contrast."""
_LIMIT: Final = 4.0

Strip = NDArray[np.float32]


def normalise(strip: Strip, printed: tuple[int, int] | None = None) -> Strip:
    """Return a strip without its light and contrast, about zero and within ±4.

    strip    grey levels, as high as the window
    printed  first column of the line and the one after its last: what lies outside is no print,
             and must not make the contrast of the first and the last character another one
    """
    count = strip.shape[1]
    sums = np.stack([strip.mean(axis=0), (strip * strip).mean(axis=0)]).astype(np.float64)
    if printed is not None:
        left, right = printed
        outside = (0, 0), (left, count - right)
        sums = np.pad(sums[:, left:right], outside, mode="reflect")
    half = _STEADY // 2
    padded = np.pad(sums, ((0, 0), (half + 1, half)), mode="edge")
    running = np.cumsum(padded, axis=1)
    mean, square = (running[:, _STEADY:] - running[:, :-_STEADY])[:, :count] / _STEADY
    spread = np.sqrt(np.maximum(square - mean * mean, 0)) + _FLOOR
    clear = (strip - mean.astype(np.float32)) / spread.astype(np.float32)
    limited: Strip = np.clip(clear, -_LIMIT, _LIMIT).astype(np.float32)
    return limited


class GlyphNetwork:
    """Two convolutions and two full layers, 37 glyphs and what lies between them."""

    def __init__(self, weights: dict[str, NDArray[np.float32]]) -> None:
        self._weights = weights

    @classmethod
    def from_resources(cls) -> "GlyphNetwork":
        """Load the weights that the program carries. Raises FileNotFoundError."""
        with np.load(resources.path("documents", "mrz-glyphs.npz"), allow_pickle=False) as stored:
            return cls({name: stored[name].astype(np.float32) for name in stored.files})

    def evaluate(self, strip: Strip) -> NDArray[np.float32]:
        """Return the log-probabilities of the classes, positions x 38.

        strip  normalised; position n is the window whose left edge is at column 2 n
        """
        w = self._weights
        first = _convolve(strip[None], w["kernel1"], w["bias1"], _KERNEL1, (2, 2))
        second = _convolve(first, w["kernel2"], w["bias2"], _KERNEL2, (2, 1))
        # The window's second layer is every other column of the strip's: 4 of 7.
        seen = sliding_window_view(second, 7, axis=2)[..., ::2]
        flat = seen.transpose(2, 1, 3, 0).reshape(seen.shape[2], -1)
        hidden = np.maximum(flat @ w["full1"] + w["offset1"], 0)
        scores = hidden @ w["full2"] + w["offset2"]
        scores -= scores.max(axis=1, keepdims=True)
        logs: NDArray[np.float32] = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return logs


def _convolve(
    planes: Strip, kernel: Strip, bias: Strip, size: int, steps: tuple[int, int]
) -> Strip:
    """Return planes x rows x columns after one convolution and the rectifier."""
    windows = sliding_window_view(planes, (size, size), axis=(1, 2))[:, :: steps[0], :: steps[1]]
    rows, columns = windows.shape[1:3]
    flat = windows.transpose(1, 2, 3, 4, 0).reshape(rows * columns, -1)
    out = np.maximum(flat @ kernel + bias, 0)
    result: Strip = out.reshape(rows, columns, -1).transpose(2, 0, 1)
    return result
