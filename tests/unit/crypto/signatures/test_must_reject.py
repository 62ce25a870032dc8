"""What other verifiers of НУЦ's signatures let through, refused at both doors.

The doors are the challenge and the document; the rules are those of RFC 5652 clauses 5.3 to 5.6
and 11, and of RFC 5035.
"""

import pytest

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.cms.create import attribute
from crypto.report.report import Indication, SubIndication
from tests.support.pki.certificates import CONTENT, IIN, NOW, signature_oid, signer, world

W = world()
DIGEST = default_registry().require_digest(oids.SHA256)
DOORS = {
    "challenge": lambda cms, content: W.validator().validate(
        cms, expected_content=content, expected_iin=IIN, moment=NOW
    ),
    "document": lambda cms, content: (
        W.validator().validate_document(cms, content=content, moment=NOW).signatures[0]
    ),
}
CONTENT_TYPE = attribute(oids.CONTENT_TYPE, w.oid(oids.DATA))
OTHER_TYPE = attribute(oids.CONTENT_TYPE, w.oid(oids.TST_INFO))
MESSAGE_DIGEST = attribute(oids.MESSAGE_DIGEST, w.octet_string(DIGEST.hash(CONTENT)))
OTHER_DIGEST = attribute(oids.MESSAGE_DIGEST, w.octet_string(DIGEST.hash(b"else")))
FORMAT = SubIndication.FORMAT_FAILURE


def info(attributes, *, signed=None):
    octets = CONTENT if attributes is None else w.set_of(attributes)
    certificate = W.person.parsed
    return w.sequence(
        w.integer(1),
        w.sequence(certificate.issuer.raw, w.integer(certificate.serial)),
        w.algorithm(oids.SHA256),
        b"" if attributes is None else b"\xa0" + octets[1:],
        default_registry().signature_identifier(signature_oid(W.person.private)),
        w.octet_string(signer(W.person.private)(signed or octets)),
    )


def message(*infos, content_type=oids.DATA, content=CONTENT, certificates=None, tail=b""):
    embedded = [W.person.der] if certificates is None else certificates
    body = w.sequence(
        w.integer(1 if content_type == oids.DATA else 3),
        w.set_of([w.algorithm(oids.SHA256)]),
        w.sequence(
            w.oid(content_type),
            b"" if content is None else w.explicit(0, w.octet_string(content)),
        ),
        w.set_of(embedded, 0xA0) if embedded else b"",
        w.set_of(infos),
    )
    return w.sequence(w.oid(oids.SIGNED_DATA), w.explicit(0, body)) + tail


GOOD = [CONTENT_TYPE, MESSAGE_DIGEST]


def ess(oid, digest, *, issuer_serial=b""):
    identifier = w.sequence(w.octet_string(digest), issuer_serial)
    return attribute(oid, w.sequence(w.sequence(identifier)))


def issuer_serial(serial, name=None):
    directory = w.explicit(4, name or W.person.parsed.issuer.raw)
    return w.sequence(w.sequence(directory), w.integer(serial))


@pytest.mark.parametrize("door", DOORS)
def test_the_message_these_tests_spoil_is_good(door):
    assert DOORS[door](message(info(GOOD)), CONTENT).indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("spoilt", "sub"),
    [
        pytest.param(message, FORMAT, id="no signer"),
        pytest.param(
            lambda: message(info(GOOD), certificates=[]),
            SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
            id="the signer's certificate is missing",
        ),
        pytest.param(
            lambda: message(info(GOOD), certificates=[W.stamper.der]),
            SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
            id="another certificate instead of the signer's",
        ),
        pytest.param(
            lambda: message(info(None), content_type=oids.TST_INFO),
            FORMAT,
            id="no signed attributes though the content is no plain data",
        ),
        pytest.param(
            lambda: message(info([OTHER_TYPE, MESSAGE_DIGEST]), content_type=oids.TST_INFO),
            FORMAT,
            id="content that is no plain data",
        ),
        pytest.param(
            lambda: message(info([*GOOD, OTHER_DIGEST])), FORMAT, id="two digests that differ"
        ),
        pytest.param(
            lambda: message(
                info(
                    [
                        CONTENT_TYPE,
                        attribute(oids.MESSAGE_DIGEST, *[w.octet_string(DIGEST.hash(CONTENT))] * 2),
                    ]
                )
            ),
            FORMAT,
            id="one digest attribute of two values",
        ),
        pytest.param(lambda: message(info([CONTENT_TYPE])), FORMAT, id="no digest attribute"),
        pytest.param(lambda: message(info([MESSAGE_DIGEST])), FORMAT, id="no content type"),
        pytest.param(lambda: message(info([*GOOD, CONTENT_TYPE])), FORMAT, id="two content types"),
        pytest.param(
            lambda: message(info([OTHER_TYPE, MESSAGE_DIGEST])), FORMAT, id="another content type"
        ),
        pytest.param(
            lambda: message(info([CONTENT_TYPE, OTHER_DIGEST])),
            SubIndication.HASH_FAILURE,
            id="a digest of something else",
        ),
        pytest.param(
            lambda: message(info([*GOOD, ess(oids.SIGNING_CERTIFICATE_V2, bytes(32))])),
            SubIndication.SIG_CONSTRAINTS_FAILURE,
            id="signing-certificate-v2 names another certificate",
        ),
        pytest.param(
            lambda: message(info([*GOOD, ess(oids.SIGNING_CERTIFICATE, bytes(20))])),
            SubIndication.SIG_CONSTRAINTS_FAILURE,
            id="signing-certificate v1 names another certificate",
        ),
        pytest.param(
            lambda: message(info(GOOD), tail=b"\x01"), FORMAT, id="octets after the message"
        ),
        pytest.param(
            lambda: message(info(GOOD), content=b"something else than expected"),
            SubIndication.HASH_FAILURE,
            id="attached content that differs from the given one",
        ),
        pytest.param(
            lambda: message(info(GOOD, signed=w.set_of([CONTENT_TYPE]))),
            SubIndication.SIG_CRYPTO_FAILURE,
            id="a signature over other attributes",
        ),
    ],
)
def test_it_is_refused(door, spoilt, sub):
    report = DOORS[door](spoilt(), CONTENT)
    assert report.indication is not Indication.TOTAL_PASSED
    assert report.sub_indication is sub


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("named", "agrees"),
    [
        (issuer_serial(1001), True),
        (issuer_serial(1002), False),
        (issuer_serial(1001, W.root.parsed.subject.raw), False),
    ],
)
@pytest.mark.parametrize(
    ("oid", "digest"),
    [(oids.SIGNING_CERTIFICATE_V2, oids.SHA256), (oids.SIGNING_CERTIFICATE, oids.SHA1)],
)
def test_issuer_and_serial_number_beside_the_digest_must_agree_too(
    door, named, agrees, oid, digest
):
    value = default_registry().require_digest(digest).hash(W.person.der)
    cms = message(info([*GOOD, ess(oid, value, issuer_serial=named)]))
    report = DOORS[door](cms, CONTENT)
    assert (report.indication is Indication.TOTAL_PASSED) == agrees
    if not agrees:
        assert report.reason == "signature.signing_certificate_mismatch"


@pytest.mark.parametrize("door", DOORS)
def test_when_both_versions_name_a_certificate_both_must_be_right(door):
    right = ess(oids.SIGNING_CERTIFICATE_V2, DIGEST.hash(W.person.der))
    wrong = ess(oids.SIGNING_CERTIFICATE, bytes(20))
    report = DOORS[door](message(info([*GOOD, right, wrong])), CONTENT)
    assert report.reason == "signature.signing_certificate_mismatch"


def test_a_challenge_has_exactly_one_signer():
    cms = message(
        info(GOOD), info([*GOOD, ess(oids.SIGNING_CERTIFICATE_V2, DIGEST.hash(W.person.der))])
    )
    report = DOORS["challenge"](cms, CONTENT)
    assert (report.indication, report.sub_indication) == (Indication.TOTAL_FAILED, FORMAT)
    assert DOORS["document"](cms, CONTENT).indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("digest", "tagged", "agrees"),
    [
        (oids.SHA256, True, True),
        (oids.SHA512, True, False),
        (oids.SHA256, False, False),
    ],
)
def test_an_algorithm_protection_attribute_must_say_what_was_used(door, digest, tagged, agrees):
    used = default_registry().signature_identifier(signature_oid(W.person.private))
    stated = (bytes((0xA1,)) + used[1:]) if tagged else b""
    protection = attribute(oids.CMS_ALGORITHM_PROTECTION, w.sequence(w.algorithm(digest), stated))
    report = DOORS[door](message(info([*GOOD, protection])), CONTENT)
    assert (report.indication is Indication.TOTAL_PASSED) == agrees


@pytest.mark.parametrize("door", DOORS)
def test_a_certificate_named_by_an_unknown_digest_is_undecided(door):
    named = w.sequence(w.sequence(w.oid("1.2.3")), w.octet_string(bytes(32)))
    unknown = attribute(oids.SIGNING_CERTIFICATE_V2, w.sequence(w.sequence(named)))
    report = DOORS[door](message(info([*GOOD, unknown])), CONTENT)
    assert report.reason == "signature.algorithm_not_supported"


@pytest.mark.parametrize("door", DOORS)
def test_a_signing_certificate_attribute_that_names_nothing_is_malformed(door):
    empty = attribute(oids.SIGNING_CERTIFICATE_V2, w.sequence(w.sequence()))
    assert DOORS[door](message(info([*GOOD, empty])), CONTENT).sub_indication is FORMAT
