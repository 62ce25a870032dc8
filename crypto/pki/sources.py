"""Where revocation facts come from: the seam between validation and the network.

Validation asks for bytes and lists; what it gets is foreign until verified here.
"""

from dataclasses import dataclass
from typing import Protocol

from crypto.errors import CryptoError
from crypto.pki.certificate import Certificate
from crypto.pki.crl import RevocationList

__all__ = ["FetchFailed", "OfflineSources", "RevocationSources"]


class FetchFailed(CryptoError):
    """Nothing usable arrived: no route, refused, timed out, too large, not HTTP 200."""

    code = "fetch_failed"


class RevocationSources(Protocol):
    """OCSP transport and list look-up."""

    def nonce(self) -> bytes | None:
        """Return fresh random octets for an online request; None when answers are stored ones."""

    def ocsp(self, issuer: Certificate, request: bytes) -> tuple[str, bytes]:
        """Ask the responder for certificates of `issuer`; its address and answer. FetchFailed."""

    def lists(self, issuer: Certificate) -> tuple[tuple[str, RevocationList], ...]:
        """Return the lists at hand for certificates of `issuer`, each with where it came from."""


@dataclass(frozen=True, slots=True)
class OfflineSources:
    """Answers given beforehand: tests, air-gapped branches, re-validation of a record."""

    responses: tuple[bytes, ...]
    revocation_lists: tuple[RevocationList, ...]

    def nonce(self) -> bytes | None:
        """Return None: a stored answer cannot hold our nonce."""
        return None

    def ocsp(self, issuer: Certificate, request: bytes) -> tuple[str, bytes]:
        """Return the given response; FetchFailed when there is none."""
        del issuer, request
        if not self.responses:
            raise FetchFailed("no_response_given")
        return "given", self.responses[0]

    def lists(self, issuer: Certificate) -> tuple[tuple[str, RevocationList], ...]:
        """Return the given lists whose issuer is `issuer`."""
        return tuple(("given", c) for c in self.revocation_lists if c.issuer == issuer.subject)
