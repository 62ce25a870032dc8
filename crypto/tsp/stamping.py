"""A time-stamp over a signature, put beside it: CAdES-T (ETSI EN 319 122-1 5.3)."""

from collections.abc import Callable
from typing import Final

from crypto.asn1 import oids
from crypto.asn1.der import DerError
from crypto.cms.additions import Additions, write_additions
from crypto.cms.create import attribute
from crypto.cms.signature_file import open_signature_file, remove_padding
from crypto.cms.signed_data import SignedData
from crypto.revocation.context import ValidationContext
from crypto.tsp.client import TimestampService, request_timestamp

__all__ = ["stamp_signature"]

_MOST_BESIDE: Final = 7
"""Of the time-stamps over a signature the first eight are verified."""


def stamp_signature(
    service: TimestampService,
    cms: bytes,
    create_context: Callable[[], ValidationContext],
    *,
    is_cancelled: Callable[[], bool] | None = None,
) -> bytes:
    """Return the message with a verified time-stamp over its one signature; DER.

    cms  as it was offered: PEM, base64, DER or BER; what was signed in it stays octet for octet.
         Unsigned attributes so many or such that the time-stamp would not be found among them are
         left out: whoever signs must not be able to keep the proof of time away

    Raises TimestampFailed; DerError, WrongFileKind or SignatureFileMalformed for what is no message
    of one signer.
    """
    _, octets = open_signature_file(cms)
    signed = SignedData.parse(remove_padding(octets)[0])
    if len(signed.signers) != 1:
        raise DerError("signers")
    signer = signed.signers[0]
    token = request_timestamp(service, signer.signature, create_context, is_cancelled=is_cancelled)
    added = attribute(oids.SIGNATURE_TIME_STAMP, token)
    crowded = (
        signer.unsigned_unreadable or sum(len(e.values) for e in signer.unsigned) > _MOST_BESIDE
    )
    return write_additions(signed, Additions(unsigned={0: (added,)}, alone=(0,) if crowded else ()))
