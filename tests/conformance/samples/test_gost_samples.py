"""Every public object of НУЦ РК signed with GOST verifies by exactly one authority."""

import base64
import re
from datetime import UTC, datetime

import pytest

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import SignatureOutcome, default_registry
from crypto.cms.signature_file import open_signature_file
from crypto.cms.signed_data import SignedData
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.ocsp import OcspResponse
from crypto.x509.certificate import Certificate

REGISTRY = default_registry()
POLICY = KeyPolicy({"rsa": 2048})
GOST_ARC = "1.2.398.3.10.1."


@pytest.fixture
def eds(samples):
    return samples / "eds"


def der(path):
    data = path.read_bytes()
    found = re.search(rb"-----BEGIN [^-]+-----(.*?)-----END", data, re.DOTALL)
    if found is None and data[:1] != b"\x30":
        return base64.b64decode(data)  # published without its armour
    return base64.b64decode(found.group(1)) if found else data


def certificates(eds, *folders):
    read = [Certificate.parse(der(p)) for f in folders for p in sorted((eds / f).iterdir())]
    return list({c.sha256: c for c in read}.values())


def check(algorithm, key, message, signature, policy=POLICY):
    return REGISTRY.verify(
        algorithm=algorithm, key=key, message=message, signature=signature, policy=policy
    )


def authorities_of(item, authorities):
    """Return who verifies; everybody else must be a mismatch of families or simply wrong."""
    outcomes = {
        authority.sha256: check(item.algorithm, authority.key, item.tbs, item.signature).outcome
        for authority in authorities
    }
    assert set(outcomes.values()) <= {
        SignatureOutcome.VALID,
        SignatureOutcome.WRONG,
        SignatureOutcome.KEY_MISMATCH,
    }
    return [name for name, outcome in outcomes.items() if outcome is SignatureOutcome.VALID]


def test_every_certificate_verifies_by_its_issuer_alone(eds):
    authorities = certificates(eds, "ca/prod", "ca/test")
    found = certificates(eds, "ca/prod", "ca/test", "certs")
    gost = [c for c in found if c.algorithm.oid.startswith(GOST_ARC)]
    assert len(gost) >= 15
    for certificate in found:
        issuers = authorities_of(certificate, authorities)
        assert len(issuers) == 1, certificate.sha256
        names = [a.subject for a in authorities if a.sha256 in issuers]
        assert names == [certificate.issuer]


def test_every_list_verifies_by_its_issuer_alone(eds):
    authorities = certificates(eds, "ca/test")
    seen = set()
    for path in sorted((eds / "crl").glob("gost*.crl")):
        found = ParsedCrl.parse(path.read_bytes())
        assert len(authorities_of(found, authorities)) == 1, path.name
        seen.add(found.algorithm.oid)
    assert len(seen) == 2  # both generations


@pytest.mark.parametrize(
    "name",
    [
        "revoked_gost2015.bin",
        "revoked_gost2004.bin",
        "extended_revoke_never_issued_gost2015.bin",
    ],
)
def test_every_response_verifies_by_the_responder_it_carries(eds, name):
    response = OcspResponse.parse((eds / "ocsp" / name).read_bytes())
    (responder,) = response.certificates
    assert authorities_of(response, [responder]) == [responder.sha256]
    assert len(authorities_of(responder, certificates(eds, "ca/test"))) == 1


def test_no_bit_of_a_real_certificate_or_its_signature_may_change(eds):
    certificate = Certificate.parse(der(eds / "ca/prod/nca_gost_2022.pem"))
    root = Certificate.parse(der(eds / "ca/prod/root_gost_2022.pem"))
    for part in ("tbs", "signature"):
        octets = getattr(certificate, part)
        for bit in range(0, 8 * len(octets), 8 * len(octets) // 60):
            changed = bytearray(octets)
            changed[bit // 8] ^= 1 << bit % 8
            parts = {"tbs": certificate.tbs, "signature": certificate.signature}
            parts[part] = bytes(changed)
            found = check(certificate.algorithm, root.key, parts["tbs"], parts["signature"])
            assert found.outcome is SignatureOutcome.WRONG, (part, bit)


@pytest.mark.parametrize(
    "name",
    [
        "danikarik_GOSTKNCA_13a3741b52d7bf860aab199b56fad1f4652e357b.cms",
        "individual_valid_attached_cadest.der",
        "individual_valid_detached_cadest.der",
        "kalkan_c_2013_revoked_signer_attached_notsp.pem",
    ],
)
def test_every_signer_of_a_message_verifies_by_the_certificate_it_carries(eds, name):
    signed = SignedData.parse(open_signature_file((eds / "cms" / name).read_bytes())[1])
    (signer,) = signed.signers
    (certificate,) = [c for c in signed.certificates if signer.names(c)]

    def judged(attributes):
        return REGISTRY.verify(
            algorithm=signer.algorithm,
            key=certificate.key,
            message=attributes,
            signature=signer.signature,
            policy=POLICY,
            digest_oid=signer.digest.oid,
        ).outcome

    assert judged(signer.signed_octets) is SignatureOutcome.VALID
    assert judged(signer.signed_octets[:-1] + b"?") is SignatureOutcome.WRONG


def test_a_family_that_was_retired_is_weak_at_a_later_moment(eds):
    last = datetime(2025, 7, 27, tzinfo=UTC)
    policy = KeyPolicy({"rsa": 2048}, {"gost2004": last})
    root = Certificate.parse(der(eds / "ca/prod/root_gost_2020.cer"))

    def judged(year):
        dated = policy.at(datetime(year, 1, 1, tzinfo=UTC))
        return check(root.algorithm, root.key, root.tbs, root.signature, dated)

    assert judged(2025).outcome is SignatureOutcome.VALID
    assert judged(2026).outcome is SignatureOutcome.WEAK
    assert judged(2026).detail == "gost2004:until:2025-07-27"
