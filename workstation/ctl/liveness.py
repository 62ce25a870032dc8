"""`liveness`: what a recorded clip shows, with the station's own models and thresholds."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.failures import ExitCode, NothingFound
from workstation.ctl.policy import station_policy
from workstation.flavour import require_demo
from workstation.rules.local_time import local_day
from workstation.rules.policy_vision import liveness_settings

if TYPE_CHECKING:
    from vision.frame import Camera, Frame
    from vision.liveness.passive import Extent
    from vision.results import FaceObservation

__all__ = ["liveness"]

_MAX_FRAMES = 20_000


@click.command()
@click.argument("clip", type=click.Path(path_type=Path))
@with_console
def liveness(console: Console, clip: Path) -> None:
    """Watch CLIP and report.

    Exit code 1 when a signal of an attack is seen.

    A recording obeys nobody, so it is never found bona fide: the report names what it shows. A
    clip that was cut short is said to be: what is missing was not watched.
    """
    require_demo()
    # Imported here: loading the models' libraries takes seconds that other commands need not pay.
    from vision.camera.recording import RecordedCamera
    from vision.liveness.passive import observe_clip
    from vision.models.manifest import load_manifest
    from vision.results import PadVerdict

    if not clip.is_file():
        raise NothingFound(clip.name)
    settings = liveness_settings(station_policy(console, local_day(datetime.now(UTC))))
    network = load_manifest(console.data).presentation_attack
    camera = RecordedCamera(clip, paced=False)
    try:
        report = observe_clip(_observations(console, camera), settings, network)
    finally:
        camera.close()
    signals: list[Value] = [
        f"{each.status.value} {each.name} value={each.value_ppm} bound={each.threshold_ppm}"
        f" {each.reason}".rstrip()
        for each in report.signals
    ]
    console.show(
        {
            "clip": "whole" if camera.whole else "truncated",
            "verdict": report.verdict.value,
            "reason": report.reason,
            "frames": report.frames,
            "with_face": report.with_face,
            "duration_ms": report.duration_ms,
            "blinks": report.blinks,
            "turn_ppm": _range(report.turn),
            "nod_ppm": _range(report.nod),
            "mouth_ppm": _range(report.mouth),
            "parallax_ppm": _range(report.parallax),
            "obeyed": [each.value for each in report.obeyed],
            "signals": signals,
        }
    )
    if report.verdict is PadVerdict.ATTACK:
        console.leave(ExitCode.REFUSED)


def _observations(
    console: Console, camera: "Camera"
) -> Iterator[tuple["FaceObservation", "Frame"]]:
    from vision.worker import InlineAnalysis

    analysis = InlineAnalysis(console.data)
    analysis.start()
    with console.progress(_frames(camera), "frames") as frames:
        for frame in frames:
            yield analysis.analyse(frame, embed=False), frame


def _frames(camera: "Camera") -> Iterator["Frame"]:
    from vision.errors import CameraLost

    for _ in range(_MAX_FRAMES):
        try:
            yield camera.read()
        except CameraLost:  # the recording has ended
            return
    raise NothingFound(f"more than {_MAX_FRAMES} frames")


def _range(extent: "Extent | None") -> str | None:
    return None if extent is None else f"{extent.least_ppm}..{extent.most_ppm}"
