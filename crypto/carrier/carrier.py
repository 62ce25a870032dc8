"""What is asked of a signature carrier, whichever it is."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from crypto.carrier.errors import RequestRefused
from crypto.x509.iin import Iin, IinRefused
from resources import LANGUAGES

__all__ = ["INDIVIDUAL_SIGNING_USAGES", "SignatureCarrier", "SignatureRequest"]

INDIVIDUAL_SIGNING_USAGES = ("1.3.6.1.5.5.7.3.4", "1.2.398.3.3.4.1.1")
"""emailProtection and the role of an individual: what every current key of a person carries.

clientAuth must not be asked for: keys issued since 2024 do not have it.
"""

_MAX_DOCUMENT = 1 << 20
_MAX_USAGES = 8
_OID = re.compile(r"[0-2](\.(0|[1-9]\d{0,9})){1,15}")


@dataclass(frozen=True, slots=True, repr=False)
class SignatureRequest:
    """One document for one customer to sign; RequestRefused names the first bad field.

    document             the exact bytes that will be inside the CMS, at most 1 MiB
    iin                  twelve digits: only this person's keys are to be offered
    language             kk, ru or en: the language of the carrier's own dialog
    extended_key_usages  dotted OIDs the key's certificate must all carry
    timestamp            a carrier that has a time-stamping service of its own adds its time-stamp
    """

    document: bytes
    iin: str
    language: str
    extended_key_usages: tuple[str, ...]
    timestamp: bool = False

    def __post_init__(self) -> None:
        if not 0 < len(self.document) <= _MAX_DOCUMENT:
            raise RequestRefused("document")
        try:
            Iin.parse(self.iin)
        except IinRefused:
            raise RequestRefused("iin") from None
        if self.language not in LANGUAGES:
            raise RequestRefused("language")
        usages = self.extended_key_usages
        if len(usages) > _MAX_USAGES or any(_OID.fullmatch(usage) is None for usage in usages):
            raise RequestRefused("extended_key_usages")


class SignatureCarrier(Protocol):
    """A place that holds the customer's key: the key itself never comes to the workstation."""

    def obtain(self, request: SignatureRequest, *, cancelled: Callable[[], bool]) -> bytes:
        """Return the untrusted CMS as bytes of DER, or raise a CarrierError.

        Blocks while the customer deals with their key, which takes minutes; `cancelled` is
        polled several times a second and ends the wait with CarrierCancelled.
        """
        ...
