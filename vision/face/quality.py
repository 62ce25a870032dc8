"""Is this face fit to be judged: one finding per defect, so that the teller knows what to say.

The same measures serve a live frame and a reference photo; only the bounds differ, and they come
from the policy. Where they fit, defects are those of ISO/IEC 29794-5: background and illumination
uniformity, over- and under-exposure, dynamic range, sharpness, unique face, eyes open, occlusion of
eyes and mouth, inter-eye size, position in the frame and pose.
"""

from dataclasses import dataclass
from math import atan2, degrees
from typing import Final

import numpy as np

from vision.face.geometry import EYE_OUTER_LEFT, EYE_OUTER_RIGHT, mean_opening
from vision.results import FaceObservation, QualityFinding, QualityReport, Status

__all__ = ["QualitySettings", "assess"]

_PPM = 1_000_000
_THUMBNAIL: Final = (80, 60)
_FEWEST_AROUND: Final = 200
# Hair above and shoulders below belong to the person, not to what is behind.
_HAIR, _SHOULDERS = 0.3, 0.4


@dataclass(frozen=True, slots=True)
class QualitySettings:
    """Bounds of an acceptable face; no defaults.

    jaw_width_px       width of the jaw at least, pixels
    turn_ppm           |nose ratio| of a frontal face at most, parts per million
    roll_degrees       tilt of the eye line at most; beyond it the picture lies on its side
    margin_ppm         distance of the face from every edge, in frame widths, at least
    brightness_min, brightness_max  mean luma of the face, 0..255
    contrast_ppm       of the face's own light and shadow at least
    glare_ppm          share of blown-out pixels at most
    back_light_ppm     how many times brighter the surroundings are from which on they are the
                       cause of a face that is dark, flat, blurred or doubtful
    relief_ppm         deviation of eyes and mouth by the face's tones at least: uncovered
    eye_opening_ppm    mean opening of both eyes at least; 0 where a blink is none
    sharpness_ppm      strength of the face's edges by its range of tones at least
    score_ppm          detector confidence at least, parts per million
    """

    jaw_width_px: int
    turn_ppm: int
    roll_degrees: int
    margin_ppm: int
    brightness_min: int
    brightness_max: int
    contrast_ppm: int
    glare_ppm: int
    back_light_ppm: int
    relief_ppm: int
    eye_opening_ppm: int
    sharpness_ppm: int
    score_ppm: int


def assess(observation: FaceObservation, settings: QualitySettings) -> QualityReport:
    """Return every condition with its measure and bound; PASSED when all of them are.

    Values and bounds are in millionths of their unit. Without a face there is only `no_face`,
    and `too_dark` when the whole picture is: that is then the likely cause. A picture on its side
    is judged in nothing else. Light from behind explains the defects that it brings, which are
    INDETERMINATE then.
    """
    if observation.faces == 0 or observation.box is None:
        findings = [_at_least("no_face", 0, _PPM)]
        if observation.brightness < settings.brightness_min:
            findings.append(
                _at_least("too_dark", observation.brightness * _PPM, settings.brightness_min * _PPM)
            )
        return _report(findings)
    found = _at_least("no_face", observation.faces * _PPM, _PPM)
    sideways = _at_most("sideways", _roll(observation) * _PPM, settings.roll_degrees * _PPM)
    if sideways.status is not Status.PASSED:
        return _report([found, sideways])
    opening = mean_opening(observation.eye_opening)
    return _report(
        [
            found,
            _at_most("several_faces", observation.faces * _PPM, _PPM),
            sideways,
            _at_least("face_too_small", observation.jaw_width * _PPM, settings.jaw_width_px * _PPM),
            _position(observation, settings),
            _at_most("not_frontal", abs(observation.turn) * _PPM, settings.turn_ppm),
            *_light(observation, settings),
            _at_most("too_bright", observation.brightness * _PPM, settings.brightness_max * _PPM),
            _at_most("glare", observation.glare * _PPM, settings.glare_ppm),
            _at_least("eyes_closed", opening * _PPM, settings.eye_opening_ppm),
        ]
    )


def _light(observation: FaceObservation, settings: QualitySettings) -> list[QualityFinding]:
    """Judge light from behind and what it brings about."""
    findings = [
        _at_least("too_dark", observation.brightness * _PPM, settings.brightness_min * _PPM),
        _at_least("low_contrast", observation.contrast * _PPM, settings.contrast_ppm),
        _at_least("occluded", observation.relief * _PPM, settings.relief_ppm),
        _at_least("blurred", observation.sharpness * _PPM, settings.sharpness_ppm),
        _at_least("low_confidence", observation.score * _PPM, settings.score_ppm),
    ]
    value, bound = round(_brighter_behind(observation) * _PPM), settings.back_light_ppm
    if value < bound or all(each.status is Status.PASSED for each in findings):
        return [QualityFinding("back_light", Status.PASSED, value, bound), *findings]
    explained = [
        each
        if each.status is Status.PASSED
        else QualityFinding(each.code, Status.INDETERMINATE, each.value_ppm, each.threshold_ppm)
        for each in findings
    ]
    return [QualityFinding("back_light", Status.FAILED, value, bound), *explained]


def _position(observation: FaceObservation, settings: QualitySettings) -> QualityFinding:
    """Judge the least distance of the face from an edge; a defect is called by the direction.

    Left and right are the customer's own.
    """
    width, height = observation.frame_size
    left, top, right, bottom = observation.box or (0, 0, 0, 0)
    room = {
        "too_far_right": left,
        "too_far_left": width - right,
        "too_high": top,
        "too_low": height - bottom,
    }
    code = min(room, key=lambda each: room[each])
    value = round(room[code] * _PPM / max(width, 1))
    if value >= settings.margin_ppm:
        return QualityFinding("off_centre", Status.PASSED, value, settings.margin_ppm)
    return QualityFinding(code, Status.FAILED, value, settings.margin_ppm)


def _roll(observation: FaceObservation) -> float:
    """Return the tilt of the eye line in degrees, 0..180."""
    (x, y), (far_x, far_y) = (
        observation.landmarks[index] for index in (EYE_OUTER_LEFT, EYE_OUTER_RIGHT)
    )
    return abs(degrees(atan2(far_y - y, far_x - x)))


def _brighter_behind(observation: FaceObservation) -> float:
    """Return the mean luma around the person / that of the face; 0 where nothing is around."""
    width, height = observation.frame_size
    left, top, right, bottom = observation.box or (0, 0, 0, 0)
    across, down = _THUMBNAIL[0] / max(width, 1), _THUMBNAIL[1] / max(height, 1)
    face = right - left
    columns = slice(
        max(0, round((left - _SHOULDERS * face) * across)),
        max(0, round((right + _SHOULDERS * face) * across)),
    )
    around = np.ones(_THUMBNAIL[::-1], dtype=bool)
    around[max(0, round((top - _HAIR * (bottom - top)) * down)) :, columns] = False
    if around.sum() < _FEWEST_AROUND:
        return 0.0
    luma = np.frombuffer(observation.thumbnail, np.uint8).reshape(_THUMBNAIL[::-1])
    return float(luma[around].mean()) / max(observation.brightness, 1.0)


def _report(findings: list[QualityFinding]) -> QualityReport:
    passed = all(finding.status is Status.PASSED for finding in findings)
    return QualityReport(Status.PASSED if passed else Status.FAILED, tuple(findings))


def _at_least(code: str, value: float, bound: int) -> QualityFinding:
    status = Status.PASSED if value >= bound else Status.FAILED
    return QualityFinding(code, status, round(value), bound)


def _at_most(code: str, value: float, bound: int) -> QualityFinding:
    status = Status.PASSED if value <= bound else Status.FAILED
    return QualityFinding(code, status, round(value), bound)
