"""Pages of identity documents as ICAO Doc 9303 lays them out, drawn in millimetres.

No design of any state is copied: a tint, fine lines, words, a portrait and the machine-readable
zone in OCR-B, whose places and sizes the standard gives. Everything is RGB, as every picture here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

import resources
from vision.frame import Pixels

if TYPE_CHECKING:
    from PIL import ImageFont

__all__ = [
    "ID1_MM",
    "PITCH_MM",
    "SCALE",
    "TD3_MM",
    "PageStyle",
    "render_td1_back",
    "render_td1_front",
    "render_td2_page",
    "render_td3_page",
    "render_text_line",
]

SCALE: Final = 16
"""Pixels per millimetre of a page."""
ID1_MM: Final = (85.6, 53.98)
TD2_MM: Final = (105.0, 74.0)
TD3_MM: Final = (125.0, 88.0)
"""Width and height (ISO/IEC 7810: ID-1, ID-2 and ID-3)."""
PITCH_MM: Final = 2.54
"""Ten characters to the inch (Doc 9303 part 3, section 4.3: OCR-B size 1)."""

_TD1_GAP_MM: Final = 4.3
_TD3_GAP_MM: Final = 6.3
"""Between the middles of two lines; measured on specimens, passports have 6.2 to 6.9."""
_LAST_LINE_MM: Final = {"td1": 6.2, "td2": 9.4, "td3": 9.4}
"""Middle of the last line above the lower edge (Doc 9303 parts 4 to 6, the printing zone)."""
_LEFT_MM: Final = {"td1": 4.7, "td2": 6.0, "td3": 6.6}

OcrCut = Literal["OCRB", "OCRBS"]
"""Round or sharp ends of the strokes."""


@dataclass(frozen=True, slots=True)
class PageStyle:
    """How one page differs from another of its kind.

    seed     of the fine lines
    cut      of OCR-B
    stroke   heavier (> 0) or lighter print, in 1/16 mm at each side of a stroke, -2..2
    ink      grey of the print, 0..255
    tint     red, green and blue of the paper
    lines    contrast of the fine lines, 0 (none) to 1
    gap_mm   between the middles of two lines of the zone; 0: the usual one
    """

    seed: int = 0
    cut: OcrCut = "OCRB"
    stroke: int = 0
    ink: int = 35
    tint: tuple[int, int, int] = (214, 226, 232)
    lines: float = 0.35
    gap_mm: float = 0.0


_PLAIN: Final = PageStyle()


def render_td1_back(
    lines: Sequence[str], words: Sequence[str] = (), style: PageStyle = _PLAIN
) -> Pixels:
    """Draw the side of an identity card that has the three lines of 30 characters."""
    page = _draw_paper(ID1_MM, style)
    _draw_words(page, words, left_mm=4.0, top_mm=5.0, size_mm=2.2)
    _draw_zone(page, lines, "td1", style.gap_mm or _TD1_GAP_MM, style)
    return page


def render_td1_front(
    portrait: Pixels | None, words: Sequence[str] = (), style: PageStyle = _PLAIN
) -> Pixels:
    """Draw the side of an identity card that has the portrait, with words beside it."""
    page = _draw_paper(ID1_MM, style)
    if portrait is not None:
        _draw_portrait(page, portrait, left_mm=4.0, top_mm=13.0, width_mm=26.0, height_mm=34.0)
    _draw_words(page, words, left_mm=34.0, top_mm=12.0, size_mm=2.6)
    return page


def render_td2_page(
    lines: Sequence[str],
    portrait: Pixels | None = None,
    words: Sequence[str] = (),
    style: PageStyle = _PLAIN,
) -> Pixels:
    """Draw a card or visa of the size ID-2, with two lines of 36 characters."""
    page = _draw_paper(TD2_MM, style)
    if portrait is not None:
        _draw_portrait(page, portrait, left_mm=5.0, top_mm=9.0, width_mm=29.0, height_mm=37.0)
    _draw_words(page, words, left_mm=40.0, top_mm=8.0, size_mm=2.4)
    _draw_zone(page, lines, "td2", style.gap_mm or _TD3_GAP_MM, style)
    return page


def render_td3_page(
    lines: Sequence[str],
    portrait: Pixels | None = None,
    words: Sequence[str] = (),
    style: PageStyle = _PLAIN,
) -> Pixels:
    """Draw the data page of a passport, with two lines of 44 characters."""
    page = _draw_paper(TD3_MM, style)
    if portrait is not None:
        _draw_portrait(page, portrait, left_mm=6.0, top_mm=14.0, width_mm=35.0, height_mm=45.0)
    _draw_words(page, words, left_mm=47.0, top_mm=12.0, size_mm=2.8)
    _draw_zone(page, lines, "td3", style.gap_mm or _TD3_GAP_MM, style)
    return page


def render_text_line(text: str, cut: OcrCut, pitch: float, stroke: int = 0) -> Pixels:
    """Return a line of OCR-B as coverage, 0 (paper) to 255 (ink).

    pitch   pixels from one character to the next
    stroke  pixels by which each side of a stroke grows, or shrinks where negative

    The picture is 1.5 pitches high with the middle of the capitals in its middle, and the cell of
    character n begins at n + 0.5 pitches.
    """
    from PIL import Image, ImageDraw

    font = _font(cut, pitch)
    height, width = round(1.5 * pitch), round((len(text) + 1) * pitch)
    line = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(line)
    top, bottom = font.getbbox("H")[1::2]
    for place, letter in enumerate(text):
        where = round((place + 0.5) * pitch), round((height - top - bottom) / 2)
        pen.text(where, letter, font=font, fill=255)
    drawn: Pixels = np.array(line)
    if stroke:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(stroke) + 1,) * 2)
        change = cv2.dilate if stroke > 0 else cv2.erode
        drawn = change(drawn, kernel).astype(np.uint8, copy=False)
    return drawn


@cache
def _font(cut: OcrCut, pitch: float) -> "ImageFont.FreeTypeFont":
    """Return OCR-B in the size whose advance is one pitch."""
    from PIL import ImageFont

    file, trial = str(resources.path("fonts", f"{cut}.otf")), 1000
    advance = ImageFont.truetype(file, trial).getlength("0")
    return ImageFont.truetype(file, trial * pitch / advance)


def _draw_paper(size_mm: tuple[float, float], style: PageStyle) -> Pixels:
    """Return tinted paper with fine curved lines, as against copying."""
    width, height = (round(each * SCALE) for each in size_mm)
    down, along = np.mgrid[0:height, 0:width].astype(np.float32)
    shade = 8 * np.sin(along / width * 3 + style.seed) + 6 * np.cos(down / height * 2)
    paper = np.array(style.tint, np.float32) + shade[..., None]
    page: Pixels = np.clip(paper, 0, 255).astype(np.uint8)
    if style.lines <= 0:
        return page
    random = np.random.default_rng(style.seed)
    inked = page.copy()
    across = np.arange(0, width + SCALE, SCALE, dtype=np.float32)
    for _ in range(3):
        waves, phase, swing = random.uniform(1, 5), random.uniform(0, 6), random.uniform(1, 6)
        colour = tuple(int(each) for each in random.integers(90, 200, 3))
        for start in np.arange(-8, size_mm[1] + 8, random.uniform(1.2, 2.4)):
            curve = start + swing * np.sin(across / width * waves * 2 * np.pi + phase + start / 9)
            points = np.stack([across, curve * SCALE], axis=1).astype(np.int32)
            cv2.polylines(inked, [points], isClosed=False, color=colour, thickness=2)
    shown: Pixels = cv2.addWeighted(inked, style.lines, page, 1 - style.lines, 0).astype(np.uint8)
    return shown


def _draw_zone(
    page: Pixels, lines: Sequence[str], kind: str, gap_mm: float, style: PageStyle
) -> None:
    """Print the machine-readable lines above the lower edge of a page."""
    pitch = PITCH_MM * SCALE
    for place, text in enumerate(lines):
        drawn = render_text_line(text, style.cut, pitch, style.stroke)
        above = _LAST_LINE_MM[kind] + gap_mm * (len(lines) - 1 - place)
        top = page.shape[0] - round(above * SCALE) - drawn.shape[0] // 2
        left = round((_LEFT_MM[kind] - PITCH_MM / 2) * SCALE)
        _print_ink(page, drawn, top, left, style.ink)


def _print_ink(page: Pixels, coverage: Pixels, top: int, left: int, ink: int) -> None:
    height, width = coverage.shape
    width = min(width, page.shape[1] - left)
    part = page[top : top + height, left : left + width]
    share = coverage[:, :width, None].astype(np.float32) / 255
    part[:] = (part * (1 - share) + ink * share).astype(np.uint8)


def _draw_portrait(
    page: Pixels,
    portrait: Pixels,
    *,
    left_mm: float,
    top_mm: float,
    width_mm: float,
    height_mm: float,
) -> None:
    """Print a portrait, cut to the shape of its place about its middle."""
    left, top, width, height = (
        round(each * SCALE) for each in (left_mm, top_mm, width_mm, height_mm)
    )
    tall, wide = portrait.shape[:2]
    if wide * height > tall * width:
        kept = tall * width // height
        portrait = portrait[:, (wide - kept) // 2 : (wide - kept) // 2 + kept]
    else:
        kept = wide * height // width
        portrait = portrait[(tall - kept) // 2 : (tall - kept) // 2 + kept]
    page[top : top + height, left : left + width] = cv2.resize(
        portrait, (width, height), interpolation=cv2.INTER_AREA
    )


def _draw_words(
    page: Pixels, words: Sequence[str], *, left_mm: float, top_mm: float, size_mm: float
) -> None:
    """Print words one below another, in any of the product's languages."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.truetype(
        str(resources.path("fonts", "Inter-Medium.ttf")), round(size_mm * SCALE)
    )
    for place, text in enumerate(words):
        width = max(1, round(font.getlength(text)))
        line: NDArray[np.uint8]
        drawn = Image.new("L", (width, round(1.5 * size_mm * SCALE)), 0)
        ImageDraw.Draw(drawn).text((0, 0), text, font=font, fill=255)
        line = np.array(drawn)
        top = round((top_mm + place * size_mm * 1.9) * SCALE)
        if top + line.shape[0] <= page.shape[0]:
            _print_ink(page, line, top, round(left_mm * SCALE), 40)
