"""Windows DPAPI through ctypes: bytes bound to the Windows account that runs the workstation."""

import sys

from crypto.errors import KeyUnreadable

__all__ = ["protect", "unprotect"]

if sys.platform == "win32":  # pragma: no cover - runs on Windows only
    import ctypes
    from ctypes import wintypes

    _UI_FORBIDDEN = 0x01

    class _Blob(ctypes.Structure):
        """DATA_BLOB of wincrypt.h."""

        _fields_ = (("size", wintypes.DWORD), ("data", ctypes.POINTER(ctypes.c_char)))

        @classmethod
        def from_bytes(cls, raw: bytes) -> "_Blob":
            """Wrap bytes; the buffer lives as long as the structure refers to it."""
            return cls(len(raw), ctypes.create_string_buffer(raw, len(raw)))

    def _call(function: str, data: bytes, entropy: bytes) -> bytes:
        crypt32 = ctypes.WinDLL("crypt32", use_last_error=True)
        kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel32.LocalFree.argtypes = (ctypes.c_void_p,)
        source, extra, result = _Blob.from_bytes(data), _Blob.from_bytes(entropy), _Blob()
        done = getattr(crypt32, function)(
            ctypes.byref(source),
            None,
            ctypes.byref(extra),
            None,
            None,
            _UI_FORBIDDEN,
            ctypes.byref(result),
        )
        if not done:
            raise KeyUnreadable(f"{function} {ctypes.get_last_error()}")
        try:
            return ctypes.string_at(result.data, result.size)
        finally:
            kernel32.LocalFree(result.data)

    def protect(data: bytes, entropy: bytes) -> bytes:
        """Seal bytes for this account; the same entropy is needed to open them."""
        return _call("CryptProtectData", data, entropy)

    def unprotect(data: bytes, entropy: bytes) -> bytes:
        """Open sealed bytes; KeyUnreadable for another account, other entropy or damage."""
        return _call("CryptUnprotectData", data, entropy)

else:

    def protect(data: bytes, entropy: bytes) -> bytes:
        """Refuse: there is no DPAPI outside Windows."""
        raise KeyUnreadable(f"no DPAPI on {sys.platform} ({len(data)}, {len(entropy)} bytes)")

    def unprotect(data: bytes, entropy: bytes) -> bytes:
        """Refuse: there is no DPAPI outside Windows."""
        raise KeyUnreadable(f"no DPAPI on {sys.platform} ({len(data)}, {len(entropy)} bytes)")
