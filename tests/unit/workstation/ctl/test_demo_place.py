"""Where demos keep their files: the last one's stay, older ones' go, nobody else's are touched."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from workstation.ctl.demo_place import demo_place

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """The system's temporary folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def demos(temporary):
    return sorted(each for each in temporary.glob("workstation-demo*/*") if each.is_dir())


def test_what_a_demo_wrote_stays_until_the_next(temporary):
    with demo_place() as first:
        (first / "receipt.pdf").write_bytes(b"%PDF")
    assert (first / "receipt.pdf").exists()
    with demo_place() as second:
        assert demos(temporary) == [second]
    assert demos(temporary) == [second]


def test_a_demo_that_was_interrupted_or_failed_is_cleared_too(temporary):
    with pytest.raises(KeyboardInterrupt), demo_place():
        raise KeyboardInterrupt
    with demo_place() as second:
        assert demos(temporary) == [second]


def test_two_demos_at_once_leave_each_other_alone(temporary):
    with demo_place() as first, demo_place() as second:
        assert demos(temporary) == sorted([first, second])


def test_a_demo_that_was_killed_is_cleared_by_the_next(temporary):
    holding = (
        "import tempfile, time, sys; from workstation.ctl.demo_place import demo_place\n"
        f"tempfile.tempdir = {str(temporary)!r}\n"
        "with demo_place() as folder:\n"
        "    print(folder, flush=True); time.sleep(60)\n"
    )
    killed = subprocess.Popen([sys.executable, "-c", holding], cwd=ROOT, stdout=subprocess.PIPE)
    assert killed.stdout is not None
    folder = Path(os.fsdecode(killed.stdout.readline().rstrip(b"\r\n")))
    with demo_place():
        assert folder.is_dir(), "it runs still"
    killed.kill()
    killed.communicate()
    with demo_place():
        assert not folder.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="the temporary folder is the user's there")
def test_a_folder_that_others_may_write_is_not_used_nor_cleared(temporary):
    theirs = temporary / f"workstation-demo-{os.getuid()}"
    (theirs / "precious").mkdir(parents=True)
    theirs.chmod(0o777)
    with demo_place() as folder:
        assert folder.parent == temporary
    assert (theirs / "precious").is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_in_its_place_is_not_followed(temporary):
    precious = temporary / "home" / "precious"
    precious.mkdir(parents=True)
    (temporary / f"workstation-demo-{os.getuid()}").symlink_to(precious.parent)
    with demo_place():
        assert precious.is_dir()


def test_a_link_among_the_demos_is_not_followed(temporary):
    with demo_place() as folder:
        parent = folder.parent
    precious = temporary / "precious"
    precious.mkdir()
    try:
        (parent / "linked").symlink_to(precious)
    except OSError:
        pytest.skip("no right to make links here")
    with demo_place():
        assert precious.is_dir()
