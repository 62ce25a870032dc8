"""`match`: two photos compared with the station's own models and thresholds."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workstation.ctl.console import Console, with_console
from workstation.ctl.failures import ExitCode, FaceNotUsable, NothingFound
from workstation.ctl.policy import station_policy
from workstation.rules.policy_vision import match_settings
from workstation.settings.toml_file import read_limited

if TYPE_CHECKING:
    from vision.face.analyser import FaceAnalyser
    from vision.results import FaceTemplate

__all__ = ["match"]

_MAX_IMAGE = 12_000_000


@click.command()
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@with_console
def match(console: Console, first: Path, second: Path) -> None:
    """Compare the largest faces of two photos.

    Exit code 0 only for a match.

    A distance, never a percentage: a session compares the mean of several live frames, which lies
    closer than one photo does. This verdict decides nothing.
    """
    # Imported here: loading the models' libraries takes seconds that other commands need not pay.
    from vision.face.analyser import FaceAnalyser
    from vision.face.models import load_face_models, model_references
    from vision.matching.comparison import compare
    from vision.results import MatchVerdict

    settings = match_settings(station_policy(console, datetime.now(UTC).date()))
    images = [read_limited(path, _MAX_IMAGE, NothingFound) for path in (first, second)]
    analyser = FaceAnalyser(load_face_models())
    with console.progress([(first, images[0]), (second, images[1])], "faces") as faces:
        templates = [_template(analyser, path, image) for path, image in faces]
    digests = [hashlib.sha256(image).hexdigest() for image in images]
    result = compare(
        (templates[0],),
        templates[1],
        replace(settings, frames=1),
        probe_sha256=digests[0],
        reference_sha256=digests[1],
        models=model_references(),
    )
    console.show(
        {
            "verdict": result.verdict.value,
            "reason": result.reason,
            "distance_ppm": result.distance_ppm,
            "match_at_most_ppm": result.match_threshold_ppm,
            "no_match_above_ppm": result.review_threshold_ppm,
            "authority": result.authority,
            "models": [f"{each.role} {each.sha256[:16]}" for each in result.models],
        }
    )
    if result.verdict is not MatchVerdict.MATCH:
        console.leave(ExitCode.REFUSED)


def _template(analyser: "FaceAnalyser", path: Path, image: bytes) -> "FaceTemplate":
    from vision.matching.image import decode_image

    seen = analyser.describe(decode_image(image))
    if seen.template is None:
        raise FaceNotUsable(f"{path.name}: no face")
    if seen.faces > 1:
        raise FaceNotUsable(f"{path.name}: {seen.faces} faces")
    return seen.template
