"""A time-stamp over a signature, put beside it: CAdES-T (ETSI EN 319 122-1 5.3)."""

from collections.abc import Callable

from crypto.asn1 import oids
from crypto.asn1.der import DerError
from crypto.cms.additions import Additions, write_additions
from crypto.cms.create import attribute
from crypto.cms.signature_file import open_signature_file
from crypto.cms.signed_data import SignedData
from crypto.revocation.context import ValidationContext
from crypto.tsp.client import TimestampService, request_timestamp

__all__ = ["stamp_signature"]


def stamp_signature(
    service: TimestampService,
    cms: bytes,
    create_context: Callable[[], ValidationContext],
    *,
    is_cancelled: Callable[[], bool] | None = None,
) -> bytes:
    """Return the message with a verified time-stamp over its one signature; DER.

    cms  as it was offered: PEM, base64, DER or BER; what was signed in it stays octet for octet

    Raises TimestampFailed; DerError, WrongFileKind or SignatureFileMalformed for what is no message
    of one signer.
    """
    _, octets = open_signature_file(cms)
    signed = SignedData.parse(octets)
    if len(signed.signers) != 1:
        raise DerError("signers")
    token = request_timestamp(
        service, signed.signers[0].signature, create_context, is_cancelled=is_cancelled
    )
    added = attribute(oids.SIGNATURE_TIME_STAMP, token)
    return write_additions(signed, Additions(unsigned={0: (added,)}))
