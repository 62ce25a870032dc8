"""What GOST costs here: our plain Python, our code on gmpy2, libgcrypt, gostcrypto.

    python -m tests.benchmarks.bench_gost

Verification is of one digest, keys decoded and checked; hashing is of one buffer. Subjects are
interleaved in rounds and CPU medians are compared: only the ratios mean anything. What is not
installed is left out and said so.
"""

import ctypes
import importlib
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from crypto.gost.acceleration import GostHasher, find_acceleration, find_gmpy2
from crypto.gost.curves import CRYPTOPRO_A, TC26_512_A, Curve, group
from crypto.gost.gost94 import Gost94
from crypto.gost.libgcrypt import Libgcrypt
from crypto.gost.signature import decode_point, encode_point, sign, verify
from crypto.gost.streebog import Streebog

ROUNDS = 25
SLOW_ROUNDS = 3
"""gostcrypto takes half a second for one verification."""
HASHED = 100_000
LIST = 21_600_000
"""Octets of НУЦ РК's list of revoked certificates."""
GCRYPT_CURVES = {"tc26-512-A": b"GOST2012-512-tc26-A", "CryptoPro-A": b"GOST2001-CryptoPro-A"}
THEIR_CURVES = {
    "tc26-512-A": ("MODE_512", "id-tc26-gost-3410-12-512-paramSetA"),
    "CryptoPro-A": ("MODE_256", "id-tc26-gost-3410-2012-256-paramSetB"),
}


def say(line: str) -> None:
    """Write one line of the result."""
    sys.stdout.write(f"{line}\n")


@dataclass(frozen=True)
class Signed:
    """A key, a digest and a signature on one curve."""

    curve: Curve
    d: int
    key: bytes
    digest: bytes
    signature: bytes


def signed(curve: Curve) -> Signed:
    """Return the same case in every run."""
    source = random.Random(curve.name)
    d = source.randrange(1, curve.q)
    digest = source.randbytes(curve.octets)
    key = encode_point(curve, group(curve).multiple(d))
    return Signed(curve, d, key, digest, sign(curve, d, digest, source.randbytes))


def ours(case: Signed, number: Callable[[int], int]) -> Callable[[], bool]:
    """Return our verification in the given integers."""

    def run() -> bool:
        point = decode_point(case.curve, case.key)
        return verify(case.curve, point, case.digest, case.signature, number)

    return run


def gcrypt_verification(case: Signed) -> Callable[[], bool] | None:
    """Return libgcrypt's verification; None where there is no libgcrypt."""
    if Libgcrypt.load() is None:
        return None
    library = ctypes.CDLL("libgcrypt.so.20")
    size = case.curve.octets
    r, s = case.signature[:size][::-1], case.signature[size:][::-1]
    point = b"\4" + case.key[:size][::-1] + case.key[size:][::-1]
    name = GCRYPT_CURVES[case.curve.name]

    def expression(text: bytes) -> ctypes.c_void_p:
        made = ctypes.c_void_p()
        if library.gcry_sexp_new(ctypes.byref(made), text, ctypes.c_size_t(len(text)), 1):
            raise SystemExit("libgcrypt does not read its expression")
        return made

    def octets(value: bytes) -> bytes:
        return b"#" + value.hex().encode() + b"#"

    def run() -> bool:
        data = expression(b"(data(flags gost)(value " + octets(case.digest[::-1]) + b"))")
        value = expression(b"(sig-val(gost(r " + octets(r) + b")(s " + octets(s) + b")))")
        key = expression(
            b"(public-key(ecc(curve " + name + b")(flags gost)(q " + octets(point) + b")))"
        )
        answer = library.gcry_pk_verify(value, data, key)
        for each in (data, value, key):
            library.gcry_sexp_release(each)
        return not answer

    return run


def their_verification(case: Signed) -> Callable[[], bool] | None:
    """Return gostcrypto's verification; None where it is not installed."""
    try:
        library = importlib.import_module("gostcrypto")
    except ImportError:
        return None
    mode, name = THEIR_CURVES[case.curve.name]
    found = library.gostsignature.new(
        getattr(library.gostsignature, mode),
        library.gostsignature.CURVES_R_1323565_1_024_2019[name],
    )
    size = case.curve.octets
    key = bytearray(case.key[:size][::-1] + case.key[size:][::-1])
    value = bytearray(case.signature[:size][::-1] + case.signature[size:][::-1])

    def run() -> bool:
        return bool(found.verify(key, bytearray(case.digest[::-1]), value))

    return run


def hashing(make: Callable[[], GostHasher], data: bytes) -> Callable[[], bool]:
    """Return the hashing of `data` in one go."""

    def run() -> bool:
        hasher = make()
        hasher.update(data)
        return bool(hasher.digest())

    return run


def their_hashing(data: bytes) -> Callable[[], bool] | None:
    """Return gostcrypto's Streebog-512; None where it is not installed."""
    try:
        library = importlib.import_module("gostcrypto")
    except ImportError:
        return None
    return lambda: bool(library.gosthash.new("streebog512", data=bytearray(data)).digest())


def medians(subjects: dict[str, Callable[[], bool] | None]) -> dict[str, float]:
    """Run the subjects in turn; CPU milliseconds each, those that are there."""
    present = {name: call for name, call in subjects.items() if call is not None}
    times: dict[str, list[float]] = {name: [] for name in present}
    for call in present.values():
        call()
    for number in range(ROUNDS):
        for name, call in present.items():
            if name == "gostcrypto" and number >= SLOW_ROUNDS:
                continue
            started = time.process_time()
            answer = call()
            times[name].append((time.process_time() - started) * 1000)
            if not answer:
                raise SystemExit(f"{name} refuses what it must accept")
    return {name: statistics.median(each) for name, each in times.items()}


def show(title: str, measured: dict[str, float], octets: int = 0) -> None:
    """Print each subject beside the plain one."""
    plain = measured["python"]
    for name, each in measured.items():
        rate = f"{octets / each / 1000:8.2f} MB/s" if octets else ""
        ratio = f"{plain / each:8.1f} x python" if each < plain else f"{each / plain:8.1f} slower"
        say(f"{title:24} {name:12} cpu {each:9.3f} ms {ratio if name != 'python' else '':18}{rate}")


def main() -> None:
    """Measure verification on both curves and both hashes."""
    chosen = find_acceleration()
    say(f"in use: numbers {chosen.integers}, hashes {chosen.hashes}")
    gmpy2, library = find_gmpy2(), Libgcrypt.load()
    for curve in (TC26_512_A, CRYPTOPRO_A):
        case = signed(curve)
        measured = medians(
            {
                "python": ours(case, int),
                "gmpy2": ours(case, gmpy2.number) if gmpy2 else None,
                "libgcrypt": gcrypt_verification(case),
                "gostcrypto": their_verification(case),
            }
        )
        show(f"verify {curve.name}", measured)
    data = random.Random(1).randbytes(HASHED)
    streebog = {
        "python": hashing(lambda: Streebog(512), data),
        "libgcrypt": hashing(lambda: library.streebog(512), data) if library else None,
        "gostcrypto": their_hashing(data),
    }
    show("Streebog-512", medians(streebog), HASHED)
    gost94 = {
        "python": hashing(Gost94, data),
        "libgcrypt": hashing(library.gost94, data) if library else None,
    }
    show("34.311-95", medians(gost94), HASHED)
    if library:
        started = time.process_time()
        hashing(lambda: library.streebog(512), bytes(LIST))()
        say(f"a list of {LIST} octets on libgcrypt: {time.process_time() - started:.2f} s")


if __name__ == "__main__":
    main()
