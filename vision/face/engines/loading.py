"""All models of the manifest, verified and loaded, each in the engine of its role."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from vision.errors import ModelUnusable
from vision.face.engines.blazeface import BlazeFace
from vision.face.engines.crops import Crop
from vision.face.engines.descriptor import Descriptor
from vision.face.engines.dlib_resnet import DlibResnet
from vision.face.engines.eyes import EyeContour
from vision.face.engines.mesh import FaceMesh
from vision.face.engines.presentation_attack import PresentationAttackNet
from vision.face.engines.sface import SFace
from vision.face.engines.yunet import YuNet
from vision.face.geometry import LANDMARK_COUNT, jaw_width
from vision.models.files import read_model, verify_model
from vision.models.manifest import (
    Detector,
    Eyes,
    Landmarks,
    Manifest,
    Match,
    ModelRow,
    PresentationAttack,
    SecondAlignment,
    SecondMatch,
    Tracker,
)

__all__ = ["FaceEngines", "load_engines"]

_BLANK: Final = np.zeros((64, 64, 3), np.uint8)
_NO_FACE: Final = np.zeros((LANDMARK_COUNT, 2))


@dataclass(frozen=True, slots=True, eq=False)
class FaceEngines:
    """The loaded engines by role; not thread-safe."""

    manifest: Manifest
    detector: YuNet
    tracker: BlazeFace
    mesh: FaceMesh
    eyes: EyeContour
    match: Descriptor
    second: Descriptor
    presentation_attack: PresentationAttackNet | None = None


def load_engines(manifest: Manifest, folder: Path | None = None) -> FaceEngines:
    """Verify, load and run once every model of a manifest; `folder` may have the station's own.

    Takes most of a second of CPU, so never on the UI thread. Raises ModelMissing, ModelTampered, or
    ModelUnusable for a pinned file that is not what its row says.
    """
    # OpenCV warns of every network that a processor runs it; nothing is wrong.
    spoken = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    try:
        detector = _load_detector(manifest.detector, folder)
        tracker = _load_tracker(manifest.tracker, folder)
        mesh = _load_mesh(manifest.landmarks, folder)
        eyes = _load_eyes(manifest.eyes, folder)
        second = _load_dlib(manifest.second_match, manifest.second_alignment, folder)
        return FaceEngines(
            manifest=manifest,
            detector=detector,
            tracker=tracker,
            mesh=mesh,
            eyes=eyes,
            match=_load_match(manifest, folder, detector, second),
            second=second,
            presentation_attack=_load_presentation_attack(manifest.presentation_attack, folder),
        )
    finally:
        cv2.utils.logging.setLogLevel(spoken)


@contextlib.contextmanager
def _require_usable(*rows: ModelRow) -> Iterator[None]:
    """Say which pinned file its engine cannot run, or gives other outputs than its row names."""
    try:
        yield
    except (cv2.error, IndexError, RuntimeError, ValueError) as error:
        raise ModelUnusable(", ".join(row.file for row in rows)) from error


def _load_detector(row: Detector, folder: Path | None) -> YuNet:
    model = read_model(row, folder)
    with _require_usable(row):
        detector = YuNet(model, row.score_ppm)
        detector.find(_BLANK)
    return detector


def _load_tracker(row: Tracker, folder: Path | None) -> BlazeFace:
    model = verify_model(row, folder)
    with _require_usable(row):
        tracker = BlazeFace(model, row.score_ppm)
        tracker.find(_BLANK)
    return tracker


def _load_mesh(row: Landmarks, folder: Path | None) -> FaceMesh:
    model = verify_model(row, folder)
    with _require_usable(row):
        mesh = FaceMesh(model, row)
        jaw_width(mesh.place(_BLANK, Crop((0.0, 0.0), 1.0))[0])
    return mesh


def _load_eyes(row: Eyes, folder: Path | None) -> EyeContour:
    model = verify_model(row, folder)
    with _require_usable(row):
        eyes = EyeContour(model, row)
        eyes.openings(_BLANK, _NO_FACE)
    return eyes


def _load_dlib(
    row: SecondMatch | Match, alignment_row: SecondAlignment, folder: Path | None
) -> DlibResnet:
    model, alignment = verify_model(row, folder), verify_model(alignment_row, folder)
    with _require_usable(row, alignment_row):
        return DlibResnet(model, alignment)


def _load_match(
    manifest: Manifest, folder: Path | None, detector: YuNet, second: DlibResnet
) -> Descriptor:
    row = manifest.match
    match row.engine:
        case "sface":
            model = read_model(row, folder)
            with _require_usable(row):
                return SFace(model, detector)
        case "dlib_resnet" if row.sha256 == manifest.second_match.sha256:
            return second
        case "dlib_resnet":
            return _load_dlib(row, manifest.second_alignment, folder)


def _load_presentation_attack(
    row: PresentationAttack | None, folder: Path | None
) -> PresentationAttackNet | None:
    if row is None:
        return None
    model = read_model(row, folder)
    with _require_usable(row):
        net = PresentationAttackNet(model, row)
        net.live_probability(_BLANK, _NO_FACE)
    return net
