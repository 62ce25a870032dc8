"""Time-stamps as НУЦ makes them: GOST and RSA authorities, trust of their own, two forms."""

import pytest
from cryptography import x509

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import DerError, Node, context
from crypto.cms.create import attribute, sign_cms
from crypto.cms.timestamp import TimestampRequest, create_response, extract_token, read_response
from crypto.cms.token import verify_token
from crypto.gost.private_key import GostKind
from crypto.report.report import EvidenceKind, FindingStatus, Indication
from crypto.revocation.crl import ParsedCrl
from crypto.signatures.validator import SignatureValidator
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    CONTENT,
    IIN,
    NOW,
    Sources,
    ca_name,
    digest_oid,
    issue,
    make_crl,
    signature_oid,
    signer,
    trust_of,
    usage,
    world,
)
from tests.support.pki.contexts import validation_context
from tests.support.pki.gost_world import gost_crl, gost_issue, gost_key, gost_world
from tests.support.pki.policies import POLICY

REGISTRY = default_registry()
STAMPING = (
    (usage("digital_signature"), True),
    (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.TIME_STAMPING)]), True),
)
W = world()
RSA_ROOT = issue(ca_name("ROOT RSA"), "rsa-root", None, CA_EXTENSIONS, serial=1)
RSA_STAMPER = issue(ca_name("TSA RSA"), "rsa-stamper", RSA_ROOT, STAMPING, serial=102)
KINDS = [GostKind.GOST3410_2015_512, GostKind.GOST34310_2004]


def gost_authority(kind):
    """Root that stamps' issuer is, the stamper, and a list about the stamper."""
    root = gost_world(kind).root
    stamper = gost_issue(ca_name("TSA GOST"), gost_key(kind, "stamper"), root, STAMPING, serial=102)
    return root, stamper, ParsedCrl.parse(gost_crl(root))


def rsa_authority():
    return RSA_ROOT, RSA_STAMPER, ParsedCrl.parse(make_crl(RSA_ROOT))


AUTHORITIES = {
    "gost2015": lambda: gost_authority(GostKind.GOST3410_2015_512),
    "gost2004": lambda: gost_authority(GostKind.GOST34310_2004),
    "rsa": rsa_authority,
}
IMPRINTS = {
    "streebog": digest_oid(gost_key(GostKind.GOST3410_2015_512, "any")),
    "gost94": digest_oid(gost_key(GostKind.GOST34310_2004, "any")),
    "sha256": oids.SHA256,
    "sha512": oids.SHA512,
    "sha1": oids.SHA1,
}


def response_over(stamped, stamper, imprint):
    digest = REGISTRY.require_digest(imprint)
    request = TimestampRequest(imprint, digest.hash(stamped), 4711, certificate_wanted=True)
    response = create_response(
        request,
        certificate=stamper.der,
        sign=signer(stamper.private),
        digest_oid=digest_oid(stamper.private),
        signature_oid=signature_oid(stamper.private),
        policy="1.2.398.3.3.2.6.4",
        serial=9,
        moment=NOW,
    )
    assert read_response(response, request)
    return response


def verified(token, stamped, authority):
    root, _, about = authority
    context = validation_context(trust_of(root), Sources(None, [about]))
    return verify_token(token, stamped, context, fresh=True)


@pytest.mark.parametrize("imprint", ["streebog", "gost94", "sha256", "sha512"])
@pytest.mark.parametrize("name", AUTHORITIES)
def test_a_token_of_any_authority_with_any_imprint_proves_its_time(name, imprint):
    authority = AUTHORITIES[name]()
    token = extract_token(response_over(b"signature value", authority[1], IMPRINTS[imprint]))
    verdict = verified(token, b"signature value", authority)
    assert (verdict.time, verdict.evidence.reason) == (NOW, "counted")
    other = verified(token, b"another value", authority)
    assert (other.time, other.evidence.reason) == (None, "other_signature")


def test_a_sha1_imprint_proves_nothing():
    authority = rsa_authority()
    token = extract_token(response_over(b"value", authority[1], oids.SHA1))
    verdict = verified(token, b"value", authority)
    assert verdict.time is None
    assert verdict.evidence.reason.startswith("algorithm_too_weak")


@pytest.mark.parametrize("name", AUTHORITIES)
def test_a_response_is_read_where_a_token_belongs(name):
    authority = AUTHORITIES[name]()
    response = response_over(b"value", authority[1], oids.SHA256)
    whole = verified(response, b"value", authority)
    assert whole.time == NOW
    token = extract_token(response)
    assert extract_token(token) == token
    assert extract_token(
        b"\x30\x80" + Node.at(response, 0, len(response)).content + b"\x00\x00"
    ) == (token)


def test_a_response_that_refuses_holds_no_token():
    with pytest.raises(DerError):
        extract_token(w.sequence(w.sequence(w.integer(2))))
    refused = verified(w.sequence(w.sequence(w.integer(2))), b"value", rsa_authority())
    assert (refused.time, refused.evidence.reason) == (None, "token_unreadable:rejection")


def test_a_token_in_ber_is_read_too():
    authority = rsa_authority()
    token = extract_token(response_over(b"value", authority[1], oids.SHA256))
    ber = b"\x30\x80" + Node.at(token, 0, len(token)).content + b"\x00\x00"
    assert verified(ber, b"value", authority).time == NOW


def naming(token, stamper, named):
    """Sign the token again with signing-certificate version 1, as НУЦ does, or with neither."""
    parts = list(Node.at(token, 0, len(token)).children())
    *body, signers = parts[1].only_child().children()
    version, identifier, digest, attributes, algorithm, _ = signers.only_child().children()
    second = w.oid(oids.SIGNING_CERTIFICATE_V2)
    kept = [a.raw for a in attributes.children() if second not in a.raw]
    if named is not None:
        value = REGISTRY.require_digest(oids.SHA1).hash(named.der)
        stated = w.sequence(w.sequence(w.sequence(w.octet_string(value))))
        kept.append(attribute(oids.SIGNING_CERTIFICATE, stated))
    octets = w.set_of(kept)
    again = w.sequence(
        version.raw,
        identifier.raw,
        digest.raw,
        bytes((context(0),)) + octets[1:],
        algorithm.raw,
        w.octet_string(signer(stamper.private)(octets)),
    )
    inner = w.sequence(*(part.raw for part in body), w.set_of([again]))
    return w.sequence(parts[0].raw, w.explicit(0, inner))


@pytest.mark.parametrize("name", ["gost2015", "rsa"])
def test_version_one_of_the_signing_certificate_attribute_is_enough_in_a_token(name):
    authority = AUTHORITIES[name]()
    token = extract_token(response_over(b"value", authority[1], oids.SHA256))
    v1 = naming(token, authority[1], authority[1])
    assert verified(v1, b"value", authority).time == NOW
    wrong = verified(naming(token, authority[1], W.person), b"value", authority)
    assert wrong.evidence.reason.startswith("token_refused:signing_certificate")


@pytest.mark.parametrize("name", AUTHORITIES)
def test_an_authority_on_its_issuers_list_is_refused(name):
    root, stamper, _ = AUTHORITIES[name]()
    revoked = make_crl(root, [(102, None)]) if name == "rsa" else gost_crl(root, [(102, None)])
    token = extract_token(response_over(b"value", stamper, oids.SHA256))
    verdict = verified(token, b"value", (root, stamper, ParsedCrl.parse(revoked)))
    assert (verdict.time, verdict.evidence.reason) == (None, "authority_revoked")


def stamped(stamper, imprint=oids.SHA256):
    def unsigned(value):
        return [
            attribute(
                oids.SIGNATURE_TIME_STAMP, extract_token(response_over(value, stamper, imprint))
            )
        ]

    return W.cms(unsigned=unsigned)


def judged(cms, *, timestamp_trust):
    _, _, about = gost_authority(GostKind.GOST3410_2015_512)
    judge = SignatureValidator(
        trust=W.trust(),
        policy=POLICY,
        revocation=W.sources(held=[W.root_crl(), about]),
        timestamp_trust=timestamp_trust,
    )
    return judge.validate(cms, expected_content=CONTENT, expected_iin=IIN, moment=NOW)


def test_authorities_have_a_trust_store_of_their_own_in_the_test_environment():
    root, stamper, _ = gost_authority(GostKind.GOST3410_2015_512)
    cms = stamped(stamper, IMPRINTS["streebog"])
    apart = judged(cms, timestamp_trust=trust_of(root))
    assert apart.indication is Indication.TOTAL_PASSED
    assert [f.status for f in apart.findings if f.code == "timestamp"] == [FindingStatus.PASSED]
    together = judged(cms, timestamp_trust=None)
    assert together.indication is Indication.TOTAL_PASSED
    assert [f.status for f in together.findings if f.code == "timestamp"] == [
        FindingStatus.INDETERMINATE
    ]
    (item,) = [e for e in together.evidence if e.kind is EvidenceKind.TST]
    assert item.reason == "authority_path:no_issuer_found"


def test_an_anchor_of_authorities_is_no_anchor_of_signers():
    root, stamper, _ = gost_authority(GostKind.GOST3410_2015_512)
    report = judged(W.cms(holder=stamper), timestamp_trust=trust_of(root))
    (path,) = [f for f in report.findings if f.code == "path"]
    assert (path.status, report.chain) == (FindingStatus.INDETERMINATE, ())
    assert path.detail.startswith("no_issuer_found")


def signed_info(info, *, signers=1, certificates=True):
    """Sign a TSTInfo with the RSA authority, as often as asked."""
    cms = sign_cms(
        info,
        certificate=RSA_STAMPER.der,
        sign=signer(RSA_STAMPER.private),
        digest_oid=oids.SHA256,
        signature_oid=signature_oid(RSA_STAMPER.private),
        signing_time=NOW,
        content_type=oids.TST_INFO,
    )
    oid, wrapped = Node.at(cms, 0, len(cms)).children()
    *body, infos = wrapped.only_child().children()
    kept = [part.raw for part in body if certificates or part.tag != context(0)]
    repeated = w.tlv(0x31, infos.content * signers)
    return w.sequence(oid.raw, w.explicit(0, w.sequence(*kept, repeated)))


def info_over(stamped, *extensions, imprint=oids.SHA256):
    digest = REGISTRY.require_digest(oids.SHA256)
    return w.sequence(
        w.integer(1),
        w.oid("1.2.398.3.3.2.6.4"),
        w.sequence(w.algorithm(imprint), w.octet_string(digest.hash(stamped))),
        w.integer(9),
        w.generalized_time(NOW),
        w.tlv(0xA1, *extensions) if extensions else b"",
    )


def extension(*, critical):
    stated = w.boolean(critical) if critical else b""
    return w.sequence(w.oid("1.3.6.1.4.1.0.1862.5"), stated, w.octet_string(b""))


@pytest.mark.parametrize(
    ("token", "time", "reason"),
    [
        (signed_info(info_over(b"value")), NOW, "counted"),
        (signed_info(info_over(b"value", extension(critical=False))), NOW, "counted"),
        (
            signed_info(info_over(b"value", extension(critical=True))),
            None,
            "token_unreadable:tst_extensions",
        ),
        (signed_info(info_over(b"value"), signers=2), None, "token_signers:2"),
        (signed_info(info_over(b"value"), signers=0), None, "token_signers:0"),
        (signed_info(info_over(b"value"), certificates=False), None, "no_certificate"),
        (
            signed_info(info_over(b"value", imprint="1.2.3")),
            None,
            "algorithm_not_supported:1.2.3",
        ),
    ],
)
def test_a_token_is_one_authoritys_statement_in_words_that_are_known(token, time, reason):
    verdict = verified(token, b"value", rsa_authority())
    assert (verdict.time, verdict.evidence.reason) == (time, reason)


def test_a_token_that_does_not_name_its_authoritys_certificate_proves_nothing():
    authority = rsa_authority()
    token = extract_token(response_over(b"value", RSA_STAMPER, oids.SHA256))
    nameless = naming(token, RSA_STAMPER, None)
    verdict = verified(nameless, b"value", authority)
    assert (verdict.time, verdict.evidence.reason) == (None, "certificate_not_named")
