"""The ZIP package of a signature container, read so that no two readers see different files.

Bounded, and strict where readers differ: names, duplicates, what lies between the files, headers
that contradict the directory (EN 319 162-1 A.1, APPNOTE 4.3 and 4.4).
"""

import io
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

from crypto.containers.errors import ContainerMalformed, ContainerUnsupported

__all__ = ["PackedFile", "open_package"]

_MAX_FILES = 1000
_MAX_OCTETS = 128 << 20
"""Of all files of a package together, unpacked."""

_MAX_NAME = 512
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_LOCAL_MARK: Final = b"PK\x03\x04"
_END = struct.Struct("<4sHHHHIIH")
_END_MARK: Final = b"PK\x05\x06"
_ENCRYPTED, _LENGTHS_FOLLOW = 0x1, 0x8
_DESCRIPTORS = {0, 12, 16}
"""Octets of a data descriptor behind a file: none, or with and without its own mark."""

_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_FORBIDDEN = set('\\:*?"<>|') | {chr(code) for code in range(32)} | {"\x7f"}
_FOUR_GIB = 0xFFFFFFFF
_EXTRA = struct.Struct("<HH")
_UNICODE_PATH, _ZIP64 = 0x7075, 0x0001


@dataclass(frozen=True, slots=True, repr=False)
class PackedFile:
    """One file of a package: its name, and its octets unpacked."""

    name: str
    octets: bytes


def open_package(untrusted: bytes) -> tuple[PackedFile, ...]:
    """Unpack a package of at most 1,000 files and 128 MiB, in the order they lie.

    Folders are passed over. Raises ContainerMalformed (`zip`, `name`, `duplicate`, `overlap`,
    `octets_between`, `header_differs`, `too_many_files`, `too_large`, `checksum`), or
    ContainerUnsupported (`encrypted`, `compression`, `zip64`).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(untrusted)) as package:
            entries = sorted(package.infolist(), key=lambda each: each.header_offset)
            begun = package.start_dir
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, UnicodeError):
        raise ContainerMalformed("zip") from None
    if not entries or len(entries) > _MAX_FILES:
        raise ContainerMalformed("too_many_files" if entries else "zip")
    if sum(each.file_size for each in entries) > _MAX_OCTETS:
        raise ContainerMalformed("too_large")
    _check_end(untrusted, begun, len(entries))
    if any(each.filename != each.orig_filename for each in entries):
        raise ContainerMalformed("name")  # cut at a NUL, or with the separators of this system
    _check_names([each.filename for each in entries])
    found: list[PackedFile] = []
    at = 0
    for index, entry in enumerate(entries):
        following = entries[index + 1].header_offset if index + 1 < len(entries) else begun
        if entry.header_offset != at:
            raise ContainerMalformed("octets_between" if entry.header_offset > at else "overlap")
        octets = _unpack(untrusted, entry, following)
        if not entry.is_dir():
            found.append(PackedFile(entry.filename, octets))
        elif octets:
            raise ContainerMalformed("name")
        at = following
    return tuple(found)


def _check_end(untrusted: bytes, begun: int, count: int) -> None:
    """Check that one directory ends the file, and that it says how much it holds."""
    at = untrusted.rfind(_END_MARK)
    if at < 0 or len(untrusted) - at < _END.size:
        raise ContainerMalformed("zip")
    _, disk, first, here, total, size, offset, comment = _END.unpack_from(untrusted, at)
    if (disk, first) != (0, 0) or offset == _FOUR_GIB:
        raise ContainerUnsupported("zip64")
    if here != count or total != count or offset != begun or offset + size != at:
        raise ContainerMalformed("zip")
    # A file that is a package itself has the mark too, where it lies unpacked.
    if at + _END.size + comment != len(untrusted) or untrusted.count(_END_MARK, begun) != 1:
        raise ContainerMalformed("zip")


def _check_names(names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        parts = name.removesuffix("/").split("/")
        if not name or len(name) > _MAX_NAME or _FORBIDDEN & set(name):
            raise ContainerMalformed("name")
        if any(part in {"", ".", ".."} or part != part.strip(" .") for part in parts):
            raise ContainerMalformed("name")
        # Two names that one disk takes for one would let one file stand for the other.
        folded = unicodedata.normalize("NFKC", name.removesuffix("/")).casefold()
        if folded in seen:
            raise ContainerMalformed("duplicate")
        seen.add(folded)


def _unpack(untrusted: bytes, entry: zipfile.ZipInfo, following: int) -> bytes:
    if entry.flag_bits & _ENCRYPTED:
        raise ContainerUnsupported("encrypted")
    if entry.compress_type not in _METHODS:
        raise ContainerUnsupported("compression")
    try:
        mark, _, flags, method, _, _, crc, packed, size, name_size, extra = _LOCAL.unpack_from(
            untrusted, entry.header_offset
        )
    except struct.error:
        raise ContainerMalformed("zip") from None
    start = entry.header_offset + _LOCAL.size
    name = untrusted[start : start + name_size]
    encoding = "utf-8" if flags & 0x800 else "cp437"
    same = (flags, method, name) == (
        entry.flag_bits,
        entry.compress_type,
        entry.orig_filename.encode(encoding, errors="replace"),
    )
    follows = bool(flags & _LENGTHS_FOLLOW)
    stated = (entry.CRC, entry.compress_size, entry.file_size)
    if mark != _LOCAL_MARK or not same or ((crc, packed, size) != stated and not follows):
        raise ContainerMalformed("header_differs")
    begun = start + name_size + extra
    end = begun + entry.compress_size
    if end > following:
        raise ContainerMalformed("overlap")
    if following - end not in (_DESCRIPTORS if follows else {0}):
        raise ContainerMalformed("octets_between")
    for fields in (entry.extra, untrusted[start + name_size : begun]):
        _check_extra_fields(fields)
    octets = _inflate(untrusted[begun:end], entry)
    if len(octets) != entry.file_size or zlib.crc32(octets) != entry.CRC:
        raise ContainerMalformed("checksum")
    return octets


def _check_extra_fields(fields: bytes) -> None:
    """Refuse a second name of the file, which some programs take for the first (APPNOTE 4.6.9)."""
    at = 0
    while at + _EXTRA.size <= len(fields):
        kind, size = _EXTRA.unpack_from(fields, at)
        if kind == _UNICODE_PATH:
            raise ContainerMalformed("name")
        if kind == _ZIP64:
            raise ContainerUnsupported("zip64")
        at += _EXTRA.size + size


def _inflate(packed: bytes, entry: zipfile.ZipInfo) -> bytes:
    if entry.compress_type == zipfile.ZIP_STORED:
        return packed
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        octets = inflater.decompress(packed, entry.file_size + 1)
    except zlib.error:
        raise ContainerMalformed("zip") from None
    if not inflater.eof or inflater.unused_data:
        raise ContainerMalformed("zip")
    return octets
