"""What may become trust: known or typed fingerprints, verified links, never the other world."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography import x509

import resources
from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import default_registry
from crypto.carrier.armour import read_armoured
from crypto.path.anchors import find_anchor_fault
from crypto.path.known_authorities import (
    AuthorityCatalogue,
    AuthorityRole,
    CatalogueRefused,
    KnownAuthority,
    known_authorities,
    read_catalogue,
)
from crypto.path.trust import TrustRefused, TrustStore
from crypto.path.trust_import import TrustImport, parse_fingerprint
from crypto.report.policy import Environment
from crypto.x509.certificate import Certificate
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    NOW,
    PERSON_EXTENSIONS,
    ca_name,
    issue,
    person_name,
    usage,
    world,
)

W = world()
TEXT = resources.path("trust", "kz-authorities.toml").read_text(encoding="utf-8")


def known(holder, role, environment=Environment.TEST, *, accepted=True):
    certificate = holder.parsed
    return KnownAuthority(
        name=f"ours_{certificate.sha256[:8]}",
        environment=environment,
        role=role,
        accepted=accepted,
        subject="X",
        algorithm="ecdsa",
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        sha256=certificate.sha256,
        key_sha256=hashlib.sha256(certificate.key.raw).hexdigest(),
    )


KNOWN = AuthorityCatalogue(
    (known(W.root, AuthorityRole.ROOT), known(W.authority, AuthorityRole.ISSUING)), (), ("x",)
)


def trust_import(*, environment=Environment.TEST, catalogue=KNOWN, typed=(), trusted=()):
    return TrustImport(
        environment,
        catalogue,
        frozenset(typed),
        trusted,
        default_registry(),
        KeyPolicy({"rsa": 2048}),
    )


def refusal(*candidates, **options):
    with pytest.raises(TrustRefused) as refused:
        trust_import(**options).verify([each.parsed for each in candidates])
    return refused.value.detail.split(":")[0]


def test_a_known_root_becomes_an_anchor_and_the_authority_it_verifies_an_intermediate():
    root, authority = trust_import().verify([W.authority.parsed, W.root.parsed])
    assert (root.anchor, root.typed, root.certificate.sha256) == (True, False, W.root.parsed.sha256)
    assert (authority.anchor, authority.certificate.sha256) == (False, W.authority.parsed.sha256)


def test_an_authority_alone_needs_a_root_that_the_station_holds():
    assert refusal(W.authority) == "no_anchor_issued_it"
    (authority,) = trust_import(trusted=[W.root.parsed]).verify([W.authority.parsed])
    assert not authority.anchor


def test_an_unknown_fingerprint_is_refused_until_the_administrator_types_it():
    own = issue(ca_name("OWN"), "own_root", None, CA_EXTENSIONS, serial=9)
    assert refusal(own) == "fingerprint_unknown"
    typed = parse_fingerprint(
        ":".join(own.parsed.sha256[i : i + 2] for i in range(0, 64, 2)).upper()
    )
    (admitted,) = trust_import(typed=[typed]).verify([own.parsed])
    assert admitted.anchor
    assert admitted.typed


def test_a_typed_fingerprint_must_belong_to_a_file():
    assert refusal(W.root, typed=["0" * 64]) == "fingerprint_matches_no_file"


@pytest.mark.parametrize("text", ["", "12", "g" * 64, "0" * 63, "0" * 65])
def test_a_mistyped_fingerprint_is_refused(text):
    with pytest.raises(TrustRefused):
        parse_fingerprint(text)


def test_an_authority_of_a_root_with_the_same_name_and_another_key_is_refused():
    other = issue(ca_name("ROOT TEST"), "other_root", None, CA_EXTENSIONS, serial=1)
    assert refusal(W.authority, trusted=[other.parsed]) == "signature_wrong"
    admitted = trust_import(trusted=[other.parsed, W.root.parsed]).verify([W.authority.parsed])
    assert len(admitted) == 1


def test_a_certificate_or_a_key_of_the_other_world_is_never_admitted_not_even_typed():
    typed = [W.root.parsed.sha256]
    assert refusal(W.root, environment=Environment.PROD) == "of_the_other_environment"
    assert refusal(W.root, environment=Environment.PROD, typed=typed) == "of_the_other_environment"
    again = issue(ca_name("RENAMED"), "root", None, CA_EXTENSIONS, serial=77)
    detail = refusal(again, environment=Environment.PROD, typed=[again.parsed.sha256])
    assert detail == "of_the_other_environment"


def test_nothing_is_added_to_a_trust_that_already_mixes_worlds():
    own = issue(ca_name("OWN"), "own_root", None, CA_EXTENSIONS, serial=9)
    options = {"typed": [own.parsed.sha256], "trusted": [W.root.parsed]}
    assert refusal(own, environment=Environment.PROD, **options) == "stores_overlap"


def test_a_person_or_a_responder_is_no_authority():
    self_made = issue(person_name(), "self_made", None, PERSON_EXTENSIONS, serial=5)
    assert refusal(self_made, typed=[self_made.parsed.sha256]) == "not_a_ca"
    person = W.person
    assert refusal(person, typed=[person.parsed.sha256], trusted=[W.authority.parsed]) == "not_a_ca"


def test_a_centre_that_policy_does_not_accept_is_admitted_only_when_typed():
    listed = replace(
        KNOWN,
        authorities=(known(W.root, AuthorityRole.ROOT, accepted=False), *KNOWN.authorities[1:]),
    )
    assert refusal(W.root, catalogue=listed) == "not_accepted_by_policy"
    (admitted,) = trust_import(catalogue=listed, typed=[W.root.parsed.sha256]).verify(
        [W.root.parsed]
    )
    assert admitted.typed


def test_one_refused_file_refuses_them_all():
    own = issue(ca_name("OWN"), "own_root", None, CA_EXTENSIONS, serial=9)
    assert refusal(W.root, own) == "fingerprint_unknown"


def test_the_shipped_catalogue_knows_both_worlds():
    shipped = known_authorities()
    now = datetime(2026, 11, 22, tzinfo=UTC)
    for environment in Environment:
        roots = [
            each
            for each in shipped.select(environment)
            if each.role is AuthorityRole.ROOT and each.not_before < now < each.not_after
        ]
        assert len(roots) >= 3
    assert len(shipped.authorities) == 23
    assert "Kaspi" in shipped.accredited
    assert not next(a for a in shipped.authorities if a.name == "ucgo_gost").accepted


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version = 1", "version = 2"),
        ('environment = "test"', 'environment = "prod"'),
        ('environment = "prod"', 'environment = "stage"'),
        ('role = "root"', 'role = "boss"'),
        ('sha256 = "af77', 'sha256 = "AF77'),
        ('sha256 = "af77', 'sha256 = "af7'),
        ('sha256 = "af77', 'extra = 1\nsha256 = "af77'),
        ('name = "root_gost_2022"', 'name = "root_rsa_2020"'),
        ("not_after = 2045-09-08T04:56:12Z", "not_after = 2012-09-08T04:56:12Z"),
        ("not_after = 2045-09-08T04:56:12Z", "not_after = 2045-09-08T04:56:12"),
        ("accepted = true", 'accepted = "yes"'),
        ("[[authority]]", "[[authorities]]"),
        ('confirm_at = ["https://root.gov.kz", "https://pki.gov.kz"]', "confirm_at = []"),
        ("version", "\x00"),
    ],
)
def test_a_damaged_catalogue_is_refused_as_a_whole(old, new):
    assert old in TEXT
    with pytest.raises(CatalogueRefused):
        AuthorityCatalogue.read(TEXT.replace(old, new).encode())


def test_a_catalogue_that_forgot_the_test_roots_is_refused():
    kept = TEXT.replace('environment = "test"\nrole = "root"', 'environment = "test"\nrole = "tsa"')
    with pytest.raises(CatalogueRefused, match="no_root:test"):
        AuthorityCatalogue.read(kept.encode())


def test_an_absent_or_endless_catalogue_is_refused(tmp_path):
    with pytest.raises(CatalogueRefused):
        read_catalogue(tmp_path / "none.toml")
    with pytest.raises(CatalogueRefused, match="too_large"):
        AuthorityCatalogue.read(b"#" * (256 * 1024 + 1))


def test_a_production_store_refuses_known_test_certificates_in_every_place(samples):
    folder = samples / "eds" / "ca"
    intermediate = (folder / "test" / "nca_gost2022_test.cer").read_bytes()
    root = (folder / "prod" / "root_gost_2020.cer").read_bytes()
    pins = [hashlib.sha256(root).hexdigest()]
    TrustStore.pinned(Environment.PROD, anchors=[root], pins=pins, intermediates=[])
    with pytest.raises(TrustRefused, match="test_certificate_in_production"):
        TrustStore.pinned(Environment.PROD, anchors=[root], pins=pins, intermediates=[intermediate])


def test_every_sample_authority_is_in_the_catalogue_with_its_own_facts(samples):
    shipped = known_authorities()
    seen = set()
    for path in sorted((samples / "eds" / "ca").glob("*/*")):
        certificate = Certificate.parse(read_armoured(path.read_bytes()))
        found = shipped.find(certificate)
        assert found is not None, path.name
        assert found.environment.value == path.parent.name
        assert (found.not_before, found.not_after) == (
            certificate.not_before,
            certificate.not_after,
        )
        assert shipped.find_worlds(certificate) == {found.environment}
        seen.add(found.sha256)
    assert len(seen) == len(shipped.authorities)


SIGNS = (usage("key_cert_sign", "crl_sign"), True)
UNKNOWN = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b""), True)
ANCHORS = {
    "keyUsage without keyCertSign": (
        (CA_EXTENSIONS[0], (usage("digital_signature", "crl_sign"), True)),
        "no_certificate_signing",
    ),
    "unknown critical extension": (
        (*CA_EXTENSIONS, UNKNOWN),
        "unknown_critical_extension_1.2.3.4",
    ),
    "cA false": (((x509.BasicConstraints(ca=False, path_length=None), True), SIGNS), "not_a_ca"),
    "no basicConstraints": ((SIGNS,), "not_a_ca"),
    "no extension at all": ((), "not_a_ca"),
    "no keyUsage": ((CA_EXTENSIONS[0],), ""),
    "unknown extension that is not critical": ((*CA_EXTENSIONS, (UNKNOWN[0], False)), ""),
    "name constraints": (
        (*CA_EXTENSIONS, (x509.NameConstraints([x509.DNSName("kz")], None), True)),
        "",
    ),
}


@pytest.mark.parametrize("kind", ANCHORS)
def test_a_root_that_must_not_sign_certificates_is_no_anchor(kind):
    extensions, fault = ANCHORS[kind]
    root = issue(ca_name("ODD ROOT"), "odd-root", None, extensions, serial=1, identifiers=False)
    assert find_anchor_fault(root.parsed) == fault
    if fault:
        assert refusal(root, typed=[root.parsed.sha256]) == fault
    else:
        (found,) = trust_import(typed=[root.parsed.sha256]).verify([root.parsed])
        assert found.anchor


def test_a_root_that_has_expired_is_still_an_anchor():
    old = issue(ca_name("OLD"), "old", None, CA_EXTENSIONS, serial=1, not_after=NOW)
    assert find_anchor_fault(old.parsed) == ""
