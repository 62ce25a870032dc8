"""The sandbox as one thing: start it, read its addresses, switch its faults, close it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from workstation.errors import SettingsRefused
from workstation.sandbox.authority import SandboxAuthority
from workstation.sandbox.ncalayer import SandboxNcaLayer
from workstation.sandbox.pki import SandboxPki
from workstation.sandbox.registries import SandboxRegistries

__all__ = ["SANDBOX_PROFILES", "Sandbox", "SandboxEndpoints"]

SANDBOX_PROFILES = frozenset({"demo", "test"})


@dataclass(frozen=True, slots=True)
class SandboxEndpoints:
    """Where everything is, for the settings of a workstation in the demo profile.

    *_certificate         files of DER
    *_fingerprint         hex SHA-256 of the certificate's DER, to anchor trust by content
    tls_anchor            file of DER: the authority of the loopback NCALayer's TLS
    """

    ncalayer_url: str
    ocsp_url: str
    root_crl_url: str
    nca_crl_url: str
    tsa_url: str
    registries_url: str
    root_certificate: Path
    nca_certificate: Path
    tsa_certificate: Path
    tls_anchor: Path
    root_fingerprint: str
    nca_fingerprint: str


class Sandbox:
    """Context manager over authority, NCALayer and registries.

    folder   keys and certificates are kept in `folder/pki` and made when absent: seconds
    profile  SettingsRefused(`profile`) unless it is demo or test
    clock    aware UTC: the time of lists, answers, time-stamps and signatures
    """

    def __init__(self, folder: Path, *, profile: str, clock: Callable[[], datetime]) -> None:
        if profile not in SANDBOX_PROFILES:
            raise SettingsRefused("profile")
        self._folder = folder / "pki"
        self.pki = SandboxPki.open(self._folder, clock())
        self.authority = SandboxAuthority(self.pki, clock)
        self.ncalayer = SandboxNcaLayer(self.pki, clock)
        self.registries = SandboxRegistries()

    def start(self) -> SandboxEndpoints:
        """Start every service on a free port; when one fails, none is left running."""
        try:
            self.authority.start()
            self.ncalayer.start()
            self.registries.start()
            return self.endpoints()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop every service and join its threads; may be called again."""
        self.registries.close()
        self.ncalayer.close()
        self.authority.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def endpoints(self) -> SandboxEndpoints:
        """Return the addresses and write the certificates; only between start and close."""
        return SandboxEndpoints(
            ncalayer_url=self.ncalayer.url,
            ocsp_url=self.authority.ocsp_url,
            root_crl_url=self.authority.root_crl_url,
            nca_crl_url=self.authority.nca_crl_url,
            tsa_url=self.authority.tsa_url,
            registries_url=self.registries.url,
            root_certificate=self._written("root.cer", self.pki.root.der),
            nca_certificate=self._written("nca.cer", self.pki.nca.der),
            tsa_certificate=self._written("tsa.cer", self.pki.tsa.der),
            tls_anchor=self._written("tls_root.cer", self.pki.tls_root.der),
            root_fingerprint=hashlib.sha256(self.pki.root.der).hexdigest(),
            nca_fingerprint=hashlib.sha256(self.pki.nca.der).hexdigest(),
        )

    def _written(self, name: str, der: bytes) -> Path:
        path = self._folder / name
        path.write_bytes(der)
        return path
