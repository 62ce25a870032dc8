"""RC2 in CBC mode, decryption only (RFC 2268): НУЦ РК still encrypts certificates with 40 bits.

The `cryptography` package offers RC2 with 128-bit keys alone. The cipher protects nothing here:
what it hides in a PKCS#12 file is the certificate, which is public.
"""

from itertools import pairwise

__all__ = ["BLOCK", "decrypt_cbc"]

BLOCK = 8
"""Octets of a block."""

# RFC 2268 section 2, "PITABLE": a permutation of the octets made from the digits of pi.
_PI = bytes.fromhex(
    "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2"
    "179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82"
    "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626"
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7"
    "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec"
    "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731"
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9"
    "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad"
)
_EXPANDED = 128
_ROTATIONS = (1, 2, 3, 5)
_WORD = 0xFFFF
# Rounds in the order of encryption: 5 mixing, mash, 6 mixing, mash, 5 mixing.
_MASH_BEFORE_ROUNDS = (11, 5)


def decrypt_cbc(key: bytes, iv: bytes, data: bytes, effective_bits: int) -> bytes:
    """Decrypt whole blocks and keep the padding.

    key   1 to 128 octets; iv  8 octets; data  a multiple of 8 octets
    effective_bits  T1 of RFC 2268, which PKCS#12 sets to the key's own length
    """
    words = _expand(key, effective_bits)
    blocks = [data[at : at + BLOCK] for at in range(0, len(data), BLOCK)]
    plain = []
    for before, block in pairwise((iv, *blocks)):
        clear = int.from_bytes(_decrypt_block(words, block), "big") ^ int.from_bytes(before, "big")
        plain.append(clear.to_bytes(BLOCK, "big"))
    return b"".join(plain)


def _expand(key: bytes, bits: int) -> list[int]:
    """Key expansion of RFC 2268 section 2 into 64 words."""
    octets = list(key)
    for _ in range(_EXPANDED - len(key)):
        octets.append(_PI[(octets[-1] + octets[-len(key)]) & 0xFF])
    size = (bits + 7) // 8
    mask = 0xFF >> (8 * size - bits)
    at = _EXPANDED - size
    octets[at] = _PI[octets[at] & mask]
    for at in reversed(range(_EXPANDED - size)):
        octets[at] = _PI[octets[at + 1] ^ octets[at + size]]
    return [octets[at] | octets[at + 1] << 8 for at in range(0, _EXPANDED, 2)]


def _decrypt_block(words: list[int], block: bytes) -> bytes:
    """Run the rounds backwards (RFC 2268 section 4)."""
    r = [int.from_bytes(block[at : at + 2], "little") for at in range(0, BLOCK, 2)]
    for number in reversed(range(16)):
        for i in (3, 2, 1, 0):
            turn = _ROTATIONS[i]
            turned = (r[i] >> turn | r[i] << (16 - turn)) & _WORD
            chosen = (r[i - 1] & r[i - 2]) + (~r[i - 1] & r[i - 3])
            r[i] = (turned - words[4 * number + i] - chosen) & _WORD
        if number in _MASH_BEFORE_ROUNDS:
            for i in (3, 2, 1, 0):
                r[i] = (r[i] - words[r[i - 1] & 63]) & _WORD
    return b"".join(word.to_bytes(2, "little") for word in r)
