"""Is this face fit to be judged: one finding per defect, so that the teller knows what to say.

The same measures serve a live frame and a reference photo; only the bounds differ, and they come
from the policy.
"""

from dataclasses import dataclass

from vision.results import FaceObservation, QualityFinding, QualityReport, Status

__all__ = ["QualitySettings", "assess"]

_PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class QualitySettings:
    """Bounds of an acceptable face; no defaults.

    jaw_width_px       width of the jaw at least, pixels
    turn_ppm           |nose ratio| of a frontal face at most, parts per million
    brightness_min, brightness_max  mean luma of the face, 0..255
    sharpness_min      variance of the Laplacian of the 128x128 face crop
    score_ppm          detector confidence at least, parts per million
    """

    jaw_width_px: int
    turn_ppm: int
    brightness_min: int
    brightness_max: int
    sharpness_min: int
    score_ppm: int


def assess(observation: FaceObservation, settings: QualitySettings) -> QualityReport:
    """Return every condition with its measure and bound; PASSED when all of them are.

    Values and bounds are in millionths of their unit. Without a face there is only `no_face`,
    and `too_dark` when the whole picture is: that is then the likely cause.
    """
    if observation.faces == 0:
        findings = [_at_least("no_face", 0, _PPM)]
        if observation.brightness < settings.brightness_min:
            findings.append(
                _at_least("too_dark", observation.brightness * _PPM, settings.brightness_min * _PPM)
            )
        return _report(findings)
    return _report(
        [
            _at_least("no_face", observation.faces * _PPM, _PPM),
            _at_most("several_faces", observation.faces * _PPM, _PPM),
            _at_least("face_too_small", observation.jaw_width * _PPM, settings.jaw_width_px * _PPM),
            _at_most("not_frontal", abs(observation.turn) * _PPM, settings.turn_ppm),
            _at_least("too_dark", observation.brightness * _PPM, settings.brightness_min * _PPM),
            _at_most("too_bright", observation.brightness * _PPM, settings.brightness_max * _PPM),
            _at_least("blurred", observation.sharpness * _PPM, settings.sharpness_min * _PPM),
            _at_least("low_confidence", observation.score * _PPM, settings.score_ppm),
        ]
    )


def _report(findings: list[QualityFinding]) -> QualityReport:
    passed = all(finding.status is Status.PASSED for finding in findings)
    return QualityReport(Status.PASSED if passed else Status.FAILED, tuple(findings))


def _at_least(code: str, value: float, bound: int) -> QualityFinding:
    status = Status.PASSED if value >= bound else Status.FAILED
    return QualityFinding(code, status, round(value), bound)


def _at_most(code: str, value: float, bound: int) -> QualityFinding:
    status = Status.PASSED if value <= bound else Status.FAILED
    return QualityFinding(code, status, round(value), bound)
