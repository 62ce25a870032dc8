"""The sandbox as one thing: start it, read its addresses, switch its faults, close it."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from crypto.log.file.clock import SystemClock
from workstation.errors import SettingsRefused
from workstation.sandbox.keystore.sample_key import SampleKey
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.pki.authority import AuthorityFaults, SandboxAuthority
from workstation.sandbox.pki.hierarchies import SandboxPki
from workstation.sandbox.pki.responder import OcspMode
from workstation.sandbox.services.answer_signer import AnswerSigner
from workstation.sandbox.services.documents import SandboxDocuments
from workstation.sandbox.services.egov import SandboxEgov
from workstation.sandbox.services.face_authority import SandboxFaceAuthority
from workstation.sandbox.services.identification import SandboxIdentification
from workstation.sandbox.services.ncalayer import NcaLayerBehaviour, SandboxNcaLayer
from workstation.sandbox.services.person_registry import SandboxPersonRegistry
from workstation.sandbox.services.registries import SandboxRegistries

__all__ = ["SANDBOX_PROFILES", "Sandbox", "SandboxEndpoints"]

SANDBOX_PROFILES = frozenset({"demo", "test"})


@dataclass(frozen=True, slots=True)
class SandboxEndpoints:
    """Where everything is, for the settings of a workstation in the demo profile.

    crl_urls           every list a station keeps: full ones and the delta
    root_certificates  absolute, as all paths here; the *_fingerprints are the hex SHA-256 of the
                       DER, to anchor trust by content
    csca_certificate   of the state that signs the customers' documents
    tls_anchor         file of DER: the authority of the loopback NCALayer's TLS
    answer_key         file of PEM: what registries and face authority sign with, under
                       AnswerSigner.KID; answer_key_sha256 pins it
    """

    ncalayer_url: str
    egov_url: str
    ocsp_url: str
    crl_urls: tuple[str, ...]
    tsa_url: str
    registries_url: str
    persons_url: str
    face_authority_url: str
    identification_url: str
    root_certificates: tuple[Path, ...]
    nca_certificates: tuple[Path, ...]
    tsa_certificates: tuple[Path, ...]
    tls_anchor: Path
    answer_key: Path
    answer_key_sha256: str
    root_fingerprints: tuple[str, ...]
    csca_certificate: Path
    csca_fingerprint: str


class Sandbox:
    """Context manager over every service; `authority` certifies, `face_authority` compares.

    `documents` are in the hands of whoever is at the desk, and nothing that is started.

    folder   keys and certificates are kept in `folder/pki` and made when absent: seconds
    profile  SettingsRefused(`profile`) unless it is demo or test
    clock    aware UTC: the time of lists, answers, time-stamps and signatures
    sample   a key of another test hierarchy, to be offered by the loopback NCALayer
    """

    def __init__(
        self,
        folder: Path,
        *,
        profile: str,
        clock: Callable[[], datetime],
        sample: SampleKey | None = None,
    ) -> None:
        if profile not in SANDBOX_PROFILES:
            raise SettingsRefused("profile")
        # A station's settings take a relative path from the station's own folder.
        self._folder = folder.absolute() / "pki"
        self.pki = SandboxPki.open(self._folder, clock())
        self._sample = sample
        given = () if sample is None else sample.crls
        self.authority = SandboxAuthority(self.pki, clock, given)
        self.ncalayer = SandboxNcaLayer(self.pki, clock)
        self.egov = SandboxEgov(self._sign_on_phone)
        self._clock = clock
        if sample is not None:
            self.ncalayer.behaviour = NcaLayerBehaviour(key=sample.credential)
            # The sandbox cannot answer for that authority; a responder that can is not reachable.
            self.authority.faults = AuthorityFaults(ocsp=OcspMode.DOWN)
        self.registries = SandboxRegistries()
        self._signer = AnswerSigner.open(self._folder)
        self.persons = SandboxPersonRegistry(self._signer)
        self.documents = SandboxDocuments(self.pki.document_signer, lambda: self.persons.present)
        self.face_authority = SandboxFaceAuthority(self._signer, SystemClock().wall_ms)
        self.identification = SandboxIdentification(self._signer, SystemClock().wall_ms)

    def start(self) -> SandboxEndpoints:
        """Start every service on a free port; when one fails, none is left running."""
        try:
            self.authority.start()
            self.ncalayer.start()
            self.egov.start()
            self.registries.start()
            self.persons.start()
            self.face_authority.start()
            self.identification.start()
            return self.endpoints()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop every service and join its threads; may be called again."""
        self.identification.close()
        self.face_authority.close()
        self.persons.close()
        self.registries.close()
        self.egov.close()
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
        all_of = self.pki.hierarchies
        roots = {f"{family}_root": each.root.der for family, each in all_of.items()}
        ncas = {f"{family}_nca": each.nca.der for family, each in all_of.items()}
        tsas = {f"{family}_tsa": each.tsa.der for family, each in all_of.items()}
        if self._sample is not None:
            roots |= {f"sample_root_{n}": der for n, der in enumerate(self._sample.roots)}
            ncas |= {f"sample_nca_{n}": der for n, der in enumerate(self._sample.intermediates)}
        return SandboxEndpoints(
            ncalayer_url=self.ncalayer.url,
            egov_url=self.egov.url,
            ocsp_url=self.authority.ocsp_url,
            crl_urls=self.authority.crl_urls,
            tsa_url=self.authority.tsa_url,
            registries_url=self.registries.url,
            persons_url=self.persons.url,
            face_authority_url=self.face_authority.url,
            identification_url=self.identification.url,
            root_certificates=self._write_all(roots),
            nca_certificates=self._write_all(ncas),
            tsa_certificates=self._write_all(tsas),
            tls_anchor=self._write("tls_root", self.pki.tls_root.der),
            answer_key=self._write_answer_key(),
            answer_key_sha256=self._signer.public.sha256,
            root_fingerprints=tuple(hashlib.sha256(der).hexdigest() for der in roots.values()),
            csca_certificate=self._write("csca", self.pki.csca.der),
            csca_fingerprint=hashlib.sha256(self.pki.csca.der).hexdigest(),
        )

    def _write_all(self, certificates: Mapping[str, bytes]) -> tuple[Path, ...]:
        return tuple(self._write(name, der) for name, der in certificates.items())

    def _sign_on_phone(self, key: CustomerKey, document: bytes) -> bytes:
        return self.pki.customers[key].sign_cms(document, self._clock())

    def _write_answer_key(self) -> Path:
        path = self._folder / "answers.pem"
        path.touch(mode=0o600)
        path.write_bytes(self._signer.pem)
        return path

    def _write(self, name: str, der: bytes) -> Path:
        path = self._folder / f"{name}.cer"
        path.write_bytes(der)
        return path
