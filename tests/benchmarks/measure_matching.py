"""Measures the face comparison on pairs.csv and prints the table of docs/biometrics.md.

Run by hand, takes some minutes: python -m tests.benchmarks.measure_matching
Reads the samples (WORKSTATION_SAMPLES or the folder beside the checkout); writes nothing.
"""

import csv
import itertools
import sys
from collections import defaultdict

from tests.support.vision.media import media_folder
from vision.face.analyser import FaceAnalyser
from vision.face.engines.loading import load_engines
from vision.matching.calibration import equal_error_rate, error_counts
from vision.matching.exact_bounds import exact_bounds
from vision.matching.image import decode_image
from vision.models.manifest import load_manifest
from vision.results import FaceTemplate
from vision.templates import cosine_distance, mean_template

Described = tuple[FaceTemplate, FaceTemplate]
"""What the comparing and the second model say of a photo."""
Bounds = tuple[int, int]
MILLION = 1_000_000
MEANS = 4
"""Threes of one person that are compared with a fourth photo, at most."""
STRANGERS = 20
"""Photos of other people that every mean is compared with."""


def say(line: str) -> None:
    """Write one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


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
    """Print the errors of both models, of single photos and then of means of three."""
    rows, described = read_pairs()
    manifest = load_manifest()
    bounds = (manifest.match.match_ppm, manifest.match.review_ppm)
    distances: dict[tuple[str, bool], list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        if row["file_a"] in described and row["file_b"] in described:
            both = distances_of(described[row["file_a"]], described[row["file_b"]])
            for group in (row["group"], "all"):
                distances[group, row["same"] == "1"].append(both)
    for group in sorted({group for group, _ in distances}):
        say_errors(group, distances[group, True], distances[group, False], bounds)
    second_ppm = manifest.second_match.review_ppm
    matched = [each for each in distances["all", True] if each[0] * MILLION <= bounds[0]]
    touched = sum(each[1] * MILLION > second_ppm for each in matched)
    strangers = distances["all", False]
    stopped = sum(each[1] * MILLION > second_ppm for each in strangers)
    say(
        f"second opinion above {second_ppm}: {touched} of {len(matched)} matched pairs of one "
        f"person, {stopped} of {len(strangers)} pairs of two"
    )
    measure_means(described, bounds)


def distances_of(one: Described, other: Described) -> tuple[float, float]:
    """Return the distance by the comparing model and that by the second."""
    return cosine_distance(one[0], other[0]), cosine_distance(one[1], other[1])


def say_errors(
    group: str,
    genuine: list[tuple[float, float]],
    impostor: list[tuple[float, float]],
    bounds: Bounds,
) -> None:
    """Print a row for each model: equal error rate, misses without a false match, the zones.

    The zones are the comparing model's: thresholds hold for one model.
    """
    for number, name in enumerate(("SFace", "dlib")):
        same, other = ([each[number] for each in pairs] for pairs in (genuine, impostor))
        if not same or not other:
            continue
        nearest = min(other)
        missed = sum(each >= nearest for each in same)
        cells = [f"{equal_error_rate(same, other):.2%}", f"{missed}/{len(same)}"]
        for bound in bounds if number == 0 else ():
            counts = error_counts(same, other, bound)
            most = exact_bounds(counts.false_matches, counts.impostors)[1]
            cells.append(f"{counts.false_matches}/{counts.impostors} (≤ {most:.2%})")
            most = exact_bounds(counts.false_non_matches, counts.genuine)[1]
            cells.append(f"{counts.false_non_matches}/{counts.genuine} (≤ {most:.1%})")
        say(f"| {group} | {name} | " + " | ".join(cells) + " |")


def measure_means(described: dict[str, Described], bounds: Bounds) -> None:
    """Compare means of three photos of a person with a fourth, and with everybody else."""
    people: dict[str, list[str]] = defaultdict(list)
    for name in described:
        people[name.split("/")[1]].append(name)
    genuine, impostor = [], []
    for person, names in people.items():
        for reference in names:
            others = [name for name in names if name != reference]
            for three in itertools.islice(itertools.combinations(others, 3), MEANS):
                mean = mean_of([described[name] for name in three])
                genuine.append(distances_of(mean, described[reference]))
                strangers = [name for name in described if name.split("/")[1] != person]
                impostor += [
                    distances_of(mean, described[name])
                    for name in strangers[:: len(strangers) // STRANGERS][:STRANGERS]
                ]
    say_errors("mean of three", genuine, impostor, bounds)


def mean_of(three: list[Described]) -> Described:
    """Return the normalised means of both models' descriptors."""
    first, second = (mean_template([each[number] for each in three]) for number in (0, 1))
    return first, second


if __name__ == "__main__":
    measure_pairs()
