"""The helper attack in pixels and with the real models; benchmarks/measure_helper has hundreds."""

from dataclasses import replace

import pytest

from tests.support.vision.observations import QUALITY, RECOMMENDED
from tests.support.vision.splice import Splice, play, read_clip
from vision.analysis import InlineAnalysis
from vision.errors import ModelError
from vision.liveness.check import LivenessCheck
from vision.results import CommandOutcome, LivenessChallenge, LivenessCommand, PadVerdict

RIGHT, MOUTH, DOWN = (
    LivenessCommand.TURN_RIGHT,
    LivenessCommand.OPEN_MOUTH,
    LivenessCommand.LOOK_DOWN,
)
CHALLENGE = LivenessChallenge("0" * 32, (MOUTH, RIGHT, DOWN), (500, 500, 500))
UNBOUND = replace(
    RECOMMENDED,
    identity_ppm=1_999_999,
    identity_changed_ppm=1_999_999,
    session_deadline_ms=8_000,
)
"""Without the rule, and no longer than the first command takes."""
LIVE = replace(QUALITY, sharpness_ppm=1, brightness_min=20)
VICTIM, SPEAKER, TURNER = "df_lyn", "lp_d10", "ap_real"
LONGEST_S = 5


@pytest.fixture(scope="module")
def analysis():
    inline = InlineAnalysis()
    try:
        inline.start()
    except ModelError as missing:
        pytest.skip(missing.code)
    yield inline
    inline.close()


@pytest.fixture(scope="module")
def attack(samples, analysis):
    """A customer's resting video; one stranger speaks, another turns and looks down."""
    clips = {}
    for name in (VICTIM, SPEAKER, TURNER):
        path = samples / "media" / "video" / f"{name}.mp4"
        clips[name] = read_clip(path, analysis, longest_s=LONGEST_S) if path.exists() else None
    if not all(clips.values()):
        pytest.skip("the clips are not here")
    helpers = {MOUTH: clips[SPEAKER], RIGHT: clips[TURNER], DOWN: clips[TURNER]}
    return Splice.of(clips[VICTIM], helpers, RECOMMENDED)


def taken(attack, analysis, settings):
    check = LivenessCheck(
        CHALLENGE, settings, LIVE, attempt=1, simulated=True, models=analysis.models
    )
    return play(check, attack, analysis, seed=1)


def test_strangers_at_the_commands_are_found_by_the_first_of_them(attack, analysis):
    result = taken(attack, analysis, RECOMMENDED)
    assert (result.verdict, result.reason) == (PadVerdict.ATTACK, "liveness.identity_changed")
    assert result.commands[1].outcome is CommandOutcome.NOT_REACHED


def test_without_the_rule_the_strangers_would_have_performed_for_the_customer(attack, analysis):
    """The attack is a real one: what is asked for happens, and in order."""
    result = taken(attack, analysis, UNBOUND)
    assert result.commands[0].outcome is CommandOutcome.MET


def test_hiding_the_stranger_in_between_does_not_help(attack, analysis):
    result = taken(replace(attack, every=3), analysis, RECOMMENDED)
    assert result.verdict is not PadVerdict.BONA_FIDE
