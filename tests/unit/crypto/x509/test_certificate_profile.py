"""НУЦ's profile: who holds a key, what it is for, where it is kept, how the holder was seen."""

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.carrier.armour import read_armoured
from crypto.report.policy import CarrierRule, IdentificationRule
from crypto.report.report import FindingStatus, Indication
from crypto.validation.issuance import check_issuance
from crypto.x509.addresses import certificate_addresses
from crypto.x509.certificate import Certificate
from crypto.x509.profile import (
    HolderKind,
    KeyPurpose,
    certificate_profile,
    holder_identity,
)
from crypto.x509.profile_names import (
    CarrierKind,
    IdentificationMethod,
    carrier_kind,
    centre_of,
    identification_method,
    policy_word,
    role_word,
)
from tests.support.pki.certificates import (
    IIN,
    OTHER_IIN,
    PERSON_EXTENSIONS,
    issue,
    person_name,
    usage,
    world,
)
from tests.support.pki.policies import POLICY, policy

W = world()
ARC = oids.KZ_KEYSTORE
METHODS = oids.KZ_IDENTIFICATION
BIN = "080540010396"


def keystore(*identifiers):
    value = w.sequence(*(w.oid(each) for each in identifiers))
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(ARC), value)


def purposes(*identifiers):
    return x509.ExtendedKeyUsage([x509.ObjectIdentifier(each) for each in identifiers])


def person(*extensions, subject=None, serial=4000):
    given = [(each, False) for each in extensions]
    return issue(subject or person_name(), "person", W.authority, given, serial=serial).parsed


def named(*pairs):
    return x509.Name([x509.NameAttribute(x509.ObjectIdentifier(o), v) for o, v in pairs])


@pytest.mark.parametrize(
    ("tail", "kind", "hardware"),
    [
        ("1.1", CarrierKind.FILE, False),
        ("1.2", CarrierKind.JAVA_STORE, False),
        ("2.1", CarrierKind.ID_CARD, True),
        ("2.2", CarrierKind.KAZTOKEN, True),
        ("2.7", CarrierKind.SIM_CARD, True),
        ("2.2.9", CarrierKind.KAZTOKEN, True),
        ("3", CarrierKind.CLOUD, False),
        ("3.1", CarrierKind.CLOUD, False),
        ("3.77.1", CarrierKind.CLOUD, False),
        ("2.99", CarrierKind.OTHER, False),
        ("33", CarrierKind.OTHER, False),
    ],
)
def test_a_carrier_is_named_by_the_nearest_known_arc(tail, kind, hardware):
    assert carrier_kind(f"{ARC}.{tail}") is kind
    assert kind.hardware is hardware


def test_an_identifier_outside_the_arc_is_no_known_carrier_or_method():
    assert carrier_kind("1.2.3") is CarrierKind.OTHER
    assert carrier_kind(f"{ARC}9.1.1") is CarrierKind.OTHER
    assert identification_method(METHODS) is IdentificationMethod.OTHER


@pytest.mark.parametrize(
    ("tail", "method", "remote"),
    [
        ("1", IdentificationMethod.IN_PERSON, False),
        ("2", IdentificationMethod.REMOTE, True),
        ("2.1", IdentificationMethod.DIGITAL_ID, True),
        ("2.2", IdentificationMethod.AI_PLATFORM, True),
        ("2.5", IdentificationMethod.REMOTE, True),
        ("9", IdentificationMethod.OTHER, True),
    ],
)
def test_a_method_of_identification_is_remote_unless_it_is_known_to_be_in_person(
    tail, method, remote
):
    assert identification_method(f"{METHODS}.{tail}") is method
    assert method.remote is remote


def test_roles_policies_and_centres_have_words():
    assert role_word("1.2.398.3.3.4.1.2.1") == "first_head"
    assert role_word("1.2.398.3.3.4.1.2.6.4") == "information_system"
    assert role_word("1.2.398.5.19.1.2.2.1") == "treasury_client"
    assert role_word("1.3.6.1") == ""
    assert policy_word("1.2.398.3.3.2.3") == "individual_signing"
    assert policy_word("1.2.398.3.3.2.3.1") == ""
    assert centre_of(("1.2.3", "1.2.398.3.14.1.1")) == "Kaspi"
    assert centre_of(("1.2.398.3.3.2",)) == "НУЦ РК"
    assert centre_of(("1.2.398.3.140",)) == ""


@pytest.mark.parametrize(
    ("bits", "extended", "purpose"),
    [
        (["digital_signature", "content_commitment"], [], KeyPurpose.SIGNING),
        (
            ["digital_signature", "content_commitment", "key_agreement"],
            [oids.EMAIL_PROTECTION],
            KeyPurpose.SIGNING_AND_LOGIN,
        ),
        (["digital_signature", "key_encipherment"], [oids.CLIENT_AUTH], KeyPurpose.LOGIN),
        (["digital_signature"], [], KeyPurpose.OTHER),
    ],
)
def test_non_repudiation_decides_what_a_key_is_for(bits, extended, purpose):
    extensions = [usage(*bits), *([purposes(*extended)] if extended else [])]
    assert certificate_profile(person(*extensions)).purpose is purpose


def test_an_employee_acts_for_an_organisation_and_a_missing_patronymic_is_normal():
    profile = certificate_profile(person(subject=person_name(bin_=BIN)))
    assert profile.kind is HolderKind.ORGANISATION
    assert (profile.facts.bin, profile.facts.organisation, profile.patronymic) == (BIN, "ТОО", "")


def test_an_information_system_has_no_iin_and_is_told_by_role_or_user_id():
    system = named((oids.COMMON_NAME, "ИС"), (oids.ORGANIZATIONAL_UNIT, f"BIN{BIN}"))
    by_role = person(purposes(oids.KZ_LEGAL_ENTITY, f"{oids.KZ_LEGAL_ENTITY}.6"), subject=system)
    by_uid = person(subject=named((oids.COMMON_NAME, "ИС"), (oids.USER_ID, oids.KZ_SYSTEM_HOLDER)))
    for each in (by_role, by_uid):
        assert certificate_profile(each).kind is HolderKind.SYSTEM
        assert certificate_profile(each).facts.iin == ""


def test_an_authority_and_a_nobody_are_neither_person_nor_system():
    assert certificate_profile(W.authority.parsed).kind is HolderKind.AUTHORITY
    nobody = person(subject=named((oids.COMMON_NAME, "X")))
    assert certificate_profile(nobody).kind is HolderKind.UNKNOWN


def test_several_units_are_read_and_two_different_numbers_are_believed_neither():
    units = [(oids.ORGANIZATIONAL_UNIT, each) for each in ("Отдел", f"BIN{BIN}", f"BIN{BIN}")]
    one = holder_identity(person(subject=named((oids.COMMON_NAME, "X"), *units)))
    assert one.bin.digits == BIN
    assert not one.ambiguous
    other = [*units, (oids.ORGANIZATIONAL_UNIT, "BIN000740000728")]
    two = holder_identity(person(subject=named((oids.COMMON_NAME, "X"), *other)))
    assert two.bin is None
    assert two.ambiguous


def test_two_different_iins_are_believed_neither():
    subject = x509.Name(
        [*person_name(), x509.NameAttribute(NameOID.SERIAL_NUMBER, f"IIN{OTHER_IIN}")]
    )
    identity = holder_identity(person(subject=subject))
    assert identity.iin is None
    assert identity.ambiguous
    assert holder_identity(person()).iin.digits == IIN


def step(certificate, **rules):
    bounds = policy(**rules)
    (found,) = check_issuance(certificate, bounds)
    return found


def test_without_rules_nothing_is_asked():
    assert check_issuance(person(keystore(f"{ARC}.3")), POLICY) == []


@pytest.mark.parametrize(
    ("stored", "rule", "status", "reason"),
    [
        (["2.2"], CarrierRule.HARDWARE, FindingStatus.PASSED, ""),
        (["1.1"], CarrierRule.HARDWARE, FindingStatus.FAILED, "signature.carrier_not_hardware"),
        (
            ["2.2", "1.1"],
            CarrierRule.HARDWARE,
            FindingStatus.FAILED,
            "signature.carrier_not_hardware",
        ),
        (["9.9"], CarrierRule.HARDWARE, FindingStatus.FAILED, "signature.carrier_not_hardware"),
        ([], CarrierRule.HARDWARE, FindingStatus.FAILED, "signature.carrier_not_hardware"),
        (["3.1"], CarrierRule.HARDWARE, FindingStatus.FAILED, "signature.cloud_key_refused"),
        (["3"], CarrierRule.NOT_CLOUD, FindingStatus.FAILED, "signature.cloud_key_refused"),
        (["2.1", "3"], CarrierRule.NOT_CLOUD, FindingStatus.FAILED, "signature.cloud_key_refused"),
        (["1.1"], CarrierRule.NOT_CLOUD, FindingStatus.PASSED, ""),
        ([], CarrierRule.NOT_CLOUD, FindingStatus.INDETERMINATE, ""),
    ],
)
def test_a_policy_may_ask_for_hardware_or_refuse_the_cloud(stored, rule, status, reason):
    extensions = [keystore(*(f"{ARC}.{each}" for each in stored))] if stored else []
    found = step(person(*extensions), carrier=rule)
    assert (found.finding.code, found.finding.status, found.reason) == ("carrier", status, reason)


@pytest.mark.parametrize(
    ("method", "status", "reason"),
    [
        ("1", FindingStatus.PASSED, ""),
        ("2.1", FindingStatus.FAILED, "signature.remote_identification_refused"),
        ("9", FindingStatus.FAILED, "signature.remote_identification_refused"),
        ("", FindingStatus.INDETERMINATE, ""),
    ],
)
def test_a_policy_may_refuse_remote_identification(method, status, reason):
    extensions = [purposes(oids.EMAIL_PROTECTION, f"{METHODS}.{method}")] if method else []
    found = step(person(*extensions), identification=IdentificationRule.NOT_REMOTE)
    assert (found.finding.code, found.finding.status, found.reason) == (
        "identification",
        status,
        reason,
    )


def test_a_cloud_key_fails_a_signature_where_the_policy_says_so():
    made = issue(
        person_name(),
        "person",
        W.authority,
        [*PERSON_EXTENSIONS, (keystore(f"{ARC}.3"), False)],
        serial=1001,
    )
    cms = W.cms(holder=made)
    assert W.report(cms).indication is Indication.TOTAL_PASSED
    refused = W.report(cms, carrier=CarrierRule.NOT_CLOUD)
    assert (refused.indication, refused.reason) == (
        Indication.TOTAL_FAILED,
        "signature.cloud_key_refused",
    )


def points(*uris):
    names = [x509.UniformResourceIdentifier(each) for each in uris]
    return x509.CRLDistributionPoints([x509.DistributionPoint(names, None, None, None)])


def test_two_addresses_in_one_string_are_two_addresses_and_said_to_be_odd():
    found = certificate_addresses(
        person(points("http://a.kz/x.crl \r\n URL=http://b.kz/y.crl", "http://c.kz/*.crl"))
    )
    assert found.crls == ("http://a.kz/x.crl", "http://b.kz/y.crl", "http://c.kz/*.crl")
    assert found.oddities == ("several_in_one", "wildcard")


def test_repeated_responders_and_a_space_before_a_statement_are_tolerated():
    again = x509.AccessDescription(
        x509.ObjectIdentifier(oids.ACCESS_OCSP), x509.UniformResourceIdentifier("http://o.kz/")
    )
    policies = x509.CertificatePolicies(
        [
            x509.PolicyInformation(
                x509.ObjectIdentifier(oids.KZ_POLICIES), [" http;//pki.gov.kz/cps"]
            )
        ]
    )
    found = certificate_addresses(person(x509.AuthorityInformationAccess([again, again]), policies))
    assert (found.ocsp, found.statements) == (("http://o.kz/",), ("http;//pki.gov.kz/cps",))
    assert found.oddities == ("not_an_address", "repeated", "surrounding_space")


def test_unreadable_addresses_are_said_and_nothing_raises():
    broken = x509.UnrecognizedExtension(
        x509.ObjectIdentifier(oids.AUTHORITY_INFO_ACCESS), b"\x30\x03\x02\x01\x00"
    )
    found = certificate_addresses(person(broken))
    assert (found.ocsp, found.oddities) == ((), ("unreadable",))


def test_every_sample_certificate_has_a_profile_and_addresses(samples):
    seen = set()
    for path in sorted((samples / "eds" / "certs").iterdir()):
        octets = read_armoured(path.read_bytes())
        if path.name in {"individual_signer.cer", "legal_entity_signer.cer"}:
            octets = octets.rstrip(b"\r\n")  # a line end after the DER
        certificate = Certificate.parse(octets)
        profile = certificate_profile(certificate)
        seen |= {profile.kind, profile.purpose}
        assert "unreadable" not in certificate_addresses(certificate).oddities, path.name
    assert {HolderKind.INDIVIDUAL, HolderKind.ORGANISATION} <= seen
    assert {KeyPurpose.SIGNING_AND_LOGIN, KeyPurpose.LOGIN, KeyPurpose.SIGNING} <= seen
