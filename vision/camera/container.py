"""Which kind of recording a file is, and whether it ends before its container says.

FFmpeg delivers what it finds of a file that was cut short, and its end looks like any other.
"""

import os
from pathlib import Path
from typing import BinaryIO, Final

__all__ = ["HEAD", "is_recording", "is_whole"]

HEAD: Final = 16
MATROSKA: Final = b"\x1a\x45\xdf\xa3"
MATROSKA_SEGMENT: Final = b"\x18\x53\x80\x67"
MOST_BOXES: Final = 10_000
LONGEST_SIZE: Final = 8


def is_recording(head: bytes) -> bool:
    """Say whether a file that starts so is an MP4, MOV, AVI, Matroska or WebM file."""
    return _is_mp4(head) or _is_avi(head) or head.startswith(MATROSKA)


def is_whole(path: Path) -> bool:
    """Say whether the file is as long as its container states.

    Boxes of ISO/IEC 14496-12, chunks of RIFF, the segment of Matroska (RFC 9559); a live stream in
    Matroska states no length and counts as whole. Raises OSError.
    """
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        head = stream.read(HEAD)
        stream.seek(0)
        if _is_mp4(head):
            return _boxes_end(stream, size) == size
        if _is_avi(head):
            return _riff_end(stream, size) <= size
        return _segment_end(stream) <= size


def _is_mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp"


def _is_avi(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"AVI "


def _boxes_end(stream: BinaryIO, size: int) -> int:
    """Return where the last top-level box ends; a size of 0 is that up to the file's end."""
    position = 0
    for _ in range(MOST_BOXES):
        if position >= size:
            break
        stream.seek(position)
        head = stream.read(HEAD)
        length = int.from_bytes(head[:4], "big")
        if len(head) < LONGEST_SIZE or (length == 1 and len(head) < HEAD):
            return size + 1
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            return size
        if length < LONGEST_SIZE:
            # What is no box follows the last one: some cameras write so.
            return size
        position += length
    return position


def _riff_end(stream: BinaryIO, size: int) -> int:
    """Return where the last RIFF chunk ends; files above 1 GB have several."""
    position = 0
    while position + LONGEST_SIZE <= size:
        stream.seek(position)
        head = stream.read(LONGEST_SIZE)
        if head[:4] != b"RIFF":
            break
        position += LONGEST_SIZE + int.from_bytes(head[4:], "little")
    return position


def _segment_end(stream: BinaryIO) -> int:
    """Return where the segment ends, 0 when it does not say."""
    stream.seek(len(MATROSKA))
    stream.seek(_element_size(stream) or 0, os.SEEK_CUR)
    if stream.read(len(MATROSKA_SEGMENT)) != MATROSKA_SEGMENT:
        return 0
    length = _element_size(stream)
    return 0 if length is None else stream.tell() + length


def _element_size(stream: BinaryIO) -> int | None:
    """Return an EBML size (RFC 8794, 6): None when all its bits are set, which is unknown."""
    first = int.from_bytes(stream.read(1), "big")
    octets = LONGEST_SIZE + 1 - first.bit_length()
    if first == 0:
        return None
    value = int.from_bytes(bytes([first & (0xFF >> octets)]) + stream.read(octets - 1), "big")
    return None if value == (1 << 7 * octets) - 1 else value
