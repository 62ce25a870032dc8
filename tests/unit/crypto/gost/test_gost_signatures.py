"""Signatures of ГОСТ 34.10: vectors, what must be refused, and arithmetic at its corners."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.gost.curves import CRYPTOPRO_A, TC26_256_A, TC26_512_A, Curve, Group, group
from crypto.gost.errors import GostError, GostKeyRefused
from crypto.gost.gost94 import gost94
from crypto.gost.signature import SignatureNotMade, decode_point, encode_point, sign, verify
from crypto.gost.streebog import streebog_512
from crypto.gost.vectors import SIGNED

CURVES = [CRYPTOPRO_A, TC26_256_A, TC26_512_A]

# RFC 7091 section 7.1: another curve, with a general coefficient a.
EXAMPLE = Curve(
    name="example",
    octets=32,
    p=2**255 + 1073,
    a=7,
    b=43308876546767276905765904595650931995942111794451039583252968842033849580414,
    q=57896044618658097711785492504343953927082934583725450622380973592137631069619,
    base=(2, 4018974056539037503335449422937059775635739389905545080690979365213431566280),
    cofactor=1,
)
EXAMPLE_D = 55441196065363246126355624130324183196576709222340016572108097750006097525544
EXAMPLE_Q = (
    57520216126176808443631405023338071176630104906313632182896741342206604859403,
    17614944419213781543809391949654080031942662045363639260709847859438286763994,
)
EXAMPLE_E = 20798893674476452017134061561508270130637142515379653289952617252661468872421
EXAMPLE_K = 53854137677348463731403841147996619241504003434302020712960838528893196233395
EXAMPLE_R = 29700980915817952874371204983938256990422752107994319651632687982059210933395
EXAMPLE_S = 574973400270084654178925310019147038455227042649098563933718999175515839552

# Small enough to meet by chance what never happens on a real curve; a base point with x = 0.
TOYS = [
    Curve(name="toy", octets=1, p=251, a=248, b=153, q=241, base=(0, 116), cofactor=1),
    Curve(name="toy", octets=1, p=251, a=7, b=156, q=239, base=(0, 77), cofactor=1),
]


def little(curve, *numbers):
    return b"".join(number.to_bytes(curve.octets, "little") for number in numbers)


def constant(number):
    return lambda count: number.to_bytes(count, "little")


def signed(curve, seed):
    """Return a key's point, a digest and its signature, the same for the same seed."""
    source = random.Random(seed)
    d = source.randrange(1, curve.q)
    digest = source.randbytes(curve.octets)
    return group(curve).multiple(d), digest, sign(curve, d, digest, source.randbytes)


def test_the_example_of_the_standard_is_made_and_verified():
    digest = little(EXAMPLE, EXAMPLE_E)
    made = sign(EXAMPLE, EXAMPLE_D, digest, constant(EXAMPLE_K))
    assert made == little(EXAMPLE, EXAMPLE_R, EXAMPLE_S)
    assert group(EXAMPLE).multiple(EXAMPLE_D) == EXAMPLE_Q
    assert verify(EXAMPLE, EXAMPLE_Q, digest, made)


def test_a_signature_of_kalkan_verifies():
    curve, key, digest, signature = SIGNED[0]
    secret = bytes.fromhex(
        "e86ce8e9cb499b2f3bb43c2f11c167f4a1cc1c54b39a5efc39e58dd73da1e02e"
        "62d86dea059c7f4b80890eed35f26977491548b9ceb93e47571acaecf4f59775"
    )
    assert group(curve).multiple(int.from_bytes(secret, "big")) == key
    assert digest == streebog_512(b"ncalayer-rs test message")
    assert verify(curve, key, digest, signature)
    assert not verify(curve, key, digest[::-1], signature)
    assert not verify(curve, key, digest, signature[64:] + signature[:64])
    assert not verify(curve, key, digest, signature[::-1])


def test_signatures_of_production_authorities_verify():
    curve, key, digest, signature = SIGNED[1]
    assert verify(curve, key, digest, signature)
    root = bytes.fromhex(
        "2e4844618208761f17936701c4e74cb4e7ae1a64af921ceed268aeb71a497636"
        "78cb5d09fbb8be3dd24d2687a00380b266917617074c13d439cf27a334fcc1e2"
        "88a7de9f5ccdc6079487a572e25266382afbd33a2be55d3dd6930f1caf014a8b"
        "a446a073e3ba356d37324aa27db8d370207bd58cf9d67ca84e9520c0f49a6ed4"
    )
    digest = bytes.fromhex(
        "91845d42c838df1520be07faae12aa43c9a9b3eade910bbd66840d729d35b8d8"
        "7cac440a57e64cfeace00ccf01d71358d781edcb5da358a24d870dce9bb2d7c1"
    )
    signature = bytes.fromhex(
        "149e32093991e7cf3db3ba9550e12aa5e10e88a8e07353b799e6c09e225a6ce1"
        "d6682de789869cbb0ee4fd8190624f9b19f16f13f86f1429d7b995cd2a72cf6a"
        "cae33dc3fb81c75d2811169cfdc2fd1a79b55196db901201c56f9741370e46cf"
        "3229ad977a0c986ac348b08daebcc8fb034c92b9026b7fcb370a3b9d4276ce02"
    )
    assert verify(TC26_512_A, decode_point(TC26_512_A, root), digest, signature)


@pytest.mark.parametrize("curve", CURVES, ids=lambda c: c.name)
def test_what_is_signed_verifies_under_its_own_key_and_digest_only(curve):
    point, digest, signature = signed(curve, 1)
    other, other_digest, other_signature = signed(curve, 2)
    assert verify(curve, point, digest, signature)
    assert not verify(curve, other, digest, signature)
    assert not verify(curve, point, other_digest, signature)
    assert not verify(curve, point, digest, other_signature)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 30), st.sampled_from(["digest", "signature", "key"]), st.integers(0, 511))
def test_no_single_bit_may_change(seed, part, bit):
    curve = CRYPTOPRO_A
    point, digest, signature = signed(curve, seed)
    octets = bytearray(
        {"digest": digest, "signature": signature, "key": encode_point(curve, point)}[part]
    )
    octets[bit // 8 % len(octets)] ^= 1 << bit % 8
    changed = bytes(octets)
    if part == "key":
        with pytest.raises(GostKeyRefused):
            decode_point(curve, changed)
    elif part == "digest":
        assert not verify(curve, point, changed, signature)
    else:
        assert not verify(curve, point, digest, changed)


def test_no_single_bit_of_a_512_bit_signature_may_change():
    point, digest, signature = signed(TC26_512_A, 3)
    for bit in range(0, 1024, 21):
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        assert not verify(TC26_512_A, point, digest, bytes(changed)), bit


@pytest.mark.parametrize("curve", CURVES, ids=lambda c: c.name)
def test_numbers_out_of_range_and_wrong_lengths_are_refused(curve):
    point, digest, signature = signed(curve, 4)
    size, q = curve.octets, curve.q
    r = int.from_bytes(signature[:size], "little")
    s = int.from_bytes(signature[size:], "little")
    for numbers in ((0, s), (r, 0), (q, s), (r, q), (0, 0), (q, q), (r, q - s)):
        assert not verify(curve, point, digest, little(curve, *numbers))
    for octets in (b"", signature[:-1], signature + b"\0", signature[:size]):
        assert not verify(curve, point, digest, octets)
    for value in (b"", digest[:-1], digest + b"\0"):
        assert not verify(curve, point, value, signature)


def test_a_number_that_is_zero_modulo_q_is_refused_even_where_the_equation_holds():
    # With r = 0 and s = e the sum is the base point, whose abscissa is r.
    toy, key = TOYS[0], group(TOYS[0]).multiple(7)
    assert group(toy).verify(5, 0, 5, key)
    assert not verify(toy, key, little(toy, 5), little(toy, 0, 5))
    # The same where the abscissa is q.
    toy = replace(TOYS[1], base=(TOYS[1].q, 58))
    key = group(toy).multiple(7)
    assert group(toy).verify(5, toy.q, 5, key)
    assert not verify(toy, key, little(toy, 5), little(toy, toy.q, 5))
    # With s = 0 the sum is a multiple of the key, and the digest can be chosen to fit.
    curve, w = CRYPTOPRO_A, 1234567
    key = group(curve).multiple(7)
    r = group(curve).multiple(7 * w)[0]
    e = -r * pow(w, -1, curve.q) % curve.q
    assert group(curve).verify(e, r, 0, key)
    assert not verify(curve, key, little(curve, e), little(curve, r, 0))
    assert not verify(curve, key, little(curve, e), little(curve, r, curve.q))


def test_a_number_is_written_reduced_in_one_way_only():
    # q is a quarter of the range here, so each number has four spellings that fit.
    curve = TC26_256_A
    for seed in range(6):
        point, digest, signature = signed(curve, seed)
        assert verify(curve, point, digest, signature)
        r, s = (int.from_bytes(signature[at : at + 32], "little") for at in (0, 32))
        for times in (1, 2):
            step = times * curve.q
            assert not verify(curve, point, digest, little(curve, r + step, s))
            assert not verify(curve, point, digest, little(curve, r, s + step))


@pytest.mark.parametrize("curve", CURVES, ids=lambda c: c.name)
def test_a_sum_at_infinity_is_no_signature(curve):
    # s = rd makes zG + wQ the point at infinity whatever the digest says.
    d, r = 12345, 678910
    point = group(curve).multiple(d)
    assert not verify(curve, point, b"\1" * curve.octets, little(curve, r, r * d % curve.q))


@pytest.mark.parametrize("curve", CURVES, ids=lambda c: c.name)
def test_a_key_that_is_no_point_of_the_group_is_refused(curve):
    x, y = group(curve).multiple(7)
    size = curve.octets
    for point in ((0, 0), (x, y ^ 1), (y, x)):
        with pytest.raises(GostKeyRefused):
            decode_point(curve, little(curve, *point))
        with pytest.raises(GostKeyRefused):
            verify(curve, point, b"\1" * size, b"\1" * 2 * size)
    for octets in (b"", little(curve, x), little(curve, x, y) + b"\0"):
        with pytest.raises(GostKeyRefused):
            decode_point(curve, octets)
    assert decode_point(curve, little(curve, x, y)) == (x, y)


def test_a_coordinate_is_written_reduced_in_one_way_only():
    # x and x + p are the same number modulo p, but only one of them is a key.
    for scalar in range(1, 400):
        x, y = group(CRYPTOPRO_A).multiple(scalar)
        assert group(CRYPTOPRO_A).contains((x, y))
        assert not group(CRYPTOPRO_A).contains((x + CRYPTOPRO_A.p, y))
        assert not group(CRYPTOPRO_A).contains((x - CRYPTOPRO_A.p, y))
    small = (1, CRYPTOPRO_A.base[1])
    with pytest.raises(GostKeyRefused):
        decode_point(CRYPTOPRO_A, little(CRYPTOPRO_A, small[0] + CRYPTOPRO_A.p, small[1]))


def test_points_of_small_order_are_refused_where_the_cofactor_is_four():
    curve, refused, accepted = TC26_256_A, 0, 0
    for x in range(1, 60):
        square = (x**3 + curve.a * x + curve.b) % curve.p
        y = pow(square, (curve.p + 1) // 4, curve.p)
        if y * y % curve.p != square:
            continue
        inside = group(curve).contains((x, y))
        refused += not inside
        accepted += inside
    # One point in four has order q.
    assert refused > accepted > 0


def plain_sum(curve, first, second):
    """Add affine points by the textbook; None is infinity."""
    if first is None or second is None:
        return first or second
    (x1, y1), (x2, y2) = first, second
    if x1 == x2 and (y1 + y2) % curve.p == 0:
        return None
    if first == second:
        slope = (3 * x1 * x1 + curve.a) * pow(2 * y1, -1, curve.p)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, curve.p)
    x3 = (slope * slope - x1 - x2) % curve.p
    return x3, (slope * (x1 - x3) - y1) % curve.p


def plain_multiple(curve, scalar, point):
    result = None
    for bit in f"{scalar:b}":
        result = plain_sum(curve, result, result)
        if bit == "1":
            result = plain_sum(curve, result, point)
    return result


@pytest.mark.parametrize("curve", [*CURVES, EXAMPLE], ids=lambda c: c.name)
def test_sums_of_two_multiples_agree_with_the_textbook_also_where_points_coincide(curve):
    # Small multiples meet each other, their opposites and infinity inside the walk.
    points = Group(curve)
    source = random.Random(curve.name)
    keys = [1, 2, 3, 5, curve.q - 1, curve.q - 2, source.randrange(curve.q)]
    for key in keys:
        point = plain_multiple(curve, key, curve.base)
        for _ in range(5 if curve.octets < 64 else 2):
            u, v = (
                source.choice([0, 1, 2, 31, 255, curve.q - 1, source.randrange(curve.q)])
                for _ in "uv"
            )
            x, y, z = points._combine(u, v, point)
            expected = plain_multiple(curve, (u + v * key) % curve.q, curve.base)
            if expected is None:
                assert z == 0
            else:
                assert points._affine((x, y, z)) == expected


def textbook(curve, key, e, r, s):
    """Verify as RFC 7091 6.2 says it, step by step."""
    if not (0 < r < curve.q and 0 < s < curve.q):
        return False
    v = pow(e % curve.q or 1, -1, curve.q)
    total = plain_sum(
        curve,
        plain_multiple(curve, s * v % curve.q, curve.base),
        plain_multiple(curve, -r * v % curve.q, key),
    )
    return total is not None and total[0] % curve.q == r


@pytest.mark.parametrize("curve", TOYS, ids=lambda c: str(c.a))
def test_on_a_tiny_curve_verification_is_the_textbook_s_for_any_numbers(curve):
    source, accepted = random.Random(curve.a), 0
    for _ in range(3000):
        e, r, s = source.randbytes(3)
        key = group(curve).multiple(source.randrange(1, curve.q))
        expected = textbook(curve, key, e, r, s)
        assert verify(curve, key, bytes([e]), bytes([r, s])) is expected
        accepted += expected
    assert accepted > 3


@pytest.mark.parametrize("curve", CURVES, ids=lambda c: c.name)
def test_a_digest_that_is_zero_modulo_q_counts_as_one(curve):
    zeros = bytes(curve.octets)
    one = little(curve, 1)
    source = random.Random(5)
    signature = sign(curve, 99, zeros, source.randbytes)
    point = group(curve).multiple(99)
    assert verify(curve, point, zeros, signature)
    assert verify(curve, point, one, signature)
    assert not verify(curve, point, little(curve, 2), signature)


def test_a_private_key_out_of_range_signs_nothing():
    for d in (0, CRYPTOPRO_A.q, CRYPTOPRO_A.q + 1, -1):
        with pytest.raises(GostKeyRefused):
            sign(CRYPTOPRO_A, d, b"\1" * 32, constant(7))
        with pytest.raises(ValueError, match="scalar_range"):
            group(CRYPTOPRO_A).multiple(d)
    with pytest.raises(GostError):
        sign(CRYPTOPRO_A, 1, b"\1" * 31, constant(7))


def test_a_stuck_random_source_ends_in_an_error_not_in_a_loop():
    with pytest.raises(SignatureNotMade):
        sign(CRYPTOPRO_A, 5, gost94(b"x"), bytes)
