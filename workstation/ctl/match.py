"""`match`: two photos, or a list of pairs, compared by the station's models and thresholds."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import ExitCode, NothingFound
from workstation.ctl.help_language import Misused
from workstation.ctl.pairs import MAX_IMAGE, compare_pairs, describe_photo
from workstation.ctl.policy import station_policy
from workstation.rules.local_time import local_day
from workstation.rules.policy_vision import match_settings
from workstation.settings.toml_file import read_limited

if TYPE_CHECKING:
    from vision.matching.settings import MatchSettings
    from vision.models.manifest import Manifest
    from vision.results import MatchResult

__all__ = ["match"]


@click.command()
@click.argument("first", type=click.Path(path_type=Path), required=False)
@click.argument("second", type=click.Path(path_type=Path), required=False)
@click.option(
    "--pairs",
    type=click.Path(path_type=Path),
    help="Compare every pair of this CSV instead: file_a, file_b, same (1 or 0), any labels.",
)
@with_console
def match(console: Console, first: Path | None, second: Path | None, pairs: Path | None) -> None:
    """Compare the faces of two photos, or of every pair in a list.

    Exit code 0 only for a match; of a list, when it could be read.

    A distance, never a percentage: a session compares the mean of several live frames, which lies
    closer than one photo does. This verdict decides nothing.
    """
    # Imported here: loading the models' libraries takes seconds that other commands need not pay.
    from vision.models.manifest import load_manifest
    from vision.results import MatchVerdict

    models = load_manifest(console.data)
    settings = match_settings(station_policy(console, local_day(datetime.now(UTC))), models.match)
    if pairs is not None:
        if first is not None:
            raise Misused("two photos or --pairs, not both")
        _show_pairs(console, pairs, settings)
        return
    if first is None or second is None:
        raise Misused("two photos are needed, or --pairs FILE")
    result = _compare(console, (first, second), settings, models)
    console.show(
        {
            "verdict": result.verdict.value,
            "reason": result.reason,
            "distance_ppm": result.distance_ppm,
            "match_at_most_ppm": result.match_threshold_ppm,
            "no_match_above_ppm": result.review_threshold_ppm,
            "second_distance_ppm": result.second_distance_ppm,
            "review_above_ppm": result.second_threshold_ppm,
            "authority": result.authority,
            "models": [f"{each.role} {each.sha256[:16]}" for each in result.models],
        }
    )
    if result.verdict is not MatchVerdict.MATCH:
        console.leave(ExitCode.REFUSED)


def _compare(
    console: Console, paths: tuple[Path, Path], settings: "MatchSettings", models: "Manifest"
) -> "MatchResult":
    from vision.analysis import InlineAnalysis
    from vision.matching.comparison import compare
    from vision.matching.second import second_opinion

    images = [read_limited(path, MAX_IMAGE, NothingFound) for path in paths]
    analysis = InlineAnalysis(console.data)
    with console.progress(zip(paths, images, strict=True), "faces") as faces:
        templates = [
            describe_photo(analysis, path.name, image, alone=True) for path, image in faces
        ]
    digests = [hashlib.sha256(image).hexdigest() for image in images]
    return compare(
        (templates[0],),
        templates[1],
        replace(settings, frames=1),
        probe_sha256=digests[0],
        reference_sha256=digests[1],
        models=models.references,
        second=second_opinion(analysis, images[0], images[1], models.second_match.review_ppm),
    )


def _show_pairs(console: Console, path: Path, settings: "MatchSettings") -> None:
    from vision.analysis import InlineAnalysis

    rows: list[dict[str, Value]] = []
    for pair, distance in compare_pairs(console, path, InlineAnalysis(console.data)):
        ppm = None if distance is None else round(distance * 1_000_000)
        row: dict[str, Value] = {
            "file_a": pair.first,
            "file_b": pair.second,
            "same": pair.same,
            "verdict": _zone(ppm, settings),
            "distance_ppm": ppm,
        }
        rows.append(row | pair.labels if console.as_json else row)
    console.rows("match", rows)


def _zone(distance_ppm: int | None, settings: "MatchSettings") -> str:
    from vision.results import MatchVerdict

    if distance_ppm is None:
        return "no_face"
    if distance_ppm <= settings.match_ppm:
        return MatchVerdict.MATCH.value
    undecided = distance_ppm <= settings.review_ppm
    return (MatchVerdict.UNDECIDED if undecided else MatchVerdict.NON_MATCH).value
