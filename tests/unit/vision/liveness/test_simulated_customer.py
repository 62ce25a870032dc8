from dataclasses import replace

import pytest

from tests.support.vision.attempts import attempt
from tests.support.vision.observations import QUALITY, RECOMMENDED
from vision.camera.simulated import SimulatedPerson, SimulatedVariant, reference_photo
from vision.matching.comparison import compare, evidence_digest
from vision.matching.reference import ReferenceProvenance, load_reference
from vision.matching.settings import MatchSettings
from vision.results import CommandOutcome, MatchVerdict, PadVerdict
from vision.worker import InlineAnalysis

MATCHING = MatchSettings(match_ppm=400_000, review_ppm=500_000, frames=5)

IMPATIENT = replace(
    RECOMMENDED,
    pause_most_ms=800,
    position_deadline_ms=2_000,
    command_deadline_ms=4_000,
    neutral_deadline_ms=2_000,
    blink_extra_ms=500,
)
"""Shorter deadlines, so that waiting in vain does not cost the tests half a minute."""


@pytest.fixture(scope="module")
def analysis():
    inline = InlineAnalysis()
    inline.start()
    yield inline
    inline.close()


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


@pytest.mark.parametrize(
    ("variant", "verdict", "reason"),
    [
        (SimulatedVariant.PRINTED_PHOTO, PadVerdict.ATTACK, "liveness.flat"),
        (SimulatedVariant.LOOPED_VIDEO, PadVerdict.ATTACK, "liveness.looped"),
        (SimulatedVariant.FROZEN, PadVerdict.ATTACK, "liveness.frozen"),
        (SimulatedVariant.SWAP, PadVerdict.ATTACK, "liveness.identity_changed"),
    ],
)
def test_an_attack_on_the_camera_is_never_bona_fide(analysis, variant, verdict, reason):
    result = attempt(variant, 1, analysis, IMPATIENT).result
    assert (result.verdict, result.reason) == (verdict, reason)


def test_a_recording_that_was_not_made_for_this_challenge_does_not_obey_it(analysis):
    result = attempt(SimulatedVariant.SCREEN_REPLAY, 1, analysis, IMPATIENT).result
    assert result.verdict is PadVerdict.UNDECIDED
    assert result.reason in {"liveness.wrong_action", "liveness.timed_out"}


@pytest.mark.parametrize(
    ("variant", "reason"),
    [
        (SimulatedVariant.NO_FACE, "liveness.no_face"),
        (SimulatedVariant.TWO_FACES, "liveness.second_face"),
        (SimulatedVariant.TOO_DARK, "liveness.too_dark"),
        (SimulatedVariant.NO_BLINK, "liveness.no_blink"),
    ],
)
def test_a_customer_who_cannot_be_judged_is_undecided_for_a_named_reason(analysis, variant, reason):
    result = attempt(variant, 1, analysis, IMPATIENT).result
    assert (result.verdict, result.reason) == (PadVerdict.UNDECIDED, reason)
