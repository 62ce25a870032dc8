"""Two contents that differ in line ends alone: mail and editors rewrite them, nobody forged.

Such a content is still not the one that was signed (RFC 5652 signs octets); only the words that
are said about it differ. A byte order mark and the last line's end count as line ends here.
"""

from collections.abc import Iterator

__all__ = ["equal_but_line_ends", "vary_line_ends"]

_MARK = b"\xef\xbb\xbf"
# Each form is hashed once: plain Python hashes a third of a megabyte a second.
_MAX_OCTETS = 64 * 1024
# A byte order mark and a few last line ends.
_MOST_ADDED = 16


def equal_but_line_ends(one: bytes, other: bytes) -> bool:
    """Tell whether two contents are the same text but for line ends."""
    short, long = sorted((len(one), len(other)))
    if long > 2 * short + _MOST_ADDED:  # an LF becomes two octets at most: megabytes cost nothing
        return False
    return _normalise(one).rstrip(b"\n") == _normalise(other).rstrip(b"\n")


def vary_line_ends(content: bytes) -> Iterator[bytes]:
    """Yield other forms of a content of at most 64 KiB that differ in line ends alone."""
    if len(content) > _MAX_OCTETS:
        return
    text = _normalise(content)
    forms = (
        mark + body.replace(b"\n", line_end)
        for body in (text, text.rstrip(b"\n"), text.rstrip(b"\n") + b"\n")
        for line_end in (b"\n", b"\r\n", b"\r")
        for mark in (b"", _MARK)
    )
    yield from (form for form in dict.fromkeys(forms) if form != content)


def _normalise(content: bytes) -> bytes:
    return content.removeprefix(_MARK).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
