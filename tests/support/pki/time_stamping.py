"""Tokens of the time-stamping authorities of tests."""

from dataclasses import replace
from datetime import datetime

from crypto.algorithms.registry import default_registry
from crypto.cms.timestamp import TimestampRequest, create_response, read_response
from tests.support.pki.certificates import NOW, Holder, digest_oid, signature_oid, signer, world

POLICY = "1.2.398.3.3.2.6.4"


def stamp(octets: bytes, moment: datetime = NOW, authority: Holder | None = None) -> bytes:
    """Return a token over `octets` by the authority of the world, or by another one."""
    by = authority or world().stamper
    digest = digest_oid(by.private)
    imprint = default_registry().require_digest(digest).hash(octets)
    request = TimestampRequest(digest, imprint, 1, certificate_wanted=True)
    response = create_response(
        request,
        certificate=by.der,
        sign=signer(by.private),
        digest_oid=digest,
        signature_oid=signature_oid(by.private),
        policy=POLICY,
        serial=7,
        moment=moment,
    )
    return read_response(response, request)


def respond(query: bytes, **changes: bytes) -> bytes:
    """Answer a query as the authority of the world at NOW; `changes` to what was asked."""
    by = world().stamper
    return create_response(
        replace(TimestampRequest.parse(query), **changes),
        certificate=by.der,
        sign=signer(by.private),
        digest_oid=digest_oid(by.private),
        signature_oid=signature_oid(by.private),
        policy=POLICY,
        serial=8,
        moment=NOW,
    )
