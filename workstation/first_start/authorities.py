"""Authorities are admitted into the trust of a station that is set up: by known fingerprints."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import default_registry
from crypto.log.file.clock import Clock
from crypto.path.known_authorities import Issued, known_authorities
from crypto.path.trust_import import ImportedCertificate, TrustImport, parse_fingerprint
from crypto.report.policy import Environment
from crypto.vault.protectors import KeyUnlock
from crypto.x509.certificate import Certificate
from workstation.settings.certificate_files import certificate_octets
from workstation.settings.trust import ISSUERS, SIGNERS, TIMESTAMPS, StatedTrust, read_trust
from workstation.trust.change import TrustChange, change_trust
from workstation.trust.stores import read_anchors

__all__ = ["AdmittedAuthorities", "admit_authorities", "read_authority"]

_LEAST_RSA_BITS: Final = 2048
_MEMBERS: Final = dict(zip(Issued, ISSUERS, strict=True))


@dataclass(frozen=True, slots=True)
class AdmittedAuthorities:
    """What the files held, what was changed, and the trust of before."""

    admitted: tuple[ImportedCertificate, ...]
    change: TrustChange
    before: StatedTrust


def admit_authorities(
    folder: Path,
    found: Sequence[Certificate],
    typed: Collection[str],
    issues: Collection[Issued],
    clock: Clock,
    unlock: KeyUnlock,
    *,
    timestamps: bool = False,
) -> AdmittedAuthorities:
    """Add certificates to the trust, all of them or none.

    typed       fingerprints that an owner told, as they were typed
    issues      what the authorities of these fingerprints may issue
    timestamps  roots of time-stamping authorities alone
    Raises TrustRefused, SettingsRefused, NotInitialised, LogError, VaultError, OSError.
    """
    stated, members = read_trust(folder), TIMESTAMPS if timestamps else SIGNERS
    anchors, _ = stated.select(members)
    trust_import = TrustImport(
        _choose_world(stated.environment, found, members),
        known_authorities(),
        frozenset(parse_fingerprint(each) for each in typed),
        read_anchors(folder, anchors, f"$.trust.{members[0]}"),
        default_registry(),
        KeyPolicy({"rsa": _LEAST_RSA_BITS}),
    )
    admitted = trust_import.verify(found)
    may = frozenset(_MEMBERS[each] for each in issues)
    change = change_trust(folder, admitted, clock, members, unlock, may)
    return AdmittedAuthorities(tuple(admitted), change, stated)


def read_authority(path: Path) -> Certificate:
    """Return the certificate of one file, DER or PEM; SettingsRefused names the file."""
    return Certificate.parse(certificate_octets(path.parent, path.name, path.name))


def _choose_world(
    station: Environment, found: Sequence[Certificate], members: tuple[str, str]
) -> Environment:
    """Return the world that the files have to be of: the station's.

    Time-stamps of the test world are given by the production authority, so a test station may
    believe that one; never the reverse.
    """
    if members == TIMESTAMPS and station is Environment.TEST:
        worlds = {world for each in found for world in known_authorities().find_worlds(each)}
        return Environment.PROD if worlds == {Environment.PROD} else station
    return station
