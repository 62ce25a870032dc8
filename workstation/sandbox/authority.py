"""The sandbox's certification authority on the network: lists, OCSP, time-stamps, certificates."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from workstation.sandbox.loopback import HttpAnswer, HttpQuestion, LoopbackServer
from workstation.sandbox.pki import SandboxPki
from workstation.sandbox.revocation import CrlMode, OcspMode, ocsp_answer, revocation_list
from workstation.sandbox.timestamps import TsaMode, time_stamp

__all__ = ["AuthorityFaults", "SandboxAuthority"]

_ROOT_CRL, _NCA_CRL = "/crl/root.crl", "/crl/nca.crl"
_OCSP, _TSA = "/ocsp/", "/tsp/"
_CERTIFICATE = "/cert/nca.cer"


@dataclass(frozen=True, slots=True)
class AuthorityFaults:
    """How each service behaves; replaced as a whole, so that threads see one state."""

    crl: CrlMode = CrlMode.NORMAL
    ocsp: OcspMode = OcspMode.NORMAL
    tsa: TsaMode = TsaMode.NORMAL


class SandboxAuthority:
    """One loopback server; `faults` may be assigned at any time from any thread."""

    def __init__(self, pki: SandboxPki, clock: Callable[[], datetime]) -> None:
        self.faults = AuthorityFaults()
        self._pki = pki
        self._clock = clock
        self._server = LoopbackServer(self._answer, "sandbox-authority")

    def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        self._server.start()

    def close(self) -> None:
        """Stop and join."""
        self._server.close()

    @property
    def root_crl_url(self) -> str:
        """List of the root: status of the issuing authority."""
        return self._server.url + _ROOT_CRL

    @property
    def nca_crl_url(self) -> str:
        """List of the issuing authority: status of customers."""
        return self._server.url + _NCA_CRL

    @property
    def ocsp_url(self) -> str:
        """OCSP responder for certificates of the issuing authority."""
        return self._server.url + _OCSP

    @property
    def tsa_url(self) -> str:
        """Time-stamping service."""
        return self._server.url + _TSA

    @property
    def certificate_url(self) -> str:
        """The issuing authority's certificate."""
        return self._server.url + _CERTIFICATE

    def _answer(self, question: HttpQuestion) -> HttpAnswer | None:
        match question.method, question.path:
            case "GET", "/crl/root.crl" | "/crl/nca.crl":
                return self._list(question.path)
            case "POST", "/ocsp" | "/ocsp/":
                return self._ocsp(question.body)
            case "POST", "/tsp" | "/tsp/":
                return self._time_stamp(question.body)
            case "GET", "/cert/nca.cer":
                return HttpAnswer(200, "application/pkix-cert", self._pki.nca.der)
            case _:
                return HttpAnswer(404, "text/plain", b"SANDBOX: nothing here")

    def _list(self, path: str) -> HttpAnswer | None:
        mode = self.faults.crl
        if mode is CrlMode.DOWN:
            return None
        root = path == _ROOT_CRL
        issuer = self._pki.root if root else self._pki.nca
        revoked = {} if root else self._pki.revocations()
        body = revocation_list(issuer, revoked, mode, self._clock())
        return HttpAnswer(200, "application/pkix-crl", body)

    def _ocsp(self, untrusted: bytes) -> HttpAnswer | None:
        mode = self.faults.ocsp
        if mode is OcspMode.DOWN:
            return None
        body = ocsp_answer(untrusted, self._pki, mode, self._clock())
        return HttpAnswer(200, "application/ocsp-response", body)

    def _time_stamp(self, untrusted: bytes) -> HttpAnswer | None:
        mode = self.faults.tsa
        if mode is TsaMode.DOWN:
            return None
        body = time_stamp(untrusted, self._pki.tsa, mode, self._clock())
        return HttpAnswer(200, "application/timestamp-reply", body)
