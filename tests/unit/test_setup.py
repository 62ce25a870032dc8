"""`.ci/setup` in a small tree of its own: healing, two at once, odd paths, refusals."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has pip's own commands")

ECHO = "import sys; main = lambda: print('run by', sys.argv[1:])\nif __name__ == '__main__': main()"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """A folder with one wheel that stands for everything the real locks name."""
    folder = tmp_path_factory.mktemp("wheels")
    info = "locked-1.0.dist-info"
    members = {
        "locked.py": "",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: locked\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in [*members, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / "locked-1.0-py3-none-any.whl", "w") as wheel:
        for name, text in (members | {f"{info}/RECORD": record}).items():
            wheel.writestr(name, text)
    return folder


class Tree:
    """A checkout with the real set-up, and a lock of one package."""

    def __init__(self, folder: Path, wheels: Path) -> None:
        self.folder, self.venv = folder, folder / ".venv"
        (folder / ".ci").mkdir(parents=True)
        for name in ("setup", "environment.py"):
            shutil.copy(ROOT / ".ci" / name, folder / ".ci" / name)
        (folder / ".ci" / "packages").write_text("#!/bin/sh\n")
        (folder / ".ci" / "packages").chmod(0o755)
        (folder / ".ci" / "loads.py").write_text("import locked\n")
        for module in ("ui/app.py", "workstation/ctl.py"):
            (folder / module).parent.mkdir()
            (folder / module).write_text(ECHO)
        wheel = next(wheels.iterdir())
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        lock = f"locked==1.0 \\\n    --hash=sha256:{digest}\n"
        (folder / "requirements-dev.lock").write_text(lock)
        (folder / "requirements-demo.lock").write_text("")
        self._environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PIP_", "PYTHON"))
        } | {
            "PYTHON": sys.executable,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": wheels.as_uri(),
            "PIP_CONFIG_FILE": os.devnull,
        }

    def start(self, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [".ci/setup"], cwd=self.folder, env=self._environment | environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
            errors="surrogateescape",
        )  # fmt: skip

    def set_up(self, **environment: str) -> tuple[int, str]:
        """Return exit code and everything that was said."""
        with self.start(**environment) as running:
            said, _ = running.communicate(timeout=120)
        return running.returncode, said

    def called(self, **environment: str) -> tuple[int, str]:
        """Call the command that the set-up wrote, from elsewhere and by a relative path."""
        done = subprocess.run(
            [self.venv / "bin" / "workstation-ctl", "an argument", "*"], cwd="/",
            env=self._environment | environment, capture_output=True, encoding="utf-8",
            errors="surrogateescape", timeout=60, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def tree(tmp_path, wheels):
    return Tree(tmp_path / "tree", wheels)


def test_an_interrupted_set_up_heals_itself(tree):
    # As `python -m venv` leaves it when it is interrupted before pip is there.
    (tree.venv / "bin").mkdir(parents=True)
    (tree.venv / "bin" / "python").symlink_to(sys.executable)
    (tree.venv / "pyvenv.cfg").write_text("home = /nowhere\n")

    code, said = tree.set_up()
    assert (code, "making .venv anew" in said) == (0, True), said
    assert tree.called() == (0, "run by ['an argument', '*']\n")

    # A second run has nothing to do and nothing to say.
    assert tree.set_up() == (0, "")

    # The package is half there, and pip would call it installed: only the stamp knows better.
    (tree.venv / ".installed").unlink()
    for half in tree.venv.glob("lib/python*/site-packages/locked*"):
        half.unlink() if half.is_file() else (half / "RECORD").unlink()
    code, said = tree.set_up()
    assert (code, "making .venv anew" in said) == (0, True), said
    assert list(tree.venv.glob("lib/python*/site-packages/locked.py"))

    # The system's Python was replaced.
    (tree.venv / "bin" / "python").unlink()
    (tree.venv / "bin" / "python").symlink_to("/nowhere/python")
    assert tree.set_up()[0] == 0
    assert tree.called()[0] == 0


def test_a_spaced_cyrillic_path_works_in_any_locale(tmp_path, wheels):
    tree = Tree(tmp_path / "Рабочий стол 'кассы' $1 \"№\"", wheels)
    code, said = tree.set_up(LC_ALL="C")
    assert code == 0, said
    for locale in ("C", "C.UTF-8"):
        for mode in ("0", "1"):
            environment = {"LC_ALL": locale, "PYTHONUTF8": mode, "PYTHONCOERCECLOCALE": "0"}
            assert tree.called(**environment) == (0, "run by ['an argument', '*']\n")
            assert tree.set_up(**environment) == (0, "")
    # A tree that is moved is no reason to download anything.
    moved = tree.folder.rename(tmp_path / "moved")
    tree.folder, tree.venv = moved, moved / ".venv"
    code, said = tree.set_up(PIP_FIND_LINKS="")
    assert (code, "Python packages" in said) == (0, False)
    assert tree.called()[0] == 0


def test_a_killed_set_up_and_two_at_once_end_in_one_whole_environment(tree):
    killed = tree.start()
    deadline = time.monotonic() + 60
    while not (tree.venv / "pyvenv.cfg").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()

    both = [tree.start(), tree.start()]
    said = [each.communicate(timeout=120)[0] for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    assert sum("packages from the locks" in each for each in said) == 1, said
    assert any("another set-up is at work" in each for each in said), said
    assert tree.called()[0] == 0


def test_a_folder_that_is_no_environment_is_not_deleted(tree):
    tree.venv.mkdir()
    (tree.venv / "thesis.txt").write_text("mine")
    code, said = tree.set_up()
    assert (code, (tree.venv / "thesis.txt").read_text()) == (1, "mine")
    assert "move it away" in said


@pytest.mark.parametrize("version", ["3.10.13", "3.14.0"])
def test_a_python_of_another_version_is_refused_before_anything_is_installed(tree, version):
    fake = tree.folder / "python"
    fake.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "Python {version}" || exit 1\n')
    fake.chmod(0o755)
    (tree.folder / ".ci" / "packages").write_text("#!/bin/sh\ntouch packages-were-asked-for\n")
    code, said = tree.set_up(PYTHON=str(fake))
    assert code == 1
    assert f"Python {version}" in said
    assert "PYTHON=" in said
    assert not (tree.folder / "packages-were-asked-for").exists()


def test_a_python_that_fits_is_looked_for_where_python3_does_not(tree):
    path = tree.folder / "bin"
    path.mkdir()
    (path / "python3").write_text("#!/bin/sh\nexit 1\n")
    version = "python{}.{}".format(*sys.version_info)
    (path / version).write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    for each in path.iterdir():
        each.chmod(0o755)
    code, said = tree.set_up(PYTHON="", PATH=f"{path}:/usr/bin:/bin", HOME=str(tree.folder))
    assert code == 0, said


def test_a_package_that_is_not_the_locked_one_is_not_installed(tree):
    lock = tree.folder / "requirements-dev.lock"
    lock.write_text("locked==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n")
    code, said = tree.set_up()
    assert code == 1
    assert "is not the one that was locked" in said
    assert not (tree.venv / ".installed").exists()


def test_a_disk_that_is_too_small_is_named_before_the_download(tree):
    source = tree.folder / ".ci" / "environment.py"
    source.write_text(source.read_text().replace("2_300_000_000", "10**18"))
    code, said = tree.set_up()
    assert (code, tree.venv.exists()) == (1, False)
    assert "GB are needed" in said
