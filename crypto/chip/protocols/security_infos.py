"""What a chip says it can do: EF.CardAccess and DG14 (ICAO Doc 9303-11, 9.2)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from crypto.algorithms.keys import PublicKeyInfo
from crypto.asn1 import values as v
from crypto.asn1.der import INTEGER, SEQUENCE, SET, DerError, Limits, Node, parse
from crypto.chip.ciphers import CipherSuite
from crypto.chip.errors import ChipMalformed

__all__ = [
    "CHIP_AUTHENTICATION",
    "PACE_GENERIC_MAPPING",
    "ChipAuthenticationOffer",
    "PaceOffer",
    "find_active_digest",
    "find_chip_authentication",
    "find_pace",
]

_BSI: Final = "0.4.0.127.0.7"
PACE_GENERIC_MAPPING: Final = f"{_BSI}.2.2.4.2"
"""id-PACE-ECDH-GM; 1 to 4 below it name the cipher."""

CHIP_AUTHENTICATION: Final = f"{_BSI}.2.2.3"
"""id-CA; below it 1 is DH and 2 is ECDH, and below that 1 to 4 name the cipher."""

_ELLIPTIC: Final = 2
_CHIP_KEYS: Final = {f"{_BSI}.2.2.1.{family}": family for family in (1, 2)}
_ACTIVE_AUTHENTICATION: Final = "2.23.136.1.1.5"
_PLAIN_SIGNATURES: Final = MappingProxyType(
    {
        f"{_BSI}.1.1.4.1.{number}": digest
        for number, digest in enumerate(("SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512"), 1)
    }
)
"""ecdsa-plain-signatures (BSI TR-03111, 5.2.1)."""

_SUITES: Final[Mapping[str, CipherSuite]] = MappingProxyType(
    {
        "1": CipherSuite.DES3,
        "2": CipherSuite.AES128,
        "3": CipherSuite.AES192,
        "4": CipherSuite.AES256,
    }
)
_LIMITS: Final = Limits(octets=1 << 14, depth=12, elements=512)
_PACE_VERSION: Final = 2
_MOST_IDENTIFIER: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class PaceOffer:
    """One PACEInfo of generic mapping: protocol, cipher and number of the domain parameters.

    ambiguous  the chip offers several domain parameters: it wants to hear which
    """

    protocol: str
    suite: CipherSuite
    parameters: int
    ambiguous: bool


@dataclass(frozen=True, slots=True)
class ChipAuthenticationOffer:
    """A static key of the chip, the protocol that uses it, and the key's identifier if it has one.

    protocol  None when DG14 names none: then it is Triple DES, and nothing is to be named either
    """

    key: PublicKeyInfo
    is_elliptic: bool
    protocol: str | None
    suite: CipherSuite
    identifier: int | None


def find_pace(card_access: bytes, supported: frozenset[int]) -> PaceOffer | None:
    """Return the strongest offer of ECDH generic mapping on a supported curve; None for none.

    ChipMalformed(`card_access`).
    """
    found: list[PaceOffer] = []
    numbers: set[int] = set()
    for identifier, rest in _infos(card_access, "card_access"):
        family, _, cipher = identifier.rpartition(".")
        if not identifier.startswith(f"{_BSI}.2.2.4.") or len(rest) != 2:  # noqa: PLR2004 - version, parameters
            continue
        try:
            version, parameters = (v.small_integer(node.expect(INTEGER)) for node in rest)
        except DerError:
            continue
        numbers.add(parameters)
        suite = _SUITES.get(cipher)
        if family == PACE_GENERIC_MAPPING and suite and version == _PACE_VERSION:
            found.append(PaceOffer(identifier, suite, parameters, ambiguous=False))
    usable = [offer for offer in found if offer.parameters in supported]
    if not usable:
        return None
    best = max(usable, key=lambda offer: (offer.suite.value, offer.parameters))
    return PaceOffer(best.protocol, best.suite, best.parameters, ambiguous=len(numbers) > 1)


def find_chip_authentication(group14: bytes) -> ChipAuthenticationOffer | None:
    """Return the first key of DG14 with its protocol; None when there is no key.

    ChipMalformed(`dg14`).
    """
    keys: list[tuple[int, PublicKeyInfo, int | None]] = []
    protocols: list[tuple[int, str, CipherSuite, int | None]] = []
    try:
        for identifier, rest in _infos(_content(group14), "dg14"):
            family, _, cipher = identifier.rpartition(".")
            if (kind := _CHIP_KEYS.get(identifier)) is not None and rest:
                keys.append((kind, PublicKeyInfo.read(rest[0]), _identifier(rest[1:])))
            elif family in {f"{CHIP_AUTHENTICATION}.1", f"{CHIP_AUTHENTICATION}.2"}:
                suite = _SUITES.get(cipher)
                if suite is not None and rest:
                    protocols.append((int(family[-1]), identifier, suite, _identifier(rest[1:])))
    except DerError:
        raise ChipMalformed("dg14") from None
    for kind, key, identifier_of_key in keys:
        for family_of, protocol, suite, of_key in protocols:
            if family_of == kind and of_key == identifier_of_key:
                return ChipAuthenticationOffer(key, kind == _ELLIPTIC, protocol, suite, of_key)
        if not protocols:
            return ChipAuthenticationOffer(
                key,
                kind == _ELLIPTIC,
                None,
                CipherSuite.DES3,
                identifier_of_key,
            )
    return None


def find_active_digest(group14: bytes) -> str | None:
    """Return the digest that DG14 names for ECDSA active authentication; None when it names none.

    ChipMalformed(`dg14`).
    """
    for identifier, rest in _infos(_content(group14), "dg14"):
        if identifier == _ACTIVE_AUTHENTICATION and len(rest) == 2:  # noqa: PLR2004 - version, algorithm
            try:
                return _PLAIN_SIGNATURES.get(v.oid(rest[1]))
            except DerError:
                raise ChipMalformed("dg14") from None
    return None


def _content(group14: bytes) -> bytes:
    """Return the SET inside DG14's tag 6E."""
    try:
        return Node.at(group14, 0, len(group14)).expect(0x6E).content
    except DerError:
        raise ChipMalformed("dg14") from None


def _infos(octets: bytes, name: str) -> Iterator[tuple[str, tuple[Node, ...]]]:
    """Yield protocol and parameters of each SecurityInfo of a SET."""
    try:
        for node in parse(octets, _LIMITS).expect(SET).children():
            first, *rest = node.expect(SEQUENCE).elements()
            yield v.oid(first), tuple(rest)
    except (DerError, ValueError):
        raise ChipMalformed(name) from None


def _identifier(rest: tuple[Node, ...]) -> int | None:
    return v.small_integer(rest[0], maximum=_MOST_IDENTIFIER) if rest else None
