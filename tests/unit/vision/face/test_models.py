import hashlib
import subprocess
import sys
from pathlib import Path

import dlib
import pytest

from vision.errors import ModelMissing, ModelTampered
from vision.face.models import (
    FACE_MODELS,
    ModelFile,
    ModelRole,
    load_face_models,
    model_directory,
    model_references,
)

CONTENT = b"a model" * 1000


def pinned(content: bytes = CONTENT) -> tuple[ModelFile, ...]:
    return (
        ModelFile(
            ModelRole.LANDMARKS, "model.dat", len(content), hashlib.sha256(content).hexdigest()
        ),
    )


def test_a_file_that_is_not_there_is_missing(tmp_path):
    with pytest.raises(ModelMissing):
        load_face_models(tmp_path, pinned())


@pytest.mark.parametrize("content", [CONTENT[:-1], CONTENT + b"x", CONTENT[:-1] + b"L"])
def test_one_byte_less_more_or_other_is_tampering(tmp_path, content):
    (tmp_path / "model.dat").write_bytes(content)
    with pytest.raises(ModelTampered):
        load_face_models(tmp_path, pinned())


def test_a_set_of_models_without_the_descriptor_does_not_load(tmp_path):
    (tmp_path / "model.dat").write_bytes(CONTENT)
    with pytest.raises(ModelMissing) as missing:
        load_face_models(tmp_path, pinned())

    assert missing.value.detail == "face_descriptor"


def test_the_references_name_role_file_and_digest():
    references = model_references()

    assert [reference.role for reference in references] == [
        "face_detection",
        "face_landmarks",
        "face_descriptor",
    ]
    assert [reference.sha256 for reference in references[1:]] == [
        file.sha256 for file in FACE_MODELS
    ]


def test_the_package_of_the_models_is_found_without_being_imported():
    code = (
        "import sys; from vision.face.models import model_directory; model_directory();"
        "sys.exit('face_recognition_models' in sys.modules or 'cv2' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_an_absent_package_is_a_missing_model(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ModelMissing):
        model_directory()


@pytest.mark.skipif(
    sys.platform == "win32",
    reason="links need a right there; tests/windows/test_paths.py tries the real thing",
)
def test_on_windows_dlib_is_given_no_letter_of_a_folder_that_it_cannot_read(tmp_path, monkeypatch):
    folder = tmp_path / "Қайрат Ә"
    folder.mkdir()
    for file in FACE_MODELS:
        (folder / file.name).symlink_to(model_directory() / file.name)
    given = []
    monkeypatch.setattr(sys, "platform", "win32")
    for name in ("shape_predictor", "face_recognition_model_v1"):
        monkeypatch.setattr(dlib, name, lambda path: given.append((path, Path(path).is_file())))
    load_face_models(folder)

    assert given == [(file.name, True) for file in FACE_MODELS]
    assert Path.cwd() != folder
