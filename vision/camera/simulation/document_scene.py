"""A page as a camera over a counter sees it: tilted, held, lit unevenly, blurred and compressed."""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.camera.simulation.document_page import SCALE
from vision.frame import Pixels

__all__ = ["DocumentScene", "Glare", "add_fingers", "photograph", "place_page", "random_scene"]

_DISTANCE: Final = 3.0
"""From the camera to the page, in widths of the page: a hand's length over a counter."""
_HALF: Final = 0.5
_LEAST_BLUR: Final = 0.2
_SKIN: Final = ((226, 180, 150), (190, 140, 110), (150, 104, 78))


@dataclass(frozen=True, slots=True)
class Glare:
    """A lamp's reflection: its middle and radius as shares of the page's width, and grey added."""

    x: float
    y: float
    radius: float
    strength: float


@dataclass(frozen=True, slots=True)
class DocumentScene:
    """How a page lies before the camera.

    width, height     of the frame in pixels
    page_width        of the page in it, in pixels
    yaw, pitch, roll  degrees; 180 more of roll is a page upside-down
    x, y              middle of the page as shares of the frame
    mirrored          as a mirror shows it
    background        RGB, of any size; None: a grey counter
    fingers           that hold the page's edges
    shade             grey lost from one side of the frame to the other
    blur, motion      standard deviation, and length, in pixels; of the optics and of the hand
    noise             standard deviation in grey levels
    jpeg              quality, 0: not compressed
    """

    width: int = 1280
    height: int = 720
    page_width: float = 800
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    x: float = 0.5
    y: float = 0.5
    mirrored: bool = False
    background: Pixels | None = None
    glare: Glare | None = None
    fingers: int = 0
    shade: float = 0.0
    blur: float = 0.0
    motion: float = 0.0
    noise: float = 0.0
    jpeg: int = 0
    seed: int = 0


def random_scene(
    seed: int,
    page_width: tuple[float, float],
    background: Pixels | None = None,
    *,
    sharp: bool = False,
) -> DocumentScene:
    """Draw a hard scene: tilt to 22 degrees, roll to 10, glare and fingers in half of them.

    page_width  the bounds in pixels
    sharp       without motion and with a blur below 1 pixel
    """
    random = np.random.default_rng([seed, 9303])
    width = random.uniform(*page_width)
    glare = None
    if random.random() < _HALF:
        glare = Glare(
            random.uniform(0, 1),
            random.uniform(0, 0.65),
            random.uniform(0.05, 0.16),
            random.uniform(40, 230),
        )
    return DocumentScene(
        page_width=width,
        yaw=random.uniform(-22, 22),
        pitch=random.uniform(-22, 22),
        roll=random.uniform(-10, 10),
        x=0.5 + random.uniform(-0.06, 0.06),
        y=0.5 + random.uniform(-0.05, 0.05),
        background=background,
        glare=glare,
        fingers=int(random.integers(1, 4)) if random.random() < _HALF else 0,
        shade=random.uniform(0, 70),
        blur=random.uniform(0, 1.0 if sharp else 1.4),
        motion=0.0 if sharp else random.uniform(0, 5),
        noise=random.uniform(1, 7),
        jpeg=int(random.integers(60, 95)),
        seed=seed,
    )


def place_page(page: Pixels, scene: DocumentScene) -> NDArray[np.float32]:
    """Return the page's corners in the frame, 4 x 2 pixels, clockwise from its top left."""
    height, width = page.shape[0] / page.shape[1], 1.0
    corners = np.array(
        [[-width, -height, 0], [width, -height, 0], [width, height, 0], [-width, height, 0]]
    )
    yaw, pitch, roll = (math.radians(each) for each in (scene.yaw, scene.pitch, scene.roll))
    about_y = np.array(
        [[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]]
    )
    about_x = np.array(
        [[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)], [0, math.sin(pitch), math.cos(pitch)]]
    )
    about_z = np.array(
        [[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]]
    )
    turned = (corners / 2) @ (about_z @ about_x @ about_y).T
    flat = turned[:, :2] / (1 + turned[:, 2:] / _DISTANCE) * scene.page_width
    middle = np.array([scene.x * scene.width, scene.y * scene.height])
    placed: NDArray[np.float32] = (flat + middle).astype(np.float32)
    if scene.mirrored:
        placed[:, 0] = 2 * middle[0] - placed[:, 0]
    return placed


def photograph(page: Pixels, scene: DocumentScene) -> Pixels:
    """Return the frame that a camera takes of a page, RGB and read-only."""
    random = np.random.default_rng([scene.seed, 4])
    corners = place_page(page, scene)
    lit = add_fingers(_add_glare(page, scene.glare), scene.fingers, random)
    frame = _draw_background(scene)
    reduced = min(1.0, 1.25 * scene.page_width / page.shape[1])
    small = cv2.resize(lit, None, fx=reduced, fy=reduced, interpolation=cv2.INTER_AREA)
    tall, wide = small.shape[:2]
    there = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32) - 0.5
    place = cv2.getPerspectiveTransform(there, corners)
    size = (scene.width, scene.height)
    covered = cv2.warpPerspective(np.full((tall, wide), 255, np.uint8), place, size)
    shown = cv2.warpPerspective(small, place, size, borderMode=cv2.BORDER_REPLICATE)
    share = covered[..., None].astype(np.float32) / 255
    taken = (frame * (1 - share) + shown * share).astype(np.float32)
    return _develop(taken, scene, random)


def _draw_background(scene: DocumentScene) -> NDArray[np.float32]:
    if scene.background is None:
        return np.full((scene.height, scene.width, 3), 96, np.float32)
    size = (scene.width, scene.height)
    shown = cv2.resize(scene.background, size, interpolation=cv2.INTER_AREA)
    behind: NDArray[np.float32] = shown.astype(np.float32)
    return behind


def _add_glare(page: Pixels, glare: Glare | None) -> Pixels:
    if glare is None:
        return page
    height, width = page.shape[:2]
    down, along = np.ogrid[0:height, 0:width]
    apart = ((along / width - glare.x) ** 2 + (down / width - glare.y) ** 2) / glare.radius**2
    added = glare.strength * np.exp(-apart.astype(np.float32) / 2)
    lit: Pixels = np.clip(page + added[..., None], 0, 255).astype(np.uint8)
    return lit


def add_fingers(page: Pixels, count: int, random: np.random.Generator) -> Pixels:
    """Lay finger tips over the left, right and upper edge, where one holds a card to show it."""
    if not count:
        return page
    height, width = page.shape[:2]
    held = page.copy()
    skin = np.array(_SKIN[int(random.integers(len(_SKIN)))], np.float64)
    for _ in range(count):
        edge = ("left", "right", "top")[int(random.integers(3))]
        long, thick = (round(random.uniform(a, b) * SCALE) for a, b in ((7, 12), (6, 8)))
        along = random.uniform(0.1, 0.5)
        if edge == "top":
            middle, axes = (round(random.uniform(0.1, 0.9) * width), 0), (thick, long)
        else:
            middle, axes = (0 if edge == "left" else width, round(along * height)), (long, thick)
        tone = tuple(float(each) for each in np.clip(skin + random.uniform(-12, 12), 0, 255))
        cv2.ellipse(held, middle, axes, 0, 0, 360, tone, -1, cv2.LINE_AA)
        nail = (axes[0] // 2, axes[1] // 2)
        cv2.ellipse(held, middle, nail, 0, 0, 360, tuple(each * 0.93 for each in tone), 2)
    return held


def _develop(
    taken: NDArray[np.float32], scene: DocumentScene, random: np.random.Generator
) -> Pixels:
    """Apply what light, lens, hand, sensor and compression do, in this order."""
    if scene.shade:
        angle = random.uniform(0, 2 * math.pi)
        down, along = np.mgrid[0 : scene.height, 0 : scene.width].astype(np.float32)
        fall = math.cos(angle) * along / scene.width + math.sin(angle) * down / scene.height
        taken -= scene.shade * ((fall - fall.min()) / np.ptp(fall))[..., None]
    if scene.blur > _LEAST_BLUR:
        cv2.GaussianBlur(taken, (0, 0), scene.blur, dst=taken)
    if scene.motion >= 1:
        kernel = _motion_kernel(scene.motion, random.uniform(0, math.pi))
        cv2.filter2D(taken.copy(), -1, kernel, dst=taken)
    if scene.noise:
        taken = taken + random.normal(0, scene.noise, taken.shape).astype(np.float32)
    frame: Pixels = np.clip(taken, 0, 255).astype(np.uint8)
    if scene.jpeg:
        _, packed = cv2.imencode(".jpg", frame[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, scene.jpeg])
        frame = _decode(packed)
    frame.setflags(write=False)
    return frame


def _decode(packed: Pixels) -> Pixels:
    """Return the RGB picture of a JPEG file that OpenCV has just written."""
    decoded = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    if decoded is None:
        raise ValueError("a picture just packed cannot be unpacked")
    return np.ascontiguousarray(decoded[..., ::-1], np.uint8)


def _motion_kernel(length: float, angle: float) -> NDArray[np.float32]:
    """Return a line of unit sum, anti-aliased: the way of a hand during the exposure."""
    size = 2 * math.ceil(length / 2) + 3
    kernel = np.zeros((size, size), np.float32)
    for step in np.linspace(-length / 2, length / 2, 8 * size):
        x, y = size // 2 + step * math.cos(angle), size // 2 + step * math.sin(angle)
        left, top = int(x), int(y)
        right, below = x - left, y - top
        kernel[top, left] += (1 - right) * (1 - below)
        kernel[top, left + 1] += right * (1 - below)
        kernel[top + 1, left] += (1 - right) * below
        kernel[top + 1, left + 1] += right * below
    kernel /= kernel.sum()
    return kernel
