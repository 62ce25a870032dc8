"""Measures liveness and matching on the shared samples and prints the tables of docs/liveness.md.

Run by hand, takes minutes: python -m tests.benchmarks.measure_liveness clips pairs simulated
Reads the samples (WORKSTATION_SAMPLES or the folder beside the checkout); writes nothing.
"""

import csv
import hashlib
import os
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from math import dist
from pathlib import Path

import cv2
import numpy as np

from tests.support.vision.attempts import attempt
from tests.support.vision.observations import RECOMMENDED
from vision.camera.simulated import SimulatedVariant
from vision.face.analyser import FaceAnalyser
from vision.face.models import load_face_models
from vision.frame import Frame
from vision.liveness.passive import PassiveReport, observe_clip
from vision.matching.calibration import cohort_centroids
from vision.matching.cohort import encode_cohort, load_cohort
from vision.matching.image import decode_image
from vision.results import FaceObservation, FaceTemplate
from vision.worker import InlineAnalysis

LONGEST_S = 10.0
THRESHOLDS = (0.40, 0.45, 0.50, 0.60)
FEW_SEEDS = 5
SEEDS = {
    SimulatedVariant.GENUINE: 30,
    SimulatedVariant.PRINTED_PHOTO: 20,
    SimulatedVariant.SCREEN_REPLAY: 20,
    SimulatedVariant.LOOPED_VIDEO: 20,
    SimulatedVariant.FROZEN: 20,
    SimulatedVariant.NO_BLINK: 20,
    SimulatedVariant.SWAP: 20,
    SimulatedVariant.OTHER_PERSON: 20,
}


def say(line: str) -> None:
    """Write one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def media_folder() -> Path:
    """Return the folder of the shared media. Raises SystemExit when absent."""
    given = os.environ.get("WORKSTATION_SAMPLES", "")
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "samples"
    folder = (Path(given) if given else beside) / "media"
    if not folder.is_dir():
        raise SystemExit("shared samples are not here (set WORKSTATION_SAMPLES)")
    return folder


def kinds(media: Path) -> dict[str, str]:
    """Return file name -> kind from INDEX.md."""
    rows = re.findall(r"^\| (\S+) \| (\S+) \|", (media / "INDEX.md").read_text(), re.MULTILINE)
    return dict(rows)


def frames(path: Path) -> Iterator[Frame]:
    """Yield the frames of the first seconds of a clip."""
    capture = cv2.VideoCapture(str(path))
    rate = capture.get(cv2.CAP_PROP_FPS)
    for sequence in range(int(LONGEST_S * rate)):
        read, image = capture.read()
        if not read:
            break
        pixels = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        yield Frame(sequence, int(sequence / rate * 1e9), pixels)
    capture.release()


def observations(path: Path, analyser: FaceAnalyser) -> list[FaceObservation]:
    """Return what the analysis saw in a clip."""
    return [analyser.analyse(frame, embed=False) for frame in frames(path)]


def labelled_blinks(media: Path) -> dict[str, int]:
    """Return the hand-counted blinks of the labelled clips."""
    counted: dict[str, int] = defaultdict(int)
    with (media / "blinks.csv").open() as stream:
        for row in csv.DictReader(stream):
            counted[row["clip"]] += int(bool(row["start_frame"]))
    return counted


def measure_clips() -> None:
    """Watch every clip passively; print one line per clip and counts per class."""
    media = media_folder()
    models = load_face_models()
    reports: dict[str, list[PassiveReport]] = defaultdict(list)
    blinks = labelled_blinks(media)
    for name, kind in kinds(media).items():
        if not name.endswith(".mp4"):
            continue
        report = observe_clip(observations(media / name, FaceAnalyser(models)), RECOMMENDED)
        reports[kind].append(report)
        hand = f" of {blinks[name]} labelled" if name in blinks else ""
        say(f"{name}: {describe(report)}{hand}")
    say("\n| class | clips | face seen in all frames | blink | turn | nod | mouth | attack |")
    say("|---|---|---|---|---|---|---|---|")
    for kind, group in sorted(reports.items()):
        say(row_of(kind, group))


def describe(report: PassiveReport) -> str:
    """Return one clip's numbers on one line."""
    extents = " ".join(
        f"{name} {extent.least_ppm / 1e6:+.2f}..{extent.most_ppm / 1e6:+.2f}"
        for name in ("turn", "nod", "mouth", "parallax")
        if (extent := getattr(report, name)) is not None
    )
    values = " ".join(f"{each.name} {each.value_ppm / 1e6:.2f}" for each in report.signals)
    obeyed = ",".join(report.obeyed)
    return (
        f"{report.with_face}/{report.frames} {report.verdict} {report.reason} {extents} "
        f"[{values}] obeyed [{obeyed}] blinks {report.blinks}"
    )


def row_of(kind: str, group: list[PassiveReport]) -> str:
    """Return one table row of counts."""
    obeyed = Counter(
        word for report in group for word in {command.split("_")[0] for command in report.obeyed}
    )
    attacks = Counter(report.reason for report in group if report.verdict == "attack")
    named = ", ".join(f"{count} {reason.split('.')[1]}" for reason, count in attacks.items())
    cells = (
        kind,
        len(group),
        sum(report.with_face == report.frames for report in group),
        sum(report.blinks > 0 for report in group),
        obeyed["turn"],
        obeyed["look"],
        obeyed["open"],
        named or "0",
    )
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def read_pairs() -> tuple[list[dict[str, str]], dict[str, FaceTemplate | None]]:
    """Return the rows of pairs.csv and the template of every photo in them."""
    media = media_folder()
    analyser = FaceAnalyser(load_face_models())
    with (media / "pairs.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    names = sorted({row[key] for row in rows for key in ("file_a", "file_b")})
    templates = {
        name: analyser.describe(decode_image((media / name).read_bytes())).template
        for name in names
    }
    missing = sum(template is None for template in templates.values())
    say(f"{len(names)} photos, {missing} without a face")
    return rows, templates


def measure_pairs() -> None:
    """Print false match and non-match counts per group, then the effect of a cohort."""
    rows, templates = read_pairs()
    distances: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for row in rows:
        first, second = templates[row["file_a"]], templates[row["file_b"]]
        if first is not None and second is not None:
            for group in (row["group"], "all"):
                distances[group, row["same"] == "1"].append(dist(first, second))
    for group in sorted({group for group, _ in distances}):
        same = np.array(distances[group, True])
        other = np.array(distances[group, False])
        cells = [
            f"{int((other <= bound).sum())}/{len(other)} · {int((same > bound).sum())}/{len(same)}"
            for bound in THRESHOLDS
        ]
        say(f"| {group} | " + " | ".join(cells) + " |")

    for seed in (1, 2, 3):
        measure_cohort(rows, templates, random.Random(seed))


def measure_cohort(
    rows: list[dict[str, str]], templates: dict[str, FaceTemplate | None], rng: random.Random
) -> None:
    """Build a cohort from half of the people and compare raw and normalised on the other half."""
    people = sorted({person_of(name) for name in templates})
    rng.shuffle(people)
    cohort_people = set(people[: len(people) // 2])
    members = [t for name, t in templates.items() if t and person_of(name) in cohort_people]
    data = encode_cohort(
        cohort_centroids(members, 32, rng),
        nearest=4,
        thresholds_ppm=(-80_000, 0),
        calibrated="",
        persons=len(cohort_people),
    )
    cohort = load_cohort(data, hashlib.sha256(data).hexdigest(), "cohort")
    scores: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for row in rows:
        first, second = templates[row["file_a"]], templates[row["file_b"]]
        strangers = cohort_people.isdisjoint({person_of(row["file_a"]), person_of(row["file_b"])})
        if first is not None and second is not None and strangers:
            scores["raw", row["same"] == "1"].append(dist(first, second))
            scores["cohort", row["same"] == "1"].append(cohort.normalised(first, second))
    for kind in ("raw", "cohort"):
        bound = sorted(scores[kind, False])[len(scores[kind, False]) // 100]
        missed = sum(score >= bound for score in scores[kind, True])
        say(f"{kind}: at 1 in 100 false matches {missed}/{len(scores[kind, True])} non-matches")


def person_of(name: str) -> str:
    """Return the folder that stands for a person."""
    return name.split("/")[1]


def measure_simulated() -> None:
    """Let every simulated customer take attempts with the real analysis; print verdicts."""
    analysis = InlineAnalysis()
    for variant in SimulatedVariant:
        seeds = SEEDS.get(variant, FEW_SEEDS)
        verdicts = Counter(
            f"{result.verdict} {result.reason}"
            for result in (attempt(variant, seed, analysis).result for seed in range(seeds))
        )
        named = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
        say(f"| {variant} | {seeds} | {named} |")
    analysis.close()


def main(arguments: list[str]) -> None:
    """Run the named measurements."""
    known = {"clips": measure_clips, "pairs": measure_pairs, "simulated": measure_simulated}
    for name in arguments or known:
        known[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
