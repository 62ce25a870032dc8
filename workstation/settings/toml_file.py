"""Strict reading of a TOML file into msgspec structs: the one place where configuration enters.

Every error becomes the caller's own WorkstationError whose detail names the place
(`$.camera.index`), so nothing of tomllib, msgspec or the file system leaks out.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from workstation.errors import WorkstationError

__all__ = ["convert_tables", "parse_toml", "read_limited", "toml_tables"]

_Shape = TypeVar("_Shape")


def read_limited(path: Path, limit: int, refused: type[WorkstationError]) -> bytes:
    """Return the file's bytes; raise `refused` when it is absent, unreadable or above `limit`."""
    try:
        with path.open("rb") as file:
            untrusted = file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise refused(f"{path.name}: {type(error).__name__}") from None
    if len(untrusted) > limit:
        raise refused(f"{path.name}: larger than {limit} bytes")
    return untrusted


def parse_toml(untrusted: bytes, shape: type[_Shape], refused: type[WorkstationError]) -> _Shape:
    """Return the file's values as `shape`, strictly typed; raise `refused` naming the path."""
    return convert_tables(toml_tables(untrusted, refused), shape, refused)


def convert_tables(
    tables: Mapping[str, object], shape: type[_Shape], refused: type[WorkstationError]
) -> _Shape:
    """Return tables as `shape`, strictly typed; raise `refused` naming the path."""
    try:
        return msgspec.convert(tables, shape, strict=True)
    except msgspec.ValidationError as error:
        raise refused(str(error)) from None


def toml_tables(untrusted: bytes, refused: type[WorkstationError]) -> dict[str, object]:
    """Return the tables of a file whose bytes are untrusted; raise `refused` when it is no TOML."""
    try:
        return tomllib.loads(untrusted.decode("utf-8"))
    except RecursionError:
        # tomllib recurses into nested arrays without a limit of its own.
        raise refused("nested too deeply") from None
    except ValueError as error:
        # Covers TOMLDecodeError, UnicodeDecodeError and integers with too many digits.
        raise refused(f"not TOML: {_first_line(error)}") from None


def _first_line(error: ValueError) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
