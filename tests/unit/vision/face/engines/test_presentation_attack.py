import msgspec
import numpy as np
import pytest

import resources
from tests.support.vision.faces import HOPPER, engines, photo
from tests.support.vision.onnx_files import classifier, network_row, write_network
from vision.analysis import InlineAnalysis
from vision.face.analyser import FaceAnalyser
from vision.face.engines.presentation_attack import PresentationAttackNet
from vision.frame import Frame
from vision.models.manifest import PresentationAttack, load_manifest

POINTS = np.array([[20.0, 20.0], [60.0, 60.0]])
BLUE_LIVES = classifier([[0.1, 0, 0], [0, 0, 0.1]], [0.0, 0.0])
RED, BLUE = (np.full((80, 80, 3), colour, np.uint8) for colour in ((200, 0, 0), (0, 0, 200)))


def probability(image, **changes):
    return PresentationAttackNet(BLUE_LIVES, network_row(**changes)).live_probability(image, POINTS)


def test_the_answer_is_the_softmax_of_the_living_class():
    even = np.full((80, 80, 3), 100, np.uint8)
    assert probability(even) == pytest.approx(0.5)
    assert probability(BLUE) > 0.99
    assert probability(RED) < 0.01
    assert probability(BLUE, live_class=1) < 0.01


def test_channels_and_scale_are_those_of_the_row():
    assert probability(RED, channels="RGB") > 0.99
    assert probability(BLUE, scale_ppm=3922) == pytest.approx(
        1 / (1 + np.exp(-0.1 * 0.784)), abs=0.01
    )


def test_of_late_frames_each_nth_that_comes_is_looked_at():
    loaded = engines()
    row = network_row(BLUE_LIVES, every=10)
    judging = msgspec.structs.replace(loaded.manifest, presentation_attack=row)
    with_network = FaceAnalyser(
        type(loaded)(
            **{name: getattr(loaded, name) for name in loaded.__slots__}
            | {
                "manifest": judging,
                "presentation_attack": PresentationAttackNet(BLUE_LIVES, row),
            }
        )
    )
    image = photo(HOPPER)
    seen = [
        with_network.analyse(Frame(sequence, sequence, image), embed=False)
        for sequence in range(1, 60, 7)
    ]
    again = with_network.analyse(Frame(3, 99, image), embed=False)

    assert [each.sequence for each in seen if each.live is not None] == [1, 15, 29, 43, 57]
    assert again.live is not None


def test_a_station_brings_a_network_in_its_own_folder(tmp_path):
    shipped = resources.path("models", "models.toml").read_text(encoding="utf-8")
    write_network(tmp_path, BLUE_LIVES, shipped)
    row = load_manifest(tmp_path).presentation_attack
    analysis = InlineAnalysis(tmp_path)

    assert isinstance(row, PresentationAttack)
    assert row.reference in analysis.models
    assert analysis.analyse(Frame(0, 0, photo(HOPPER)), embed=False).live is not None
