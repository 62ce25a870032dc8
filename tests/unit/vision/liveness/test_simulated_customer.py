"""Every variant in front of the real analysis and liveness check."""

from dataclasses import replace
from math import dist

import pytest

from tests.support.vision.attempts import attempt, frames_missed
from tests.support.vision.observations import QUALITY, RECOMMENDED
from vision.camera.simulated import SimulatedPerson, SimulatedVariant, reference_photo
from vision.errors import CameraUnavailable, ModelError
from vision.liveness.signals.continuity import mean_template
from vision.matching.comparison import compare, evidence_digest
from vision.matching.image import decode_image
from vision.matching.reference import ReferenceProvenance, load_reference
from vision.matching.settings import MatchSettings
from vision.results import CommandOutcome, MatchVerdict, PadVerdict
from vision.worker import InlineAnalysis

MATCHING = MatchSettings(match_ppm=400_000, review_ppm=500_000, frames=5)

# Shorter deadlines: who will not pass is not waited for. Thresholds are the recommended ones.
IMPATIENT = replace(
    RECOMMENDED,
    pause_most_ms=800,
    position_deadline_ms=2_000,
    command_deadline_ms=4_000,
    neutral_deadline_ms=2_000,
    blink_extra_ms=500,
)
LESS_IMPATIENT = replace(
    RECOMMENDED,
    position_deadline_ms=3_000,
    command_deadline_ms=4_500,
    neutral_deadline_ms=4_000,
    blink_extra_ms=1_000,
)
COURSES = {0: LESS_IMPATIENT, 1: IMPATIENT}
"""Seeds of camera and challenge, and how long is waited."""

EXPECTED = {
    SimulatedVariant.PRINTED_PHOTO: (PadVerdict.ATTACK, "liveness.flat"),
    SimulatedVariant.SCREEN_REPLAY: (PadVerdict.UNDECIDED, "liveness.wrong_action"),
    SimulatedVariant.LOOPED_VIDEO: (PadVerdict.ATTACK, "liveness.looped"),
    SimulatedVariant.FROZEN: (PadVerdict.ATTACK, "liveness.frozen"),
    SimulatedVariant.NO_BLINK: (PadVerdict.UNDECIDED, "liveness.no_blink"),
    SimulatedVariant.NO_FACE: (PadVerdict.UNDECIDED, "liveness.no_face"),
    SimulatedVariant.TWO_FACES: (PadVerdict.UNDECIDED, "liveness.second_face"),
    SimulatedVariant.TOO_DARK: (PadVerdict.UNDECIDED, "liveness.too_dark"),
    SimulatedVariant.LOST: (PadVerdict.UNDECIDED, "camera_lost"),
    SimulatedVariant.BLACK: (PadVerdict.UNDECIDED, "liveness.too_dark"),
    SimulatedVariant.SWAP: (PadVerdict.ATTACK, "liveness.identity_changed"),
}
# What is wrong with the last two is not in the images: see tests/unit/vision/camera.
PASSING = {
    SimulatedVariant.GENUINE,
    SimulatedVariant.OTHER_PERSON,
    SimulatedVariant.VIRTUAL_DEVICE,
    SimulatedVariant.LOW_RATE,
}


@pytest.fixture(scope="module")
def analysis():
    loaded = InlineAnalysis()
    try:
        loaded.start()
        reference_photo(SimulatedPerson.ASTRONAUT)
    except (ModelError, CameraUnavailable) as error:
        pytest.skip(f"real analysis not possible: {error}")
    yield loaded
    loaded.close()


@pytest.fixture
def ten_images_a_second():
    with frames_missed(every=3):
        yield


@pytest.fixture(scope="module")
def reference(analysis):
    return analysis.describe(decode_image(reference_photo(SimulatedPerson.ASTRONAUT))).template


def test_a_genuine_customer_is_bona_fide_and_matches_the_reference_photo(analysis):
    taken = attempt(SimulatedVariant.GENUINE, 1, analysis, IMPATIENT)
    assert (taken.result.verdict, taken.result.reason) == (
        PadVerdict.BONA_FIDE,
        "liveness.bona_fide",
    )
    assert all(each.outcome is CommandOutcome.MET for each in taken.result.commands)
    photo = load_reference(
        reference_photo(SimulatedPerson.ASTRONAUT),
        analysis,
        replace(QUALITY, jaw_width_px=60),
        ReferenceProvenance.FILE,
    )
    match = compare(
        taken.check.probe,
        photo.template,
        MATCHING,
        probe_sha256=evidence_digest(taken.check.evidence),
        reference_sha256=photo.sha256,
        models=analysis.models,
    )
    assert match.verdict is MatchVerdict.MATCH


@pytest.mark.usefixtures("ten_images_a_second")
def test_a_slow_machine_does_not_make_a_genuine_customer_another(analysis, reference):
    taken = attempt(SimulatedVariant.GENUINE, 0, analysis, LESS_IMPATIENT)
    assert (taken.result.verdict, taken.result.reason) == (
        PadVerdict.BONA_FIDE,
        "liveness.bona_fide",
    )
    assert dist(reference, mean_template(taken.check.probe)) < 0.2


@pytest.mark.usefixtures("ten_images_a_second")
def test_another_person_is_alive_but_not_the_one_of_the_reference_photo(analysis, reference):
    taken = attempt(SimulatedVariant.OTHER_PERSON, 0, analysis, LESS_IMPATIENT)
    assert taken.result.verdict is PadVerdict.BONA_FIDE
    assert dist(reference, mean_template(taken.check.probe)) > 0.6


@pytest.mark.usefixtures("ten_images_a_second")
@pytest.mark.parametrize("seed", COURSES)
@pytest.mark.parametrize("variant", EXPECTED, ids=str)
def test_no_attack_and_no_defect_passes_and_each_has_its_reason(analysis, variant, seed):
    result = attempt(variant, seed, analysis, COURSES[seed]).result
    assert (result.verdict, result.reason) == EXPECTED[variant]


def test_every_variant_has_an_expected_verdict():
    assert EXPECTED.keys() | PASSING == set(SimulatedVariant)
