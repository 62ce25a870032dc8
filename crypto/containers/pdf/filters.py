"""Decoding of streams: FlateDecode with its predictors (ISO 32000-2 7.4.4), within bounds."""

import zlib
from collections.abc import Callable
from itertools import accumulate

from crypto.containers.errors import ContainerMalformed, ContainerUnsupported
from crypto.containers.pdf.syntax import Dictionary, PdfName, Value

__all__ = ["decode_stream"]

_PNG_PREDICTORS = range(10, 16)
_MAX_COLUMNS = 4096


def decode_stream(dictionary: Dictionary, encoded: bytes, maximum: int) -> bytes:
    """Decode a stream of at most `maximum` octets when decoded.

    Raises ContainerMalformed (`stream_too_large`, `stream`), ContainerUnsupported (`filter`).
    """
    filters, parameters = dictionary.get("Filter"), dictionary.get("DecodeParms")
    if "F" in dictionary:  # the octets lie in another file
        raise ContainerUnsupported("external_stream")
    if isinstance(filters, list):
        if len(filters) > 1:
            raise ContainerUnsupported("filter")
        filters = filters[0] if filters else None
        parameters = parameters[0] if isinstance(parameters, list) and parameters else parameters
    if filters is None:
        if len(encoded) > maximum:
            raise ContainerMalformed("stream_too_large")
        return encoded
    if filters != PdfName("FlateDecode"):
        raise ContainerUnsupported("filter")
    return _unpredict(_inflate(encoded, maximum), parameters)


def _inflate(encoded: bytes, maximum: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        octets = inflater.decompress(encoded, maximum + 1)
    except zlib.error:
        raise ContainerMalformed("stream") from None
    if len(octets) > maximum:
        raise ContainerMalformed("stream_too_large")
    if not inflater.eof:
        raise ContainerMalformed("stream")
    return octets


def _unpredict(octets: bytes, parameters: Value) -> bytes:
    if parameters is None:
        return octets
    if not isinstance(parameters, dict):
        raise ContainerUnsupported("predictor")
    predictor = parameters.get("Predictor", 1)
    if predictor == 1:
        return octets
    columns = parameters.get("Columns", 1)
    if predictor not in _PNG_PREDICTORS or not isinstance(columns, int):
        raise ContainerUnsupported("predictor")
    plain = (parameters.get("Colors", 1), parameters.get("BitsPerComponent", 8)) == (1, 8)
    if not plain or not 1 <= columns <= _MAX_COLUMNS or len(octets) % (columns + 1):
        raise ContainerUnsupported("predictor")
    rows: list[bytes] = []
    above = bytes(columns)
    for start in range(0, len(octets), columns + 1):
        restore = _ROWS.get(octets[start])
        if restore is None:
            raise ContainerMalformed("stream")
        above = restore(octets[start + 1 : start + 1 + columns], above)
        rows.append(above)
    return b"".join(rows)


def _restore_up(row: bytes, above: bytes) -> bytes:
    return bytes((a + b) & 0xFF for a, b in zip(row, above, strict=True))


def _restore_sub(row: bytes, _above: bytes) -> bytes:
    return bytes(each & 0xFF for each in accumulate(row))


def _restore_average(row: bytes, above: bytes) -> bytes:
    left, found = 0, bytearray()
    for each, up in zip(row, above, strict=True):
        left = (each + (left + up) // 2) & 0xFF
        found.append(left)
    return bytes(found)


def _restore_paeth(row: bytes, above: bytes) -> bytes:
    left, corner, found = 0, 0, bytearray()
    for each, up in zip(row, above, strict=True):
        estimate = left + up - corner
        nearest = min((left, up, corner), key=lambda value: abs(estimate - value))
        left, corner = (each + nearest) & 0xFF, up
        found.append(left)
    return bytes(found)


_ROWS: dict[int, Callable[[bytes, bytes], bytes]] = {
    0: lambda row, _above: row,
    1: _restore_sub,
    2: _restore_up,
    3: _restore_average,
    4: _restore_paeth,
}
