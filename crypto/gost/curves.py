"""The curves of Kazakhstan's signatures and the arithmetic of verification on them.

Not constant-time, and it need not be: verification works on public data only.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["CRYPTOPRO_A", "TC26_256_A", "TC26_512_A", "Curve", "Group", "Point", "group"]

Point = tuple[int, int]
"""Affine x, y; the point at infinity has none."""

_Jacobian = tuple[int, int, int]
"""x = X / Z², y = Y / Z³; infinity has Z = 0."""

_INFINITY: _Jacobian = (1, 1, 0)
_BASE_WIDTH = 8
_KEY_WIDTH = 5


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """y² = x³ + ax + b over the integers modulo p, a base point of prime order q.

    octets  of a coordinate, of a scalar and of the digest that goes with the curve
    """

    name: str
    octets: int
    p: int
    a: int
    b: int
    q: int
    base: Point
    cofactor: int


CRYPTOPRO_A = Curve(
    name="CryptoPro-A",
    octets=32,
    p=2**256 - 617,
    a=2**256 - 620,
    b=0xA6,
    q=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893,
    base=(1, 0x8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14),
    cofactor=1,
)
"""ГОСТ 34.310-2004, parameter set A (RFC 4357 section 11.4)."""

TC26_512_A = Curve(
    name="tc26-512-A",
    octets=64,
    p=2**512 - 569,
    a=2**512 - 572,
    b=0xE8C2505DEDFC86DDC1BD0B2B6667F1DA34B82574761CB0E879BD081CFD0B6265EE3CB090F30D27614CB4574010DA90DD862EF9D4EBEE4761503190785A71C760,
    q=2**512 - 2**256 + 0x27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275,
    base=(
        3,
        0x7503CFE87A836AE3A61B8816E25450E6CE5E1C93ACF1ABC1778064FDCBEFA921DF1626BE4FD036E93D75E6A50E3A41E98028FE5FC235F5B889A589CB5215F2A4,
    ),
    cofactor=1,
)
"""ГОСТ 34.10-2015, 512 bits (RFC 7836 A.1)."""

TC26_256_A = Curve(
    name="tc26-256-A",
    octets=32,
    p=2**256 - 617,
    a=0xC2173F1513981673AF4892C23035A27CE25E2013BF95AA33B22C656F277E7335,
    b=0x295F9BAE7428ED9CCC20E7C359A9D41A22FCCD9108E17BF7BA9337A6F8AE9513,
    q=0x400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67,
    base=(
        0x91E38443A5E82C0D880923425712B2BB658B9196932E02C78B2582FE742DAA28,
        0x32879423AB1A0375895786C4BB46E9565FDE0B5344766740AF268ADB32322E5C,
    ),
    cofactor=4,
)
"""ГОСТ 34.10-2015, 256 bits (RFC 7836 A.2)."""


class Group:
    """The points of one curve; the base point's multiples are computed once, when first needed.

    number  the kind of integer to work in: `int`, or another that behaves like it
    """

    def __init__(self, curve: Curve, number: Callable[[int], int] = int) -> None:
        self.curve = curve
        self._number = number
        self._p = number(curve.p)
        self._a = number(curve.a)
        self._b = number(curve.b)
        self._q = number(curve.q)
        self._minus_three = curve.a == curve.p - 3

    @functools.cached_property
    def _base_multiples(self) -> tuple[Point, ...]:
        return self._odd_multiples(self._convert(self.curve.base), _BASE_WIDTH)

    def contains(self, point: Point) -> bool:
        """Whether the point is on the curve, reduced, and of order q."""
        x, y = self._convert(point)
        p = self._p
        if not (0 <= x < p and 0 <= y < p):
            return False
        if (y * y - (x * x + self._a) * x - self._b) % p:
            return False
        # With cofactor 1 every point but infinity has order q.
        return self.curve.cofactor == 1 or self._multiply((x, y), self.curve.q)[2] == 0

    def multiple(self, scalar: int) -> Point:
        """Return scalar·G for 0 < scalar < q; ValueError outside."""
        return self.multiply(self.curve.base, scalar)

    def multiply(self, point: Point, scalar: int) -> Point:
        """Return scalar·point for a point of order q and 0 < scalar < q; ValueError outside."""
        if not 0 < scalar < self.curve.q:
            raise ValueError("scalar_range")
        x, y = self._affine(self._multiply(self._convert(point), scalar))
        return int(x), int(y)

    def add(self, point: Point, other: Point) -> Point:
        """Return the sum of two points; ValueError when it is the point at infinity."""
        x, y = self._convert(point)
        total = self._add((x, y, self._number(1)), self._convert(other))
        if not total[2]:
            raise ValueError("infinity")
        x, y = self._affine(total)
        return int(x), int(y)

    def verify(self, digest: int, r: int, s: int, key: Point) -> bool:
        """Check the equation of RFC 7091, 6.2, steps 3 to 7, for 0 < r, s < q and a key inside.

        x(zG + wQ) is compared with r without leaving projective coordinates.
        """
        q = self._q
        # Step 3: e = 0 is replaced by 1.
        inverse = pow(self._number(digest) % q or self._number(1), -1, q)
        x, _, z = self._combine(s * inverse % q, -r * inverse % q, self._convert(key))
        if not z:
            return False
        p, square, wanted = self._p, z * z, self._number(r)
        while wanted < p:
            # Where q < p several values of x share one remainder modulo q.
            if (x - wanted * square) % p == 0:
                return True
            wanted += q
        return False

    def _combine(self, u: int, v: int, key: Point) -> _Jacobian:
        """Return u·G + v·key: both scalars in one walk of doublings (Shamir's trick)."""
        doubled, added = self._double, self._add
        result = _INFINITY
        multiples = self._odd_multiples(key, _KEY_WIDTH)
        walks = (
            (_signed_digits(u, _BASE_WIDTH), self._base_multiples),
            (_signed_digits(v, _KEY_WIDTH), multiples),
        )
        steps: dict[int, list[Point]] = {}
        for digits, table in walks:
            for place, digit in digits:
                x, y = table[abs(digit) >> 1]
                steps.setdefault(place, []).append((x, y if digit > 0 else -y))
        for place in range(max(steps, default=-1), -1, -1):
            result = doubled(result)
            for point in steps.get(place, ()):
                result = added(result, point)
        return result

    def _multiply(self, point: Point, scalar: int) -> _Jacobian:
        result = _INFINITY
        for bit in f"{scalar:b}":
            result = self._double(result)
            if bit == "1":
                result = self._add(result, point)
        return result

    def _odd_multiples(self, point: Point, width: int) -> tuple[Point, ...]:
        """Return P, 3P, 5P, ... as many as signed digits of `width` bits need."""
        x, y = point
        twice = self._affine(self._double((x, y, self._number(1))))
        found = [(x, y, self._number(1))]
        for _ in range((1 << width - 2) - 1):
            found.append(self._add(found[-1], twice))
        return self._all_affine(found)

    def _all_affine(self, points: list[_Jacobian]) -> tuple[Point, ...]:
        """Leave projective coordinates with one inversion for all (Montgomery's trick)."""
        p = self._p
        products = [self._number(1)]
        for _, _, z in points:
            products.append(products[-1] * z % p)
        inverse = pow(products.pop(), -1, p)
        affine: list[Point] = []
        for (x, y, z), before in zip(reversed(points), reversed(products), strict=True):
            reciprocal = inverse * before % p
            inverse = inverse * z % p
            square = reciprocal * reciprocal % p
            affine.append((x * square % p, y * square * reciprocal % p))
        return tuple(reversed(affine))

    def _affine(self, point: _Jacobian) -> Point:
        return self._all_affine([point])[0]

    def _convert(self, point: Point) -> Point:
        return self._number(point[0]), self._number(point[1])

    def _double(self, point: _Jacobian) -> _Jacobian:
        """2P (EFD dbl-2001-b where a = -3, dbl-2007-bl otherwise); infinity stays infinity."""
        x, y, z = point
        p = self._p
        zz = z * z % p
        slope = (
            3 * (x - zz) * (x + zz) if self._minus_three else 3 * x * x + self._a * (zz * zz % p)
        )
        slope %= p
        yy = y * y % p
        beta = 4 * x * yy % p
        third = (slope * slope - 2 * beta) % p
        return third, (slope * (beta - third) - 8 * yy * yy) % p, 2 * y * z % p

    def _add(self, point: _Jacobian, other: Point) -> _Jacobian:
        """P + Q for an affine Q (EFD madd), complete: equal, opposite and infinite P as well."""
        x1, y1, z1 = point
        x2, y2 = other
        p = self._p
        if not z1:
            return x2, y2, self._number(1)
        zz = z1 * z1 % p
        h = (x2 * zz - x1) % p
        r = (y2 * zz % p * z1 - y1) % p
        if not h:
            return self._double(point) if not r else _INFINITY
        hh = h * h % p
        hhh = h * hh % p
        v = x1 * hh % p
        x3 = (r * r - hhh - 2 * v) % p
        return x3, (r * (v - x3) - y1 * hhh) % p, z1 * h % p


def _signed_digits(scalar: int, width: int) -> Iterator[tuple[int, int]]:
    """Yield the places and odd digits of the non-adjacent form of `width` bits (wNAF)."""
    place = 0
    whole, half = 1 << width, 1 << width - 1
    scalar = int(scalar)
    while scalar:
        zeros = (scalar & -scalar).bit_length() - 1
        scalar >>= zeros
        place += zeros
        digit = scalar & whole - 1
        if digit >= half:
            digit -= whole
        yield place, digit
        scalar -= digit


@functools.cache
def group(curve: Curve, number: Callable[[int], int] = int) -> Group:
    """Return the group of a curve, one per process and kind of integer."""
    return Group(curve, number)
