"""Measures liveness and matching on the shared samples and prints the tables of docs/liveness.md.

Run by hand, takes minutes: python -m tests.benchmarks.measure_liveness clips pairs simulated
Reads the samples (WORKSTATION_SAMPLES or the folder beside the checkout); writes nothing.
"""

import csv
import itertools
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2

from tests.support.vision.attempts import attempt
from tests.support.vision.observations import RECOMMENDED
from vision.camera.simulated import SimulatedVariant
from vision.face.analyser import FaceAnalyser
from vision.face.engines.loading import load_engines
from vision.frame import Frame
from vision.liveness.passive import PassiveReport, observe_clip
from vision.matching.calibration import equal_error_rate, error_counts
from vision.matching.image import decode_image
from vision.models.manifest import load_manifest
from vision.results import FaceObservation, FaceTemplate
from vision.templates import cosine_distance, mean_template
from vision.worker import InlineAnalysis

LONGEST_S = 10.0
Described = tuple[FaceTemplate, FaceTemplate]
"""What the comparing and the second model say of a photo."""

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
    engines = load_engines(load_manifest())
    reports: dict[str, list[PassiveReport]] = defaultdict(list)
    blinks = labelled_blinks(media)
    for name, kind in kinds(media).items():
        if not name.endswith(".mp4"):
            continue
        report = observe_clip(observations(media / name, FaceAnalyser(engines)), RECOMMENDED)
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


def read_pairs() -> tuple[list[dict[str, str]], dict[str, Described]]:
    """Return the rows of pairs.csv and both descriptions of every photo in them."""
    media = media_folder()
    analyser = FaceAnalyser(load_engines(load_manifest()))
    with (media / "pairs.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    described = {}
    for name in sorted({row[key] for row in rows for key in ("file_a", "file_b")}):
        image = decode_image((media / name).read_bytes())
        template, second = analyser.describe(image).template, analyser.describe_second(image)
        if template is not None and second is not None:
            described[name] = (template, second)
        else:
            say(f"{name}: no face")
    say(f"{len(described)} photos with a face")
    return rows, described


def measure_pairs() -> None:
    """Print the errors of the comparing and of the second model, then of means of three."""
    rows, described = read_pairs()
    model = load_manifest()
    bounds = (model.match.match_ppm, model.match.review_ppm)
    distances: dict[tuple[str, bool], list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        if row["file_a"] not in described or row["file_b"] not in described:
            continue
        first, other = described[row["file_a"]], described[row["file_b"]]
        both = tuple(cosine_distance(*pair) for pair in zip(first, other, strict=True))
        for group in (row["group"], "all"):
            distances[group, row["same"] == "1"].append((both[0], both[1]))
    for group in sorted({group for group, _ in distances}):
        genuine, impostor = distances[group, True], distances[group, False]
        for number, name in enumerate(("match", "second")):
            same, other = ([each[number] for each in pairs] for pairs in (genuine, impostor))
            rate = f"{equal_error_rate(same, other):.2%}" if same and other else "-"
            counts = [error_counts(same, other, bound) for bound in bounds]
            cells = [
                f"{each.false_matches}/{each.impostors} · {each.false_non_matches}/{each.genuine}"
                for each in (counts if number == 0 else ())
            ]
            say(f"| {group} | {name} | {rate} | " + " | ".join(cells) + " |")
    second_ppm = model.second_match.review_ppm
    matched = [each for each in distances["all", True] if each[0] * 1e6 <= bounds[0]]
    touched = sum(each[1] * 1e6 > second_ppm for each in matched)
    stopped = sum(each[1] * 1e6 > second_ppm for each in distances["all", False])
    say(
        f"second opinion above {second_ppm}: {touched} of {len(matched)} matched pairs of one "
        f"person, {stopped} of {len(distances['all', False])} pairs of two"
    )
    measure_means(described, model.match.match_ppm)


def measure_means(described: dict[str, Described], match_ppm: int) -> None:
    """Compare means of three photos of a person with a fourth, and with everybody else."""
    people: dict[str, list[str]] = defaultdict(list)
    for name in described:
        people[name.split("/")[1]].append(name)
    genuine, impostor = [], []
    for person, names in people.items():
        for reference in names:
            others = [name for name in names if name != reference]
            for three in itertools.islice(itertools.combinations(others, 3), 4):
                mean = mean_template([described[name][0] for name in three])
                genuine.append(cosine_distance(mean, described[reference][0]))
                impostor += [
                    cosine_distance(mean, template)
                    for name, (template, _) in described.items()
                    if name.split("/")[1] != person
                ]
    counts = error_counts(genuine, impostor, match_ppm)
    say(
        f"mean of three: {counts.false_matches}/{counts.impostors} false matches, "
        f"{counts.false_non_matches}/{counts.genuine} false non-matches"
    )


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
