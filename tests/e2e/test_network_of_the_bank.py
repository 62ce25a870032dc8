"""A presentation-attack model in the station's folder, from its file to the record."""

import sys
from pathlib import Path
from random import Random

import pytest

import resources
from tests.support.vision.attempts import frames_missed
from tests.support.vision.onnx_files import classifier, write_network
from vision.analysis import InlineAnalysis
from vision.camera.simulated import SimulatedPerson, SimulatedVariant, reference_photo
from vision.errors import CameraUnavailable
from workstation.bootstrap import build, close
from workstation.sandbox.demo import DemoStation
from workstation.sandbox.scenarios.catalogue import scenario
from workstation.sandbox.scenarios.play import play


def _photographs_missing() -> bool:
    try:
        reference_photo(SimulatedPerson.ASTRONAUT)
    except CameraUnavailable:
        return True
    return False


pytestmark = [
    pytest.mark.skipif(_photographs_missing(), reason="the demo's photographs are not installed"),
    pytest.mark.skipif(sys.platform == "win32", reason="folders of the demo are made for POSIX"),
]


def attempts(folder: Path) -> list[dict[str, object]]:
    """Return what the log says of every attempt."""
    services = build(folder)
    try:
        steps = [entry.data for entry in services.journal.log.entries()]
    finally:
        close(services)
    return [data for data in steps if data.get("step") == "liveness.attempt"]


@pytest.mark.parametrize(
    ("biases", "ended", "signal"),
    [
        ((2, 0), ("approved", "decision.approved"), ["passed", 880_797, 500_000, ""]),
        (
            (0, 2),
            ("rejected", "liveness.attempts_exhausted"),
            ["failed", 119_203, 500_000, "liveness.artefact"],
        ),
    ],
)
def test_the_network_of_the_bank_is_asked_recorded_and_obeyed(
    tmp_path: Path, biases: tuple[float, float], ended: tuple[str, str], signal: list[object]
) -> None:
    folder = tmp_path / "station"
    with DemoStation(folder, variant=SimulatedVariant.GENUINE, analysis=InlineAnalysis()):
        pass
    network = classifier([[0.0] * 3, [0.0] * 3], biases)
    write_network(
        folder, network, resources.path("models", "models.toml").read_text(encoding="utf-8")
    )
    chosen = scenario("approve")
    assert chosen is not None
    analysis = InlineAnalysis(folder)
    with frames_missed(every=3):
        played = play(chosen, folder, analysis=analysis, language="en", rng=Random("approve"))

    assert (played.outcome, played.reason) == ended
    recorded = attempts(folder)
    assert recorded
    for data in recorded:
        assert ["presentation_attack", *signal] in data["signals"]
        assert any(each.startswith("presentation_attack:") for each in data["models"])
        assert data["verdict"] == ("bona_fide" if signal[0] == "passed" else "undecided")
