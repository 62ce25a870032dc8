"""The size of a JPEG 2000 picture (ISO/IEC 15444-1), as the chips of documents hold it.

It is read from the codestream itself (annex A.5.1), which the decoder goes by, and not from the
boxes around it, which may say otherwise.
"""

import struct
from typing import Final

from vision.errors import ImageRefused, ImageTruncated

__all__ = ["CODESTREAM_MAGIC", "JP2_MAGIC", "read_jp2_size"]

JP2_MAGIC: Final = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
CODESTREAM_MAGIC: Final = b"\xff\x4f\xff\x51"
"""SOC, and SIZ at once after it."""

END: Final = b"\xff\xd9"
SIZE: Final = struct.Struct(">HH8IH")
BOX: Final = struct.Struct(">I4s")
LONG_BOX: Final = struct.Struct(">Q")
MOST_BOXES: Final = 64
MOST_COMPONENTS: Final = 4
MOST_TILES: Final = 1_024


def read_jp2_size(untrusted: bytes) -> tuple[int, int]:
    """Return width and height. Raises ImageRefused, ImageTruncated.

    Refused are more than four components and more than 1024 tiles: what a decoder allocates for
    each of them bears no relation to the octets there are.
    """
    codestream = _find_codestream(untrusted)
    try:
        # Lsiz, Rsiz, then Xsiz, Ysiz, XOsiz, YOsiz, XTsiz, YTsiz, XTOsiz, YTOsiz, then Csiz.
        _, _, *sizes, components = SIZE.unpack_from(codestream, len(CODESTREAM_MAGIC))
    except struct.error:
        raise ImageTruncated("truncated image") from None
    right, bottom, left, top, tile_width, tile_height, tile_left, tile_top = sizes
    width, height = right - left, bottom - top
    if min(width, height, tile_width, tile_height) <= 0 or not 0 < components <= MOST_COMPONENTS:
        raise ImageRefused("broken image")
    tiles = -(-(right - tile_left) // tile_width) * -(-(bottom - tile_top) // tile_height)
    if tiles > MOST_TILES:
        raise ImageRefused("too many tiles")
    if not codestream.rstrip(b"\0").endswith(END):
        raise ImageTruncated("truncated image")
    return width, height


def _find_codestream(untrusted: bytes) -> bytes:
    """Return the codestream, out of the boxes of a file if it stands in one."""
    if untrusted.startswith(CODESTREAM_MAGIC):
        return untrusted
    position = 0
    for _ in range(MOST_BOXES):
        try:
            length, kind = BOX.unpack_from(untrusted, position)
            header = BOX.size
            if length == 1:
                (length,) = LONG_BOX.unpack_from(untrusted, position + header)
                header += LONG_BOX.size
        except struct.error:
            raise ImageTruncated("truncated image") from None
        end = position + length if length else len(untrusted)
        if end < position + header or end > len(untrusted):
            raise ImageTruncated("truncated image")
        if kind == b"jp2c":
            codestream = untrusted[position + header : end]
            if not codestream.startswith(CODESTREAM_MAGIC):
                raise ImageRefused("broken image")
            return codestream
        position = end
    raise ImageRefused("broken image")
