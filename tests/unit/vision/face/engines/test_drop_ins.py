"""The drop-ins of docs/formats/models.md: their rows, and networks of the same inputs and outputs.

A row with the real file beside it (WORKSTATION_SAMPLES, folder `models`) is run with that file.
"""

import hashlib
import os
import re
import tomllib
from pathlib import Path

import msgspec
import numpy as np
import pytest

import resources
from tests.support.vision.faces import HOPPER, engines, frame, photo
from tests.support.vision.onnx_files import descriptor_network, minifasnet_network
from vision.errors import ModelUnusable
from vision.face.analyser import FaceAnalyser
from vision.face.engines.loading import load_engines
from vision.face.engines.onnx_graph import drop_idle_inputs
from vision.face.geometry import LANDMARK_COUNT
from vision.matching.comparison import cosine_distance
from vision.models.manifest import MANIFEST_NAME, parse_manifest

SHIPPED = resources.path("models", MANIFEST_NAME).read_text(encoding="utf-8")
DOCUMENT = Path(resources.path("models")).parents[1] / "docs" / "formats" / "models.md"
SAMPLES = Path(
    os.environ.get("WORKSTATION_SAMPLES", Path(__file__).parents[6] / "shared" / "samples")
)
WRITTEN = re.findall(r"(?ms)^```toml\n(\[(\w+)\]\n.*?)^```", DOCUMENT.read_text("utf-8"))
ROWS = {re.search(r'(?m)^file = "(.+)"$', row).group(1): (role, row) for row, role in WRITTEN}
SFACE, MESH = "face_recognition_sface_2021dec.onnx", "face_landmarks_detector.tflite"
FASNET, LIVENESS = "2.7_80x80_MiniFASNetV2.onnx", "fr_liveness.onnx"
GREEN, BLUE = (0, 255, 0), (0, 0, 255)
POINTS = np.array([[200.0, 150.0], [440.0, 330.0]])


def manifest_with(name):
    """Return the shipped manifest with the documented row of a file in its role's place."""
    role, row = ROWS[name]
    rest = re.sub(rf"^\[{role}\]\n.*?(?=^\[|\Z)", "", SHIPPED, flags=re.MULTILINE | re.DOTALL)
    return parse_manifest((rest + "\n" + row).encode())


def load(folder, name, content):
    """Load the documented row of a file with other octets, pinned anew, in the file's place."""
    (folder / "models").mkdir()
    (folder / "models" / name).write_bytes(content)
    manifest = manifest_with(name)
    role = ROWS[name][0]
    pin = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    row = msgspec.structs.replace(getattr(manifest, role), **pin)
    return load_engines(msgspec.structs.replace(manifest, **{role: row}), folder)


@pytest.mark.parametrize("name", [SFACE, MESH, FASNET, LIVENESS])
def test_a_documented_row_is_a_row(name):
    role = ROWS[name][0]
    row = getattr(manifest_with(name), role)

    assert row.file == name
    assert row.module == ""
    assert tomllib.loads(ROWS[name][1])[role].keys() <= set(row.__struct_fields__)


@pytest.mark.parametrize("name", [SFACE, MESH, LIVENESS])
def test_a_documented_file_runs_by_its_row(name):
    if not (SAMPLES / "models" / name).is_file():
        pytest.skip(f"{name} is not at hand: set WORKSTATION_SAMPLES")
    analyser = FaceAnalyser(load_engines(manifest_with(name), SAMPLES))
    seen = analyser.analyse(frame(photo(HOPPER)), embed=True)
    usual = FaceAnalyser(engines()).analyse(frame(photo(HOPPER)), embed=False)

    assert seen.faces == 1
    assert len(seen.template) == 128
    assert (seen.live is None) is (name != LIVENESS)
    apart = np.abs(np.asarray(seen.landmarks) - np.asarray(usual.landmarks))
    assert np.median(apart) < 0.05 * usual.jaw_width


@pytest.mark.parametrize("weights_as_inputs", [False, True])
def test_a_descriptor_in_fp32_is_loaded_whether_its_weights_are_inputs_or_not(
    tmp_path, weights_as_inputs
):
    network = descriptor_network(1, weights_as_inputs=weights_as_inputs)
    analyser = FaceAnalyser(load(tmp_path, SFACE, network))
    first = analyser.describe(photo(HOPPER)).template

    assert len(first) == 128
    assert np.linalg.norm(first) == pytest.approx(1)
    assert drop_idle_inputs(network) == drop_idle_inputs(descriptor_network(1))


def test_a_file_without_idle_inputs_is_left_as_it_is():
    assert drop_idle_inputs(descriptor_network(1)) == descriptor_network(1)


def test_descriptors_of_two_networks_are_not_those_of_one(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    one, other = (
        FaceAnalyser(load(tmp_path / name, SFACE, descriptor_network(seed)))
        for name, seed in (("a", 1), ("b", 2))
    )
    assert cosine_distance(
        one.describe(photo(HOPPER)).template, other.describe(photo(HOPPER)).template
    ) == pytest.approx(1, abs=0.4)


def test_a_network_of_other_numbers_than_128_is_refused(tmp_path):
    with pytest.raises(ModelUnusable):
        load(tmp_path, SFACE, minifasnet_network(112))


@pytest.mark.parametrize(("colour", "live"), [(GREEN, True), (BLUE, False)])
def test_minifasnet_is_given_blue_green_red_from_0_to_255_and_class_1_is_alive(
    tmp_path, colour, live
):
    net = load(tmp_path, FASNET, minifasnet_network(80)).presentation_attack
    picture = np.full((480, 640, 3), colour, np.uint8)

    assert net.live_probability(picture, POINTS) == pytest.approx(1.0 if live else 0.0, abs=1e-4)


def test_minifasnet_sees_the_box_of_the_face_enlarged_2_7_times(tmp_path):
    net = load(tmp_path, FASNET, minifasnet_network(80)).presentation_attack
    points = np.array([[290.0, 215.0], [350.0, 265.0]])
    picture = np.full((480, 640, 3), BLUE, np.uint8)
    left, top = (320 - 81), round(240 - 67.5)
    picture[top : top + 135, left : left + 162] = GREEN

    assert net.live_probability(picture, points) > 0.999
    picture[top : top + 54] = BLUE
    assert net.live_probability(picture, points) < 0.99


def test_a_network_of_another_input_is_refused(tmp_path):
    with pytest.raises(ModelUnusable):
        load(tmp_path, FASNET, minifasnet_network(128))


class _Net:
    """A net of 478 points and a logit, in place of the real file."""

    def __init__(self, count):
        self._count = count

    def setInput(self, _blob):  # noqa: N802 - OpenCV's name
        pass

    def forward(self, names):
        assert names == ["Identity", "Identity_1"]
        points = np.tile(np.array([128.0, 64.0, 0.0]), (self._count, 1))
        return [points.reshape(1, -1, 1, 1), np.full((1, 1, 1, 1), -14.0)]


@pytest.mark.parametrize("count", [468, 478])
def test_of_478_points_the_first_468_are_the_mesh(monkeypatch, count):
    from vision.face.engines import mesh
    from vision.face.engines.crops import Crop

    monkeypatch.setattr(mesh, "read_tflite", lambda *_: _Net(count))
    points, presence = mesh.FaceMesh(Path(), manifest_with(MESH).landmarks).place(
        photo(HOPPER), Crop((100.0, 100.0), 100.0)
    )
    assert points.shape == (LANDMARK_COUNT, 2)
    assert points[0] == pytest.approx([100.0, 62.5])
    assert presence < 1e-5
