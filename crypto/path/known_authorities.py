"""Kazakhstan's certification centres by fingerprint: facts to compare files with, not trust.

The catalogue is data (resources/trust). It is read strictly and never in part: an incomplete one
would stop recognising test hierarchies, which is what keeps them out of production.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

import msgspec

import resources
from crypto.errors import CryptoError
from crypto.report.policy import Environment
from crypto.x509.certificate import Certificate

__all__ = [
    "AuthorityCatalogue",
    "AuthorityRole",
    "CatalogueRefused",
    "Issued",
    "KnownAuthority",
    "known_authorities",
    "read_catalogue",
]

_MAX_OCTETS = 256 * 1024
_VERSION = 1
_DIGEST = r"^[0-9a-f]{64}\Z"
_Address = Annotated[str, msgspec.Meta(pattern=r"^https?://[!-~]{4,200}\Z")]
_NAME = re.compile(r"[a-z0-9_]{3,40}")


class CatalogueRefused(CryptoError):
    """The catalogue of certification centres is absent, damaged or contradicts itself."""

    code = "trust_catalogue_refused"


class AuthorityRole(StrEnum):
    """What a centre's certificate is for."""

    ROOT = "root"
    ISSUING = "issuing"
    TSA = "tsa"


class Issued(StrEnum):
    """What certificates an authority may be accepted for: keys of signers, or time-stamping."""

    SIGNERS = "signers"
    TIMESTAMPS = "timestamps"


class KnownAuthority(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One certificate: `sha256` of its DER, `key_sha256` of its SubjectPublicKeyInfo, in hex.

    accepted  False: an accredited centre that the default policy does not accept
    lists     where the lists that it signs are published, full ones first; empty: not known
    issues    what it is accepted for issuing; None: all, when it is an accepted issuing authority
    """

    name: str
    environment: Environment
    role: AuthorityRole
    accepted: bool
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    algorithm: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    not_before: datetime
    not_after: datetime
    sha256: Annotated[str, msgspec.Meta(pattern=_DIGEST)]
    key_sha256: Annotated[str, msgspec.Meta(pattern=_DIGEST)]
    lists: Annotated[tuple[_Address, ...], msgspec.Meta(max_length=8)] = ()
    issues: Annotated[tuple[Issued, ...], msgspec.Meta(max_length=2)] | None = None

    def may_issue(self, issued: Issued) -> bool:
        """Whether a certificate that it issued counts. A root issues authorities alone."""
        if not self.accepted or self.role is not AuthorityRole.ISSUING:
            return False
        return self.issues is None or issued in self.issues


class _CatalogueFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    confirm_at: Annotated[list[str], msgspec.Meta(min_length=1, max_length=8)]
    accredited: Annotated[list[str], msgspec.Meta(max_length=100)]
    authority: Annotated[list[KnownAuthority], msgspec.Meta(min_length=1, max_length=500)]


@dataclass(frozen=True, slots=True)
class AuthorityCatalogue:
    """All known certificates, the names of other accredited centres, where roots are confirmed."""

    authorities: tuple[KnownAuthority, ...]
    accredited: tuple[str, ...]
    confirm_at: tuple[str, ...]

    @classmethod
    def read(cls, untrusted: bytes) -> Self:
        """Read TOML strictly; CatalogueRefused names the place."""
        if len(untrusted) > _MAX_OCTETS:
            raise CatalogueRefused("too_large")
        try:
            file = msgspec.convert(tomllib.loads(untrusted.decode()), _CatalogueFile, strict=True)
        except msgspec.ValidationError as trouble:
            raise CatalogueRefused(str(trouble)) from None
        except (ValueError, RecursionError) as trouble:
            raise CatalogueRefused(type(trouble).__name__) from None
        if file.version != _VERSION:
            raise CatalogueRefused("version")
        _require_consistent(file.authority)
        return cls(tuple(file.authority), tuple(file.accredited), tuple(file.confirm_at))

    def select(self, environment: Environment) -> tuple[KnownAuthority, ...]:
        """Return the certificates of one world."""
        return tuple(each for each in self.authorities if each.environment is environment)

    def find(self, certificate: Certificate) -> KnownAuthority | None:
        """Return what is known of this very certificate; None when it is in no world."""
        return next((a for a in self.authorities if a.sha256 == certificate.sha256), None)

    def find_publisher(self, url: str) -> KnownAuthority | None:
        """Return whose list is published at an address; None when that is not known."""
        return next((a for a in self.authorities if url in a.lists), None)

    def find_named(self, name: str) -> tuple[str, ...]:
        """Return whose certificate a name in the form of `describe_name` may be of; by words only.

        Names of certificates of НУЦ as `prod:NAME`, of other accredited centres as they are listed.
        """
        parts = {part.partition("=")[2] for part in name.split(", ")}
        words = set(re.findall(r"\w+", name.casefold()))
        known = (f"{a.environment.value}:{a.name}" for a in self.authorities if a.subject in parts)
        others = (
            each for each in self.accredited if set(re.findall(r"\w+", each.casefold())) <= words
        )
        return tuple(dict.fromkeys((*known, *others)))

    def find_issuers(self, issued: Issued, worlds: Collection[Environment]) -> frozenset[str]:
        """Return the keys (SHA-256 of SubjectPublicKeyInfo) accepted for issuing, of some worlds.

        Whether their certificates are at hand is no question: each has to lead to an anchor anyway.
        """
        return frozenset(
            each.key_sha256
            for each in self.authorities
            if each.environment in worlds and each.may_issue(issued)
        )

    def find_worlds(self, certificate: Certificate) -> frozenset[Environment]:
        """Return the worlds in which this certificate or its key is known."""
        key = certificate.key_sha256
        return frozenset(
            each.environment
            for each in self.authorities
            if each.sha256 == certificate.sha256 or each.key_sha256 == key
        )


def _require_consistent(authorities: list[KnownAuthority]) -> None:
    for field in ("name", "sha256"):
        ((value, count),) = Counter(getattr(a, field) for a in authorities).most_common(1)
        if count > 1:
            raise CatalogueRefused(f"{field}_twice:{value}")
    for each in authorities:
        if _NAME.fullmatch(each.name) is None:
            raise CatalogueRefused(f"name:{each.name[:40]}")
        if each.issues and not each.may_issue(each.issues[0]):
            raise CatalogueRefused(f"issues:{each.name}")
        dated = each.not_before.tzinfo is not None and each.not_after.tzinfo is not None
        if not dated or each.not_before.astimezone(UTC) >= each.not_after.astimezone(UTC):
            raise CatalogueRefused(f"validity:{each.name}")
    keys = {
        world: {a.key_sha256 for a in authorities if a.environment is world}
        for world in Environment
    }
    if keys[Environment.PROD] & keys[Environment.TEST]:
        raise CatalogueRefused("worlds_overlap")
    for world in Environment:
        roots = [a for a in authorities if a.environment is world and a.role is AuthorityRole.ROOT]
        if not roots:
            raise CatalogueRefused(f"no_root:{world.value}")


def read_catalogue(path: Path) -> AuthorityCatalogue:
    """Read a catalogue file; CatalogueRefused."""
    try:
        with path.open("rb") as file:
            untrusted = file.read(_MAX_OCTETS + 1)
    except OSError as trouble:
        raise CatalogueRefused(type(trouble).__name__) from None
    return AuthorityCatalogue.read(untrusted)


def known_authorities() -> AuthorityCatalogue:
    """Return the catalogue shipped with the program; CatalogueRefused."""
    try:
        return read_catalogue(resources.path("trust", "kz-authorities.toml"))
    except FileNotFoundError:
        raise CatalogueRefused("absent") from None
