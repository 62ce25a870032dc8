"""All models of the manifest, verified and loaded, each in the engine of its role."""

from dataclasses import dataclass
from pathlib import Path

import cv2

from vision.errors import ModelTampered
from vision.face.engines.blazeface import BlazeFace
from vision.face.engines.descriptor import Descriptor
from vision.face.engines.dlib_resnet import DlibResnet
from vision.face.engines.eyes import EyeContour
from vision.face.engines.mesh import FaceMesh
from vision.face.engines.presentation_attack import PresentationAttackNet
from vision.face.engines.sface import SFace
from vision.face.engines.yunet import YuNet
from vision.models.files import read_model, verify_model
from vision.models.manifest import Manifest

__all__ = ["FaceEngines", "load_engines"]


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
    """Verify and load every model of a manifest; `folder` may have files of the station's own.

    Takes most of a second of CPU, so never on the UI thread. Raises ModelMissing or ModelTampered.
    """
    # OpenCV warns of every network that a processor runs it; nothing is wrong.
    spoken = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    try:
        detector = YuNet(read_model(manifest.detector, folder), manifest.detector.score_ppm)
        second = DlibResnet(
            verify_model(manifest.second_match, folder),
            verify_model(manifest.second_alignment, folder),
        )
        return FaceEngines(
            manifest=manifest,
            detector=detector,
            tracker=BlazeFace(verify_model(manifest.tracker, folder), manifest.tracker.score_ppm),
            mesh=FaceMesh(verify_model(manifest.landmarks, folder), manifest.landmarks),
            eyes=EyeContour(verify_model(manifest.eyes, folder), manifest.eyes),
            match=_load_match(manifest, folder, detector, second),
            second=second,
            presentation_attack=_load_presentation_attack(manifest, folder),
        )
    except cv2.error as error:
        # The octets are the pinned ones: the manifest pins a file that its engine cannot use.
        raise ModelTampered("OpenCV cannot read it") from error
    finally:
        cv2.utils.logging.setLogLevel(spoken)


def _load_presentation_attack(
    manifest: Manifest, folder: Path | None
) -> PresentationAttackNet | None:
    row = manifest.presentation_attack
    return None if row is None else PresentationAttackNet(read_model(row, folder), row)


def _load_match(
    manifest: Manifest, folder: Path | None, detector: YuNet, second: DlibResnet
) -> Descriptor:
    row = manifest.match
    match row.engine:
        case "sface":
            return SFace(read_model(row, folder), detector)
        case "dlib_resnet" if row.sha256 == manifest.second_match.sha256:
            return second
        case "dlib_resnet":
            return DlibResnet(
                verify_model(row, folder), verify_model(manifest.second_alignment, folder)
            )
