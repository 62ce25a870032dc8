"""Where a log lies: one owner among processes, any alphabet, paths longer than 260 characters."""

import subprocess
import sys
from pathlib import Path

import pytest

from crypto.errors import LogLocked
from crypto.log.file.lock import FileLock
from tests.support.station.log import LogSite
from tests.support.system.platforms import WINE

ROOT = Path(__file__).resolve().parents[5]
HOLDER = (
    "import sys; from pathlib import Path; from crypto.log.file.lock import FileLock; "
    "lock = FileLock(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
)


def long_paths_are_allowed():
    if sys.platform != "win32" or WINE:
        return True
    import winreg

    name = r"SYSTEM\CurrentControlSet\Control\FileSystem"
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, name) as key:
            return bool(winreg.QueryValueEx(key, "LongPathsEnabled")[0])
    except OSError:
        return False


def test_another_process_keeps_the_log_until_it_dies(tmp_path):
    path = tmp_path / "log.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout.readline().strip() == b"held"
        with pytest.raises(LogLocked):
            FileLock(path)
    finally:
        holder.kill()
        holder.wait()
        holder.stdin.close()
        holder.stdout.close()
    FileLock(path).release()


@pytest.mark.parametrize(
    "names",
    [
        ("Әлия Құнанбай", "журнал №1"),
        pytest.param(
            ("ұзын жол " * 8, "длинный путь " * 6, "a long path " * 7),
            marks=pytest.mark.skipif(
                not long_paths_are_allowed(), reason="LongPathsEnabled is off in this Windows"
            ),
        ),
    ],
    ids=["cyrillic", "long"],
)
def test_a_log_lies_anywhere(tmp_path, names):
    folder = tmp_path.joinpath(*(name.strip() for name in names))
    folder.mkdir(parents=True)
    site = LogSite(folder)
    with site.create() as store:
        store.append("x", {"n": 1})
    with site.open() as store:
        assert "x" in [entry.kind for entry in store.entries()]
        before = store.size
        assert store.append("x", {"n": 2}).entry.seq == before
    if names[0].startswith("ұзын"):
        assert len(str(site.path)) > 260
