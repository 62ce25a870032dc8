"""Failures of GOST arithmetic itself."""

from crypto.errors import CryptoError

__all__ = ["GostError", "GostKeyRefused"]


class GostError(CryptoError):
    """A GOST operation cannot be done with these values."""

    code = "gost"


class GostKeyRefused(GostError):
    """A GOST key does not decode, is out of range, or is not on its curve."""

    code = "gost_key_refused"
