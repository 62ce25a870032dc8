"""`.ci/suite.py`: what it says of parts that pass, fail and are interrupted."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def start(tmp_path):
    (tmp_path / "test_good.py").write_text("def test_good(): pass\n")
    (tmp_path / "test_bad.py").write_text("def test_bad(): assert 1 == 2, 'told why'\n")
    (tmp_path / "test_slow.py").write_text(
        "import os, time\nfrom pathlib import Path\nPath('pid.new').write_text(str(os.getpid()))\n"
        "Path('pid.new').rename('pid')\ndef test_slow(): time.sleep(60)\n"
    )
    (tmp_path / "test_locale.py").write_text(
        "import locale\ndef test_locale(): assert locale.getencoding().lower() == 'utf-8'\n"
    )
    (tmp_path / "test_folder.py").write_text(
        "import tempfile\nfrom pathlib import Path\n"
        "def test_folder(): Path('folder').write_text(tempfile.gettempdir())\n"
    )

    def started(*parts, **environment):
        kept = {k: v for k, v in os.environ.items() if k != "WORKSTATION_COVERAGE"}
        # Every part would import hypothesis and PySide6, which none of them uses.
        kept |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "-p pytest_cov"}
        return subprocess.Popen(
            [sys.executable, str(ROOT / ".ci" / "suite.py"), *parts],
            cwd=tmp_path, env=kept | environment, stdout=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip

    return started


def test_each_part_is_told_and_one_that_fails_with_its_failure(start):
    running = start("first=test_good.py", "second=test_bad.py")
    said, _ = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "test: first: 1 passed" in said
    assert "told why" in said
    assert "test: second: 1 failed" in said


def test_green_parts_are_green(start, tmp_path):
    running = start("first=test_good.py", "second=test_good.py")
    said, _ = running.communicate(timeout=60)
    assert (running.returncode, "told why" in said) == (0, False)
    assert "1 passed" in (tmp_path / "test-output" / "second.txt").read_text()


def test_a_part_that_collects_nothing_is_not_green(start):
    running = start("first=test_good.py -k nonesuch")
    running.communicate(timeout=60)
    assert running.returncode == 1


def test_what_a_part_executes_is_measured_when_it_asks(start, tmp_path):
    start("first=test_good.py --cov", "second=test_good.py").communicate(timeout=60)
    assert [path.name for path in tmp_path.glob(".coverage*")] == [".coverage.first"]


def test_what_waits_for_a_processor_runs_later(start):
    parts = [f"part{number}=test_good.py" for number in range((os.cpu_count() or 1) + 3)]
    said, _ = start(*parts).communicate(timeout=120)
    assert said.count("1 passed") == len(parts)


def test_no_temporary_file_is_left_in_memory(start, tmp_path):
    start("first=test_folder.py").communicate(timeout=60)
    folder = Path((tmp_path / "folder").read_text())
    assert not folder.exists() or folder == Path(tempfile.gettempdir())


@pytest.mark.skipif(sys.platform == "win32", reason="no signals, no C locale")
def test_the_c_locale_does_not_reach_the_tests(start):
    running = start("first=test_locale.py", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    said, _ = running.communicate(timeout=60)
    assert (running.returncode, "run in C.UTF-8" in said) == (0, True)


@pytest.mark.skipif(sys.platform == "win32", reason="no signals, no C locale")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interruption_leaves_no_part_behind(start, tmp_path, number, code):
    running = start("first=test_slow.py")
    assert running.stdout is not None
    assert "pytest test_slow.py" in running.stdout.readline()
    deadline = time.monotonic() + 60
    while not (tmp_path / "pid").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    part = int((tmp_path / "pid").read_text())
    running.send_signal(number)
    said, _ = running.communicate(timeout=30)
    assert running.returncode == code, said
    with pytest.raises(ProcessLookupError):
        os.kill(part, 0)
