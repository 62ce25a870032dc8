"""The structure of a PNG file, and whether its picture is all there (ISO/IEC 15948).

What stands after the last whole row stays as it is in a decoder's memory, without a word.
"""

import struct
import zlib
from typing import Final

from vision.errors import ImageRefused, ImageTruncated

__all__ = ["PNG_MAGIC", "read_png_size", "require_whole_png"]

PNG_MAGIC: Final = b"\x89PNG\r\n\x1a\n"
HEADER: Final = b"IHDR"
DATA: Final = b"IDAT"
END: Final = b"IEND"
MOST_CHUNKS: Final = 20_000
INFLATED_AT_ONCE: Final = 1 << 20
MOST_INFLATED: Final = 300_000_000
"""30 megapixels of four channels of 16 bits, with the filter octet of each row."""


def read_png_size(untrusted: bytes) -> tuple[int, int]:
    """Return width and height from the header. Raises ImageRefused."""
    if untrusted[12:16] != HEADER:
        raise ImageRefused("broken image")
    try:
        width, height = struct.unpack_from(">II", untrusted, 16)
    except struct.error:
        raise ImageTruncated("truncated image") from None
    return int(width), int(height)


def require_whole_png(untrusted: bytes) -> None:
    """Walk the chunks to the end and inflate the data to its checksum.

    Raises ImageTruncated when a chunk or the compressed stream ends before its end, ImageRefused
    when it is broken.
    """
    position = len(PNG_MAGIC)
    stream = zlib.decompressobj()
    inflated = 0
    for _ in range(MOST_CHUNKS):
        try:
            length, kind = struct.unpack_from(">I4s", untrusted, position)
            (stated,) = struct.unpack_from(">I", untrusted, position + 8 + length)
        except struct.error:
            raise ImageTruncated("truncated image") from None
        body = untrusted[position + 8 : position + 8 + length]
        if kind in {HEADER, DATA, END} and zlib.crc32(kind + body) != stated:
            raise ImageTruncated("truncated image")
        if kind == DATA:
            inflated += _inflate(stream, body)
        if inflated > MOST_INFLATED:
            raise ImageRefused("image too large")
        if kind == END:
            if not stream.eof:
                raise ImageTruncated("truncated image")
            return
        position += 12 + int(length)
    raise ImageRefused("broken image")


def _inflate(stream: "zlib._Decompress", body: bytes) -> int:
    """Return how many octets the data inflates to; none of them is kept."""
    done = 0
    try:
        while body and not stream.eof and done <= MOST_INFLATED:
            done += len(stream.decompress(body, INFLATED_AT_ONCE))
            body = stream.unconsumed_tail
    except zlib.error:
        raise ImageRefused("broken image") from None
    return done
