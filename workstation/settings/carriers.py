"""Where a customer's signature comes from (`[carrier]`), and who stamps it (`[timestamps]`).

NCALayer always; a signed file unless it is switched off; eGov Mobile and a token where their
tables are there. What is not configured is not offered to the teller.
"""

from enum import StrEnum
from typing import Annotated

import msgspec

from workstation.settings.fields import (
    FilePath,
    Files,
    Seconds,
    ShortSeconds,
    SomeFiles,
    Table,
    Url,
)

__all__ = [
    "CarrierTable",
    "EgovQrTable",
    "KeyTokenTable",
    "TimestampDigest",
    "TimestampsTable",
    "TokenTable",
]

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
_PolicyOid = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^([0-2](\.(0|[1-9][0-9]{0,9})){1,15})?\Z",
        description="a policy identifier such as 1.2.398.3.3.2.6.4; may be empty",
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


class TimestampDigest(StrEnum):
    """Digest of what is stamped; at НУЦ РК it chooses which of its authorities signs."""

    SHA256 = "sha256"
    SHA512 = "sha512"
    STREEBOG256 = "streebog256"
    STREEBOG512 = "streebog512"


class TimestampsTable(Table, frozen=True):
    """Where time-stamps are asked for; the answers are signed, so plain http is usual and allowed.

    policy      identifier of the policy to ask for; empty: the service's choice
    by_carrier  NCALayer, which reaches НУЦ by itself, is asked for its own time-stamp first
    """

    url: Url
    digest: TimestampDigest
    timeout_s: ShortSeconds
    policy: _PolicyOid = ""
    by_carrier: bool = True
