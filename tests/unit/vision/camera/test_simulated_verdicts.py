"""Every variant in front of the real analysis and liveness check, at 10 images a second."""

import random
from dataclasses import replace
from math import dist

import pytest

from tests.support.vision.observations import QUALITY, RECOMMENDED
from vision.camera.simulated import (
    SimulatedCamera,
    SimulatedPerson,
    SimulatedVariant,
    reference_photo,
)
from vision.errors import CameraLost, CameraUnavailable, ModelError
from vision.liveness.challenge import issue_challenge
from vision.liveness.check import LivenessCheck
from vision.liveness.signals.continuity import mean_template
from vision.matching.image import decode_image
from vision.results import PadVerdict
from vision.worker import InlineAnalysis

ANALYSED_EVERY = 3
# Shorter deadlines: who will not pass is not waited for. Thresholds are the recommended ones.
SETTINGS = replace(
    RECOMMENDED,
    position_deadline_ms=3_000,
    command_deadline_ms=4_500,
    neutral_deadline_ms=4_000,
    blink_extra_ms=1_000,
)


@pytest.fixture(scope="module")
def analysis():
    loaded = InlineAnalysis()
    try:
        loaded.start()
        reference_photo(SimulatedPerson.ASTRONAUT)
    except (ModelError, CameraUnavailable) as error:
        pytest.skip(f"real analysis not possible: {error}")
    return loaded


def attempt(analysis, variant, seed=0):
    """Run one attempt as the session does; return the check."""
    camera = SimulatedCamera(variant=variant, seed=seed, paced=False)
    check = LivenessCheck(
        issue_challenge(settings=SETTINGS, rng=random.Random(seed)),
        SETTINGS,
        QUALITY,
        attempt=1,
        simulated=True,
        models=analysis.models,
    )
    while not check.finished:
        try:
            frame = camera.read()
        except CameraLost as error:
            check.interrupt(error.code)
            break
        if frame.sequence % ANALYSED_EVERY == 0:
            check.observe(analysis.analyse(frame, embed=check.wants_template), frame)
            camera.show(check.prompt.command)
    return check


def distance_to_reference(analysis, check):
    photo = decode_image(reference_photo(SimulatedPerson.ASTRONAUT))
    return dist(analysis.describe(photo).template, mean_template(check.probe))


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
    SimulatedVariant.SWAP: (PadVerdict.ATTACK, "liveness.identity_changed"),
}


def test_the_genuine_customer_passes_and_matches_the_reference_photo(analysis):
    check = attempt(analysis, SimulatedVariant.GENUINE)
    assert (check.result().verdict, check.result().reason) == (
        PadVerdict.BONA_FIDE,
        "liveness.bona_fide",
    )
    assert distance_to_reference(analysis, check) < 0.2


def test_another_person_is_alive_but_not_the_one_of_the_reference_photo(analysis):
    check = attempt(analysis, SimulatedVariant.OTHER_PERSON)
    assert check.result().verdict is PadVerdict.BONA_FIDE
    assert distance_to_reference(analysis, check) > 0.6


@pytest.mark.parametrize("variant", EXPECTED, ids=str)
def test_no_attack_and_no_defect_passes_and_each_has_its_reason(analysis, variant):
    result = attempt(analysis, variant).result()
    assert (result.verdict, result.reason) == EXPECTED[variant]


def test_every_variant_has_an_expected_verdict():
    passing = {SimulatedVariant.GENUINE, SimulatedVariant.OTHER_PERSON}
    assert EXPECTED.keys() | passing == set(SimulatedVariant)
