"""The sandbox's keys and certificates, kept in a folder and renewed when they no longer fit.

One file per credential, `<name>.pem`: certificate, then key, unencrypted, readable by the owner
only. A file that does not fit the moment or its issuer is replaced, and everything below it.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from workstation.sandbox import issuance
from workstation.sandbox.issuance import Credential
from workstation.sandbox.people import PEOPLE, CustomerKey

__all__ = ["SandboxPki"]

_MARGIN = timedelta(days=1)
_REVOKED_AFTER = timedelta(days=10)


@dataclass(frozen=True, slots=True, repr=False)
class SandboxPki:
    """Authorities, services and customers.

    nca          issues customers, `tsa` and `ocsp`; `root` issues `nca`
    tls_root     issues `tls` for the loopback NCALayer and nothing else
    """

    root: Credential
    nca: Credential
    tsa: Credential
    ocsp: Credential
    tls_root: Credential
    tls: Credential
    customers: Mapping[CustomerKey, Credential]

    @classmethod
    def open(cls, folder: Path, moment: datetime) -> "SandboxPki":
        """Load what fits `moment` from the folder and make the rest; creates the folder."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        shelf = _Shelf(folder, moment)
        root = shelf.root("root", "SANDBOX Root CA (RSA)")
        nca = shelf.below("nca", root, partial(issuance.issue_authority, "SANDBOX NCA (RSA)"))
        tls_root = shelf.root("tls_root", "SANDBOX Loopback TLS CA")
        customers: dict[CustomerKey, Credential] = {}
        for person in PEOPLE:
            customers[person.key] = shelf.below(
                person.key.value,
                nca,
                partial(issuance.issue_customer, person),
                expired=person.key is CustomerKey.EXPIRED,
            )
        return cls(
            root=root,
            nca=nca,
            tsa=shelf.below("tsa", nca, issuance.issue_time_stamper),
            ocsp=shelf.below("ocsp", nca, issuance.issue_ocsp_responder),
            tls_root=tls_root,
            tls=shelf.below("tls", tls_root, issuance.issue_tls_server),
            customers=customers,
        )

    def revocations(self) -> Mapping[int, datetime]:
        """Return serial number and time of every certificate that `nca` has revoked."""
        revoked = self.customers[CustomerKey.REVOKED].certificate
        return {revoked.serial_number: revoked.not_valid_before_utc + _REVOKED_AFTER}

    def issued_serials(self) -> frozenset[int]:
        """Return the serial numbers of all certificates `nca` has issued."""
        below = (self.tsa, self.ocsp, *self.customers.values())
        return frozenset(credential.certificate.serial_number for credential in below)


_Issue = Callable[[Credential, datetime], Credential]


class _Shelf:
    """The folder of credentials, at one moment."""

    def __init__(self, folder: Path, moment: datetime) -> None:
        self._folder = folder
        self._moment = moment

    def root(self, name: str, common_name: str) -> Credential:
        kept = self._load(name)
        if kept is not None and self._valid(kept) and _issued_by(kept, kept):
            return kept
        return self._keep(name, issuance.issue_root(common_name, self._moment))

    def below(
        self, name: str, issuer: Credential, issue: _Issue, *, expired: bool = False
    ) -> Credential:
        kept = self._load(name)
        if kept is not None and _issued_by(kept, issuer):
            over = kept.certificate.not_valid_after_utc < self._moment
            if over if expired else self._valid(kept):
                return kept
        return self._keep(name, issue(issuer, self._moment))

    def _valid(self, kept: Credential) -> bool:
        certificate = kept.certificate
        since = certificate.not_valid_before_utc + _REVOKED_AFTER
        return since <= self._moment < certificate.not_valid_after_utc - _MARGIN

    def _load(self, name: str) -> Credential | None:
        try:
            pem = (self._folder / f"{name}.pem").read_bytes()
            certificate = x509.load_pem_x509_certificate(pem)
            # The full check takes 50 ms a key; that key and certificate agree is checked below.
            key = serialization.load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)
        except (OSError, ValueError):
            return None
        if not isinstance(key, rsa.RSAPrivateKey) or certificate.public_key() != key.public_key():
            return None
        return Credential(certificate, key)

    def _keep(self, name: str, made: Credential) -> Credential:
        pem = made.certificate.public_bytes(serialization.Encoding.PEM) + made.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        draft = self._folder / f"{name}.pem.new"
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(pem)
        draft.replace(self._folder / f"{name}.pem")
        return made


def _issued_by(kept: Credential, issuer: Credential) -> bool:
    try:
        kept.certificate.verify_directly_issued_by(issuer.certificate)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
