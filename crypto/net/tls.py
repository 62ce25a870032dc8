"""TLS as a client: whom a service's certificate must come from, and which of its own it shows."""

import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

__all__ = [
    "AnchorsRefused",
    "ClientIdentity",
    "IdentityRefused",
    "TlsContext",
    "pinned_context",
    "presented_certificate",
    "system_context",
]

TlsContext: TypeAlias = ssl.SSLContext
"""Whom a client trusts, for those who open no socket themselves."""


class AnchorsRefused(ValueError):
    """No certificate to trust, or one that cannot be read."""


class IdentityRefused(ValueError):
    """The client's certificate or its key cannot be used, or they do not belong together."""


@dataclass(frozen=True, slots=True)
class ClientIdentity:
    """What this client proves who it is with, where the server asks (RFC 8446 4.3.2).

    certificate  PEM file: its own certificate, then those above it
    key          PEM file of the private key, unencrypted; who may read it is the caller's to judge
    """

    certificate: Path
    key: Path


def pinned_context(
    anchors: tuple[bytes, ...], identity: ClientIdentity | None = None
) -> TlsContext:
    """Return a client context that trusts these DER certificates alone.

    Raises AnchorsRefused, IdentityRefused.
    """
    if not anchors:
        raise AnchorsRefused
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # The issuing authority may be pinned without its root.
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    try:
        for anchor in anchors:
            # As PEM, whose reader ends in an error of its own: after DER Python judges by whatever
            # another library of this thread has left in OpenSSL's queue, and refuses a good file.
            context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(anchor))
    except (ssl.SSLError, ValueError):
        raise AnchorsRefused from None
    if identity is not None:
        try:
            # An encrypted key is refused: without the callback OpenSSL would ask on the terminal.
            context.load_cert_chain(identity.certificate, identity.key, password=lambda: "")
        except (OSError, ValueError):
            raise IdentityRefused from None
    return context


def system_context() -> TlsContext:
    """Return a client context that trusts the authorities of this system."""
    return ssl.create_default_context()


def presented_certificate(host: str, port: int, timeout_s: int) -> bytes:
    """Return the DER certificate a server shows, unverified; empty when it shows none.

    For naming who listens where the certificate was refused: nothing is sent over the connection.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        suppress(OSError),
        socket.create_connection((host, port), timeout=timeout_s) as plain,
        context.wrap_socket(plain) as secured,
    ):
        return secured.getpeercert(binary_form=True) or b""
    return b""
