"""A small CA of ECDSA keys with a server on 127.0.0.1 that asks its clients who they are."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from crypto.net.tls import ClientIdentity
from crypto.vault.keyfile import write_secret
from tests.support.station.sandbox import raw_server

__all__ = ["MutualTls"]


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass(frozen=True)
class MutualTls:
    """A CA in a folder of the test's own."""

    folder: Path
    key: EllipticCurvePrivateKey
    root: x509.Certificate

    @classmethod
    def make(cls, folder: Path) -> "MutualTls":
        """Make a new CA."""
        key = generate_private_key(SECP256R1())
        root = _certificate("bank CA", key, "bank CA", key, authority=True)
        (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
        return cls(folder, key, root)

    @property
    def anchor(self) -> bytes:
        """Return the root's DER."""
        return self.root.public_bytes(Encoding.DER)

    def identity(self, name: str, *, secret: bytes = b"") -> ClientIdentity:
        """Issue a certificate for this name; the key's file is the owner's alone."""
        key = generate_private_key(SECP256R1())
        found = _certificate(name, key, "bank CA", self.key, authority=False)
        certificate, private = (self.folder / f"{name}.{part}.pem" for part in ("cert", "key"))
        certificate.write_bytes(found.public_bytes(Encoding.PEM))
        sealed = BestAvailableEncryption(secret) if secret else NoEncryption()
        private.unlink(missing_ok=True)
        write_secret(private, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed))
        return ClientIdentity(certificate, private)

    @contextmanager
    def server(self, answer: Callable[[bytes], bytes]) -> Iterator[str]:
        """Serve one connection of a client of this CA; yield the base address.

        answer  whole response for what was read
        """
        shown = self.identity("server")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(shown.certificate, shown.key)
        context.load_verify_locations(self.folder / "root.pem")
        context.verify_mode = ssl.CERT_REQUIRED

        def serve(connection):
            with context.wrap_socket(connection, server_side=True) as secured:
                secured.sendall(answer(_read_request(secured)))

        with raw_server(serve) as port:
            yield f"https://127.0.0.1:{port}"


def _read_request(secured: ssl.SSLSocket) -> bytes:
    text = b""
    while True:
        head, found, body = text.partition(b"\r\n\r\n")
        if found:
            lengths = [x for x in head.split(b"\r\n") if x.lower().startswith(b"content-length:")]
            if len(body) >= int(lengths[0].partition(b":")[2]):
                return text
        piece = secured.recv(65536)
        if not piece:
            return text
        text += piece


def _certificate(
    subject: str,
    key: EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        _name(issuer),
        _name(subject),
        key.public_key(),
        x509.random_serial_number(),
        now - timedelta(hours=1),
        now + timedelta(days=1),
    ).add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    return builder.add_extension(alternative, critical=False).sign(issuer_key, SHA256())
