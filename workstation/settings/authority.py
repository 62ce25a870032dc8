"""Who says from outside that the customer is the customer.

`[registries]` are the gateways to the state registries, `[authority]` the one to the authority that
compares faces, in its two shapes; `[palm]` and `[video_identification]` are centres that identify a
customer another way.
"""

from typing import Annotated

import msgspec

from workstation.settings.answer_keys import AnswerKeys, AnswerKeyTable
from workstation.settings.fields import (
    FilePath,
    Files,
    RegistryName,
    Seconds,
    ShortSeconds,
    Table,
    Url,
)

__all__ = [
    "AuthorityTable",
    "ClientTable",
    "IdentificationTable",
    "PushAuthorityTable",
    "QuestionRegistryTable",
    "RegistriesTable",
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


class QuestionRegistryTable(Table, frozen=True):
    """A registry that questions of the policy name; without `timeout_s` it is that of the rest."""

    url: Url
    timeout_s: ShortSeconds | msgspec.UnsetType = msgspec.UNSET


class RegistriesTable(Table, frozen=True):
    """Base addresses of the bank's gateways to the state registries, and the roots of their TLS.

    person_url       none stated: nobody is asked about the person, and the teller types
    person_jws_keys  one of which must have signed what is said of a person; none: unsigned
    relations_url    powers of attorney, guardians, marriages; none stated: nobody confirms them
    attempts_url     the branch's count of failed attempts; none stated: the station's alone
    questions        further registries, by the name that the policy's questions use
    """

    phone_owner_url: Url
    antifraud_url: Url
    loan_refusal_url: Url
    tls_anchors: Files
    timeout_s: ShortSeconds
    person_url: Url | msgspec.UnsetType = msgspec.UNSET
    person_jws_keys: AnswerKeys = msgspec.field(default_factory=list)
    attempts_url: Url | msgspec.UnsetType = msgspec.UNSET
    questions: dict[RegistryName, QuestionRegistryTable] = msgspec.field(default_factory=dict)
    relations_url: Url | msgspec.UnsetType = msgspec.UNSET
