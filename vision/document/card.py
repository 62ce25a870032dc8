"""The outline of a card in a frame, and the side that it frames as if seen from above.

Straight edges are joined to lines, pairs of pairs of lines to quadrilaterals, and each is judged by
how much of its four sides is edge, how little these edges go on beyond the corners as those of a
table would, and how like the ratio of its sides is to that of a document.
"""

from dataclasses import dataclass, replace
from math import atan2, cos, hypot, radians, sin
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.document.observation import CardOutline, CardSize
from vision.document.reading import MrzReading
from vision.document.zone import fit_zone, outline_by_zone
from vision.face.engines.crops import shrink
from vision.frame import Pixels

__all__ = ["SIDES_MM", "find_card", "rectify"]

SIDES_MM: Final = {CardSize.ID_1: (85.60, 53.98), CardSize.ID_3: (125.0, 88.0)}
"""Width and height of ISO/IEC 7810, clause 5."""

_SEARCH_PX: Final = 640
_SHORTEST: Final = 0.03  # of the longer side of the image, of a segment
_LINES: Final = 36
_SEEDS: Final = 150
_SAME_LINE_PX: Final = 2.5
_SAME_LINE_SINE: Final = sin(radians(3.0))
_PARALLEL_SINE: Final = sin(radians(24.0))
_SQUARE_SINE: Final = sin(radians(60.0))
_SHORTEST_SIDE: Final = 0.12  # of the longer side of the image
_EDGE: Final = 6.0  # grey levels per pixel across the line
_BAND: Final = 2
_BEYOND: Final = 0.12  # of a side
_BEYOND_COST: Final = 0.5
_JUDGED: Final = 300
_ROUNDED: Final = 0.12  # of a side, at each end: rounded corners
_PLACES: Final = 24
_STRIP_PX: Final = 5
_SAME_COLOUR: Final = 20.0  # distance in OpenCV's L*a*b* of octets
_RATIO_TOLERANCE: Final = 0.12  # natural logarithm
_FOCAL: Final = 1.0  # of the longer side: 53 degrees, what webcams have
_LEAST_SCORE: Final = 0.8

Points = NDArray[np.float64]
Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """Straight lines of a picture, n of them.

    normal    n x 2, unit length
    offset    n: normal . point of the line
    coverage  n x (2 reach + 1): edge along the line up to each step of one pixel, from the
              foot of the origin's perpendicular - reach, summed up
    reach     pixels, more than the picture's diagonal
    """

    normal: Points
    offset: Points
    coverage: NDArray[np.float64]
    reach: int

    @property
    def direction(self) -> Points:
        """Return n x 2 unit vectors along the lines."""
        return np.stack([-self.normal[:, 1], self.normal[:, 0]], axis=1)


def find_card(image: Pixels, mrz: MrzReading | None = None) -> CardOutline | None:
    """Return the likeliest outline of a card in an RGB picture, None without any.

    mrz  the zone that was read in the picture: the outline is that of its side, and follows from
         the zone alone where no edges are seen, with a score of 0 then

    Corners are in pixels of the picture, the left upper one first as the side stands there.
    """
    found = _find_edges(image, mrz)
    return outline_by_zone(mrz) if found is None and mrz is not None else found


def _find_edges(image: Pixels, mrz: MrzReading | None) -> CardOutline | None:
    scale = min(1.0, _SEARCH_PX / max(image.shape[:2]))
    small = shrink(image, scale)
    planes = _planes(small)
    lines = _find_lines(planes)
    if lines is None:
        return None
    enlarged = np.array([image.shape[1] / small.shape[1], image.shape[0] / small.shape[0]])
    best = _best_quad(lines, small, None if mrz is None else _reduce(mrz, enlarged))
    if best is None:
        return None
    corners, score, size = best
    placed = [(float(x), float(y)) for x, y in corners * enlarged]
    return CardOutline((placed[0], placed[1], placed[2], placed[3]), size, score)


def rectify(image: Pixels, outline: CardOutline, *, most_px: int = 1280) -> Pixels:
    """Return the side as if seen from above, as many pixels wide as it has in the picture."""
    corners = np.array(outline.corners, np.float32)
    upper, lower = corners[1] - corners[0], corners[2] - corners[3]
    width = round(min(most_px, max(float(np.linalg.norm(upper)), float(np.linalg.norm(lower)))))
    across, down = SIDES_MM[outline.size]
    height = round(width * down / across)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    plane = cv2.getPerspectiveTransform(corners, target)
    return cv2.warpPerspective(image, plane, (width, height), flags=cv2.INTER_LINEAR).astype(
        np.uint8, copy=False
    )


def _planes(image: Pixels) -> list[Plane]:
    """Return brightness and saturation: a card may differ from what is behind it in one only."""
    smooth = cv2.GaussianBlur(image, (0, 0), 1.0)
    grey = cv2.cvtColor(smooth, cv2.COLOR_RGB2GRAY)
    spread = smooth.max(axis=2) - smooth.min(axis=2)
    return [grey.astype(np.float32), spread.astype(np.float32)]


def _find_lines(planes: list[Plane]) -> _Lines | None:
    """Join the segments of all planes to lines, the longest first."""
    height, width = planes[0].shape
    shortest = _SHORTEST * max(height, width)
    segments = []
    for plane in planes:
        found = cv2.createLineSegmentDetector().detect(plane.astype(np.uint8))[0]
        if found is not None:
            segments.append(np.asarray(found, np.float64).reshape(-1, 4))
    if not segments:
        return None
    every = np.concatenate(segments)
    lengths = np.hypot(every[:, 2] - every[:, 0], every[:, 3] - every[:, 1])
    order = np.argsort(-lengths)[: int((lengths >= shortest).sum())]
    if not len(order):
        return None
    normal, offset = _join(every[order], lengths[order])
    reach = int(hypot(height, width)) + 2
    return _Lines(normal, offset, _cover(planes, normal, offset, reach), reach)


def _join(segments: Points, lengths: Points) -> tuple[Points, Points]:
    """Return n x 2 normals and n offsets of the lines with most segment on them.

    segments  m x 4: both ends, the longest first, of these lengths
    """
    begin, end = segments[:, :2], segments[:, 2:]
    direction = (end - begin) / lengths[:, None]
    free = np.ones(len(segments), bool)
    normals: list[Points] = []
    offsets: list[float] = []
    carried: list[float] = []
    for seed in range(len(segments)):
        if len(normals) == _SEEDS:
            break
        if not free[seed]:
            continue
        chosen = np.array([seed])
        for _ in range(2):
            normal, offset = _fit(begin[chosen], end[chosen], lengths[chosen])
            near = np.maximum(np.abs(begin @ normal - offset), np.abs(end @ normal - offset))
            aligned = np.abs(direction @ normal) < _SAME_LINE_SINE
            chosen = np.union1d([seed], np.flatnonzero(free & aligned & (near < _SAME_LINE_PX)))
        free[chosen] = False
        normal, offset = _fit(begin[chosen], end[chosen], lengths[chosen])
        normals.append(normal)
        offsets.append(offset)
        carried.append(float(lengths[chosen].sum()))
    order = np.argsort(-np.array(carried))[:_LINES]
    return np.array(normals)[order], np.array(offsets)[order]


def _fit(begin: Points, end: Points, lengths: Points) -> tuple[Points, float]:
    """Return unit normal and offset of the line through segments, weighted by their lengths."""
    points, weights = np.concatenate([begin, end]), np.tile(lengths, 2)
    middle = weights @ points / weights.sum()
    x, y = (points - middle).T
    xx, xy, yy = weights @ (x * x), weights @ (x * y), weights @ (y * y)
    along = atan2(2 * xy, xx - yy) / 2
    normal = np.array([-sin(along), cos(along)])
    return normal, float(normal @ middle)


def _cover(planes: list[Plane], normal: Points, offset: Points, reach: int) -> Points:
    """Return how many pixels along each line, up to each step, lie on an edge across it."""
    along = np.stack([-normal[:, 1], normal[:, 0]], axis=1)
    steps = np.arange(-reach, reach + 1, dtype=np.float64)
    foot = normal * offset[:, None]
    points = foot[:, None] + steps[:, None] * along[:, None]
    strength = np.zeros(points.shape[:2], np.float32)
    for plane in planes:
        across_x = cv2.Scharr(plane, cv2.CV_32F, 1, 0, scale=1 / 32)
        across_y = cv2.Scharr(plane, cv2.CV_32F, 0, 1, scale=1 / 32)
        for shift in range(-_BAND, _BAND + 1):
            at = (points + shift * normal[:, None]).astype(np.float32)
            x = cv2.remap(across_x, at[..., 0], at[..., 1], cv2.INTER_LINEAR)
            y = cv2.remap(across_y, at[..., 0], at[..., 1], cv2.INTER_LINEAR)
            slope = np.abs(x * normal[:, :1] + y * normal[:, 1:])
            np.maximum(strength, slope, out=strength)
    covered = np.cumsum(strength >= _EDGE, axis=1)
    return np.concatenate([np.zeros((len(normal), 1)), covered], axis=1)


def _reduce(mrz: MrzReading, enlarged: Points) -> MrzReading:
    placed = np.array(mrz.corners) / enlarged
    return replace(mrz, corners=tuple((float(x), float(y)) for x, y in placed))


def _best_quad(
    lines: _Lines, small: Pixels, mrz: MrzReading | None
) -> tuple[Points, float, CardSize] | None:
    """Return corners, score and size of the best quadrilateral that the lines form."""
    height, width = small.shape[:2]
    sets = _line_sets(lines)
    if not len(sets):
        return None
    corners, inside = _corners_of(lines, sets, width, height)
    sets, corners = sets[inside], corners[inside]
    if not len(sets):
        return None
    edge, beyond = _support(lines, sets, corners)
    likeness = _likeness(_side_ratio(corners, width, height))
    likely = np.argsort(-(edge.mean(axis=1) - beyond + likeness.max(axis=0)))[:_JUDGED]
    corners, edge, beyond = corners[likely], edge[likely], beyond[likely]
    likeness = likeness[:, likely]
    alike, apart = _compare_strips(small, corners)
    score = edge.mean(axis=1) * alike * (1 + 2 * apart) / 3 + likeness.max(axis=0)
    # Parts of a card have straight edges too, a portrait above all: the larger one is the card.
    rank = edge.mean(axis=1) + edge.min(axis=1) / 2 - beyond + likeness.max(axis=0)
    rank += alike + apart / 2 + np.sqrt(np.abs(_areas(corners)) / (width * height))
    if mrz is not None:
        fits = fit_zone(_clockwise(corners), mrz)
        rank += np.where(fits > 0, fits, -np.inf)
    best = int(np.argmax(rank))
    if score[best] < _LEAST_SCORE or rank[best] == -np.inf:
        return None
    size = list(SIDES_MM)[int(np.argmax(likeness[:, best]))]
    return _upright(corners[best]), float(score[best]), size


def _line_sets(lines: _Lines) -> NDArray[np.intp]:
    """Return m x 4 numbers of lines: two nearly parallel ones, and after each one across them."""
    x, y = lines.normal.T
    sine = np.abs(np.outer(x, y) - np.outer(y, x))
    first, second = np.nonzero(np.triu(sine < _PARALLEL_SINE, 1))
    one, other = np.nonzero(np.triu(sine[first][:, first] > _SQUARE_SINE, 1))
    return np.stack([first[one], first[other], second[one], second[other]], axis=1)


def _corners_of(
    lines: _Lines, sets: NDArray[np.intp], width: int, height: int
) -> tuple[Points, NDArray[np.bool_]]:
    """Return m x 4 x 2 corners, each between a line and the next, and which sets are usable."""
    normal, offset = lines.normal[sets], lines.offset[sets]
    following, behind = np.roll(normal, -1, axis=1), np.roll(offset, -1, axis=1)
    determinant = normal[..., 0] * following[..., 1] - normal[..., 1] * following[..., 0]
    safe = np.where(np.abs(determinant) < 1e-6, np.inf, determinant)  # noqa: PLR2004
    x = (offset * following[..., 1] - behind * normal[..., 1]) / safe
    y = (normal[..., 0] * behind - following[..., 0] * offset) / safe
    corners = np.stack([x, y], axis=2)
    # What lies outside is looked at too.
    inside = (x > _STRIP_PX) & (x < width - 1 - _STRIP_PX)
    inside &= (y > _STRIP_PX) & (y < height - 1 - _STRIP_PX)
    sides = np.linalg.norm(np.roll(corners, -1, axis=1) - corners, axis=2)
    usable = inside.all(axis=1) & (sides.min(axis=1) > _SHORTEST_SIDE * max(width, height))
    return corners, usable


def _support(lines: _Lines, sets: NDArray[np.intp], corners: Points) -> tuple[Points, Points]:
    """Return m x 4 shares of each side that is edge, and m costs of edges beyond the corners."""
    # Line k lies between corner k - 1 and corner k.
    begin, end = np.roll(corners, 1, axis=1), corners
    direction = lines.direction[sets]
    first = (begin * direction).sum(axis=2)
    last = (end * direction).sum(axis=2)
    low, high = np.minimum(first, last), np.maximum(first, last)
    margin = (high - low) * _BEYOND
    inner = _share(lines, sets, low, high)
    before = _share(lines, sets, low - margin, low - 2)
    after = _share(lines, sets, high + 2, high + margin)
    return inner, _BEYOND_COST * np.maximum(before, after).mean(axis=1)


def _share(lines: _Lines, sets: NDArray[np.intp], low: Points, high: Points) -> Points:
    """Return the share of edge on each line between two steps."""
    limit = lines.coverage.shape[1] - 1
    start = np.clip(np.round(low).astype(int) + lines.reach, 0, limit)
    stop = np.clip(np.round(high).astype(int) + lines.reach, 0, limit)
    share: Points = (lines.coverage[sets, stop] - lines.coverage[sets, start]) / np.maximum(
        stop - start, 1
    )
    return share


def _likeness(ratio: Points) -> Points:
    """Return sizes x m likenesses, 0..1, of ratios to those of documents."""
    nominal = np.array([across / down for across, down in SIDES_MM.values()])
    apart: Points = np.abs(np.log(ratio / nominal[:, None]))
    return np.clip(1 - apart / _RATIO_TOLERANCE, 0, 1)


def _compare_strips(small: Pixels, corners: Points) -> tuple[Points, Points]:
    """Return how alike the strips along the inner edges are, and how unlike those outside.

    Both are shares, 0..1, of places along the sides: a card is of one stock all around its edge,
    and lies on something else.
    """
    smooth = cv2.GaussianBlur(small, (0, 0), 1.5)
    colours = cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB).astype(np.float32)
    along = np.linspace(_ROUNDED, 1 - _ROUNDED, _PLACES)[:, None]
    begin, end = corners[:, :, None], np.roll(corners, -1, axis=1)[:, :, None]
    places = begin * (1 - along) + end * along
    side = (end - begin)[:, :, 0]
    normal = np.stack([-side[..., 1], side[..., 0]], axis=2)
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    inwards = ((corners.mean(axis=1, keepdims=True) - corners) * normal).sum(axis=2, keepdims=True)
    step = (normal * np.sign(inwards) * _STRIP_PX)[:, :, None]
    within, without = (_colours_at(colours, places + way * step) for way in (1, -1))
    stock = np.median(within.reshape(len(corners), -1, 3), axis=1)[:, None, None]
    alike: Points = (np.linalg.norm(within - stock, axis=3) < _SAME_COLOUR).mean(axis=(1, 2))
    apart: Points = (np.linalg.norm(without - stock, axis=3) > _SAME_COLOUR).mean(axis=(1, 2))
    return alike, apart


def _colours_at(colours: Plane, places: Points) -> Plane:
    at = places.astype(np.float32).reshape(len(places), -1, 2)
    found = cv2.remap(
        colours, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(found, np.float32).reshape(*places.shape[:3], 3)


def _areas(corners: Points) -> Points:
    """Return m areas in square pixels, negative where corners follow each other anticlockwise."""
    x, y = corners[..., 0], corners[..., 1]
    area: Points = (x * np.roll(y, -1, axis=1) - np.roll(x, -1, axis=1) * y).sum(axis=1) / 2
    return area


def _clockwise(corners: Points) -> Points:
    return np.where((_areas(corners) < 0)[:, None, None], corners[:, ::-1], corners)


def _side_ratio(corners: Points, width: int, height: int) -> Points:
    """Return long by short side of rectangles of which m x 4 x 2 corners are seen.

    The third and fourth column of a plane's homography have the lengths of the sides once the
    camera's own matrix is taken away (Zhang and He, Whiteboard scanning, 2004, clause 5); its focal
    length is not known and matters little for a side that is nearly faced.
    """
    focal = _FOCAL * max(width, height)
    rays = np.concatenate(
        [
            (corners - (width / 2, height / 2)) / focal,
            np.ones((*corners.shape[:2], 1)),
        ],
        axis=2,
    )
    one, two, four, three = rays[:, 0], rays[:, 1], rays[:, 2], rays[:, 3]
    k2 = _triple(one, four, three) / _triple(two, four, three)
    k3 = _triple(one, four, two) / _triple(three, four, two)
    across = np.linalg.norm(k2[:, None] * two - one, axis=1)
    down = np.linalg.norm(k3[:, None] * three - one, axis=1)
    ratio: Points = np.maximum(across, down) / np.maximum(np.minimum(across, down), 1e-9)
    return ratio


def _triple(a: Points, b: Points, c: Points) -> Points:
    result: Points = (np.cross(a, b) * c).sum(axis=1)
    return np.where(np.abs(result) < 1e-12, 1e-12, result)  # noqa: PLR2004


def _upright(corners: Points) -> Points:
    """Order four corners clockwise from the left upper one of a side that lies as it is long."""
    middle = corners.mean(axis=0)
    around = np.argsort(np.arctan2(*(corners - middle).T[::-1]))
    ordered = corners[around]
    sides = np.linalg.norm(np.roll(ordered, -1, axis=0) - ordered, axis=1)
    if sides[0] + sides[2] < sides[1] + sides[3]:
        ordered = np.roll(ordered, -1, axis=0)
    # The first side is a long one now: the upper of the two, or the right one of a side on end.
    upper = ordered[:2].mean(axis=0) - middle
    flipped = upper[1] > 0 if abs(upper[1]) > abs(upper[0]) else upper[0] < 0
    return np.roll(ordered, 2, axis=0) if flipped else ordered
