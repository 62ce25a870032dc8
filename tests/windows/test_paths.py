"""Folders as branches have them: a user's name in Kazakh, spaces, another disk, a deep path."""

import contextlib
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.support.desktop.windows import ROOT, said_by
from vision.camera.recording import RecordedCamera
from vision.face.engines.loading import load_engines
from vision.models.files import find_model
from vision.models.manifest import load_manifest
from workstation.records.path_room import LONGEST_NAME, paths_are_limited

pytestmark = [
    pytest.mark.skipif(sys.platform != "win32", reason="paths and code pages of Windows"),
    pytest.mark.timeout(600),
]

ROOMS = ("workstation", "ui", "crypto", "vision", "resources")
USER = "Қайрат Әбіләкімұлы"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folder as Windows makes it, with letters that no code page of one octet has."""
    folder = tmp_path_factory.mktemp("Users") / USER
    (folder / "AppData" / "Local" / "Temp").mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def environment(home: Path) -> dict[str, str]:
    local = home / "AppData" / "Local"
    return {
        "USERPROFILE": str(home),
        "LOCALAPPDATA": str(local),
        "TEMP": str(local / "Temp"),
        "TMP": str(local / "Temp"),
        "PYTHONIOENCODING": "utf-8",
    }


@pytest.fixture(scope="module")
def project(home: Path) -> Path:
    """The program itself in that user's folder."""
    folder = home / "жұмыс орны"
    for room in ROOMS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / room, folder / room, ignore=ignored)
    return folder


def test_the_face_models_open_below_a_users_folder(home: Path) -> None:
    folder = home / "models"
    folder.mkdir()
    manifest = load_manifest()
    for row in manifest.rows:
        shutil.copy(find_model(row), folder / row.file)
    before = Path.cwd()

    assert load_engines(manifest, home).manifest is manifest
    assert Path.cwd() == before


def test_a_recording_opens_below_a_users_folder(home: Path) -> None:
    import cv2
    import numpy as np

    clip = home / "клип ә.avi"
    writer = cv2.VideoWriter(
        str(clip), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), 30, (320, 240)
    )
    for level in range(30):
        writer.write(np.full((240, 320, 3), level * 8, np.uint8))
    writer.release()
    with contextlib.closing(RecordedCamera(clip, paced=False)) as camera:
        assert camera.read().pixels.shape == (240, 320, 3)
        assert camera.identity.name == clip.name


@pytest.mark.parametrize("scenario", ["approve_by_file", "analysis_killed"])
def test_program_data_and_temporary_files_of_that_user(
    home: Path, project: Path, environment: dict[str, str], scenario: str
) -> None:
    """The photo and the signed file come from there too; one way has its analysis in a child."""
    data = home / "дерек қалтасы"
    where = "import workstation; print(ascii(workstation.__file__))"
    code, printed = said_by("-c", where, env=environment, cwd=project)
    assert (code, printed.strip()) == (0, ascii(str(project / "workstation" / "__init__.py")))
    code, printed = said_by(
        *("-m", "workstation.ctl", "--data", str(data), "demo", "--scenario", scenario),
        env=environment,
        cwd=project,
    )
    assert code == 0, printed
    station = str(data / scenario / "station")
    code, printed = said_by(
        *("-m", "workstation.ctl", "--data", station, "log", "verify"), env=environment, cwd=project
    )
    assert code == 0, printed


def test_without_data_the_demo_is_kept_in_that_users_temporary_folder(
    home: Path, project: Path, environment: dict[str, str]
) -> None:
    code, printed = said_by(
        *("-m", "workstation.ctl", "demo", "--scenario", "consent_refused"),
        env=environment,
        cwd=project,
    )
    assert code == 0, printed
    assert USER in printed


def test_a_deep_folder_is_worked_in_or_refused_in_a_sentence(home: Path) -> None:
    deep = home / ("ұзын жол " * 12 + "x") / ("қ" * 60)
    assert len(str(deep)) > 259 - LONGEST_NAME
    code, printed = said_by(
        *("-m", "workstation.ctl", "--data", str(deep), "demo"),
        env={"PYTHONIOENCODING": "utf-8"},
    )
    if not paths_are_limited():
        assert code == 0, printed
        return
    assert code == 3, printed
    assert "folder_too_deep" in printed
    assert "nearer to the root of its disk" in printed


@pytest.mark.parametrize("code_page", ["cp1251", "cp866", "cp1252"])
def test_a_redirected_output_of_any_code_page_ends_no_command(
    tmp_path: Path, code_page: str
) -> None:
    code, printed = said_by(
        *("-m", "workstation.ctl", "--data", str(tmp_path / "Қ"), "--language", "kk"),
        *("demo", "--scenario", "consent_refused"),
        env={"PYTHONIOENCODING": code_page},
    )
    assert code == 0, printed


@pytest.mark.skipif(not os.environ.get("SYSTEMDRIVE"), reason="no other disk")
def test_the_program_runs_from_another_disk_than_the_systems(tmp_path: Path) -> None:
    """Here the sources are on Z: and the data on C:, a path between them is never relative."""
    if ROOT.drive == tmp_path.drive:
        pytest.skip("sources and temporary folder are on one disk")
    code, printed = said_by(
        *("-m", "workstation.ctl", "--data", str(tmp_path), "demo", "--scenario", "revoked"),
        env={"PYTHONIOENCODING": "utf-8"},
    )
    assert code == 0, printed
