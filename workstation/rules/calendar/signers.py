"""Who may sign policies: people of the bank, each by one key that the settings pin."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto.errors import CryptoError, NoteMalformed
from crypto.log.format.note import NoteVerifier
from crypto.x509.certificate import Certificate
from workstation.errors import SettingsRefused
from workstation.rules.parties import person_key
from workstation.settings.certificate_files import certificate_octets
from workstation.settings.policy import PolicySignerTable
from workstation.settings.trust import RevocationSettings

__all__ = ["FEWEST_SIGNERS", "PolicySigner", "read_signers", "station_signers"]

FEWEST_SIGNERS: Final = 2
"""Who put a policy in force: one alone could open every operation."""

_PLACE: Final = "$.policy.signers"


@dataclass(frozen=True, slots=True)
class PolicySigner:
    """One person; exactly one of the two keys is there.

    note         an Ed25519 key: its signature is a line of `<id>.sig`
    certificate  of a key in a token: its signature is `<id>.<name>.p7s`
    """

    name: str
    note: NoteVerifier | None = None
    certificate: Certificate | None = None

    @property
    def public_key(self) -> bytes:
        """Octets by which two signers' keys are compared."""
        if self.note is not None:
            return self.note.public
        return b"" if self.certificate is None else self.certificate.key.raw


def station_signers(loaded: RevocationSettings) -> tuple[PolicySigner, ...]:
    """Return the signers of a station's settings; raises as `read_signers`."""
    return read_signers(loaded.folder, loaded.values.policy.signers)


def read_signers(folder: Path, tables: Sequence[PolicySignerTable]) -> tuple[PolicySigner, ...]:
    """Return these signers, two at the least; SettingsRefused names the place.

    folder  that relative paths of certificates start from

    Two names of one person, or one key under two names, are refused: they would sign for two.
    """
    found = tuple(_read_signer(folder, index, table) for index, table in enumerate(tables))
    _require_different("name", [person_key(each.name) for each in found])
    _require_different("key", [each.public_key for each in found])
    if len(found) < FEWEST_SIGNERS:
        raise SettingsRefused(f"{_PLACE}: {FEWEST_SIGNERS} different people at the least")
    return found


def _read_signer(folder: Path, index: int, table: PolicySignerTable) -> PolicySigner:
    place = f"{_PLACE}[{index}]"
    if isinstance(table.vkey, str):
        try:
            return PolicySigner(table.name, note=NoteVerifier.parse(table.vkey))
        except NoteMalformed as malformed:
            raise SettingsRefused(f"{place}.vkey: {malformed.detail}") from None
    path = table.certificate if isinstance(table.certificate, str) else ""
    octets = certificate_octets(folder, f"{place}.certificate", path)
    try:
        return PolicySigner(table.name, certificate=Certificate.parse(octets))
    except CryptoError as error:
        raise SettingsRefused(f"{place}.certificate: {error.code}") from None


def _require_different(what: str, values: Sequence[object]) -> None:
    for index, each in enumerate(values):
        if each in values[:index]:
            raise SettingsRefused(f"{_PLACE}[{index}]: its {what} is that of another signer")
