"""RFC 3161 time-stamps: requests, responses of the sandbox authority, verification of tokens."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from crypto.algorithms.keys import AlgorithmIdentifier
from crypto.algorithms.registry import AlgorithmRegistry
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1 import writer as w
from crypto.asn1.ber import definite
from crypto.asn1.der import (
    BIT_STRING,
    BOOLEAN,
    GENERALIZED_TIME,
    INTEGER,
    OCTET_STRING,
    OID,
    SEQUENCE,
    DerError,
    Limits,
    Node,
    context,
    parse,
)
from crypto.cms.attributes import read_bounded
from crypto.cms.create import sign_cms
from crypto.cms.signature_file import FileKind, identify_object
from crypto.cms.signed_data import SignedData

__all__ = [
    "RequestRejected",
    "ResponseMismatch",
    "TimestampInfo",
    "TimestampRequest",
    "create_rejection",
    "create_response",
    "extract_token",
    "hash_token",
    "read_response",
]

_LIMITS = Limits(octets=1024 * 1024, depth=32, elements=20_000)
_INFO_LIMITS = Limits(octets=16 * 1024, depth=32, elements=1000)
_MAX_EXTENSIONS = 16
_GRANTED = {0, 1}
_REJECTION = 2
_STATUSES = {2: "rejection", 3: "waiting", 4: "revocation_warning", 5: "revocation_notification"}
"""PKIStatus that carries no token (RFC 3161 2.4.2)."""
_FAILURES = {
    "bad_algorithm": 0,
    "bad_request": 2,
    "bad_data_format": 5,
    "time_not_available": 14,
    "unaccepted_policy": 15,
    "unaccepted_extension": 16,
    "additional_information_not_available": 17,
    "system_failure": 25,
}
"""PKIFailureInfo by the number of its bit (RFC 3161 2.4.2)."""


class RequestRejected(DerError):
    """The authority refused the request; `detail` is its PKIFailureInfo, or its PKIStatus."""

    code = "timestamp_rejected"


class ResponseMismatch(DerError):
    """A token is about another request: `tsp_imprint`, `tsp_nonce` or `tsp_policy`."""

    code = "timestamp_mismatch"


@dataclass(frozen=True, slots=True)
class TimestampRequest:
    """TimeStampReq: digest identifier and value, nonce, whether the certificate is wanted.

    policy  the policy that the token must be made under; empty: the authority's choice
    """

    digest_oid: str
    imprint: bytes
    nonce: int | None
    certificate_wanted: bool
    policy: str = ""

    @classmethod
    def parse(cls, untrusted_der: bytes) -> Self:
        """Read a request; DerError. Extensions are refused: none is known."""
        fields = parse(untrusted_der, _LIMITS).fields()
        if v.small_integer(fields.take(INTEGER)) != 1:
            raise DerError("tsp_version")
        digest_oid, imprint = _read_imprint(fields.take(SEQUENCE))
        policy = fields.optional(OID)
        nonce = fields.optional(INTEGER)
        wanted = fields.optional(BOOLEAN)
        fields.end()
        return cls(
            digest_oid,
            imprint,
            v.integer(nonce) if nonce is not None else None,
            v.boolean(wanted) if wanted is not None else False,
            v.oid(policy) if policy is not None else "",
        )

    def encode(self) -> bytes:
        """Write TimeStampReq."""
        return w.sequence(
            w.integer(1),
            w.sequence(w.algorithm(self.digest_oid), w.octet_string(self.imprint)),
            w.oid(self.policy) if self.policy else b"",
            w.integer(self.nonce) if self.nonce is not None else b"",
            w.boolean(True) if self.certificate_wanted else b"",
        )


@dataclass(frozen=True, slots=True)
class TimestampInfo:
    """TSTInfo: who cares about what was stamped and when."""

    policy: str
    digest_oid: str
    imprint: bytes
    serial: int
    moment: datetime
    nonce: int | None

    @classmethod
    def parse(cls, untrusted_der: bytes) -> Self:
        """Read TSTInfo of at most 16 KiB; DerError.

        A critical extension is refused: none is known.
        """
        fields = parse(untrusted_der, _INFO_LIMITS).fields()
        if v.small_integer(fields.take(INTEGER)) != 1:
            raise DerError("tst_version")
        policy = v.oid(fields.any())
        digest_oid, imprint = _read_imprint(fields.take(SEQUENCE))
        serial = v.integer(fields.take(INTEGER))
        moment, _ = v.generalized_time(fields.take(GENERALIZED_TIME))
        fields.optional(SEQUENCE)  # accuracy
        fields.optional(BOOLEAN)  # ordering
        nonce = fields.optional(INTEGER)
        fields.optional(context(0))  # tsa, a name that the certificate states anyway
        _check_extensions(fields.optional(context(1)))
        fields.end()
        stated = v.integer(nonce) if nonce is not None else None
        return cls(policy, digest_oid, imprint, serial, moment, stated)

    def encode(self) -> bytes:
        """Write TSTInfo."""
        return w.sequence(
            w.integer(1),
            w.oid(self.policy),
            w.sequence(w.algorithm(self.digest_oid), w.octet_string(self.imprint)),
            w.integer(self.serial),
            w.generalized_time(self.moment),
            w.integer(self.nonce) if self.nonce is not None else b"",
        )


def _check_extensions(extensions: Node | None) -> None:
    """RFC 3161 2.4.2: extensions say more about the token; one that must be understood is not."""
    for extension in read_bounded(extensions, _MAX_EXTENSIONS):
        fields = extension.fields()
        v.oid(fields.any())
        stated = fields.optional(BOOLEAN)
        v.octets(fields.any())
        fields.end()
        if stated is not None and v.boolean(stated):
            raise DerError("tst_extensions")


def _read_imprint(node: Node) -> tuple[str, bytes]:
    fields = node.fields()
    algorithm = AlgorithmIdentifier.read(fields.take(SEQUENCE))
    value = v.octets(fields.take(OCTET_STRING))
    fields.end()
    return algorithm.oid, value


def create_response(  # noqa: PLR0913 - all keywords
    request: TimestampRequest,
    *,
    certificate: bytes,
    sign: Callable[[bytes], bytes],
    digest_oid: str,
    signature_oid: str,
    policy: str,
    serial: int,
    moment: datetime,
    extra_certificates: Sequence[bytes] = (),
    registry: AlgorithmRegistry | None = None,
) -> bytes:
    """Stamp a request and return the DER of TimeStampResp; arguments as in `sign_cms`."""
    info = TimestampInfo(policy, request.digest_oid, request.imprint, serial, moment, request.nonce)
    token = sign_cms(
        info.encode(),
        certificate=certificate,
        sign=sign,
        digest_oid=digest_oid,
        signature_oid=signature_oid,
        signing_time=moment,
        registry=registry,
        extra_certificates=extra_certificates,
        content_type=oids.TST_INFO,
    )
    return w.sequence(w.sequence(w.integer(0)), token)


def create_rejection(failure: str) -> bytes:
    """Return a rejecting TimeStampResp that names one PKIFailureInfo, as `bad_algorithm`."""
    octets, bit = divmod(_FAILURES[failure], 8)
    # Of named bits DER writes no zero after the last one (X.690 11.2.2).
    value = bytes((7 - bit, *bytes(octets), 0x80 >> bit))
    return w.sequence(w.sequence(w.integer(_REJECTION), w.tlv(0x03, value)))


def read_response(untrusted_der: bytes, request: TimestampRequest) -> bytes:
    """Return the token of a granted response that answers `request`; DerError otherwise.

    RequestRejected when the authority says no, ResponseMismatch when the token answers another
    request. Shape, imprint, nonce and policy only: the token is verified like any other, by
    `verify_token`.
    """
    token = _read_granted(parse(definite(untrusted_der, _LIMITS).der, _LIMITS))
    signed = SignedData.parse(token)
    if signed.content is None or signed.content_type != oids.TST_INFO:
        raise DerError("tsp_token")
    info = TimestampInfo.parse(signed.content)
    if (info.digest_oid, info.imprint) != (request.digest_oid, request.imprint):
        raise ResponseMismatch("tsp_imprint")
    if request.nonce is not None and info.nonce != request.nonce:
        raise ResponseMismatch("tsp_nonce")
    if request.policy and info.policy != request.policy:
        raise ResponseMismatch("tsp_policy")
    return token


def extract_token(untrusted: bytes) -> bytes:
    """Return the token of a granted TimeStampResp, or a token as it is; DerError.

    Both come as files, and some signers put the whole response where the token belongs.
    """
    if identify_object(untrusted) is not FileKind.TIMESTAMP_RESPONSE:
        return untrusted
    return _read_granted(parse(definite(untrusted, _LIMITS).der, _LIMITS))


def _read_granted(response: Node) -> bytes:
    fields = response.fields()
    status = fields.take(SEQUENCE).fields()
    stated = v.small_integer(status.any())
    if stated not in _GRANTED:
        status.optional(SEQUENCE)  # statusString, in the authority's own words
        raise RequestRejected(_read_failure(status.optional(BIT_STRING), stated))
    token = fields.take(SEQUENCE)
    fields.end()
    return token.raw


def _read_failure(stated: Node | None, status: int) -> str:
    """Return the first PKIFailureInfo that is known, else the status."""
    bits = v.bit_set(stated) if stated is not None else frozenset()
    named = (name for name, bit in _FAILURES.items() if bit in bits)
    return next(named, _STATUSES.get(status, "rejection"))


def hash_token(token: bytes) -> str:
    """Return the SHA-256 of a token in hex, as evidence lists it."""
    return hashlib.sha256(token).hexdigest()
