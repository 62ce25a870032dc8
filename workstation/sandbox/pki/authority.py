"""The sandbox's certification authority on the network: CRLs, OCSP, time-stamps, certificates."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from workstation.sandbox.loopback import HttpAnswer, HttpQuestion, LoopbackServer
from workstation.sandbox.people import Family
from workstation.sandbox.pki.credential import Credential
from workstation.sandbox.pki.crl_writer import CrlKind, CrlMode, write_crl
from workstation.sandbox.pki.hierarchies import SandboxPki, SandboxRevocation
from workstation.sandbox.pki.responder import OcspMode, ocsp_answer
from workstation.sandbox.pki.timestamps import TsaMode, time_stamp

__all__ = ["AuthorityFaults", "SandboxAuthority"]

_OCSP, _TSA = "/ocsp/", "/tsp/"
_CRL, _CER = "application/pkix-crl", "application/pkix-cert"
_ROOT_CRL = "_root.crl"


@dataclass(frozen=True, slots=True)
class AuthorityFaults:
    """How each service behaves; replaced as a whole, so that threads see one state."""

    crl: CrlMode = CrlMode.NORMAL
    ocsp: OcspMode = OcspMode.NORMAL
    tsa: TsaMode = TsaMode.NORMAL


@dataclass(frozen=True, slots=True)
class _PublishedCrl:
    """A CRL that is made anew for every request."""

    issuer: Credential
    revoked: Mapping[int, SandboxRevocation]
    kind: CrlKind = CrlKind.FULL


class SandboxAuthority:
    """One loopback server; `faults` may be assigned at any time from any thread.

    given_crls  CRLs of other authorities, served as they are in every mode but DOWN
    """

    def __init__(
        self,
        pki: SandboxPki,
        clock: Callable[[], datetime],
        given_crls: tuple[bytes, ...] = (),
    ) -> None:
        self.faults = AuthorityFaults()
        self._pki = pki
        self._clock = clock
        self._given = {f"/crl/given_{n}.crl": der for n, der in enumerate(given_crls)}
        self._crls = {path: crl for family in Family for path, crl in _published_crls(pki, family)}
        self._certificates = {
            f"/cert/{family}_nca.cer": each.nca.der for family, each in pki.hierarchies.items()
        }
        self._server = LoopbackServer(self._answer, "sandbox-authority")

    def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        self._server.start()

    def close(self) -> None:
        """Stop and join."""
        self._server.close()

    @property
    def crl_urls(self) -> tuple[str, ...]:
        """The CRLs a station fetches: not those of the family that the shipped policy retires.

        They are served all the same; a station that fetched them would refuse each as too weak.
        """
        retired = f"/crl/{Family.GOST2004}_"
        current = (path for path in self._crls if not path.startswith(retired))
        return tuple(self._server.url + path for path in (*current, *self._given))

    @property
    def ocsp_url(self) -> str:
        """OCSP responder for certificates of every issuing authority."""
        return self._server.url + _OCSP

    @property
    def tsa_url(self) -> str:
        """Time-stamping service."""
        return self._server.url + _TSA

    def certificate_url(self, family: Family) -> str:
        """Return where the issuing authority's certificate is."""
        return f"{self._server.url}/cert/{family}_nca.cer"

    def _answer(self, question: HttpQuestion) -> HttpAnswer | None:
        match question.method, question.path:
            case "GET", path if path in self._crls or path in self._given:
                return self._crl(path)
            case "POST", "/ocsp" | "/ocsp/":
                return self._ocsp(question.body)
            case "POST", "/tsp" | "/tsp/":
                return self._time_stamp(question.body)
            case "GET", path if path in self._certificates:
                return HttpAnswer(200, _CER, self._certificates[path])
            case _:
                return HttpAnswer(404, "text/plain", b"SANDBOX: nothing here")

    def _crl(self, path: str) -> HttpAnswer | None:
        mode = self.faults.crl
        if mode is CrlMode.DOWN:
            return None
        if path in self._given:
            return HttpAnswer(200, _CRL, self._given[path])
        crl = self._crls[path]
        if mode is CrlMode.STALE_ABOUT_CUSTOMERS:
            mode = CrlMode.NORMAL if path.endswith(_ROOT_CRL) else CrlMode.STALE
        body = write_crl(crl.issuer, crl.revoked, mode, self._clock(), crl.kind)
        return HttpAnswer(200, _CRL, body)

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
        body = time_stamp(untrusted, self._pki.hierarchies, mode, self._clock())
        return HttpAnswer(200, "application/timestamp-reply", body)


def _published_crls(pki: SandboxPki, family: Family) -> list[tuple[str, _PublishedCrl]]:
    hierarchy, revoked = pki.hierarchies[family], pki.revocations(family)
    found = [
        (f"/crl/{family}{_ROOT_CRL}", _PublishedCrl(hierarchy.root, {})),
        (f"/crl/{family}_nca.crl", _PublishedCrl(hierarchy.nca, revoked)),
    ]
    if family is Family.GOST2015:
        found.append(
            (f"/crl/{family}_nca_d.crl", _PublishedCrl(hierarchy.nca, revoked, CrlKind.DELTA))
        )
    return found
