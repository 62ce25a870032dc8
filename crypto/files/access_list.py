"""Access lists of Windows, the counterpart of mode 0600 and 0700: who else may read or change.

The binary forms are those of MS-DTYP 2.4: a self-relative security descriptor, its discretionary
list, entries and identifiers. They are read and written anywhere; only the calls that fetch and
set them are Windows' own. A disk without access lists (FAT) grants everything to everybody.
"""

import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Grant", "grants", "make_private", "others_may", "owner", "private_descriptor"]

EVERYBODY = "S-1-1-0"
SYSTEM, ADMINISTRATORS = "S-1-5-18", "S-1-5-32-544"
_OWNER_RIGHTS, _CREATOR_OWNER = "S-1-3-4", "S-1-3-0"
_TRUSTED = frozenset({SYSTEM, ADMINISTRATORS, _OWNER_RIGHTS, _CREATOR_OWNER})
"""Administrators read everything anyway: custody never stopped them."""

FULL = 0x001F01FF
READ = 0x80000000 | 0x10000000 | 0x000C0000 | 0x0001
"""Rights that show a file's content: GENERIC_READ and ALL, WRITE_DAC and OWNER, FILE_READ_DATA."""

CHANGE = 0x40000000 | 0x10000000 | 0x000D0000 | 0x0002 | 0x0004 | 0x0040
"""Rights that change a folder: GENERIC_WRITE and ALL, DELETE, WRITE_DAC and OWNER, add, delete."""

_ALLOWED = (0x00, 0x09)
_INHERIT_ONLY = 0x08
_CONTAINER_AND_OBJECT = 0x03
_PROTECTED_RELATIVE = 0x9004
_PRESENT = 0x0004
_OWNER, _DACL = 0x00000001, 0x00000004
_PROTECTED = 0x80000000


@dataclass(frozen=True, slots=True)
class Grant:
    """What one identifier may do: an access mask of Windows."""

    who: str
    rights: int


def grants(descriptor: bytes) -> tuple[Grant, ...]:
    """Return what a self-relative descriptor allows here; entries that only forbid are left out.

    Without a list everything is allowed to everybody. ValueError when the octets are no descriptor.
    """
    try:
        return tuple(_entries(descriptor))
    except (struct.error, IndexError) as error:
        raise ValueError("security descriptor") from error


def owner(descriptor: bytes) -> str:
    """Return whose the thing is: an owner gives himself any right; without one it is everybody's.

    ValueError when the octets are no descriptor.
    """
    try:
        (at,) = struct.unpack_from("<4xI", descriptor)
        return _identifier(descriptor, at) if at else EVERYBODY
    except (struct.error, IndexError) as error:
        raise ValueError("security descriptor") from error


def _entries(descriptor: bytes) -> Iterator[Grant]:
    control, at = struct.unpack_from("<2xH12xI", descriptor)
    if not control & _PRESENT or at == 0:
        yield Grant(EVERYBODY, FULL)
        return
    (count,) = struct.unpack_from("<4xH", descriptor, at)
    at += 8
    for _ in range(count):
        kind, flags, size, rights = struct.unpack_from("<BBHI", descriptor, at)
        if kind in _ALLOWED and not flags & _INHERIT_ONLY:
            yield Grant(_identifier(descriptor, at + 8), rights)
        at += size


def _identifier(octets: bytes, at: int) -> str:
    count = octets[at + 1]
    authority = int.from_bytes(octets[at + 2 : at + 8], "big")
    subs = struct.unpack_from(f"<{count}I", octets, at + 8)
    return "-".join(("S", str(octets[at]), str(authority), *map(str, subs)))


def _packed(identifier: str) -> bytes:
    revision, authority, *subs = map(int, identifier.split("-")[1:])
    head = struct.pack("<BB", revision, len(subs)) + authority.to_bytes(6, "big")
    return head + struct.pack(f"<{len(subs)}I", *subs)


def private_descriptor(owner: str, *, folder: bool) -> bytes:
    """Return a protected list that lets in the owner, the system and administrators.

    In a folder whatever is made later inherits it.
    """
    entries = b""
    for who in (owner, SYSTEM, ADMINISTRATORS):
        packed = _packed(who)
        flags = _CONTAINER_AND_OBJECT if folder else 0
        entries += struct.pack("<BBHI", 0, flags, 8 + len(packed), FULL) + packed
    head = struct.pack("<BBHIIII", 1, 0, _PROTECTED_RELATIVE, 0, 0, 0, 20)
    return head + struct.pack("<BBHHH", 2, 0, 8 + len(entries), 3, 0) + entries


if sys.platform == "win32":  # pragma: no cover - runs on Windows only
    import ctypes
    import msvcrt
    from ctypes import wintypes

    _TOKEN_QUERY, _TOKEN_USER = 0x0008, 1
    _MAX_DESCRIPTOR = 1 << 17
    _advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel32.GetCurrentProcess.restype = wintypes.HANDLE
    _kernel32.CloseHandle.argtypes = (wintypes.HANDLE,)
    _advapi32.OpenProcessToken.argtypes = (
        wintypes.HANDLE, wintypes.DWORD, ctypes.POINTER(wintypes.HANDLE),
    )  # fmt: skip
    _advapi32.GetTokenInformation.argtypes = (
        wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD, wintypes.LPDWORD,
    )  # fmt: skip
    _advapi32.GetLengthSid.argtypes = (ctypes.c_void_p,)
    _advapi32.SetFileSecurityW.argtypes = (wintypes.LPCWSTR, wintypes.DWORD, ctypes.c_char_p)
    _advapi32.GetFileSecurityW.argtypes = (
        wintypes.LPCWSTR, wintypes.DWORD, ctypes.c_void_p, wintypes.DWORD, wintypes.LPDWORD,
    )  # fmt: skip
    _advapi32.GetKernelObjectSecurity.argtypes = (
        wintypes.HANDLE, wintypes.DWORD, ctypes.c_void_p, wintypes.DWORD, wintypes.LPDWORD,
    )  # fmt: skip

    def _require(done: int) -> None:
        if not done:
            raise ctypes.WinError(ctypes.get_last_error())

    def _account() -> str:
        token, size = wintypes.HANDLE(), wintypes.DWORD()
        _require(
            _advapi32.OpenProcessToken(
                _kernel32.GetCurrentProcess(), _TOKEN_QUERY, ctypes.byref(token)
            )
        )
        try:
            user = ctypes.create_string_buffer(256)
            _require(
                _advapi32.GetTokenInformation(
                    token, _TOKEN_USER, user, len(user), ctypes.byref(size)
                )
            )
        finally:
            _kernel32.CloseHandle(token)
        at = ctypes.c_void_p.from_buffer(user)
        return _identifier(ctypes.string_at(at, _advapi32.GetLengthSid(at)), 0)

    def make_private(path: Path, *, folder: bool) -> None:
        """Let nobody but this account, the system and administrators in; OSError."""
        set_descriptor(path, private_descriptor(_account(), folder=folder))

    def set_descriptor(path: Path, descriptor: bytes) -> None:
        """Give a file or folder this discretionary list; OSError."""
        _require(_advapi32.SetFileSecurityW(str(path), _DACL | _PROTECTED, descriptor))

    def others_may(what: Path | int, rights: int) -> bool:
        """Whether an account besides has any of the rights on a path or a descriptor, or owns it.

        Raises OSError.
        """
        found, size = ctypes.create_string_buffer(_MAX_DESCRIPTOR), wintypes.DWORD()
        room = (_OWNER | _DACL, found, len(found), ctypes.byref(size))
        if isinstance(what, int):
            _require(_advapi32.GetKernelObjectSecurity(msvcrt.get_osfhandle(what), *room))
        else:
            _require(_advapi32.GetFileSecurityW(str(what), *room))
        own = _TRUSTED | {_account()}
        return owner(found.raw) not in own or any(
            each.rights & rights and each.who not in own for each in grants(found.raw)
        )

else:

    def make_private(path: Path, *, folder: bool) -> None:
        """Do nothing: `open` and `mkdir` were told the mode (of this file or folder)."""

    def others_may(what: Path | int, rights: int) -> bool:
        """Refuse: outside Windows the mode tells."""
        raise OSError(f"no access lists on {sys.platform} ({what}, {rights:x})")
