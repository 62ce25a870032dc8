"""What a build says of itself: describe.py WORK [FOLDER].

Into WORK go the program's metadata, so that its version and licence are found as those of the
packages are, and Windows' version resource; into FOLDER licences, notice and bill of materials.
"""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from workstation import __version__  # noqa: E402 - the tree has to be on the path first
from workstation.ctl.components import PROGRAM, components, licence_texts  # noqa: E402

_VERSION = """VSVersionInfo(
  ffi=FixedFileInfo(filevers=({numbers}), prodvers=({numbers})),
  kids=[
    StringFileInfo([StringTable("040904B0", [
      StringStruct("CompanyName", "Verification Workstation"),
      StringStruct("FileDescription", "Verification Workstation"),
      StringStruct("FileVersion", "{version}"),
      StringStruct("LegalCopyright", "Apache-2.0"),
      StringStruct("ProductName", "Verification Workstation"),
      StringStruct("ProductVersion", "{version}"),
    ])]),
    VarFileInfo([VarStruct("Translation", [0x0409, 1200])]),
  ],
)
"""


def write_metadata(work: Path) -> None:
    """Write the program's own distribution metadata and the version resource."""
    folder = work / f"{PROGRAM.replace('-', '_')}-{__version__}.dist-info"
    for old in work.glob("*.dist-info"):
        shutil.rmtree(old)
    texts = folder / "licenses"
    texts.mkdir(parents=True)
    for name in ("LICENSE", "NOTICE"):
        shutil.copyfile(ROOT / name, texts / name)
    head = f"Metadata-Version: 2.4\nName: {PROGRAM}\nVersion: {__version__}\n"
    (folder / "METADATA").write_text(f"{head}License-Expression: Apache-2.0\n", encoding="utf-8")
    files = ("METADATA", "RECORD", "licenses/LICENSE", "licenses/NOTICE")
    lines = "".join(f"{folder.name}/{name},,\n" for name in files)
    (folder / "RECORD").write_text(lines, encoding="utf-8")
    numbers = ", ".join([*__version__.split("."), "0"][:4])
    written = _VERSION.format(numbers=numbers, version=__version__)
    (work / "version.txt").write_text(written, encoding="utf-8")


def write_desktop_entry(folder: Path) -> None:
    """Write what menus and task bars of Linux know the program by, for /usr/share; and its icon."""
    shared = folder / "share"
    entry = shared / "applications" / "verification-workstation.desktop"
    icon = shared / "icons" / "hicolor" / "scalable" / "apps" / "verification-workstation.svg"
    for path in (entry, icon):
        path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "resources" / "application" / "workstation.svg", icon)
    shutil.copyfile(ROOT / ".ci" / "package" / entry.name, entry)


def write_licences(folder: Path) -> None:
    """Write the licence texts of every component that is bundled, a file each, and the notice."""
    texts = folder / "licences"
    shutil.rmtree(texts, ignore_errors=True)
    texts.mkdir(parents=True)
    shutil.copyfile(ROOT / "NOTICE", folder / "NOTICE.txt")
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE.txt")
    for each in components():
        found = licence_texts(each.name) if each.kind != "machine" else []
        if found:
            name = each.name.replace(" ", "-")
            whole = "".join(f"--- {file}\n{text}\n" for file, text in found)
            (texts / f"{name}.txt").write_text(whole, encoding="utf-8")


def write_licences_of_the_frozen(work: Path, texts: Path) -> None:
    """Write whose the rest is: Python, the loader of PyInstaller, libraries of the system."""
    python = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if python.is_file():
        shutil.copyfile(python, texts / "Python.txt")
    for copying in (work / "tools").glob("pyinstaller-*.dist-info/**/COPYING.txt"):
        shutil.copyfile(copying, texts / "PyInstaller.txt")
    system = [
        each
        for each in (work / "sources.txt").read_text(encoding="utf-8").splitlines()
        if each.startswith(("/usr/", "/lib/"))
    ]
    if not system or shutil.which("dpkg-query") is None:
        return
    # Debian's copies of /lib and /usr/lib are one folder; the data base knows one of the names.
    named = [*system, *(each.removeprefix("/usr") for each in system)]
    asked = subprocess.run(
        ["dpkg-query", "-S", *named],  # noqa: S607 - Debian's own, wherever it lies
        capture_output=True,
        text=True,
        check=False,
    )
    for name in {line.split(":", 1)[0] for line in asked.stdout.splitlines()}:
        said = Path("/usr/share/doc") / name / "copyright"
        if said.is_file():
            shutil.copyfile(said, texts / f"debian-{name}.txt")


def main(work: Path, folder: Path | None = None) -> None:
    """Write what belongs before the build, or after it into its folder."""
    if folder is None:
        write_metadata(work)
        return
    if not (folder / "workstation.exe").is_file():
        write_desktop_entry(folder)
    write_licences(folder)
    write_licences_of_the_frozen(work, folder / "licences")
    sbom = [sys.executable, str(ROOT / ".ci" / "sbom"), str(folder / "sbom.cdx.json")]
    subprocess.run(sbom, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
