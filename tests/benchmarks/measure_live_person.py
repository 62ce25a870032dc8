"""Measures how near a photo of the live person of just now is to the live face.

Run by hand, takes two minutes: python -m tests.benchmarks.measure_live_person
Prints the table of docs/biometrics.md, 6.1; reads the samples (WORKSTATION_SAMPLES or the folder
beside the checkout) and writes nothing.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2

from tests.support.vision.media import clip_kinds, media_folder
from vision.face.analyser import FaceAnalyser
from vision.face.engines.loading import FaceEngines, load_engines
from vision.frame import Frame
from vision.matching.image import decode_image
from vision.models.manifest import load_manifest
from vision.results import FaceTemplate
from vision.templates import cosine_distance, mean_template

BOUNDS = (0.10, 0.12, 0.15, 0.175, 0.20, 0.25)
LONGEST_S = 10.0
EVERY = 8
LIVE = 5
"""Templates of a live mean, as a liveness attempt gives them."""
FEWEST = 6


def read_frames(path: Path) -> Iterator[Frame]:
    """Yield every eighth frame of the first seconds of a clip."""
    capture = cv2.VideoCapture(str(path))
    rate = capture.get(cv2.CAP_PROP_FPS)
    for sequence in range(int(LONGEST_S * rate)):
        read, image = capture.read()
        if not read:
            break
        if sequence % EVERY == 0:
            pixels = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
            yield Frame(sequence, int(sequence / rate * 1e9), pixels)
    capture.release()


def measure_clip(path: Path, engines: FaceEngines) -> list[float]:
    """Return the distances of the first half's frames to the mean of five of the second half's."""
    analyser = FaceAnalyser(engines)
    seen = [analyser.analyse(frame, embed=True) for frame in read_frames(path)]
    frontal = [
        each.template
        for each in seen
        if each.template is not None and each.faces == 1 and abs(each.turn) < 0.3
    ]
    if len(frontal) < FEWEST:
        return []
    half = len(frontal) // 2
    live = mean_template(frontal[half : half + LIVE])
    return [cosine_distance(each, live) for each in frontal[: max(1, half - 1)]]


def measure_pairs(media: Path, engines: FaceEngines) -> list[float]:
    """Return the distances of two photos of one person from pairs.csv."""
    analyser = FaceAnalyser(engines)
    templates: dict[str, FaceTemplate | None] = {}
    distances = []
    with (media / "pairs.csv").open() as stream:
        rows = [row for row in csv.DictReader(stream) if row["same"] == "1"]
    for row in rows:
        for name in (row["file_a"], row["file_b"]):
            if name not in templates:
                image = decode_image((media / name).read_bytes())
                templates[name] = analyser.describe(image).template
        first, second = templates[row["file_a"]], templates[row["file_b"]]
        if first is not None and second is not None:
            distances.append(cosine_distance(first, second))
    return distances


def say(name: str, distances: list[float]) -> None:
    """Print how many distances lie below each bound."""
    below = " · ".join(f"{sum(each < bound for each in distances)} < {bound}" for bound in BOUNDS)
    sys.stdout.write(f"{name}: of {len(distances)}: {below}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure clips, then pairs."""
    media, engines = media_folder(), load_engines(load_manifest())
    clips = [
        distances
        for name, kind in clip_kinds(media).items()
        if kind == "real" and (distances := measure_clip(media / name, engines))
    ]
    say(f"same clip, {len(clips)} clips", [each for clip in clips for each in clip])
    say("photos of one person", measure_pairs(media, engines))


if __name__ == "__main__":
    main()
