import hashlib
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from vision.errors import ModelMissing, ModelTampered
from vision.models import files
from vision.models.files import find_model, name_for_library, read_model, verify_model
from vision.models.manifest import load_manifest

CONTENT = b"a model" * 1000
ROW = msgspec.structs.replace(
    load_manifest().tracker,
    file="model.tflite",
    module="no_such_module",
    size=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
)


def put(folder, content=CONTENT):
    (folder / "models").mkdir()
    (folder / "models" / ROW.file).write_bytes(content)


def test_a_file_of_the_station_is_used(tmp_path):
    put(tmp_path)

    assert verify_model(ROW, tmp_path) == tmp_path / "models" / ROW.file
    assert read_model(ROW, tmp_path) == CONTENT


@pytest.mark.parametrize("module", ["no_such_module", "", "sys", "zipimport"])
def test_a_file_that_is_nowhere_is_missing(tmp_path, module):
    row = msgspec.structs.replace(ROW, module=module)
    for look in (find_model, verify_model, read_model):
        with pytest.raises(ModelMissing) as missing:
            look(row, tmp_path)
        assert missing.value.detail == ROW.file


@pytest.mark.parametrize("content", [b"", CONTENT[:-1], CONTENT + b"x", CONTENT[:-1] + b"L"])
def test_one_octet_less_more_or_other_is_tampering(tmp_path, content):
    put(tmp_path, content)
    for look in (verify_model, read_model):
        with pytest.raises(ModelTampered):
            look(ROW, tmp_path)


def test_another_file_of_the_station_is_refused_although_the_package_has_the_right_one(tmp_path):
    row = load_manifest().tracker
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / row.file).write_bytes(CONTENT)

    assert verify_model(row).is_file()
    with pytest.raises(ModelTampered):
        verify_model(row, tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_out_of_the_folder_is_refused_whatever_it_leads_to(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(CONTENT)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / ROW.file).symlink_to(elsewhere)
    for look in (find_model, verify_model, read_model):
        with pytest.raises(ModelTampered):
            look(ROW, tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_the_folder_itself_may_lie_elsewhere(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    put(tmp_path / "elsewhere")
    (tmp_path / "models").symlink_to(tmp_path / "elsewhere" / "models")

    assert read_model(ROW, tmp_path) == CONTENT


def test_of_a_larger_file_no_more_is_read_than_the_row_says(tmp_path):
    put(tmp_path)
    with (tmp_path / "models" / ROW.file).open("r+b") as stream:
        stream.truncate(1 << 40)  # takes no room: the rest is a hole
    for look in (verify_model, read_model):
        with pytest.raises(ModelTampered):
            look(ROW, tmp_path)


@pytest.mark.parametrize("row", load_manifest().rows, ids=lambda row: row.role)
def test_every_model_of_the_shipped_manifest_is_installed_and_is_the_measured_one(row):
    assert verify_model(row).stat().st_size == row.size


def test_the_packages_of_the_models_are_found_without_being_imported():
    code = (
        "import sys; from vision.models.files import find_model;"
        "from vision.models.manifest import load_manifest;"
        "rows = load_manifest().rows; [find_model(row) for row in rows];"
        "sys.exit(bool({row.module for row in rows} & set(sys.modules)) or 'cv2' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("windows", [False, True])
def test_on_windows_a_library_is_given_no_letter_of_a_folder_that_it_cannot_read(
    tmp_path, monkeypatch, windows
):
    folder = tmp_path / "Қайрат Ә"
    folder.mkdir()
    (folder / "model.dat").write_bytes(CONTENT)
    before = Path.cwd()
    monkeypatch.setattr(files.sys, "platform", "win32" if windows else "linux")
    with name_for_library(folder / "model.dat") as name:
        assert name.isascii() is windows
        assert Path(name).read_bytes() == CONTENT

    assert Path.cwd() == before
