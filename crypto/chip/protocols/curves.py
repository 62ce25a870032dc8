"""Points of the curves of travel documents, for protocols that need them (SEC 1, BSI TR-03111).

The library that does this product's other cryptography multiplies the curves' own generators only
and gives one coordinate of a point; PACE needs both and generators of its own.
"""

from typing import Final

from crypto.chip.errors import ChipMalformed
from crypto.gost.curves import Curve, Point, group

__all__ = ["agree", "decode_point"]

_UNCOMPRESSED: Final = 4


def decode_point(curve: Curve, octets: bytes) -> Point:
    """Read an uncompressed point; ChipMalformed(`point`) unless it is on the curve."""
    size = curve.octets
    if len(octets) != 1 + 2 * size or octets[0] != _UNCOMPRESSED:
        raise ChipMalformed("point")
    point = int.from_bytes(octets[1 : 1 + size], "big"), int.from_bytes(octets[1 + size :], "big")
    if not group(curve).contains(point):
        raise ChipMalformed("point")
    return point


def agree(curve: Curve, secret: int, point: Point) -> bytes:
    """Return the x coordinate of secret·point (BSI TR-03111, 4.3.1)."""
    return group(curve).multiply(point, secret)[0].to_bytes(curve.octets, "big")
