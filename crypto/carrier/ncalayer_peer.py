"""Who holds NCALayer's port when its TLS certificate is refused: the names it shows.

KAZTOKEN and programs for tests listen on the same port with certificates of their own. The
handshake is repeated unverified only to read these names: nothing is sent over it.
"""

from crypto.asn1 import oids
from crypto.errors import CryptoError
from crypto.net.tls import presented_certificate
from crypto.x509.certificate import Certificate

__all__ = ["certificate_names"]


def certificate_names(host: str, port: int, timeout_s: int) -> str:
    """Return organisation and common name of the server's certificate, empty when unreadable."""
    try:
        subject = Certificate.parse(presented_certificate(host, port, timeout_s)).subject
    except CryptoError:
        return ""
    return " ".join((*subject.values(oids.ORGANIZATION), *subject.values(oids.COMMON_NAME)))
