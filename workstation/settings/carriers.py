"""The table `[carrier]`: where a customer's signature may come from on this workstation.

NCALayer always; a signed file unless it is switched off; eGov Mobile and a token where their
tables are there. What is not configured is not offered to the teller.
"""

from typing import Annotated

import msgspec

from workstation.settings.fields import FilePath, Files, Seconds, SomeFiles, Table, Url

__all__ = ["CarrierTable", "EgovQrTable", "KeyTokenTable", "TokenTable"]

_TokenName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[^\x00-\x1f\x7f]{0,64}\Z",
        description="a text of one line, at most 64 characters; may be empty",
    ),
]
_Mechanism = Annotated[
    int,
    msgspec.Meta(
        ge=0,
        le=0xFFFFFFFF,
        description="the vendor's number of the mechanism; 0 when the token has none",
    ),
]


class EgovQrTable(Table, frozen=True):
    """The service that hands documents to eGov Mobile, and the roots of its TLS.

    The statement, with the customer's ИИН in it, goes through this service: choosing one is the
    bank's decision, so there is no address by default.
    """

    url: Url
    tls_anchors: Files
    opening_timeout_s: Seconds
    signing_timeout_s: Seconds
    retries: Annotated[int, msgspec.Meta(ge=0, le=100, description="a whole number from 0 to 100")]


class KeyTokenTable(Table, frozen=True):
    """A PKCS#11 token of the station's own: the vendor's library, and which token."""

    module: FilePath
    label: _TokenName
    serial: _TokenName


class TokenTable(Table, frozen=True):
    """A PKCS#11 token: the vendor's library, which token, and the vendor's numbers for ГОСТ."""

    module: FilePath
    label: _TokenName
    serial: _TokenName
    gost_2015_mechanism: _Mechanism
    gost_2004_mechanism: _Mechanism
    signing_timeout_s: Seconds


class CarrierTable(Table, frozen=True):
    """NCALayer on this machine and the certificates its TLS chain must end in; the other ways."""

    ncalayer_url: Url
    tls_anchors: SomeFiles
    opening_timeout_s: Seconds
    signing_timeout_s: Seconds
    file: bool = True
    egov_qr: EgovQrTable | msgspec.UnsetType = msgspec.UNSET
    token: TokenTable | msgspec.UnsetType = msgspec.UNSET
