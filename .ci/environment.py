"""Make the virtual environment of a set-up whole, and never leave a half-made one behind.

Run by .ci/setup with the Python that it chose: environment.py FOLDER. A stamp is written when
everything is done; a folder without it was interrupted and is made anew. One set-up works at a
time. What pip says goes to build/setup.log, and its end to the screen when it fails.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

TREE: Final = Path(__file__).resolve().parent.parent
LOCKS: Final = ("requirements-dev.lock", "requirements-demo.lock")
LOG: Final = Path("build/setup.log")
STAMP: Final = ".installed"
BEGUN: Final = ".begun-by-setup"
NEEDED: Final = 2_300_000_000
"""Bytes on the disk while pip works: 1.3 GB stay, the rest are wheels being unpacked."""
DOWNLOAD_MB: Final = 490
CACHED: Final = 1_000_000_000
"""Bytes that must be free where pip keeps what it fetched, for it to do so."""
TELL_EVERY_S: Final = 8
COMMANDS: Final = {"workstation": "ui.app", "workstation-ctl": "workstation.ctl"}
PACKAGES: Final = (
    *("libegl1", "libgl1", "libglib2.0-0", "libdbus-1-3", "libfontconfig1", "libxkbcommon0"),
    *("libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0", "libxkbcommon-x11-0"),
)
CAUSES: Final = {
    r"No space left on device|Disk quota exceeded": "the disk is full: free 2.3 GB and repeat",
    r"DO NOT MATCH THE HASHES": (
        "a downloaded package is not the one that was locked: repeat; if it says so again, your "
        "package index alters files and must not be used"
    ),
    r"CERTIFICATE_VERIFY_FAILED": (
        "the package index shows a certificate this PC does not trust: give pip your "
        "organisation's authority (PIP_CERT=/path/to/ca.pem) and repeat"
    ),
    r"NewConnectionError|[Nn]ame ?[Rr]esolution|Connect(ion)?Timeout|ReadTimeout|Read timed out|"
    r"ProxyError|Max retries exceeded|Network is unreachable|ConnectionReset|IncompleteRead|"
    r"Connection refused": (
        "the package index cannot be reached: check the network (behind a proxy set HTTPS_PROXY, "
        "for an index of your own PIP_INDEX_URL) and repeat"
    ),
    r"No matching distribution found": (
        "the package index has no such package for this Python and computer: try another Python, "
        "make demo PYTHON=/path/to/python3.11"
    ),
    r"Permission denied|Read-only file system": "this folder cannot be written: use a copy",
}


class Stop(Exception):
    """The set-up cannot go on; the message is one sentence that says what to do."""


def say(text: str) -> None:
    """Print one line at once."""
    sys.stdout.write(f"setup: {text}\n")
    sys.stdout.flush()


def wanted() -> dict[str, str]:
    """Return what the stamp of a whole environment says; the path as bytes, whatever the locale."""
    digest = hashlib.sha256()
    for name in LOCKS:
        digest.update(Path(name).read_bytes())
    return {"locks": digest.hexdigest(), "tree": ascii(os.fsencode(TREE))}


def stamped(venv: Path) -> dict[str, str] | None:
    """Return what the stamp says; None without one, empty when it is an older set-up's."""
    try:
        said = json.loads((venv / STAMP).read_text(encoding="ascii") or "{}")
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def python_of(venv: Path) -> str:
    """Return the version (3.11) of an environment whose Python runs and has pip, else ""."""
    asked = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run(
            [venv / "bin" / "python", "-I", "-c", asked],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def ours() -> str:
    """Return the version of the Python that runs this."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def is_whole(venv: Path) -> bool:
    """Tell whether nothing is to be done; a Python that was asked for by name must be the one."""
    version = python_of(venv) if stamped(venv) == wanted() else ""
    return version == ours() or (version != "" and not os.environ.get("PYTHON"))


@contextlib.contextmanager
def alone() -> Iterator[int]:
    """Hold the set-up's lock and yield its descriptor; waits for another set-up, and says so.

    The kernel drops the lock with its last holder. pip inherits it, so that a set-up which was
    killed alone still keeps the next one from its orphan.
    """
    path = Path("build/setup.lock")
    began = time.monotonic()
    while True:
        path.parent.mkdir(exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            told = began
            while not _taken(descriptor):
                if time.monotonic() - told > TELL_EVERY_S or told == began:
                    told = time.monotonic()
                    say(f"another set-up is at work here; waiting ({told - began:.0f} s)")
                time.sleep(0.2)
            # `make clean` may have taken the file away while we waited for it.
            if path.exists() and path.stat().st_ino == os.fstat(descriptor).st_ino:
                yield descriptor
                return
        finally:
            os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        say("this disk knows no locks; do not start a second set-up meanwhile")
    return True


def run(
    command: Sequence[str | Path],
    doing: Callable[[], str],
    seen: Callable[[str], None] = lambda _line: None,
    *,
    venv: Path,
    keep: int = -1,
) -> None:
    """Run with every word in the log and a line on the screen at least every eight seconds.

    doing  what to say it is at
    seen   is given every line
    keep   descriptor that the child inherits
    Raises Stop with the likely cause when it fails.
    """
    temporary = venv / "tmp"
    temporary.mkdir(exist_ok=True)
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PYTHONHOME", "PYTHONPATH"}
    } | {"TMPDIR": os.fspath(temporary.resolve())}
    if not cache_is_usable():
        environment["PIP_NO_CACHE_DIR"] = "1"
    began, lines = time.monotonic(), list[str]()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=environment, encoding="utf-8", errors="replace",
        pass_fds=() if keep < 0 else (keep,),
    )  # fmt: skip

    def read() -> None:
        with LOG.open("a", encoding="utf-8") as log:
            log.write(f"$ {shlex.join(map(str, command))}\n")
            for line in process.stdout or ():
                log.write(line)
                lines.append(line)
                seen(line)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        while reader.is_alive():
            reader.join(TELL_EVERY_S)
            if reader.is_alive():
                say(f"{doing()} ({time.monotonic() - began:.0f} s)")
        code = process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    if code:
        sys.stderr.write("".join(lines[-15:]))
        raise Stop(f"{cause(lines)}. All that was said is in {LOG}")


def cache_is_usable() -> bool:
    """Tell whether pip may keep what it fetches in the home folder, which may be read-only."""
    try:
        home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
        folder = Path(os.environ.get("PIP_CACHE_DIR") or Path(home) / "pip")
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return shutil.disk_usage(folder).free > CACHED
    except (OSError, RuntimeError):  # RuntimeError: a user without a home, as in containers
        return False


def cause(lines: Sequence[str]) -> str:
    """Return the likeliest cause of a failure and what to do."""
    text = "".join(lines)
    for pattern, sentence in CAUSES.items():
        if re.search(pattern, text):
            return sentence
    return "the step above failed: read the lines above, mend what they name, and repeat"


def remake(venv: Path, why: str, keep: int) -> None:
    """Begin the environment anew; refuses to delete what no set-up made."""
    if venv.is_symlink():
        raise Stop(f"{venv} is a link to an environment that is not whole: remove the link, repeat")
    if venv.exists():
        marks = (BEGUN, STAMP, "pyvenv.cfg")
        if any(venv.iterdir()) and not any((venv / mark).exists() for mark in marks):
            raise Stop(f"{venv} is there and is no Python environment: move it away and repeat")
        say(f"making {venv} anew: {why}")
        # Out of the way first: a deletion that is interrupted leaves no half environment.
        gone = venv.with_name(f"{venv.name}.old-{os.getpid()}")
        venv.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)
    for left in venv.parent.glob(f"{venv.name}.old-*"):
        shutil.rmtree(left, ignore_errors=True)
    room(venv)
    say(f"making {venv} with Python {ours()}")
    venv.mkdir(parents=True)
    (venv / BEGUN).touch()
    # The real one: this may run from the very environment, activated, that has just gone.
    python = os.path.realpath(sys.executable)
    run([python, "-I", "-m", "venv", venv], lambda: "making it", venv=venv, keep=keep)
    if not python_of(venv):
        raise Stop(f"{python} makes environments without pip: install python3-venv, repeat")


def room(venv: Path) -> None:
    """Raise Stop when the disk is too small for what pip is about to write."""
    free = shutil.disk_usage(venv.resolve().parent).free
    if free < NEEDED:
        where = venv.resolve().parent
        raise Stop(f"{NEEDED / 1e9:.1f} GB are needed in {where} and {free / 1e9:.1f} GB are free")


class Progress:
    """What pip is at, by its own lines."""

    def __init__(self, total: int, site: Path) -> None:
        self._total, self._site = total, site
        self._met, self._megabytes, self._now, self._installing = 0, 0.0, "", False

    def seen(self, line: str) -> None:
        """Take one line of pip's."""
        if line.startswith(("Collecting ", "Processing ")):
            self._met += 1
            self._now = ""
        elif match := re.match(r" +Downloading (?:\S*/)?([^/\s-]+)\S* \(([\d.]+) ([kM])B\)", line):
            size = float(match[2]) * (1 if match[3] == "M" else 0.001)
            self._megabytes += size
            self._now = f", now {match[1]} of {size:.0f} MB" if size >= 1 else ""
        elif "Retrying (" in line:
            self._now = ", the network does not answer, pip tries again"
        elif line.startswith("Installing collected"):
            self._installing = True

    def __str__(self) -> str:
        """Say it in one line."""
        if self._installing:
            done = sum(1 for _ in self._site.glob("*.dist-info"))
            return f"unpacking packages: {min(done, self._total)} of about {self._total}"
        fetched = f"{self._megabytes:.0f} MB downloaded{self._now}"
        return f"fetching packages: {self._met} of about {self._total}, {fetched}"


def install(venv: Path, keep: int) -> None:
    """Install the locks by hash; nothing that pip runs meanwhile comes from outside them."""
    locked = "\n".join(Path(name).read_text(encoding="utf-8") for name in LOCKS)
    names = set(re.findall(r"^([\w.-]+)==", locked, re.MULTILINE))
    say(
        f"{len(names)} Python packages from the locks, about {DOWNLOAD_MB} MB to download; "
        f"one to ten minutes"
    )
    pip = [
        *(venv / "bin" / "python", "-I", "-m", "pip", "--disable-pip-version-check", "install"),
        *("--no-input", "--progress-bar", "off", "--no-user", "--no-deps", "--require-hashes"),
    ]
    site = next((venv / "lib").glob("python*/site-packages"))
    progress = Progress(len(names), site)
    files = [each for name in LOCKS for each in ("-r", name)]
    # Wheels only: what is built of sources would fetch a build tool that no lock names.
    whole = [*pip, "--only-binary=:all:", *files]
    run(whole, lambda: str(progress), progress.seen, venv=venv, keep=keep)


def write_commands(venv: Path) -> None:
    """Put the tree on the environment's path and write its two commands.

    All of it is ASCII but the commands, whose bytes no decoder sees: Python 3.11 and 3.12 read
    a .pth by the locale. The kernel splits a #! line at spaces, so /bin/sh finds the interpreter.
    """
    site = next((venv / "lib").glob("python*/site-packages"))
    path = ascii(os.fsencode(TREE))
    line = f"import os, sys; sys.path.append(os.fsdecode({path}))\n"
    (site / "verification_workstation.pth").write_text(line, encoding="ascii")
    python = os.fsencode(venv.absolute() / "bin" / "python")
    for name, module in COMMANDS.items():
        quoted = b"'" + python.replace(b"'", b"'\\''") + b"'"
        # -P: what lies in the folder it is called from is not imported.
        text = b'#!/bin/sh\nexec %s -P -m %s "$@"\n' % (quoted, module.encode())
        (venv / "bin" / name).write_bytes(text)
        (venv / "bin" / name).chmod(0o755)


def make(venv: Path, keep: int) -> None:
    """Bring everything to the state the stamp describes, then write the stamp."""
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_bytes(b"")
    packages = [*PACKAGES]
    with contextlib.suppress(ImportError):
        import ensurepip  # noqa: F401 - asked for, not used
    if "ensurepip" not in sys.modules:
        packages.append("python3-venv")
    if subprocess.run([".ci/packages", *packages], check=False).returncode:
        raise Stop("the system packages above are needed first")
    said, version, target = stamped(venv), python_of(venv), wanted()
    if said is None or not version or (os.environ.get("PYTHON") and version != ours()):
        why = "no set-up has finished it" if said is None else "its Python is another"
        remake(venv, why, keep)
        said = {}
    (venv / STAMP).unlink(missing_ok=True)
    if said.get("locks") != target["locks"]:
        install(venv, keep)
    write_commands(venv)
    loads = [venv / "bin" / "python", "-I", ".ci/loads.py"]
    run(loads, lambda: "trying what was installed", sys.stdout.write, venv=venv)
    shutil.rmtree(venv / "tmp", ignore_errors=True)
    temporary = venv / f"{STAMP}.new"
    temporary.write_text(json.dumps(target), encoding="ascii")
    temporary.replace(venv / STAMP)


def main() -> int:
    """Make the environment whole; 0 when it is."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    os.chdir(TREE)
    venv = Path(sys.argv[1])
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    try:
        if is_whole(venv):
            return 0
        with alone() as keep:
            if not is_whole(venv):
                began = time.monotonic()
                make(venv, keep)
                say(f"done in {time.monotonic() - began:.0f} s")
    except Stop as stopped:
        sys.stderr.write(f"setup: {stopped}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"setup: {cause([str(error)])} ({error})\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("setup: interrupted; the same command takes it up again\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
