"""The error card: what a comparing model did on labelled pairs, in counts with exact bounds.

Counts are false matches of different people and false non-matches of one person (ISO/IEC 19795-1);
split by every label that the pairs carry, such as group, sex, age or the age of the reference.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from vision.errors import VisionSettingsRefused
from vision.matching.calibration import equal_error_rate, error_counts, threshold_at
from vision.matching.exact_bounds import exact_bounds
from vision.results import ModelReference

__all__ = [
    "FORMAT",
    "ErrorCard",
    "ErrorGroup",
    "ScoredPair",
    "Zone",
    "build_card",
    "propose_thresholds",
    "read_card",
]

FORMAT: Final = "face-error-card/1"
_MILLION: Final = 1_000_000
_LARGEST_FILE: Final = 1_000_000
_DET: Final = range(300_000, 910_000, 10_000)
_REVIEW_TIMES: Final = 10


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """Two photos: their distance, whether they show one person, and the labels of the pair."""

    distance: float
    same: bool
    labels: Mapping[str, str]


class Zone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a threshold does: counts, and exact 95 % bounds of both rates in millionths."""

    threshold_ppm: int
    false_matches: int
    false_match_ppm: tuple[int, int]
    false_non_matches: int
    false_non_match_ppm: tuple[int, int]


class ErrorGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The pairs with one value of one label; `label` is empty for all of them.

    equal_error_ppm  None where pairs of one kind are missing
    """

    label: str
    value: str
    genuine: int
    impostors: int
    equal_error_ppm: int | None
    match: Zone
    review: Zone


class ErrorCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The card.

    match_ppm, review_ppm  the thresholds that the card is about
    groups                 all pairs first, then by label and value
    det                    threshold, false matches and false non-matches of all pairs
    left_out               pairs of which a photo showed no face
    """

    format: str
    day: str
    pairs: str
    model: str
    model_sha256: str
    match_ppm: int
    review_ppm: int
    left_out: int
    groups: tuple[ErrorGroup, ...]
    det: tuple[tuple[int, int, int], ...]


def propose_thresholds(pairs: Iterable[ScoredPair], false_match_ppm: int) -> tuple[int, int]:
    """Return the match threshold for a false match rate, and the review threshold for ten times it.

    Raises SettingsRefused with too few pairs of different people for the rate.
    """
    impostors = [pair.distance for pair in pairs if not pair.same]
    match = threshold_at(impostors, false_match_ppm)
    review = threshold_at(impostors, min(_MILLION, false_match_ppm * _REVIEW_TIMES))
    if match < 1:
        raise VisionSettingsRefused("different people are no distance apart")
    return match, review


def build_card(
    pairs: Sequence[ScoredPair],
    thresholds_ppm: tuple[int, int],
    *,
    day: str,
    source: str,
    model: ModelReference,
    left_out: int,
) -> ErrorCard:
    """Return the card of the pairs at (match, review); `source` names what they were."""
    split: dict[tuple[str, str], list[ScoredPair]] = {("", ""): list(pairs)}
    for pair in pairs:
        for label, value in pair.labels.items():
            split.setdefault((label, value), []).append(pair)
    ours, theirs = _distances(pairs)
    det = (error_counts(ours, theirs, threshold) for threshold in _DET)
    return ErrorCard(
        format=FORMAT,
        day=day,
        pairs=source,
        model=model.name,
        model_sha256=model.sha256,
        match_ppm=thresholds_ppm[0],
        review_ppm=thresholds_ppm[1],
        left_out=left_out,
        groups=tuple(
            _group(label, value, members, thresholds_ppm)
            for (label, value), members in sorted(split.items())
        ),
        det=tuple((each.threshold_ppm, each.false_matches, each.false_non_matches) for each in det),
    )


def read_card(untrusted: bytes) -> ErrorCard:
    """Read a card's JSON strictly. Raises SettingsRefused."""
    if len(untrusted) > _LARGEST_FILE:
        raise VisionSettingsRefused("larger than an error card can be")
    try:
        card = msgspec.json.decode(untrusted, type=ErrorCard)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise VisionSettingsRefused("no error card") from error
    if card.format != FORMAT:
        raise VisionSettingsRefused(f"format is not {FORMAT}")
    return card


def _distances(pairs: Sequence[ScoredPair]) -> tuple[list[float], list[float]]:
    return (
        [pair.distance for pair in pairs if pair.same],
        [pair.distance for pair in pairs if not pair.same],
    )


def _group(
    label: str, value: str, members: Sequence[ScoredPair], thresholds_ppm: tuple[int, int]
) -> ErrorGroup:
    genuine, impostors = _distances(members)
    both = bool(genuine) and bool(impostors)
    rate = round(equal_error_rate(genuine, impostors) * _MILLION) if both else None
    match, review = (_zone(genuine, impostors, threshold) for threshold in thresholds_ppm)
    return ErrorGroup(label, value, len(genuine), len(impostors), rate, match, review)


def _zone(genuine: Sequence[float], impostors: Sequence[float], threshold_ppm: int) -> Zone:
    counts = error_counts(genuine, impostors, threshold_ppm)
    return Zone(
        threshold_ppm,
        counts.false_matches,
        _bounds_ppm(counts.false_matches, counts.impostors),
        counts.false_non_matches,
        _bounds_ppm(counts.false_non_matches, counts.genuine),
    )


def _bounds_ppm(errors: int, trials: int) -> tuple[int, int]:
    low, high = exact_bounds(errors, trials)
    return round(low * _MILLION), round(high * _MILLION)
