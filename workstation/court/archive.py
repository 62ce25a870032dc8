"""The pack as a file: a ZIP whose octets follow from its parts alone."""

import hashlib
import io
import zipfile
from collections.abc import Mapping

from resources.court.verify_pack import MANIFEST, MAX_PACK
from workstation.errors import PackTooLarge

__all__ = ["digest_parts", "write_archive"]

_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The first moment that the format can state; when a pack was made says nothing."""


def digest_parts(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of every part by its name."""
    return {name: hashlib.sha256(octets).hexdigest() for name, octets in parts.items()}


def write_archive(parts: Mapping[str, bytes]) -> bytes:
    """Return the one ZIP of these parts: stored, the manifest first, then by name.

    Raises PackTooLarge above what verifiers accept.
    """
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(parts, key=lambda each: (each != MANIFEST, each)):
            info = zipfile.ZipInfo(name, _NO_TIME)
            info.create_system = 3  # else it tells which system the pack was made on
            archive.writestr(info, parts[name])
    octets = written.getvalue()
    if len(octets) > MAX_PACK:
        raise PackTooLarge(f"{len(octets)} of {MAX_PACK} bytes")
    return octets
