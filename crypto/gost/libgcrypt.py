"""libgcrypt's GOST hashes, when the loader finds the library: present on most Linux systems.

Only the hashes: its verification is slower than ours. Calls release the interpreter lock, so a
large list hashed in a thread does not stop the others.
"""

import ctypes
import sys
from typing import Self

__all__ = ["Libgcrypt"]

_NAMES = {"win32": "libgcrypt-20.dll", "darwin": "libgcrypt.20.dylib"}
_ELSEWHERE = "libgcrypt.so.20"
_INITIALIZATION_FINISHED = 38
_STREEBOG = {256: 309, 512: 310}
_GOST94_TEST_BOX = 308
_GOST94_OCTETS = 32
_PIECE = 1 << 20


class Libgcrypt:
    """One loaded library; `name` with the version it states."""

    def __init__(self, library: ctypes.CDLL, version: str) -> None:
        self.name = f"libgcrypt {version}"
        self._library = library
        library.gcry_md_open.argtypes = [
            ctypes.POINTER(ctypes.c_void_p),
            ctypes.c_int,
            ctypes.c_uint,
        ]
        library.gcry_md_open.restype = ctypes.c_uint
        library.gcry_md_copy.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_void_p]
        library.gcry_md_copy.restype = ctypes.c_uint
        library.gcry_md_write.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
        library.gcry_md_write.restype = None
        library.gcry_md_read.argtypes = [ctypes.c_void_p, ctypes.c_int]
        library.gcry_md_read.restype = ctypes.c_void_p
        library.gcry_md_close.argtypes = [ctypes.c_void_p]
        library.gcry_md_close.restype = None

    @classmethod
    def load(cls) -> Self | None:
        """Load and initialise the library; None where there is none or it lacks a function."""
        try:
            library = ctypes.CDLL(_NAMES.get(sys.platform, _ELSEWHERE))
            library.gcry_check_version.argtypes = [ctypes.c_char_p]
            library.gcry_check_version.restype = ctypes.c_char_p
            version = library.gcry_check_version(None)
            library.gcry_control.argtypes = [ctypes.c_int]
            library.gcry_control(_INITIALIZATION_FINISHED)
            return cls(library, (version or b"").decode("ascii", "replace"))
        except (OSError, AttributeError):
            return None

    def streebog(self, size: int) -> "GcryptHasher":
        """Start Streebog of 256 or 512 bits; OSError when the library refuses."""
        return GcryptHasher(self._library, _STREEBOG[size], size // 8)

    def gost94(self) -> "GcryptHasher":
        """Start GOST 34.311-95 with the test S-box; OSError when the library refuses."""
        return GcryptHasher(self._library, _GOST94_TEST_BOX, _GOST94_OCTETS)


class GcryptHasher:
    """A hash in the manner of hashlib over a handle of the library."""

    def __init__(self, library: ctypes.CDLL, algorithm: int, octets: int) -> None:
        self._library = library
        self._algorithm = algorithm
        self.digest_size = octets
        self._handle = ctypes.c_void_p()
        # A library in FIPS mode, or built without these hashes, says so here.
        if library.gcry_md_open(ctypes.byref(self._handle), algorithm, 0) != 0:
            raise OSError(algorithm)

    def __del__(self) -> None:
        self._library.gcry_md_close(self._handle)

    def update(self, data: bytes | memoryview, /) -> None:
        """Take more input."""
        if isinstance(data, bytes):
            self._library.gcry_md_write(self._handle, data, len(data))
            return
        # A view of a large list is copied piece by piece, never as a whole.
        view = memoryview(data)
        for at in range(0, len(view), _PIECE):
            piece = bytes(view[at : at + _PIECE])
            self._library.gcry_md_write(self._handle, piece, len(piece))

    def digest(self) -> bytes:
        """Return the value of everything taken so far; more may follow."""
        copy = ctypes.c_void_p()
        if self._library.gcry_md_copy(ctypes.byref(copy), self._handle) != 0:
            raise OSError(self._algorithm)
        try:
            found = self._library.gcry_md_read(copy, self._algorithm)
            if not found:
                raise OSError(self._algorithm)
            return ctypes.string_at(found, self.digest_size)
        finally:
            self._library.gcry_md_close(copy)
