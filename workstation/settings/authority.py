"""Who says from outside that the customer is the customer.

`[authority]` is the gateway to the authority that compares faces, in its two shapes; `[palm]` and
`[video_identification]` are centres that identify a customer another way.
"""

from typing import Annotated

import msgspec

from workstation.settings.answer_keys import AnswerKeys, AnswerKeyTable
from workstation.settings.fields import FilePath, Files, Seconds, ShortSeconds, Table, Url

__all__ = [
    "AuthorityTable",
    "ClientTable",
    "IdentificationTable",
    "PushAuthorityTable",
    "SessionAuthorityTable",
]

_SomeKeys = Annotated[
    list[AnswerKeyTable], msgspec.Meta(min_length=1, max_length=10, description="1 to 10 keys")
]


class ClientTable(Table, frozen=True):
    """What the station shows in TLS: its certificate with those above it, and its key (PEM)."""

    certificate: FilePath
    key: FilePath


class _Gateway(Table, frozen=True):
    """What both shapes have.

    jws_keys  one of which must have signed a result
    client    the certificate and key of mutual TLS; in production one of the two is there
    """

    url: Url
    tls_anchors: Files
    timeout_s: ShortSeconds
    jws_keys: AnswerKeys = msgspec.field(default_factory=list)
    client: ClientTable | msgspec.UnsetType = msgspec.UNSET


class PushAuthorityTable(_Gateway, frozen=True, tag_field="shape", tag="push"):
    """The station sends the best live frame and has the result at once."""


class SessionAuthorityTable(_Gateway, frozen=True, tag_field="shape", tag="session", kw_only=True):
    """The authority looks at the customer itself; `session_s` is how long its result may take."""

    session_s: Seconds


class IdentificationTable(Table, frozen=True):
    """Where the centre answers, and whose signature its results have to carry.

    jws_keys  of the centre, not of the scanner: whoever holds the scanner signs nothing
    """

    url: Url
    tls_anchors: Files
    timeout_s: ShortSeconds
    jws_keys: _SomeKeys


AuthorityTable = PushAuthorityTable | SessionAuthorityTable
