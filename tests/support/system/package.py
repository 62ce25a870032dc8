"""A built folder and how its programs are run: here, or Windows' ones under Wine."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[3]
CACHE: Final = Path(
    os.environ.get("WINDOWS_CACHE")
    or Path.home() / ".cache" / "verification-workstation" / "windows"
)
_LONGEST_S: Final = 400


@dataclass(frozen=True, slots=True)
class Package:
    """One built folder; system: linux, or windows, which Wine runs."""

    system: str
    flavour: str

    @property
    def folder(self) -> Path:
        return ROOT / "build" / "package" / self.system / f"verification-workstation-{self.flavour}"

    def program(self, name: str) -> Path:
        return self.folder / (f"{name}.exe" if self.system == "windows" else name)

    def command(self, name: str, *arguments: str) -> list[str]:
        program = [str(self.program(name)), *arguments]
        return (
            ["wine", *program] if self.system == "windows" and sys.platform != "win32" else program
        )

    def path(self, path: Path) -> str:
        """Return a path of this machine as the program knows it."""
        if self.system == "windows" and sys.platform != "win32":
            return "Z:" + str(path).replace("/", "\\")
        return str(path)

    def environment(self) -> dict[str, str]:
        """Return ours without what would let the program use this tree's Python."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        kept.pop("QT_QPA_PLATFORM", None)
        if self.system == "windows" and sys.platform != "win32":
            kept |= {
                "WINEPREFIX": os.environ.get("WINEPREFIX", f"{CACHE / 'prefix'}-package"),
                "WINEDEBUG": "-all",
                "WINEDLLOVERRIDES": "mscoree,mshtml,winedbg.exe=",
            }
        return kept

    def run(
        self, name: str, *arguments: str, given: bytes = b"", seconds: float = _LONGEST_S
    ) -> tuple[int, str, str]:
        """Run a program to its end; return exit code, standard output and standard error."""
        ended = subprocess.run(
            self.command(name, *arguments),
            input=given,
            capture_output=True,
            check=False,
            timeout=seconds,
            env=self.environment(),
            cwd=self.folder.parent,
        )
        return (
            ended.returncode,
            ended.stdout.decode("utf-8", "replace"),
            ended.stderr.decode("utf-8", "replace"),
        )

    def start(self, name: str, *arguments: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self.command(name, *arguments),
            env=self.environment(),
            cwd=self.folder.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def modules(self) -> Iterator[tuple[str, Any]]:
        """Yield the modules frozen into the programs, each with its code.

        PyInstaller's own reader is used, of the version that built the folder.
        """
        sys.path.insert(0, str(ROOT / "build" / "package" / f"work-{self.system}" / "tools"))
        try:
            from PyInstaller.archive.readers import CArchiveReader
        finally:
            sys.path.pop(0)
        for name in ("workstation", "workstation-ctl"):
            archive = CArchiveReader(str(self.program(name))).open_embedded_archive("PYZ.pyz")
            for module in archive.toc:
                yield module, archive.extract(module)

    def files(self) -> Iterator[Path]:
        yield from (path for path in sorted(self.folder.rglob("*")) if path.is_file())


def msi_rows(msi: Path, table: str) -> list[tuple[str, ...]]:
    """Return the rows of a table of an MSI, as msiinfo exports it."""
    exported = subprocess.run(
        ["msiinfo", "export", str(msi), table], capture_output=True, check=True
    )
    lines = exported.stdout.decode("utf-8", "replace").splitlines()[3:]
    return [tuple(line.split("\t")) for line in lines]
