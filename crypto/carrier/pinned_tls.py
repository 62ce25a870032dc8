"""TLS to a service whose issuing authority the bank has pinned."""

import ssl

from crypto.carrier.errors import RequestRefused

__all__ = ["pinned_context"]


def pinned_context(anchors: tuple[bytes, ...]) -> ssl.SSLContext:
    """Return a client context that trusts these DER certificates alone.

    RequestRefused(`tls_anchors`) when there is none or one is unreadable.
    """
    if not anchors:
        raise RequestRefused("tls_anchors")
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
        raise RequestRefused("tls_anchors") from None
    return context
