import hashlib
import importlib.util
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest

import resources
from vision.matching.comparison import SecondOpinion, compare
from vision.matching.reference import (
    IMAGE_REFUSED,
    ReferenceProvenance,
    load_reference,
)
from vision.matching.settings import MatchSettings
from vision.results import MatchVerdict, Status
from vision.worker import InlineAnalysis
from workstation.rules.policy_file import read_policy
from workstation.rules.policy_vision import reference_quality_settings

FILE = ReferenceProvenance.FILE
STILL = reference_quality_settings(
    read_policy(resources.path("policies", "kz-2026-07-12.toml").read_bytes())
)


def public_domain_photo(package, *path):
    """Return the bytes of a photo that a demo package ships; the package is never imported."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        pytest.skip(f"{package} of the dependency group demo is not installed")
    return Path(spec.submodule_search_locations[0], *path).read_bytes()


@pytest.fixture(scope="module")
def astronaut():
    return public_domain_photo("skimage", "data", "astronaut.png")


@pytest.fixture(scope="module")
def officer():
    return public_domain_photo("matplotlib", "mpl-data", "sample_data", "grace_hopper.jpg")


@pytest.fixture(scope="module")
def analysis():
    inline = InlineAnalysis()
    yield inline
    inline.close()


def recoded(data, change):
    pixels = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR)
    return cv2.imencode(".jpg", change(pixels))[1].tobytes()


def covered(pixels, columns, rows):
    """Paint a bar over a part of the officer's face."""
    painted = pixels.copy()
    painted[rows[0] : rows[1], columns[0] : columns[1]] = (230, 210, 160)
    return painted


def test_a_portrait_is_usable_and_keeps_its_origin(analysis, officer):
    photo = load_reference(
        officer, analysis, STILL, ReferenceProvenance.REGISTRY, taken=date(2020, 5, 4)
    )
    assert photo.usable
    assert photo.reason == ""
    assert photo.quality.status is Status.PASSED
    assert photo.sha256 == hashlib.sha256(officer).hexdigest()
    assert (photo.width, photo.height) == (512, 600)
    assert (photo.provenance, photo.taken) == (ReferenceProvenance.REGISTRY, date(2020, 5, 4))
    assert len(photo.template) == 128


def test_two_people_do_not_match_and_one_matches_the_own_recompressed_photo(
    analysis, officer, astronaut
):
    settings = MatchSettings(match_ppm=550_000, review_ppm=680_000, frames=1)
    first = load_reference(officer, analysis, STILL, FILE).template
    again = load_reference(
        recoded(officer, lambda p: cv2.resize(p, None, fx=0.8, fy=0.8)), analysis, STILL, FILE
    ).template
    other = load_reference(astronaut, analysis, STILL, FILE).template

    def judged(probe):
        return compare(
            (probe,),
            first,
            settings,
            probe_sha256="",
            reference_sha256="",
            models=(),
            second=SecondOpinion(0, 1),
        ).verdict

    assert judged(again) is MatchVerdict.MATCH
    assert judged(other) is MatchVerdict.NON_MATCH


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda pixels: np.full_like(pixels, 127), "reference.no_face"),
        (lambda pixels: (pixels * 0.25).astype(np.uint8), "reference.too_dark"),
        (lambda pixels: cv2.GaussianBlur(pixels, (0, 0), 5), "reference.blurred"),
        (lambda pixels: np.hstack([pixels, pixels[:, ::-1]]), "reference.several_faces"),
        (np.rot90, "reference.sideways"),
        (lambda pixels: np.rot90(pixels, 3), "reference.sideways"),
        (lambda pixels: np.rot90(pixels, 2), "reference.sideways"),
        (lambda pixels: covered(pixels, (185, 350), (215, 335)), "reference.occluded"),
        (lambda pixels: covered(pixels, (180, 345), (165, 212)), "reference.occluded"),
    ],
)
def test_a_defect_is_a_value_with_its_reason(analysis, officer, change, reason):
    photo = load_reference(recoded(officer, change), analysis, STILL, FILE)
    assert not photo.usable
    assert photo.reason == reason
    assert photo.quality.status is Status.FAILED


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\xff\xd8\xff\xe0broken"])
def test_what_is_no_image_is_unusable_not_an_error(analysis, data):
    photo = load_reference(data, analysis, STILL, FILE)
    assert (photo.usable, photo.reason, photo.template) == (False, IMAGE_REFUSED, None)
    assert photo.sha256 == hashlib.sha256(data).hexdigest()


def test_a_photo_that_is_cut_short_too_large_or_heic_is_told_apart(analysis, officer):
    cut = officer[: len(officer) // 2] + b"\xff\xd9"
    heic = b"\x00\x00\x00\x18ftypheic" + bytes(100)
    reasons = [load_reference(each, analysis, STILL, FILE).reason for each in (cut, heic)]
    large = load_reference(b"\xff\xd8\xff" + bytes(13_000_000), analysis, STILL, FILE)

    assert reasons == ["reference.truncated", "reference.heic"]
    assert large.reason == "reference.too_large"
