"""Finds the dlib model files and refuses any whose content is not the pinned one.

The files come with the package face_recognition_models. That package is located, never imported:
importing it runs pkg_resources, which current setuptools no longer has.
"""

import contextlib
import hashlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from vision.errors import ModelMissing, ModelTampered
from vision.results import ModelReference

__all__ = [
    "FACE_MODELS",
    "FaceModels",
    "ModelFile",
    "ModelRole",
    "load_face_models",
    "model_directory",
    "model_references",
]

MODEL_PACKAGE = "face_recognition_models"
HASH_CHUNK = 1 << 20


class ModelRole(StrEnum):
    """What a model is used for."""

    DETECTION = "face_detection"
    LANDMARKS = "face_landmarks"
    DESCRIPTOR = "face_descriptor"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model file: role, file name, size in bytes, SHA-256 in hex."""

    role: ModelRole
    name: str
    size: int
    sha256: str


FACE_MODELS = (
    ModelFile(
        ModelRole.LANDMARKS,
        "shape_predictor_68_face_landmarks.dat",
        99_693_937,
        "fbdc2cb80eb9aa7a758672cbfdda32ba6300efe9b6e6c7a299ff7e736b11b92f",
    ),
    ModelFile(
        ModelRole.DESCRIPTOR,
        "dlib_face_recognition_resnet_model_v1.dat",
        22_466_066,
        "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
    ),
)
"""The files of face-recognition-models 0.3.0 in use. The 68-point model was trained on iBUG 300-W,
whose licence excludes commercial use: a product needs the bank's own licence or another model."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceModels:
    """The loaded dlib objects; not thread-safe, about 110 MB.

    detector    dlib.fhog_object_detector, compiled into dlib
    landmarks   dlib.shape_predictor, 68 points
    descriptor  dlib.face_recognition_model_v1, 128 floats
    references  what goes into every record
    """

    detector: Any
    landmarks: Any
    descriptor: Any
    references: tuple[ModelReference, ...]


def model_directory() -> Path:
    """Return the folder with the .dat files. Raises ModelMissing when the package is absent."""
    spec = importlib.util.find_spec(MODEL_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelMissing(MODEL_PACKAGE)
    return Path(spec.submodule_search_locations[0]) / "models"


def model_references(files: Iterable[ModelFile] = FACE_MODELS) -> tuple[ModelReference, ...]:
    """Return the pinned references without reading or loading anything."""
    return (
        ModelReference(ModelRole.DETECTION, "dlib.get_frontal_face_detector", ""),
        *(ModelReference(file.role, file.name, file.sha256) for file in files),
    )


def verified_path(directory: Path, file: ModelFile) -> Path:
    """Return the path of a model file whose size and SHA-256 are the pinned ones."""
    path = directory / file.name
    try:
        if path.stat().st_size != file.size:
            raise ModelTampered(file.name)
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while chunk := stream.read(HASH_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise ModelMissing(file.name) from error
    if digest.hexdigest() != file.sha256:
        raise ModelTampered(file.name)
    return path


def load_face_models(
    directory: Path | None = None, files: tuple[ModelFile, ...] = FACE_MODELS
) -> FaceModels:
    """Verify and load every model; about 1.5 s of CPU, so never on the UI thread.

    Raises ModelMissing or ModelTampered. dlib reads by path only, so whoever may write into the
    folder between check and load defeats the check: the folder belongs to the installation.
    """
    folder = model_directory() if directory is None else directory
    paths = {file.role: verified_path(folder, file) for file in files}
    for role in (ModelRole.LANDMARKS, ModelRole.DESCRIPTOR):
        if role not in paths:
            raise ModelMissing(role)
    import dlib

    try:
        with _readable_by_dlib(folder) as place:
            return FaceModels(
                detector=dlib.get_frontal_face_detector(),
                landmarks=dlib.shape_predictor(str(place / paths[ModelRole.LANDMARKS].name)),
                descriptor=dlib.face_recognition_model_v1(
                    str(place / paths[ModelRole.DESCRIPTOR].name)
                ),
                references=model_references(files),
            )
    except RuntimeError as error:
        raise ModelTampered("dlib cannot read it") from error


@contextlib.contextmanager
def _readable_by_dlib(folder: Path) -> Iterator[Path]:
    """Yield a path of the folder that dlib can open.

    On Windows dlib takes UTF-8 for the system's code page and finds no file whose path has other
    letters than ASCII, such as a user's name. A bare name in the current folder has none.
    """
    if sys.platform != "win32" or str(folder).isascii():
        yield folder
    else:
        with contextlib.chdir(folder):
            yield Path()
