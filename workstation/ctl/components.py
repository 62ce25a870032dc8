"""What the program bundles and depends on, with version, licence and the licence's own text.

The table is data (resources/licences/components.toml); versions and texts come from the installed
packages, so the answer is about this installation.
"""

import functools
import importlib.metadata
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

import resources
from workstation import __version__
from workstation.errors import WorkstationError
from workstation.settings.toml_file import parse_toml

__all__ = [
    "PROGRAM",
    "Bundled",
    "Carried",
    "Component",
    "LicenceTable",
    "LicenceTableRefused",
    "Model",
    "OnMachine",
    "Package",
    "components",
    "licence_table",
    "licence_texts",
]

PROGRAM: Final = "verification-workstation"
_OWN_LICENCE = "Apache-2.0"
_OWN_TEXTS = ("LICENSE", "NOTICE")
_TEXT = re.compile(r"(licen[cs]es?|copying|notice)", re.IGNORECASE)
_WORDS_ONLY = {"", ".txt", ".md", ".rst", ".apache", ".bsd", ".lesser"}

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class LicenceTableRefused(WorkstationError):
    """The table of components is absent or malformed; detail names the place."""

    code = "licence_table_refused"


class Carried(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A library inside a package's wheels; `where`: all, or systems separated by commas."""

    name: _Text
    licence: _Text
    where: _Text


class Bundled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Files of this tree that others made.

    use    runtime, or source: in the source tree only
    files  patterns below the tree's root
    text   licence texts below resources/
    """

    name: _Text
    version: _Text
    kind: Literal["font", "icons", "data", "picture"]
    use: Literal["runtime", "source"]
    licence: _Text
    holder: str
    files: tuple[_Text, ...]
    text: tuple[_Text, ...]
    note: _Text


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model file that a package brings; its SHA-256 is pinned in `vision.models.manifest`."""

    name: _Text
    package: _Text
    licence: _Text
    holder: _Text
    note: _Text


class Package(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A package of the locks.

    use      `runtime`, or the extra or dependency group that brings it
    differs  why the licence is not the one that the package's metadata state
    text     licence texts below resources/, where the package installs none
    """

    name: _Text
    licence: _Text
    use: _Text
    purpose: _Text
    differs: str = ""
    note: str = ""
    text: tuple[_Text, ...] = ()
    carries: tuple[Carried, ...] = ()


class OnMachine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is found on the machine and never shipped."""

    name: _Text
    licence: _Text
    purpose: _Text


class LicenceTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table, in the order of the file."""

    bundled: tuple[Bundled, ...]
    model: tuple[Model, ...]
    package: tuple[Package, ...]
    machine: tuple[OnMachine, ...]


class Component(msgspec.Struct, frozen=True):
    """One line of the answer.

    version  empty when the package is not installed
    kind     program, package, model, font, icons, data, picture, machine
    use      runtime, source, an extra, a group, or empty
    note     what has to be known about the licence
    """

    name: str
    version: str
    kind: str
    licence: str
    use: str
    purpose: str = ""
    note: str = ""
    carries: tuple[Carried, ...] = ()


@functools.cache
def licence_table() -> LicenceTable:
    """Return the shipped table. Raises LicenceTableRefused."""
    try:
        written = resources.path("licences", "components.toml").read_bytes()
    except OSError as error:
        raise LicenceTableRefused(type(error).__name__) from None
    return parse_toml(written, LicenceTable, LicenceTableRefused)


def components() -> Iterator[Component]:
    """Yield the program, then what it bundles, its models, packages, and what the machine gives."""
    table = licence_table()
    yield Component(PROGRAM, __version__, "program", _OWN_LICENCE, "")
    for each in table.bundled:
        yield Component(each.name, each.version, each.kind, each.licence, each.use, note=each.note)
    for model in table.model:
        version = _version(model.package)
        yield Component(model.name, version, "model", model.licence, "runtime", note=model.note)
    for package in table.package:
        yield _package(package)
    for found in table.machine:
        yield Component(found.name, "", "machine", found.licence, "", found.purpose)


def licence_texts(name: str) -> list[tuple[str, str]]:
    """Return (file name, text) of every licence file of a component, shortest path first.

    Empty when the component is known and no text of it is installed. Raises KeyError for a name
    that is not in the table.
    """
    wanted, table = _normalise(name), licence_table()
    if wanted == PROGRAM:
        return _own_texts()
    for each in table.bundled:
        if _normalise(each.name) == wanted:
            ours = each.licence == _OWN_LICENCE
            return _own_texts() if ours else [_resource(file) for file in each.text]
    for model in table.model:
        if _normalise(model.name) == wanted:
            return _installed_texts(model.package)
    for package in table.package:
        if package.name == wanted:
            # What a wheel carries is not always the text of its licence: PySide6's for Windows
            # name the commercial one only.
            return [*_installed_texts(wanted), *(_resource(file) for file in package.text)]
    if any(_normalise(found.name) == wanted for found in table.machine):
        return []
    raise KeyError(name)


def _package(package: Package) -> Component:
    found = _distribution(package.name)
    stated = found.metadata.json.get("license_expression") if found else None
    return Component(
        package.name,
        found.version if found else "",
        "package",
        # An installed version may have changed its licence; where the table differs it knows why.
        package.licence if package.differs or not stated else str(stated),
        package.use,
        package.purpose,
        " ".join(filter(None, (package.differs, package.note))),
        package.carries,
    )


def _normalise(name: str) -> str:
    """Return the name as package indexes compare it."""
    return re.sub(r"[-_.\s]+", "-", name.strip()).lower()


def _distribution(name: str) -> importlib.metadata.Distribution | None:
    try:
        return importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _version(name: str) -> str:
    found = _distribution(name)
    return found.version if found else ""


def _installed_texts(name: str) -> list[tuple[str, str]]:
    found = _distribution(name)
    if found is None:
        return []
    there = {}
    for file in found.files or ():
        # Copies outside the metadata, and licences of what a package vendors, would repeat it.
        if ".dist-info" not in file.parts[0] or _TEXT.search(str(file)) is None:
            continue
        path = Path(str(file.locate()))
        if path.suffix.lower() in _WORDS_ONLY and path.is_file():
            there["/".join(file.parts[1:])] = path
    ordered = sorted(there.items(), key=lambda item: (item[0].count("/"), item[0]))
    return [(short, _read(path)) for short, path in ordered]


def _own_texts() -> list[tuple[str, str]]:
    """Read from the source tree where there is one, else from the installed package's metadata."""
    root = resources.path("licences").parents[1]
    if (root / "pyproject.toml").is_file():
        return [(name, _read(root / name)) for name in _OWN_TEXTS]
    return _installed_texts(PROGRAM)


def _resource(file: str) -> tuple[str, str]:
    return file, _read(resources.path(*file.split("/")))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
