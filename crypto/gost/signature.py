"""ГОСТ 34.310-2004 and ГОСТ 34.10-2015 signatures in the encoding of Kazakhstan's certificates.

A signature is r ‖ s and a key x ‖ y, each number little-endian in the curve's octets, and the
digest is read little-endian: the byte-wise reverse of RFC 4491, the same in certificates, lists,
responses, tokens and CMS. The arithmetic is RFC 7091 section 6.
"""

from collections.abc import Callable

from crypto.gost.curves import Curve, Group, Point, group
from crypto.gost.errors import GostError, GostKeyRefused

__all__ = ["SignatureNotMade", "decode_point", "encode_point", "sign", "verify", "verify_in"]

_ATTEMPTS = 32
_EXTRA_OCTETS = 16


class SignatureNotMade(GostError):
    """The random source gave no usable nonce in many attempts: it is broken."""

    code = "gost_signature_not_made"


def decode_point(curve: Curve, octets: bytes) -> Point:
    """Read a public key x ‖ y; GostKeyRefused unless it is a point of order q."""
    size = curve.octets
    if len(octets) != 2 * size:
        raise GostKeyRefused("length")
    point = int.from_bytes(octets[:size], "little"), int.from_bytes(octets[size:], "little")
    if not group(curve).contains(point):
        raise GostKeyRefused("not_on_curve")
    return point


def encode_point(curve: Curve, point: Point) -> bytes:
    """Write a public key x ‖ y."""
    return b"".join(number.to_bytes(curve.octets, "little") for number in point)


def verify(
    curve: Curve,
    point: Point,
    digest: bytes,
    signature: bytes,
    number: Callable[[int], int] = int,
) -> bool:
    """Verify that r ‖ s signs `digest` (its `curve.octets` octets) under the key `point`.

    number  the kind of integer to compute in. False for every malformed signature;
            GostKeyRefused when the point is not on the curve.
    """
    return verify_in(group(curve, number), point, digest, signature)


def verify_in(points: Group, point: Point, digest: bytes, signature: bytes) -> bool:
    """Verify as `verify` does, in a group made before."""
    curve = points.curve
    size = curve.octets
    if len(signature) != 2 * size or len(digest) != size:
        return False
    r = int.from_bytes(signature[:size], "little")
    s = int.from_bytes(signature[size:], "little")
    # RFC 7091, 6.2, step 1. Also what keeps a signature from having a second spelling, s + q.
    if not (0 < r < curve.q and 0 < s < curve.q):
        return False
    # The key is foreign: unless it is on the curve and of order q, the equation proves nothing
    # (SEC 1, 3.2.2.1).
    if not points.contains(point):
        raise GostKeyRefused("not_on_curve")
    return points.verify(int.from_bytes(digest, "little"), r, s, point)


def sign(curve: Curve, d: int, digest: bytes, rng: Callable[[int], bytes]) -> bytes:
    """Sign a digest of `curve.octets` octets: s = rd + ke. For the sandbox and tests only.

    rng  returns that many unpredictable octets, e.g. `secrets.token_bytes`. Not constant-time.
    GostKeyRefused when d is out of range, SignatureNotMade when the random source is stuck.
    """
    size, q = curve.octets, curve.q
    if not 0 < d < q:
        raise GostKeyRefused("private_range")
    if len(digest) != size:
        raise GostError("digest_length")
    e = int.from_bytes(digest, "little") % q or 1  # RFC 7091, 6.1, step 2
    for _ in range(_ATTEMPTS):
        # 128 bits more than q has keep the nonce uniform; FIPS 186-5, A.3.1 asks for 64.
        k = int.from_bytes(rng(size + _EXTRA_OCTETS), "little") % q
        if k == 0:
            continue
        r = group(curve).multiple(k)[0] % q
        s = (r * d + k * e) % q
        if r and s:  # steps 4 and 5: otherwise another nonce
            return r.to_bytes(size, "little") + s.to_bytes(size, "little")
    raise SignatureNotMade
