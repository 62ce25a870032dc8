"""Measures outlines and portraits of cards on composites of which the truth is known.

    python -m tests.benchmarks.measure_cards [SCENES] [BYSTANDERS]

Run by hand, takes some minutes. Portraits and people are those of the samples (WORKSTATION_SAMPLES
or beside the checkout); nothing is written. First fronts of identity cards and pages of passports
are photographed before rooms, half of them held by fingers that come over an edge. Then scenes in
which a living person is beside, behind or around a card: whose face is taken as a portrait? Prints
counts with exact bounds of 95 %, CPU time, and the ratio of an observation to a face analysis.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.support.vision.documents import WORDS, corner_error
from tests.support.vision.media import media_folder
from vision.camera.simulation.document_page import PageStyle, render_td1_front, render_td3_page
from vision.camera.simulation.document_scene import (
    photograph,
    place_page,
    random_scene,
)
from vision.document.observation import DocumentObservation
from vision.document.observer import DocumentAnalyser
from vision.face.engines.detection import DetectedFace
from vision.face.engines.loading import load_engines
from vision.face.engines.yunet import YuNet
from vision.frame import Frame, Pixels
from vision.matching.exact_bounds import exact_bounds
from vision.models.manifest import load_manifest

SIZE = (1280, 720)
WIDTHS = (500.0, 930.0)
TD3_WIDTHS = (520.0, 930.0)
MRZ = (
    "P<KAZAKHMETOVA<<AIGERIM<<<<<<<<<<<<<<<<<<<<<<",
    "N123456783KAZ9001014F3001019900101400001<<<4",
)
SKIN = np.array([(226, 180, 150), (190, 140, 110), (150, 104, 78)], float)
RIGHT = 0.04
SCORE = 1.5
PLACES = ("beside", "behind", "held", "on_phone", "back_beside", "framed")

Corners = NDArray[np.float32]


@dataclass(frozen=True)
class Composite:
    """A frame whose card is known.

    corners   of the card
    portrait  corners of the printed portrait in the frame
    slices    what the frame is counted in
    """

    pixels: Pixels
    corners: Corners
    portrait: Corners
    slices: tuple[str, ...]


def say(line: str) -> None:
    """Write one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def count(errors: int, trials: int) -> str:
    """Return a count with its share and exact bounds."""
    low, high = exact_bounds(errors, trials)
    share = errors / trials if trials else 0.0
    return f"{errors} of {trials} ({share:.1%}; {low:.1%} to {high:.1%})"


def read_portraits(detector: YuNet) -> list[Pixels]:
    """Return heads and shoulders of the samples, in the shape of a document's portrait."""
    portraits = []
    for path in sorted((media_folder() / "faces").glob("*/*")):
        encoded = cv2.imread(str(path))
        if encoded is None:
            continue
        image = np.ascontiguousarray(encoded[..., ::-1], np.uint8)
        faces = detector.find(image, min(1.0, 640 / max(image.shape[:2])))
        if faces:
            portraits.append(crop_portrait(image, max(faces, key=lambda each: each.size)))
    return portraits


def crop_portrait(image: Pixels, face: DetectedFace) -> Pixels:
    """Return the face with hair and shoulders, 416 x 544 pixels."""
    tall = face.height * 1.75
    wide = tall * 26 / 34
    left, top = face.centre[0] - wide / 2, face.centre[1] - tall / 2
    place = np.array([[416 / wide, 0, -left * 416 / wide], [0, 544 / tall, -top * 544 / tall]])
    cut = cv2.warpAffine(image, place, (416, 544), borderMode=cv2.BORDER_REPLICATE)
    return cut.astype(np.uint8, copy=False)


def read_rooms() -> list[Pixels]:
    """Return one frame of each clip of the samples: people in rooms, of the frame's size."""
    rooms = []
    for path in sorted((media_folder() / "video").glob("*")):
        capture = cv2.VideoCapture(str(path))
        read, image = capture.read()
        capture.release()
        if read:
            rooms.append(cover(np.ascontiguousarray(image[..., ::-1], np.uint8)))
    return rooms


def cover(image: Pixels) -> Pixels:
    """Return a picture that fills the frame, cut where it is too tall or wide."""
    scale = max(SIZE[0] / image.shape[1], SIZE[1] / image.shape[0])
    grown = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    top, left = (grown.shape[0] - SIZE[1]) // 2, (grown.shape[1] - SIZE[0]) // 2
    return np.ascontiguousarray(grown[top : top + SIZE[1], left : left + SIZE[0]], np.uint8)


def draw_page(portrait: Pixels | None, seed: int, *, passport: bool) -> tuple[Pixels, Corners]:
    """Return a front or page and the corners of its portrait in shares of it."""
    random = np.random.default_rng([seed, 1])
    tint = tuple(int(each) for each in random.integers(190, 240, 3))
    style = PageStyle(seed=seed, tint=(tint[0], tint[1], tint[2]), lines=random.uniform(0.1, 0.4))
    if passport:
        page, place, size = render_td3_page(MRZ, portrait, WORDS, style), (6, 14, 35, 45), (125, 88)
    else:
        page, place = render_td1_front(portrait, WORDS, style), (4, 13, 26, 34)
        size = (85.6, 53.98)
        page = round_corners(page)
    left, top, width, height = place
    corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
    return page, (np.array(corners) / size).astype(np.float32)


def round_corners(page: Pixels) -> Pixels:
    """Darken what a card of ISO/IEC 7810 has not got: its corners have a radius of 3.18 mm."""
    radius = round(3.18 * page.shape[1] / 85.6)
    mask = np.zeros(page.shape[:2], np.uint8)
    height, width = mask.shape
    cv2.rectangle(mask, (radius, 0), (width - radius, height), 255, -1)
    cv2.rectangle(mask, (0, radius), (width, height - radius), 255, -1)
    for x in (radius, width - radius):
        for y in (radius, height - radius):
            cv2.circle(mask, (x, y), radius, 255, -1)
    return np.where(mask[..., None] > 0, page, np.uint8(70)).astype(np.uint8)


def reach_over(pixels: Pixels, corners: Corners, random: np.random.Generator) -> Pixels:
    """Return the frame with fingers that come from outside over the card's edges."""
    held = np.ascontiguousarray(pixels.copy())
    middle, width = corners.mean(axis=0), float(np.linalg.norm(corners[1] - corners[0]))
    for _ in range(int(random.integers(1, 4))):
        edge, along = int(random.integers(4)), random.uniform(0.12, 0.88)
        at = corners[edge] * (1 - along) + corners[(edge + 1) % 4] * along
        inwards = (middle - at) / np.linalg.norm(middle - at)
        tip, wrist = at + inwards * width * random.uniform(0.05, 0.14), at - inwards * width * 0.7
        tone = np.clip(SKIN[int(random.integers(3))] + random.uniform(-15, 15), 0, 255)
        thick = int(width * random.uniform(0.07, 0.11))
        cv2.line(
            held,
            (int(tip[0]), int(tip[1])),
            (int(wrist[0]), int(wrist[1])),
            (float(tone[0]), float(tone[1]), float(tone[2])),
            thick,
            cv2.LINE_AA,
        )
    return cv2.GaussianBlur(held, (0, 0), 0.7).astype(np.uint8, copy=False)


def into_frame(shares: Corners, corners: Corners) -> Corners:
    """Return points given in shares of a page where the page's corners are these."""
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    place = cv2.getPerspectiveTransform(unit, corners)
    return cv2.perspectiveTransform(shares[None], place)[0].astype(np.float32, copy=False)


def compose(number: int, portraits: list[Pixels], rooms: list[Pixels]) -> Composite:
    """Return the n-th composite: a quarter are passports, half are held."""
    random = np.random.default_rng([number, 2])
    passport = number % 4 == 3
    page, portrait = draw_page(portraits[number % len(portraits)], number, passport=passport)
    widths = TD3_WIDTHS if passport else WIDTHS
    scene = replace(random_scene(number, widths, rooms[number * 7 % len(rooms)]), fingers=0)
    corners = place_page(page, scene)
    lowest, highest = corners.min(axis=0), corners.max(axis=0)
    if (lowest < 16).any() or (highest > np.array(SIZE) - 16).any():
        scale = 0.92 * min(SIZE / (highest - lowest))
        scene = replace(scene, x=0.5, y=0.5, page_width=scene.page_width * min(1.0, scale))
        corners = place_page(page, scene)
    pixels = photograph(page, scene)
    held = bool(random.random() < 0.5)
    if held:
        pixels = reach_over(pixels, corners, random)
    slices = ["all", "TD3" if passport else "TD1", "hand over an edge" if held else "no hand"]
    if scene.glare is not None and scene.glare.strength > 150:
        slices.append("glare > 150")
    slices.append(f"{int(scene.page_width // 150 * 150)} px and more")
    return Composite(pixels, corners, into_frame(portrait, corners), tuple(slices))


def covers_portrait(seen: DocumentObservation, truth: Composite) -> bool:
    """Tell whether the middle of the face that was found lies in the printed portrait."""
    if seen.portrait is None or seen.card is None:
        return False
    return is_inside(face_in_frame(seen), truth.portrait)


def is_inside(point: tuple[float, float], corners: Corners) -> bool:
    """Tell whether a point lies in a quadrilateral."""
    return cv2.pointPolygonTest(corners, point, measureDist=False) >= 0


def face_in_frame(seen: DocumentObservation) -> tuple[float, float]:
    """Return the middle of the portrait's face in pixels of the frame."""
    assert seen.portrait is not None
    assert seen.card is not None
    corners = np.array(seen.card.corners, np.float32)
    if seen.portrait.upside_down:
        corners = np.roll(corners, 2, axis=0)
    left, top, right, bottom = seen.portrait.box
    across, down = seen.portrait.side_size
    middle = np.array([[(left + right) / 2 / across, (top + bottom) / 2 / down]], np.float32)
    x, y = into_frame(middle, corners)[0]
    return float(x), float(y)


def measure_composites(
    analyser: DocumentAnalyser, portraits: list[Pixels], rooms: list[Pixels], scenes: int
) -> list[float]:
    """Print corner errors and portraits by slice; return the CPU milliseconds."""
    seen_in: Counter[str] = Counter()
    hits: Counter[tuple[str, str]] = Counter()
    times = []
    for number in range(scenes):
        truth = compose(number, portraits, rooms)
        started = time.process_time()
        seen = analyser.observe_document(Frame(number, number, truth.pixels))
        times.append((time.process_time() - started) * 1000)
        error = corner_error(seen.card, truth.corners) if seen.card is not None else 1.0
        scored = seen.card is not None and seen.card.score >= SCORE
        usable = seen.portrait is not None and seen.portrait.usable
        facts = {
            "<2%": error < RIGHT / 2,
            "<4%": error < RIGHT,
            "score": scored,
            "score, outline wrong": scored and error >= RIGHT,
            "portrait found": covers_portrait(seen, truth),
            "accepted": usable and covers_portrait(seen, truth),
            "wrong face accepted": usable and not covers_portrait(seen, truth),
        }
        for part in truth.slices:
            seen_in[part] += 1
            for fact, true in facts.items():
                hits[part, fact] += true
    for part, trials in sorted(seen_in.items()):
        say(f"{part}, {trials}: " + " · ".join(f"{fact} {hits[part, fact]}" for fact in facts))
    for fact in facts:
        say(f"{fact}: {count(hits['all', fact], scenes)}")
    return times


def stage(
    number: int, place: str, portraits: list[Pixels], rooms: list[Pixels], faces: YuNet
) -> tuple[Pixels, Corners | None] | None:
    """Return a frame with a living person and a card, and the corners of the card's portrait.

    None where the card would hide the face or there is nobody.
    """
    random = np.random.default_rng([number, 3])
    room = rooms[number * 5 % len(rooms)]
    found = faces.find(room, 0.5)
    if not found:
        return None
    living = max(found, key=lambda each: each.size)
    portrait = None if place == "back_beside" else portraits[number * 3 % len(portraits)]
    if place == "framed":
        return frame_person(room, living, random), None
    page, printed = draw_page(portrait, number, passport=number % 5 == 4)
    if place == "on_phone":
        page, printed = show_on_phone(page, printed)
    scene = replace(random_scene(number, (330, 620), room), glare=None)
    for _ in range(200):
        scene = replace(
            scene,
            x=random.uniform(0.1, 0.9),
            y=random.uniform(0.15, 0.9),
            page_width=scene.page_width * 0.996,
        )
        corners = place_page(page, scene)
        inside = (corners > 8).all() and (corners < np.array(SIZE) - 8).all()
        gap = cv2.pointPolygonTest(corners, living.centre, measureDist=True)
        near = -living.size * (2.5 if place == "beside" else 1.2) < gap < -living.size * 0.2
        if inside and near:
            pixels = photograph(page, scene)
            held = reach_over(pixels, corners, random) if place == "held" else pixels
            return held, None if portrait is None else into_frame(printed, corners)
    return None


def show_on_phone(page: Pixels, printed: Corners) -> tuple[Pixels, Corners]:
    """Return a telephone on its side that shows the page in the middle of a black screen.

    printed  corners of the portrait in shares of the page, then of the telephone
    """
    height, width = page.shape[0] + 60, round((page.shape[0] + 60) * 2.05)
    phone = np.full((height, width, 3), 14, np.uint8)
    left = (width - page.shape[1]) // 2
    phone[30:-30, left : left + page.shape[1]] = page
    pixels = printed * (page.shape[1], page.shape[0]) + (left, 30)
    return phone, (pixels / (width, height)).astype(np.float32)


def frame_person(room: Pixels, living: DetectedFace, random: np.random.Generator) -> Pixels:
    """Return the room with a border of a card's shape around the person, as of a screen."""
    share = random.uniform(0.03, 0.16)
    width = float(np.sqrt(living.width * living.height / share * 85.6 / 53.98))
    height = width * 53.98 / 85.6
    x, y = random.uniform(0.1, 0.5), random.uniform(0.25, 0.75)
    left, top = living.centre[0] - width * x, living.centre[1] - height * y
    framed = np.full_like(room, 60)
    kept = (max(0, int(left)), max(0, int(top)), int(left + width), int(top + height))
    inside = np.s_[kept[1] : kept[3], kept[0] : kept[2]]
    framed[inside] = room[inside]
    return framed


def measure_bystanders(
    analyser: DocumentAnalyser,
    faces: YuNet,
    portraits: list[Pixels],
    rooms: list[Pixels],
    scenes: int,
) -> None:
    """Print in how many scenes another face than the printed one was accepted as a portrait."""
    trials: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    portrait: Counter[str] = Counter()
    for number in range(scenes):
        place = PLACES[number % len(PLACES)]
        staged = stage(number, place, portraits, rooms, faces)
        if staged is None:
            continue
        pixels, printed = staged
        seen = analyser.observe_document(Frame(number, number, pixels))
        trials[place] += 1
        if seen.portrait is None or not seen.portrait.usable:
            continue
        right = printed is not None and is_inside(face_in_frame(seen), printed)
        taken[place] += not right
        portrait[place] += right
    for place in PLACES:
        say(
            f"{place}: another face than the portrait taken {count(taken[place], trials[place])}; "
            f"the portrait {portrait[place]}"
        )
    cards = [place for place in PLACES if place != "framed"]
    total = sum(trials[place] for place in cards)
    say(f"with a card: {count(sum(taken[place] for place in cards), total)}")


def scenes_of_faces(rooms: list[Pixels]) -> Iterator[Frame]:
    """Yield frames for the face analysis, each a track of its own."""
    for room in rooms[:20]:
        yield Frame(0, 0, room)


def main(arguments: list[str]) -> None:
    """Measure composites, then bystanders."""
    numbers = [int(each) for each in arguments if each.isdigit()]
    scenes, bystanders = (*numbers, *(320, 720)[len(numbers) :])[:2]
    engines = load_engines(load_manifest())
    analyser = DocumentAnalyser(engines)
    portraits, rooms = read_portraits(engines.detector), read_rooms()
    say(f"{len(portraits)} portraits, {len(rooms)} rooms")
    times = measure_composites(analyser, portraits, rooms, scenes)
    faces = []
    for frame in scenes_of_faces(rooms):
        started = time.process_time()
        analyser.analyse(frame, embed=False)
        faces.append((time.process_time() - started) * 1000)
    usual, late = np.percentile(times, (50, 95))
    say(f"CPU without lines: p50 {usual:.0f} ms, p95 {late:.0f} ms")
    say(f"ratio to finding a face in a new frame: {usual / float(np.median(faces)):.1f}")
    measure_bystanders(analyser, engines.detector, portraits, rooms, bystanders)


if __name__ == "__main__":
    main(sys.argv[1:])
