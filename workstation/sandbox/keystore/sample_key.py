"""A published key of НУЦ РК's test hierarchy in the sandbox: file, password, trust and CRLs.

Such keys are SDK material that anybody holds: they are of use in the test environment alone, and
the trust for them is what the caller names, never a part of this product. A customer's own key
cannot be brought in this way: no password is asked for, only the published ones are tried, and
a key whose holder could be a person is refused.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from crypto.cms.signature_file import remove_armour
from crypto.revocation.crl import ParsedCrl
from crypto.x509.certificate import Certificate
from crypto.x509.profile import holder_identity
from workstation.sandbox.keystore.pkcs12 import open_pkcs12
from workstation.sandbox.pki.credential import Credential
from workstation.sandbox.pki.key_store_errors import (
    KeyStoreDamaged,
    KeyStorePassword,
    KeyStoreUnsupported,
)

__all__ = ["SampleKey"]

_MAX_OCTETS = 4 << 20
_PUBLISHED_PASSWORDS = ("Qwerty12", "Aa123456")


@dataclass(frozen=True, slots=True, repr=False)
class SampleKey:
    """A credential with the authorities above it.

    roots, intermediates  DER of self-issued certificates and of others
    crls                  DER of CRLs
    """

    credential: Credential
    roots: tuple[bytes, ...]
    intermediates: tuple[bytes, ...]
    crls: tuple[bytes, ...]

    @classmethod
    def read(cls, key_file: Path, trust: Sequence[Path], crls: Sequence[Path]) -> Self:
        """Read the files; OSError, KeyStoreRefused, or the error of what is malformed."""
        credential = _open_published(_read_octets(key_file))
        authorities = [Certificate.parse(_read_der(path)) for path in trust]
        read = tuple(_read_der(path) for path in crls)
        for der in read:
            ParsedCrl.parse(der)
        return cls(
            credential,
            tuple(each.raw for each in authorities if each.subject == each.issuer),
            tuple(each.raw for each in authorities if each.subject != each.issuer),
            read,
        )


def _open_published(untrusted: bytes) -> Credential:
    for password in _PUBLISHED_PASSWORDS:
        with contextlib.suppress(KeyStorePassword):
            key, certificate = open_pkcs12(untrusted, password)
            # Numbers in published keys fail the check digit, so that they are nobody's.
            iin = holder_identity(Certificate.parse(certificate)).iin
            if iin is not None and iin.well_formed:
                raise KeyStoreUnsupported("not_a_sample")
            return Credential(certificate, key)
    raise KeyStorePassword("not_published")


def _read_der(path: Path) -> bytes:
    octets = _read_octets(path)
    return octets if octets.startswith(b"\x30") else remove_armour(octets)


def _read_octets(path: Path) -> bytes:
    with path.open("rb") as stream:
        octets = stream.read(_MAX_OCTETS + 1)
    if len(octets) > _MAX_OCTETS:
        raise KeyStoreDamaged("too_large")
    return octets
