"""1:1 comparison of the mean live template with one reference template."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot, isfinite

from vision.matching.settings import MatchSettings
from vision.results import (
    EvidenceFrame,
    FaceTemplate,
    MatchResult,
    MatchVerdict,
    ModelReference,
)
from vision.templates import cosine_distance, mean_template

__all__ = [
    "AUTHORITY",
    "NOT_COMPARED_PPM",
    "SecondOpinion",
    "compare",
    "evidence_digest",
    "judge_distance",
]

AUTHORITY = "local"
"""Who compared: this workstation, as opposed to the state identification centre."""

NOT_COMPARED_PPM = 10_000_000
"""Distance of a result without a comparison: larger than any two templates can be apart."""

TEMPLATE_LENGTH = 128
LENGTH_TOLERANCE = 1e-3
MILLION = 1_000_000

MATCH = "match.match"
NON_MATCH = "match.non_match"
UNDECIDED = "match.undecided"
TOO_FEW_FRAMES = "match.too_few_frames"
BAD_TEMPLATE = "match.bad_template"
SECOND_OPINION = "match.second_opinion"


def evidence_digest(frames: Iterable[EvidenceFrame]) -> str:
    """Return SHA-256 over the frames' own SHA-256 digests, in order; hex."""
    digest = hashlib.sha256()
    for frame in frames:
        digest.update(bytes.fromhex(frame.sha256))
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What another, independent model says of the same two faces.

    distance_ppm  cosine distance; NOT_COMPARED_PPM when it saw no face
    review_ppm    above this a MATCH goes to an officer
    """

    distance_ppm: int
    review_ppm: int


def compare(
    probe: tuple[FaceTemplate, ...],
    reference: FaceTemplate,
    settings: MatchSettings,
    *,
    probe_sha256: str,
    reference_sha256: str,
    models: tuple[ModelReference, ...],
    second: SecondOpinion,
) -> MatchResult:
    """Compare the mean of the live templates with the reference.

    Fewer templates than `settings.frames`, or one that is not 128 finite numbers of length one, is
    UNDECIDED with the distance NOT_COMPARED_PPM.
    """
    distance_ppm = NOT_COMPARED_PPM
    if not all(_is_template(each) for each in (*probe, reference)):
        verdict, reason = MatchVerdict.UNDECIDED, BAD_TEMPLATE
    elif len(probe) < settings.frames:
        verdict, reason = MatchVerdict.UNDECIDED, TOO_FEW_FRAMES
    else:
        distance_ppm = round(max(0.0, cosine_distance(mean_template(probe), reference)) * MILLION)
        verdict, reason = judge_distance(distance_ppm, settings, second)
    return MatchResult(
        verdict=verdict,
        reason=reason,
        distance_ppm=distance_ppm,
        match_threshold_ppm=settings.match_ppm,
        review_threshold_ppm=settings.review_ppm,
        second_distance_ppm=second.distance_ppm,
        second_threshold_ppm=second.review_ppm,
        frames=len(probe),
        probe_sha256=probe_sha256,
        reference_sha256=reference_sha256,
        authority=AUTHORITY,
        models=models,
    )


def judge_distance(
    distance_ppm: int, settings: MatchSettings, second: SecondOpinion
) -> tuple[MatchVerdict, str]:
    """Return what a distance says under these thresholds, and its stable reason.

    The second opinion can lower a MATCH to UNDECIDED and changes nothing else.
    """
    if distance_ppm > settings.review_ppm:
        return MatchVerdict.NON_MATCH, NON_MATCH
    if distance_ppm > settings.match_ppm:
        return MatchVerdict.UNDECIDED, UNDECIDED
    if second.distance_ppm > second.review_ppm:
        return MatchVerdict.UNDECIDED, SECOND_OPINION
    return MatchVerdict.MATCH, MATCH


def _is_template(template: FaceTemplate) -> bool:
    return (
        len(template) == TEMPLATE_LENGTH
        and all(isfinite(value) for value in template)
        and abs(hypot(*template) - 1) < LENGTH_TOLERANCE
    )
