"""A PKCS#11 token in the customer's hand: an optional carrier (the extra `token`).

The customer's PIN is theirs alone: it is typed on the token's own pad (protected authentication
path) or not needed. A token that wants its PIN from the bank's keyboard is refused; such keys are
used through NCALayer.

Key and mechanism numbers for ГОСТ are the vendor's. The ones known from public code are Certex's
(base 0x8E000000); none of them could be run against a real token here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from crypto.asn1 import oids
from crypto.carrier.carrier import SignatureRequest
from crypto.carrier.driver_process import ask_driver
from crypto.carrier.errors import CarrierCancelled, CarrierProtocol, RequestRefused
from crypto.carrier.token_signing import TokenAnswer, TokenMechanism, TokenQuestion, serve
from crypto.gost.kinds import GostKind, facts
from crypto.strict_json import JsonRefused, strict_decoded

__all__ = ["CERTEX_GOST_2004", "CERTEX_GOST_2015", "TokenCarrier", "TokenSettings"]

_CKM_SHA256_RSA_PKCS = 0x00000040
_CERTEX = 0x8E000000
CERTEX_GOST_2004 = _CERTEX + 0x0D
"""Certex: GOST R 34.10-2001 with hashing, the mathematics of ГОСТ 34.310-2004."""

CERTEX_GOST_2015 = _CERTEX + 0x14
"""Certex: GOST R 34.10-2012 with hashing, the mathematics of ГОСТ 34.10-2015."""

_MAX_NUMBER = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """Which token; RequestRefused names the first field that is not usable.

    module             file of the vendor's PKCS#11 library, absolute
    label, serial      of the token, as the library tells them; at least one is given
    gost_2015, gost_2004  numbers of the mechanisms that hash and sign; 0: the token has none
    signing_timeout_s  for the token and the customer together
    """

    module: Path
    label: str
    serial: str
    gost_2015: int
    gost_2004: int
    signing_timeout_s: int

    def __post_init__(self) -> None:
        if not self.module.is_absolute():
            raise RequestRefused("module")
        if not (self.label or self.serial):
            raise RequestRefused("label")
        if not all(0 <= number <= _MAX_NUMBER for number in (self.gost_2015, self.gost_2004)):
            raise RequestRefused("mechanism")
        if self.signing_timeout_s < 1:
            raise RequestRefused("limits")

    def mechanisms(self) -> tuple[TokenMechanism, ...]:
        """Return how each kind of key signs."""
        made = [
            TokenMechanism(
                key=oids.RSA_ENCRYPTION,
                number=_CKM_SHA256_RSA_PKCS,
                digest=oids.SHA256,
                signature=oids.SHA256_WITH_RSA,
            )
        ]
        for kind, number in (
            (GostKind.GOST3410_2015_512, self.gost_2015),
            (GostKind.GOST34310_2004, self.gost_2004),
        ):
            known = facts(kind)
            if number:
                made.append(
                    TokenMechanism(known.key_oid, number, known.digest_oid, known.signature_oid)
                )
        return tuple(made)


class TokenCarrier:
    """One process per signature, which loads the module and ends with it.

    now       aware; the signing time, which is a claim like any other client's
    test_pin  for a software token in tests only: nothing that ships supplies it
    """

    def __init__(
        self,
        settings: TokenSettings,
        *,
        now: Callable[[], datetime],
        test_pin: Callable[[], str] | None = None,
    ) -> None:
        self._settings = settings
        self._now = now
        self._test_pin = test_pin

    def obtain(self, request: SignatureRequest, *, cancelled: Callable[[], bool]) -> bytes:
        """Return the untrusted CMS the token made; see SignatureCarrier.

        Raises CarrierNotInstalled, CarrierUnreachable(`module`, `no_token`, `several_tokens`),
        CarrierPinRefused, CarrierKeyMissing, CarrierRefused with the name of PKCS#11's error,
        CarrierProtocol(`driver`, `signature`), CarrierExpired, CarrierCancelled.
        """
        if cancelled():
            raise CarrierCancelled("teller")
        settings = self._settings
        question = TokenQuestion(
            module=str(settings.module),
            label=settings.label,
            serial=settings.serial,
            mechanisms=settings.mechanisms(),
            document=request.document,
            iin=request.iin,
            usages=request.extended_key_usages,
            signed_at=int(self._now().timestamp()),
            test_pin=None if self._test_pin is None else self._test_pin(),
        )
        untrusted = ask_driver(
            serve,
            msgspec.json.encode(question),
            timeout_s=settings.signing_timeout_s,
            cancelled=cancelled,
        )
        try:
            answer = strict_decoded(untrusted, TokenAnswer)
        except JsonRefused:
            raise CarrierProtocol("driver") from None
        if answer.code or not answer.cms:
            raise answer.failure()
        return answer.cms
