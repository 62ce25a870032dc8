import hashlib
import os
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.support.vision.faces import ASTRONAUT, HOPPER, engines, frame, photo
from vision.camera.recording import RecordedCamera
from vision.errors import ModelMissing, ModelUnusable
from vision.face.analyser import FaceAnalyser
from vision.face.engines.loading import load_engines
from vision.face.engines.onnx_graph import drop_idle_inputs
from vision.liveness.signals.presentation_attack import PresentationAttackWatch
from vision.models.files import read_model
from vision.models.manifest import PresentationAttack, load_manifest
from vision.results import Status
from vision.templates import cosine_distance

SHIPPED = load_manifest()
SAMPLES = Path(
    os.environ.get("WORKSTATION_SAMPLES", Path(__file__).parents[6] / "shared" / "samples")
)


def test_a_model_that_is_nowhere_keeps_the_others_from_being_used():
    row = msgspec.structs.replace(SHIPPED.eyes, module="no_such_module")
    with pytest.raises(ModelMissing):
        load_engines(msgspec.structs.replace(SHIPPED, eyes=row))


@pytest.mark.parametrize("role", ["detector", "landmarks", "match", "second_alignment"])
def test_a_pinned_file_that_its_engine_cannot_read_is_named(tmp_path, role):
    content = b"no network at all" * 100
    row = msgspec.structs.replace(
        getattr(SHIPPED, role),
        file="model.bin",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "model.bin").write_bytes(content)
    with pytest.raises(ModelUnusable) as unusable:
        load_engines(msgspec.structs.replace(SHIPPED, **{role: row}), tmp_path)
    assert "model.bin" in unusable.value.detail


@pytest.mark.parametrize(
    ("role", "changes"),
    [
        ("landmarks", {"points": "no_such_output"}),
        ("landmarks", {"presence": "no_such_output"}),
        ("landmarks", {"points": "conv2d_30"}),
        ("landmarks", {"side_px": 256}),
        ("eyes", {"contour": "no_such_output"}),
        ("eyes", {"side_px": 128}),
        ("eyes", {"contour": "output_iris"}),
    ],
)
def test_a_row_that_says_other_things_of_a_file_is_found_at_loading_and_not_in_a_session(
    role, changes
):
    row = msgspec.structs.replace(getattr(SHIPPED, role), **changes)
    with pytest.raises(ModelUnusable) as unusable:
        load_engines(msgspec.structs.replace(SHIPPED, **{role: row}))
    assert unusable.value.detail == row.file


def test_a_pinned_file_of_another_role_is_found_at_loading():
    other = {name: getattr(SHIPPED.detector, name) for name in ("file", "path", "size", "sha256")}
    row = msgspec.structs.replace(SHIPPED.match, **other)
    with pytest.raises(ModelUnusable):
        load_engines(msgspec.structs.replace(SHIPPED, match=row))


def test_the_second_model_tells_people_apart_in_its_own_numbers():
    analyser = FaceAnalyser(engines())
    first, same, other = (
        analyser.describe_second(image)
        for image in (
            photo(HOPPER),
            np.ascontiguousarray(photo(HOPPER)[::2, ::2]),
            photo(ASTRONAUT),
        )
    )

    assert cosine_distance(first, same) < SHIPPED.second_match.review_ppm / 1_000_000
    assert cosine_distance(first, other) > SHIPPED.second_match.review_ppm / 1_000_000
    assert analyser.describe_second(np.full((480, 640, 3), 128, np.uint8)) is None


def test_dlib_may_be_the_comparing_model_instead():
    row = msgspec.structs.replace(
        SHIPPED.match,
        engine="dlib_resnet",
        **{
            name: getattr(SHIPPED.second_match, name)
            for name in ("file", "module", "path", "size", "sha256")
        },
    )
    fallback = FaceAnalyser(load_engines(msgspec.structs.replace(SHIPPED, match=row)))
    template = fallback.describe(photo(HOPPER)).template

    assert template == fallback.describe_second(photo(HOPPER))


def test_the_comparing_model_keeps_one_input_and_every_weight():
    content = read_model(SHIPPED.match)
    kept = drop_idle_inputs(content)

    assert b"conv_1_conv2d_weight_quantized" in kept
    assert 0 < len(content) - len(kept) < 20_000
    assert drop_idle_inputs(kept) == kept


@pytest.mark.parametrize("octets", [b"\x3a\xff\xff", b"\x3f", b"\x80" * 11, b"\x39\x00"])
def test_octets_that_are_no_protocol_buffer_are_refused(octets):
    with pytest.raises(ValueError, match="no ONNX"):
        drop_idle_inputs(octets)


@pytest.fixture
def with_network(tmp_path):
    """Load the drop-in of the shared samples beside the shipped models."""
    drop_in = SAMPLES / "models" / "fr_liveness.onnx"
    if not drop_in.is_file():
        pytest.skip("samples are not at hand: set WORKSTATION_SAMPLES")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / drop_in.name).write_bytes(drop_in.read_bytes())
    row = PresentationAttack(
        file=drop_in.name,
        package="faceplugin-face-recognition-js",
        module="nowhere",
        path=drop_in.name,
        size=1_886_811,
        sha256="afa783b7e902fdfcf323a7240cac2a1c580c25314ea4161129dc1b0d100dc32d",
        licence="MIT, by its package",
        training_data="not documented",
        calibrated="2026-11-28",
        engine="softmax_classifier",
        side_px=128,
        crop_ppm=2_700_000,
        channels="BGR",
        scale_ppm=1_000_000,
        live_class=0,
        live_ppm=500_000,
        frames=7,
        every=10,
    )
    manifest = msgspec.structs.replace(SHIPPED, presentation_attack=row)
    return FaceAnalyser(load_engines(manifest, tmp_path))


@pytest.mark.parametrize(
    ("name", "live"), [("st_aoc.mp4", True), ("pr_focus.mp4", True), ("nu_fake.mp4", False)]
)
def test_a_network_that_is_dropped_in_judges_every_tenth_frame(with_network, name, live):
    camera = RecordedCamera(SAMPLES / "media" / "video" / name, paced=False)
    seen = [with_network.analyse(camera.read(), embed=False) for _ in range(71)]
    camera.close()
    watch = PresentationAttackWatch(with_network._engines.manifest.presentation_attack)
    for each in seen:
        watch.observe(each)

    assert [each.sequence for each in seen if each.live is not None] == list(range(0, 71, 10))
    assert watch.result().status is (Status.PASSED if live else Status.FAILED)


def test_without_such_a_network_nothing_is_said():
    seen = FaceAnalyser(engines()).analyse(frame(photo(HOPPER)), embed=False)

    assert seen.faces == 1
    assert seen.live is None
