"""Who holds NCALayer's port when its TLS certificate is refused: the names it shows.

KAZTOKEN and programs for tests listen on the same port with certificates of their own. The
handshake is repeated unverified only to read these names: nothing is sent over it.
"""

import contextlib
import socket
import ssl

from crypto.asn1 import oids
from crypto.errors import CryptoError
from crypto.x509.certificate import Certificate

__all__ = ["certificate_names"]


def certificate_names(host: str, port: int, timeout_s: int) -> str:
    """Return organisation and common name of the server's certificate, empty when unreadable."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    shown: bytes | None = None
    with (
        contextlib.suppress(OSError),
        socket.create_connection((host, port), timeout=timeout_s) as plain,
        context.wrap_socket(plain) as secured,
    ):
        shown = secured.getpeercert(binary_form=True)
    try:
        subject = Certificate.parse(shown or b"").subject
    except CryptoError:
        return ""
    return " ".join((*subject.values(oids.ORGANIZATION), *subject.values(oids.COMMON_NAME)))
