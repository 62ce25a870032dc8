from dataclasses import fields, replace

from tests.support.vision.observations import (
    FRAME_MS,
    RECOMMENDED,
    Pose,
    blinking,
    frame_of,
    noise,
    seen,
)
from tests.support.vision.renderings import flat
from vision.frame import Frame
from vision.liveness.passive import NO_CHALLENGE, observe_clip
from vision.results import LivenessCommand, PadVerdict


def clip(pose_at, *, length_ms=8_000, **changes):
    return paired(seen(at, pose_at(at), **changes) for at in range(0, length_ms, FRAME_MS))


def paired(observations):
    return [(each, frame_of(each)) for each in observations]


def nodding_off(at_ms):
    """Turn left in the third second, open the mouth in the fifth."""
    if 2_000 <= at_ms < 3_000:
        return Pose(yaw=25)
    return Pose(mouth=0.9) if 4_000 <= at_ms < 5_000 else blinking(at_ms, Pose())


def test_a_living_clip_is_undecided_because_nobody_asked_anything():
    report = observe_clip(clip(nodding_off), RECOMMENDED)
    assert (report.verdict, report.reason) == (PadVerdict.UNDECIDED, NO_CHALLENGE)
    assert report.blinks >= 2
    assert report.obeyed == (LivenessCommand.TURN_LEFT, LivenessCommand.OPEN_MOUTH)
    assert report.turn.most_ppm > RECOMMENDED.turn_ppm
    assert report.parallax.most_ppm > RECOMMENDED.parallax_ppm
    assert report.frames == report.with_face
    assert report.duration_ms > 7_900


def test_a_waved_print_is_an_attack():
    """The print's pixels stay a plane while the mesh believes that a head turns."""

    def waved(at_ms):
        tilt = 0.3 if at_ms // 1_000 % 2 else 0.0
        observation, frame = flat(tilt, 0, 1.0, seed=at_ms % 5)
        turned = replace(seen(at_ms), landmarks=observation.landmarks, turn=tilt * 0.6)
        return turned, Frame(at_ms, at_ms * 1_000_000, frame.pixels)

    report = observe_clip([waved(at) for at in range(0, 8_000, FRAME_MS)], RECOMMENDED)
    assert (report.verdict, report.reason) == (PadVerdict.ATTACK, "liveness.flat")
    assert report.blinks == 0
    assert report.obeyed == ()


def test_a_still_image_is_frozen():
    report = observe_clip(clip(lambda _: Pose(), thumbnail=noise(1)), RECOMMENDED)
    assert (report.verdict, report.reason) == (PadVerdict.ATTACK, "liveness.frozen")


def test_a_repeated_clip_is_looped():
    frames = [
        seen(at, blinking(at, Pose()), thumbnail=noise(at % (FRAME_MS * 90)))
        for at in range(0, 9_000, FRAME_MS)
    ]
    report = observe_clip(paired(frames), RECOMMENDED)
    assert (report.verdict, report.reason) == (PadVerdict.ATTACK, "liveness.looped")


def test_a_clip_without_a_face_or_without_frames_says_so():
    empty = observe_clip([], RECOMMENDED)
    assert (empty.verdict, empty.reason, empty.frames) == (
        PadVerdict.UNDECIDED,
        "liveness.no_face",
        0,
    )
    nobody = observe_clip(clip(lambda _: Pose(), faces=0), RECOMMENDED)
    assert nobody.reason == "liveness.no_face"
    assert nobody.turn is None


def test_no_clip_is_ever_bona_fide():
    verdicts = {
        observe_clip(clip(pose_at), RECOMMENDED).verdict
        for pose_at in (nodding_off, lambda _: Pose(), lambda at: blinking(at, Pose()))
    }
    assert PadVerdict.BONA_FIDE not in verdicts


def test_the_report_holds_no_float():
    report = observe_clip(clip(nodding_off), RECOMMENDED)
    assert not any(isinstance(getattr(report, each.name), float) for each in fields(report))
