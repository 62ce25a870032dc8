"""The manifest of face models: file, hash, licence, preprocessing and thresholds by role.

A threshold belongs to the model that it was measured with, so it stands in that model's row.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, ClassVar, Final, Literal

import msgspec

import resources
from vision.errors import ManifestRefused
from vision.results import ModelReference

__all__ = [
    "FORMAT",
    "MANIFEST_NAME",
    "Detector",
    "Eyes",
    "Landmarks",
    "Manifest",
    "Match",
    "ModelRow",
    "PresentationAttack",
    "SecondAlignment",
    "SecondMatch",
    "Tracker",
    "load_manifest",
    "parse_manifest",
]

FORMAT: Final = "face-models/1"
MANIFEST_NAME: Final = "models.toml"
_LARGEST_FILE: Final = 64_000
_MILLION: Final = 1_000_000

_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
# In a pattern `$` would let a line feed follow.
_Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\Z")]
# No dots: to find `a.b`, Python imports `a`.
_Module = Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z_][A-Za-z0-9_]{0,99})?\Z")]
_Inside = Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_][A-Za-z0-9_./-]{0,199})?\Z")]
_Size = Annotated[int, msgspec.Meta(gt=0, le=500_000_000)]
_Hash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Share = Annotated[int, msgspec.Meta(gt=0, lt=_MILLION)]
_Distance = Annotated[int, msgspec.Meta(gt=0, lt=2 * _MILLION)]
_Side = Annotated[int, msgspec.Meta(ge=32, le=1024)]
_Factor = Annotated[int, msgspec.Meta(ge=_MILLION, le=10 * _MILLION)]
_Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}\Z")]
_Output = Annotated[str, msgspec.Meta(max_length=100)]


class ModelRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is known of one model file.

    file           its name in the station's `models` folder
    module, path   the Python module that brings it, and where inside; the module is never imported.
                   Empty: the file lies in the station's folder only
    package        the distribution, for people and the table of licences
    size, sha256   octets and SHA-256 in hex; another file is refused
    licence        of the weights
    training_data  what is known of it
    calibrated     day on which the thresholds of this row were measured
    """

    role: ClassVar[str]

    file: _Name
    package: _Word
    module: _Module = ""
    path: _Inside = ""
    size: _Size
    sha256: _Hash
    licence: _Word
    training_data: _Word
    calibrated: _Day

    @property
    def reference(self) -> ModelReference:
        """Return what is written into every record of a result that used the model."""
        return ModelReference(self.role, self.file, self.sha256)


class Detector(ModelRow, frozen=True, kw_only=True):
    """Finds faces of every size and the five points that align a face for comparison.

    score_ppm   of a face at least
    search_px   width to which a frame is reduced before it is searched
    """

    role: ClassVar[str] = "detector"

    engine: Literal["yunet"]
    score_ppm: _Share
    search_px: _Side


class Tracker(ModelRow, frozen=True, kw_only=True):
    """Finds the large face of a frame cheaply; score_ppm of a face at least."""

    role: ClassVar[str] = "tracker"

    engine: Literal["blazeface_short"]
    score_ppm: _Share


class Landmarks(ModelRow, frozen=True, kw_only=True):
    """Places the points of the mesh.

    side_px           of the square input
    crop_ppm          side of the crop by the longer side of the face
    points, presence  names of the outputs; without a presence output (empty) the tracker decides
    presence_ppm      probability of a face at least
    """

    role: ClassVar[str] = "landmarks"

    engine: Literal["face_mesh"]
    side_px: _Side
    crop_ppm: _Factor
    points: _Word
    presence: _Output
    presence_ppm: _Share


class Eyes(ModelRow, frozen=True, kw_only=True):
    """Traces the lids; crop_ppm is the side of the crop by the distance of the eye's corners."""

    role: ClassVar[str] = "eyes"

    engine: Literal["iris_contour"]
    side_px: _Side
    crop_ppm: _Factor
    contour: _Word


class Match(ModelRow, frozen=True, kw_only=True):
    """Describes a face for comparison; distances are 1 - cosine, in millionths, 0 to 2.

    match_ppm   at most this: MATCH
    review_ppm  above this: NON_MATCH; between the two an officer compares the photos
    frames      live templates needed at least
    """

    role: ClassVar[str] = "match"

    engine: Literal["sface", "dlib_resnet"]
    match_ppm: _Distance
    review_ppm: _Distance
    frames: Annotated[int, msgspec.Meta(ge=1, le=20)]


class SecondMatch(ModelRow, frozen=True, kw_only=True):
    """Gives the independent opinion, which can lower a MATCH to a review and never raise one.

    review_ppm  distance, 1 - cosine in millionths, above which it does
    """

    role: ClassVar[str] = "second_match"

    engine: Literal["dlib_resnet"]
    review_ppm: _Distance


class SecondAlignment(ModelRow, frozen=True, kw_only=True):
    """Places the five points by which dlib cuts a face."""

    role: ClassVar[str] = "second_alignment"

    engine: Literal["dlib_five_points"]


class PresentationAttack(ModelRow, frozen=True, kw_only=True):
    """Judges whether the picture of a face is a picture of a picture.

    side_px      of the square input
    crop_ppm     side of the crop by the longer side of the face
    channels     their order
    scale_ppm    by which octets are multiplied, in millionths
    live_class   index of a living person in the output, of which the softmax is taken
    live_ppm     median probability of a living person at least
    frames       whose median is taken, at least
    every        which frames are looked at: each n-th
    """

    role: ClassVar[str] = "presentation_attack"

    engine: Literal["softmax_classifier"]
    side_px: _Side
    crop_ppm: _Factor
    channels: Literal["BGR", "RGB"]
    scale_ppm: Annotated[int, msgspec.Meta(gt=0, le=_MILLION)]
    live_class: Annotated[int, msgspec.Meta(ge=0, le=9)]
    live_ppm: _Share
    frames: Annotated[int, msgspec.Meta(ge=1, le=99)]
    every: Annotated[int, msgspec.Meta(ge=1, le=99)]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The models by role; only the presentation-attack model may be absent."""

    format: str
    detector: Detector
    tracker: Tracker
    landmarks: Landmarks
    eyes: Eyes
    match: Match
    second_match: SecondMatch
    second_alignment: SecondAlignment
    presentation_attack: PresentationAttack | None = None

    @property
    def rows(self) -> tuple[ModelRow, ...]:
        """Return the rows in the order of their roles."""
        always: tuple[ModelRow, ...] = (
            self.detector,
            self.tracker,
            self.landmarks,
            self.eyes,
            self.match,
            self.second_match,
            self.second_alignment,
        )
        return always if self.presentation_attack is None else (*always, self.presentation_attack)

    @property
    def references(self) -> tuple[ModelReference, ...]:
        """Return the references of all models, for the record."""
        return tuple(row.reference for row in self.rows)


def load_manifest(folder: Path | None = None) -> Manifest:
    """Return the manifest of a station's folder, or the shipped one. Raises ManifestRefused."""
    own = None if folder is None else folder / MANIFEST_NAME
    path = own if own is not None and own.exists() else resources.path("models", MANIFEST_NAME)
    try:
        with path.open("rb") as stream:
            written = stream.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise ManifestRefused(f"{MANIFEST_NAME}: {type(error).__name__}") from error
    return parse_manifest(written)


def parse_manifest(untrusted: bytes) -> Manifest:
    """Read a manifest strictly. Raises ManifestRefused with the place of the fault."""
    if len(untrusted) > _LARGEST_FILE:
        raise ManifestRefused("larger than a manifest can be")
    try:
        tables = tomllib.loads(untrusted.decode("utf-8"))
        manifest = msgspec.convert(tables, Manifest)
    except msgspec.ValidationError as error:
        raise ManifestRefused(str(error)) from None
    except (ValueError, RecursionError) as error:
        raise ManifestRefused("no TOML") from error
    if manifest.format != FORMAT:
        raise ManifestRefused(f"$.format is not {FORMAT}")
    if manifest.match.review_ppm < manifest.match.match_ppm:
        raise ManifestRefused("$.match.review_ppm is below $.match.match_ppm")
    for row in manifest.rows:
        if bool(row.module) != bool(row.path):
            raise ManifestRefused(f"$.{row.role}.path belongs to a module")
        if re.search(r"(^|/)\.\.?(/|$)", row.path):
            raise ManifestRefused(f"$.{row.role}.path leaves its package")
    return manifest
