"""Cohort normalisation: a distance judged against how near everybody else is to these two faces.

The descriptor model packs some populations closely together, so one raw threshold cannot be fair to
all of them. s = d(a, b) - (mean distance of a to its nearest cohort centroids + the same of b) / 2.
The cohort file is built by the bank from its own photos and holds k-means centroids, no person.
Without the file the raw distance is used with its own thresholds.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest
from math import dist, fsum

import msgspec

from vision.errors import ModelError, ModelTampered
from vision.results import FaceTemplate, ModelReference

__all__ = ["FORMAT", "Cohort", "encode_cohort", "load_cohort"]

FORMAT = "face-cohort/1"
ROLE = "cohort"
MILLION = 1_000_000
TEMPLATE_LENGTH = 128
LARGEST_FILE = 2_000_000
FEWEST_CENTROIDS = 32
MOST_CENTROIDS = 1024
LARGEST_COMPONENT_PPM = 2 * MILLION


class _CohortFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The file: thresholds belong to the cohort they were calibrated with."""

    format: str
    calibrated: str
    persons: int
    nearest: int
    match_ppm: int
    review_ppm: int
    centroids: list[list[int]]


@dataclass(frozen=True, slots=True)
class Cohort:
    """A calibrated cohort.

    centroids   templates of 128 floats
    nearest     how many of them are averaged
    match_ppm   normalised score of a MATCH at most; usually negative
    review_ppm  normalised score above which it is a NON_MATCH
    reference   what is written into a result that used it
    """

    centroids: tuple[FaceTemplate, ...]
    nearest: int
    match_ppm: int
    review_ppm: int
    reference: ModelReference

    def normalised(self, first: FaceTemplate, second: FaceTemplate) -> float:
        """Return the normalised score of two templates; smaller is more alike."""
        return dist(first, second) - (self._nearness(first) + self._nearness(second)) / 2

    def _nearness(self, template: FaceTemplate) -> float:
        distances = (dist(template, centroid) for centroid in self.centroids)
        return fsum(nsmallest(self.nearest, distances)) / self.nearest


def load_cohort(untrusted: bytes, sha256: str, name: str) -> Cohort:
    """Read a cohort file whose SHA-256 (hex) the settings pin.

    Raises ModelTampered for other bytes than the pinned ones, ModelError for a malformed file.
    """
    if hashlib.sha256(untrusted).hexdigest() != sha256:
        raise ModelTampered(name)
    if len(untrusted) > LARGEST_FILE:
        raise ModelError(f"{name}: too large")
    try:
        file = msgspec.json.decode(untrusted, type=_CohortFile)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ModelError(f"{name}: malformed") from error
    _check(file, name)
    centroids = tuple(
        tuple(component / MILLION for component in centroid) for centroid in file.centroids
    )
    return Cohort(
        centroids=centroids,
        nearest=file.nearest,
        match_ppm=file.match_ppm,
        review_ppm=file.review_ppm,
        reference=ModelReference(ROLE, name, sha256),
    )


def encode_cohort(
    centroids: Sequence[FaceTemplate],
    *,
    nearest: int,
    thresholds_ppm: tuple[int, int],
    calibrated: str,
    persons: int,
) -> bytes:
    """Return the file of a calibrated cohort: centroids, (match, review) thresholds, date, size."""
    file = _CohortFile(
        format=FORMAT,
        calibrated=calibrated,
        persons=persons,
        nearest=nearest,
        match_ppm=thresholds_ppm[0],
        review_ppm=thresholds_ppm[1],
        centroids=[[round(value * MILLION) for value in centroid] for centroid in centroids],
    )
    _check(file, "new cohort")
    return msgspec.json.encode(file)


def _check(file: _CohortFile, name: str) -> None:
    if file.format != FORMAT:
        raise ModelError(f"{name}: unknown format")
    if not FEWEST_CENTROIDS <= len(file.centroids) <= MOST_CENTROIDS:
        raise ModelError(f"{name}: number of centroids")
    if not 1 <= file.nearest <= len(file.centroids):
        raise ModelError(f"{name}: nearest")
    if file.review_ppm < file.match_ppm or abs(file.match_ppm) > LARGEST_COMPONENT_PPM:
        raise ModelError(f"{name}: thresholds")
    for centroid in file.centroids:
        if len(centroid) != TEMPLATE_LENGTH:
            raise ModelError(f"{name}: centroid length")
        if any(abs(component) > LARGEST_COMPONENT_PPM for component in centroid):
            raise ModelError(f"{name}: component")
