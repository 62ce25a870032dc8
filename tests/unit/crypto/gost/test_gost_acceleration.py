"""A faster library is used when it answers as the reference does, and only then."""

import random

import pytest

from crypto.gost.acceleration import (
    REFERENCE,
    Acceleration,
    Integers,
    choose_acceleration,
    find_acceleration,
    find_gmpy2,
)
from crypto.gost.curves import CRYPTOPRO_A, TC26_256_A, TC26_512_A, Group, group
from crypto.gost.gost94 import Gost94
from crypto.gost.libgcrypt import Libgcrypt
from crypto.gost.signature import sign, verify
from crypto.gost.streebog import Streebog
from crypto.gost.vectors import SIGNED


class Library:
    """A hash library of Python; `spoil` is applied to each digest of `spoilt`."""

    name = "library 1"

    def __init__(self, spoilt=""):
        self.spoilt = spoilt

    def streebog(self, size):
        if self.spoilt == "refuses":
            raise OSError(size)
        return self._made(Streebog(size), f"streebog{size}")

    def gost94(self):
        return self._made(Gost94(), "gost94")

    def _made(self, hasher, what):
        return Spoilt(hasher) if what == self.spoilt else hasher


class Spoilt:
    """A hasher that is right about one block and wrong about more."""

    def __init__(self, hasher):
        self._hasher = hasher
        self._taken = 0

    def update(self, data, /):
        self._taken += len(data)
        self._hasher.update(data)

    def digest(self):
        value = self._hasher.digest()
        return value if self._taken <= 64 else bytes((value[0] ^ 1, *value[1:]))


class Forgetful(int):
    """An integer that errs in the rarest of cases: squares."""

    __slots__ = ()

    def __mul__(self, other):
        product = int(self) * int(other)
        return Forgetful(product + 1 if int(self) == int(other) else product)


def test_nothing_found_leaves_the_reference():
    assert choose_acceleration(None, None) == REFERENCE


def test_what_answers_as_the_reference_is_taken_and_named():
    integers, library = Integers("integers 2", int), Library()
    found = choose_acceleration(integers, library)
    assert (found.integers, found.hashes, found.differing) == ("integers 2", "library 1", ())
    assert found.gost94 == library.gost94


@pytest.mark.parametrize("spoilt", ["streebog256", "streebog512", "gost94", "refuses"])
def test_a_library_wrong_about_one_hash_is_not_used_for_any(spoilt):
    found = choose_acceleration(None, Library(spoilt))
    assert found.hashes == "python"
    assert (found.streebog, found.gost94) == (Streebog, Gost94)
    assert found.differing == ("library 1",)


@pytest.mark.parametrize(
    "number",
    [lambda n: n + 1, Forgetful, str, float, lambda _: 0],
    ids=["off by one", "wrong squares", "no number", "rounded", "always zero"],
)
def test_integers_that_compute_wrongly_are_not_used(number):
    found = choose_acceleration(Integers("wrong", number), None)
    assert (found.integers, found.number, found.differing) == ("python", int, ("wrong",))


@pytest.mark.parametrize("case", SIGNED, ids=lambda c: c[0].name)
def test_integers_by_which_an_altered_digest_verifies_are_not_used(case):
    good = int.from_bytes(case[2], "little")
    found = choose_acceleration(Integers("blind", lambda n: good if n == good ^ 1 else n), None)
    assert (found.number, found.differing) == (int, ("blind",))


def test_this_computer_s_choice_contradicts_nothing_and_is_made_once():
    found = find_acceleration()
    assert isinstance(found, Acceleration)
    assert found.differing == ()
    assert find_acceleration() is found


def test_libgcrypt_hashes_as_the_reference_does():
    library = Libgcrypt.load()
    if library is None:
        pytest.skip("libgcrypt is not installed")
    assert library.name.startswith("libgcrypt ")
    source = random.Random(94)
    for length in (*range(0, 200, 13), 1000):
        data = source.randbytes(length)
        cut = length // 3
        for ours, theirs in (
            (Streebog(512), library.streebog(512)),
            (Streebog(256), library.streebog(256)),
            (Gost94(), library.gost94()),
        ):
            ours.update(data)
            theirs.update(data[:cut])
            theirs.digest()
            theirs.update(memoryview(data)[cut:])
            assert theirs.digest() == ours.digest()


def test_libgcrypt_keeps_no_memory_of_hashers_that_are_gone():
    library = Libgcrypt.load()
    if library is None:
        pytest.skip("libgcrypt is not installed")
    values = {library.streebog(512).digest() for _ in range(2000)}
    assert len(values) == 1


@pytest.mark.parametrize("curve", [CRYPTOPRO_A, TC26_256_A, TC26_512_A], ids=lambda c: c.name)
def test_gmpy2_verifies_as_the_reference_does(curve):
    integers = find_gmpy2()
    if integers is None:
        pytest.skip("gmpy2 is not installed")
    source = random.Random(curve.name)
    for _ in range(5):
        d = source.randrange(1, curve.q)
        point = group(curve).multiple(d)
        assert Group(curve, integers.number).multiple(d) == point
        digest = source.randbytes(curve.octets)
        signature = sign(curve, d, digest, source.randbytes)
        assert verify(curve, point, digest, signature, integers.number)
        changed = bytearray(signature)
        changed[source.randrange(len(changed))] ^= 1 << source.randrange(8)
        assert not verify(curve, point, digest, bytes(changed), integers.number)
        assert not verify(curve, point, digest[::-1], signature, integers.number)
