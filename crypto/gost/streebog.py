"""Streebog: GOST R 34.11-2012 = ГОСТ 34.11-2015, 256 and 512 bits (RFC 6986).

The reference, in plain integers. A 512-bit vector is one integer whose least significant octet is
the first octet of the message, as everybody but the standard's own listings writes it.
"""

import functools
from collections.abc import Callable

from crypto.gost.blocks import BlockHash

__all__ = ["Streebog", "streebog_256", "streebog_512"]

_BLOCK = 64
_BITS = 8 * _BLOCK
_MASK = (1 << _BITS) - 1
_ONES = int.from_bytes(b"\x01" * _BLOCK, "little")

_SUBSTITUTION = bytes.fromhex(
    "fceedd11cf6e3116fbc4fada23c5044de977f0db932e99ba1736f1bb14cd5fc1"
    "f918655ae25cef21811c3c428b018e4f058402aee36a8fa0060bed987fd4d31f"
    "eb342c51eac848abf22a68a2fd3aceccb5700e56080c7612bf7213479cb75d87"
    "15a19629107b9ac7f391786f9d9eb2b13275193dff358a7e6d54c680c3bd0d57"
    "dff524a93ea843c9d779d6f67c22b903e00fecde7a94b0bcdce828504e330a4a"
    "a79760731e0062441ab83882649f2641ad454692275e552f8ca3a57d69d5953b"
    "0758b34086ac1df730376be488d9e789e11b83494c3ff8fe8d53aa90cad88561"
    "207167a42d2b095bcb9b25d0bee56c5259a674d2e6f4b4c0d166afc2394b63b6"
)
"""π (RFC 6986 6.2)."""

_MATRIX = bytes.fromhex(
    "8e20faa72ba0b47047107ddd9b505a38ad08b0e0c3282d1cd8045870ef14980e"
    "6c022c38f90a4c073601161cf205268d1b8e0b0e798c13c883478b07b2468764"
    "a011d380818e8f405086e740ce47c9202843fd2067adea1014aff010bdd87508"
    "0ad97808d06cb40405e23c0468365a028c711e02341b2d0146b60f011a83988e"
    "90dab52a387ae76f486dd4151c3dfdb924b86a840e90f0d2125c354207487869"
    "092e94218d243cba8a174a9ec8121e5d4585254f64090fa0accc9ca9328a8950"
    "9d4df05d5f661451c0a878a0a1330aa660543c50de970553302a1e286fc58ca7"
    "18150f14b9ec46dd0c84890ad27623e00642ca05693b9f700321658cba93c138"
    "86275df09ce8aaa8439da0784e745554afc0503c273aa42ad960281e9d1d5215"
    "e230140fc080298471180a8960409a42b60c05ca30204d215b068c651810a89e"
    "456c34887a3805b9ac361a443d1c8cd2561b0d22900e46692b838811480723ba"
    "9bcf4486248d9f5dc3e9224312c8c1a0effa11af0964ee50f97d86d98a327728"
    "e4fa2054a80b329c727d102a548b194e39b008152acb82279258048415eb419d"
    "492c024284fbaec0aa16012142f35760550b8e9e21f7a530a48b474f9ef5dc18"
    "70a6a56e2440598e3853dc371220a2471ca76e95091051ad0edd37c48a08a6d8"
    "07e095624504536c8d70c431ac02a736c83862965601dd1b641c314b2b8ee083"
)
"""The 64 rows of A, 8 octets each, first that of the most significant bit (RFC 6986 6.4)."""

_ITERATIONS = bytes.fromhex(
    "0745a6f2596580dd234d74cc3674760515d360a4082a42a20169679291e07c4b"
    "fcc485758db84e7116d0452e43766a2f1f7c65c0812fcbebe9daca1eda5b08b1"
    "b79bb121700479e656cdcbd71ba2dd55caa70adbc261b55c5899d6126b17b59a"
    "3101b5160f5ed561982b230a72eafef3d7b5700f469de34f1a2f9da98ab5a36f"
    "b20aba0af5961e9931db7a8643f4b6c209db6260373ac9c1b19e3590e40fe2d3"
    "7b7b29b11475eaf28b1f9c525f5ef10635843d6a28fc390ac72fce2bacdc74f5"
    "2ed1e384bcbe0c22f137e893a1ea5334be0352933313b7d875d603ed822cd7a9"
    "3f355e68ad1c729d7d3c5c337e858e48dde4715da0e148f9d26615e8b3df1fef"
    "57fe6c7cfd581760f563eaa97ea2567a161a2723b700ffdfa3f53a254717cdbf"
    "bdff0f80d7359e354a1086161f1c157f6323a96c0c413f9a994747adac6bea4b"
    "6e7d64467a4068fa354f903672c571bfb6c6bec2661ff20ab4b79a1cb7a6facf"
    "c68ef09ab49a7f186ca44251f9c4662dc039307a3bc3a46fd9d33a1daeae4fae"
    "93d4143a4d568688f34a3ca24c45173504054a2883694706372c822dc5ab9209"
    "c9937a19333e47d3c987bfe6c7c69e39540924bffe86ac51ecc5aaee160ec7f4"
    "1ee702bfd40d7fa4d9a8515935c2ac362fc4a5d12b8dd16990069b92cb2b89f4"
    "9ac4db4d3b44b4891ede369c71f8b74e41416e0c02aae703a7c9934d425b1f9b"
    "db5a238351446172602a1fcb92dc380e549c07a69a8a2b7bb1ceb2db0b440a80"
    "84090de0b755d93c244289251b3a7d3ade5f16ecd89a4c949b223116545a8f37"
    "ed9c4598fbc7b474c3b63b15d1fa9836f452763b306c1e7a4b3369af0267e79f"
    "0361331b8ae1ff1fdb788aff1ce74189f3f3e4b248e52a38526f0580a6debeab"
    "1b2df381cda4ca6b5dd86fc04a59a2de986e477d1dcdbaefcab948eaef711d8a"
    "79668414218001206107abebbb6bfad894fe5a63cdc60230fb89c8efd09ecd7b"
    "20d71bf14a92bc48991bb2d9d517f4fa5228e188aaa41de786cc91189def805d"
    "9b9f2130d41220f8771ddfbc323ca4cd7ab14904b08013d2ba3116f167e78e37"
)
"""C_1..C_12, 64 octets each, as they meet the message: least significant octet first (6.5)."""

_Transformation = Callable[[int], int]


class Streebog(BlockHash):
    """The hash of one size.

    size  bits of the value: 256 or 512; ValueError for another
    """

    block_size = _BLOCK

    def __init__(self, size: int, data: bytes = b"") -> None:
        if size not in {256, 512}:
            raise ValueError(size)
        super().__init__()
        self.digest_size = size // 8
        self.name = f"streebog{size}"
        self._lps = _transformation()
        self._state = 0 if size == _BITS else _ONES
        self._hashed = 0
        self._sum = 0
        self.update(data)

    def digest(self) -> bytes:
        """Return the value of everything taken so far; more may follow."""
        padded = int.from_bytes(self._rest, "little") | 1 << 8 * len(self._rest)
        length = self._hashed + 8 * len(self._rest)
        state = self._compress(self._state, self._hashed, padded)
        state = self._compress(state, 0, length & _MASK)
        state = self._compress(state, 0, self._sum + padded & _MASK)
        # The short value is the more significant half (RFC 6986 section 9).
        return state.to_bytes(_BLOCK, "little")[_BLOCK - self.digest_size :]

    def _absorb(self, block: int) -> None:
        self._state = self._compress(self._state, self._hashed, block)
        self._hashed += _BITS
        self._sum = self._sum + block & _MASK

    def _compress(self, state: int, number: int, block: int) -> int:
        """g_N (RFC 6986 section 8): twelve rounds under keys that follow from state and N."""
        lps = self._lps
        key = lps(state ^ number)
        work = block
        for constant in _constants():
            work = lps(work ^ key)
            key = lps(key ^ constant)
        return work ^ key ^ state ^ block


def streebog_256(data: bytes) -> bytes:
    """Hash in one go; 32 octets."""
    return Streebog(256, data).digest()


def streebog_512(data: bytes) -> bytes:
    """Hash in one go; 64 octets."""
    return Streebog(512, data).digest()


@functools.cache
def _constants() -> tuple[int, ...]:
    starts = range(0, len(_ITERATIONS), _BLOCK)
    return tuple(int.from_bytes(_ITERATIONS[at : at + _BLOCK], "little") for at in starts)


def _tables() -> list[tuple[int, ...]]:
    """For each octet of the vector, its contribution to L(P(S(x))) by its value.

    P transposes: octet 8k + j of the vector becomes octet k of word j, and L works word by word.
    """
    rows = [int.from_bytes(_MATRIX[at : at + 8], "big") for at in range(0, _BITS, 8)][::-1]
    words = []
    for octet in range(8):
        images = [0] * 256
        for value in range(1, 256):
            low = value & -value
            row = rows[8 * octet + low.bit_length() - 1]
            images[value] = images[value ^ low] ^ row
        words.append([images[value] for value in _SUBSTITUTION])
    return [tuple(image << 64 * (at % 8) for image in words[at // 8]) for at in range(_BLOCK)]


@functools.cache
def _transformation() -> _Transformation:
    """Build LPS, once in a process: 64 tables of 256 integers of 512 bits, about 1.5 MB."""
    # Sixty-four local names, one per octet: twice as fast as walking two sequences.
    # fmt: off
    (
        t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15,
        t16, t17, t18, t19, t20, t21, t22, t23, t24, t25, t26, t27, t28, t29, t30, t31,
        t32, t33, t34, t35, t36, t37, t38, t39, t40, t41, t42, t43, t44, t45, t46, t47,
        t48, t49, t50, t51, t52, t53, t54, t55, t56, t57, t58, t59, t60, t61, t62, t63,
    ) = _tables()

    def lps(vector: int) -> int:
        (
            b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15,
            b16, b17, b18, b19, b20, b21, b22, b23, b24, b25, b26, b27, b28, b29, b30, b31,
            b32, b33, b34, b35, b36, b37, b38, b39, b40, b41, b42, b43, b44, b45, b46, b47,
            b48, b49, b50, b51, b52, b53, b54, b55, b56, b57, b58, b59, b60, b61, b62, b63,
        ) = vector.to_bytes(_BLOCK, "little")
        return (
            t0[b0] ^ t1[b1] ^ t2[b2] ^ t3[b3] ^ t4[b4] ^ t5[b5] ^ t6[b6] ^ t7[b7]
            ^ t8[b8] ^ t9[b9] ^ t10[b10] ^ t11[b11] ^ t12[b12] ^ t13[b13] ^ t14[b14] ^ t15[b15]
            ^ t16[b16] ^ t17[b17] ^ t18[b18] ^ t19[b19] ^ t20[b20] ^ t21[b21] ^ t22[b22] ^ t23[b23]
            ^ t24[b24] ^ t25[b25] ^ t26[b26] ^ t27[b27] ^ t28[b28] ^ t29[b29] ^ t30[b30] ^ t31[b31]
            ^ t32[b32] ^ t33[b33] ^ t34[b34] ^ t35[b35] ^ t36[b36] ^ t37[b37] ^ t38[b38] ^ t39[b39]
            ^ t40[b40] ^ t41[b41] ^ t42[b42] ^ t43[b43] ^ t44[b44] ^ t45[b45] ^ t46[b46] ^ t47[b47]
            ^ t48[b48] ^ t49[b49] ^ t50[b50] ^ t51[b51] ^ t52[b52] ^ t53[b53] ^ t54[b54] ^ t55[b55]
            ^ t56[b56] ^ t57[b57] ^ t58[b58] ^ t59[b59] ^ t60[b60] ^ t61[b61] ^ t62[b62] ^ t63[b63]
        )
    # fmt: on

    return lps
