"""A session and `signature verify --iin` accept the same keys, by the same reasons."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.x509.oid import NameOID

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.revocation.crl import ParsedCrl
from crypto.signatures.validator import SignatureValidator
from tests.support.pki.certificates import (
    CA_EXTENSIONS,
    CONTENT,
    END,
    IIN,
    NOW,
    OTHER_IIN,
    START,
    Holder,
    Sources,
    ca_name,
    issue,
    make_crl,
    person_name,
    usage,
    world,
)
from tests.unit.workstation.test_bootstrap import OVERRIDES, endpoints
from workstation.bootstrap import build, close
from workstation.ctl import program
from workstation.sandbox.demo_folder import prepare_demo_folder

W = world()
REVOKED = 6666
OTHER_CENTRE = issue(ca_name("OTHER CENTRE"), "other-centre", W.root, CA_EXTENSIONS, serial=30)
BIN = (NameOID.ORGANIZATIONAL_UNIT_NAME, "BIN080540010396")
SYSTEM = (NameOID.USER_ID, oids.KZ_SYSTEM_HOLDER)
PASSED = "signature.passed"
ROLE = "signature.role_not_accepted"
POLICY = "signature.certificate_policy_not_accepted"
USAGE = "signature.wrong_key_usage"
BOTH = "signature.holder_contradicts"
AUTHORITY = "signature.signer_is_authority"
SERVICE = "signature.purpose_of_a_service"
INDIVIDUAL, ENTITY = oids.KZ_INDIVIDUAL, oids.KZ_LEGAL_ENTITY
ANY_PURPOSE, SERVER, CODE = "2.5.29.37.0", "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.3"


def name(*more: tuple[x509.ObjectIdentifier, str], iins: tuple[str, ...] = (IIN,)) -> x509.Name:
    stated = [each for each in person_name() if each.oid != NameOID.SERIAL_NUMBER]
    numbers = [(NameOID.SERIAL_NUMBER, f"IIN{each}") for each in iins]
    return x509.Name([*stated, *(x509.NameAttribute(*each) for each in (*numbers, *more))])


@dataclass(frozen=True)
class Kind:
    """A certificate, and the reason that both have to come to."""

    reason: str = PASSED
    roles: tuple[str, ...] = (oids.EMAIL_PROTECTION, INDIVIDUAL)
    uses: tuple[str, ...] | None = ("digital_signature", "content_commitment")
    policies: tuple[str, ...] = (oids.KZ_POLICIES,)
    subject: x509.Name = field(default_factory=name)
    more: tuple[tuple[x509.ExtensionType, bool], ...] = ()
    critical_purposes: bool = False
    issuer: Holder | None = W.authority
    not_before: datetime = START
    not_after: datetime = END
    serial: int = 5001

    def holder(self) -> Holder:
        extensions: list[Any] = [*self.more]
        if self.uses is not None:
            extensions.append((usage(*self.uses), True))
        if self.roles:
            purposes = x509.ExtendedKeyUsage([x509.ObjectIdentifier(each) for each in self.roles])
            extensions.append((purposes, self.critical_purposes))
        if self.policies:
            stated = [
                x509.PolicyInformation(x509.ObjectIdentifier(each), None) for each in self.policies
            ]
            extensions.append((x509.CertificatePolicies(stated), False))
        return issue(
            self.subject,
            "person",
            self.issuer,
            extensions,
            serial=self.serial,
            not_before=self.not_before,
            not_after=self.not_after,
        )


def of_entity(*roles: str, **changes: Any) -> Kind:
    """A representative of an organisation: БИН and its roles."""
    return Kind(ROLE, (oids.EMAIL_PROTECTION, ENTITY, *roles), subject=name(BIN), **changes)


def with_role(*roles: str) -> tuple[str, ...]:
    return (oids.EMAIL_PROTECTION, INDIVIDUAL, *roles)


def unknown(*, critical: bool) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    return ((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b""), critical),)


def kept_in(carrier: str) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    stated = w.sequence(w.oid(f"{oids.KZ_KEYSTORE}.{carrier}"))
    kind = x509.ObjectIdentifier(oids.KZ_KEYSTORE)
    return ((x509.UnrecognizedExtension(kind, stated), False),)


IS_CA = ((x509.BasicConstraints(ca=True, path_length=None), True),)
NO_CA = ((x509.BasicConstraints(ca=False, path_length=None), True),)

KINDS = {
    # Individuals
    "individual": Kind(),
    "individual, key of 2024": Kind(
        uses=("digital_signature", "content_commitment", "key_agreement")
    ),
    "individual, signing alone": Kind(uses=("content_commitment",)),
    "individual, policy of before 2021": Kind(policies=(f"{oids.KZ_POLICIES}.3",)),
    "individual, two policies": Kind(policies=("1.2.3", oids.KZ_POLICIES)),
    "individual, any policy": Kind(policies=(oids.ANY_POLICY,)),
    "individual, critical purposes": Kind(critical_purposes=True),
    "individual, role alone": Kind(roles=(INDIVIDUAL,)),
    "individual, login too": Kind(roles=with_role(oids.CLIENT_AUTH)),
    "individual, identified in person": Kind(roles=with_role(f"{oids.KZ_IDENTIFICATION}.1")),
    "individual, identified remotely": Kind(roles=with_role(f"{oids.KZ_IDENTIFICATION}.2")),
    "individual, on a token": Kind(more=kept_in("2.2")),
    "individual, in a cloud": Kind(more=kept_in("3.1")),
    "individual, any purpose too": Kind(roles=with_role(ANY_PURPOSE)),
    "individual, server too": Kind(roles=with_role(SERVER)),
    "individual, code too": Kind(roles=with_role(CODE)),
    "individual, cA false": Kind(more=NO_CA),
    "individual, unknown extension": Kind(more=unknown(critical=False)),
    "individual, critical restriction": Kind(
        "signature.unknown_critical_extension", more=unknown(critical=True)
    ),
    # Organisations and programs
    "legal entity": of_entity(),
    "first head": of_entity(f"{ENTITY}.1"),
    "right to sign": of_entity(f"{ENTITY}.2"),
    "right to sign, finance": of_entity(f"{ENTITY}.3"),
    "human resources": of_entity(f"{ENTITY}.4"),
    "employee": of_entity(f"{ENTITY}.5"),
    "employee without БИН": Kind(ROLE, (oids.EMAIL_PROTECTION, ENTITY, f"{ENTITY}.5")),
    "employee, policy of organisations": of_entity(
        f"{ENTITY}.5", policies=(f"{oids.KZ_POLICIES}.1",)
    ),
    "treasury": of_entity(oids.KZ_TREASURY_CLIENT),
    "treasury alone": Kind(ROLE, (oids.KZ_TREASURY_CLIENT,)),
    "program of an organisation": Kind(
        ROLE, (ENTITY, oids.KZ_LEGAL_ENTITY_SYSTEM), subject=name(BIN, SYSTEM, iins=())
    ),
    "program of an organisation, ИИН": of_entity(oids.KZ_LEGAL_ENTITY_SYSTEM),
    "program of a person": Kind(ROLE, with_role(oids.KZ_INDIVIDUAL_SYSTEM)),
    "centre's administrator": Kind(ROLE, (f"{oids.KZ_CENTRE_STAFF}.1",)),
    "centre's manager": Kind(ROLE, (f"{oids.KZ_CENTRE_STAFF}.2",)),
    "centre's operator": Kind(ROLE, (f"{oids.KZ_CENTRE_STAFF}.3",)),
    # Combinations
    "both roles": Kind(BOTH, with_role(ENTITY)),
    "individual and employee": Kind(BOTH, with_role(ENTITY, f"{ENTITY}.5")),
    "individual with БИН": Kind(BOTH, subject=name(BIN)),
    "individual with БИН in the name": Kind(
        BOTH, subject=name((NameOID.ORGANIZATION_NAME, "БИН 080540010396"))
    ),
    "individual and treasury": Kind(BOTH, with_role(oids.KZ_TREASURY_CLIENT)),
    "individual and operator": Kind(BOTH, with_role(f"{oids.KZ_CENTRE_STAFF}.3")),
    "individual named a program": Kind(BOTH, subject=name(SYSTEM)),
    # No role, or somebody else's
    "no purpose": Kind(ROLE, ()),
    "mail alone": Kind(ROLE, (oids.EMAIL_PROTECTION,)),
    "any purpose alone": Kind(ROLE, (ANY_PURPOSE,)),
    "role of another centre": Kind(ROLE, (oids.EMAIL_PROTECTION, "1.2.398.3.17.3.1")),
    "arc that begins alike": Kind(ROLE, (f"{INDIVIDUAL}0",)),
    "arc below the role": Kind(ROLE, (f"{INDIVIDUAL}.9",)),
    "arc above the role": Kind(ROLE, (oids.KZ_ROLES,)),
    # Services and authorities
    "TSA": Kind(USAGE, (oids.TIME_STAMPING,), uses=("digital_signature",), critical_purposes=True),
    "TSA that signs documents": Kind(ROLE, (oids.TIME_STAMPING,)),
    "individual and TSA": Kind(SERVICE, with_role(oids.TIME_STAMPING)),
    "OCSP responder": Kind(USAGE, (oids.OCSP_SIGNING,), uses=("digital_signature",)),
    "individual and OCSP": Kind(SERVICE, with_role(oids.OCSP_SIGNING)),
    "CA": Kind(USAGE, (), uses=("key_cert_sign", "crl_sign"), more=IS_CA),
    "individual and cA": Kind(AUTHORITY, more=IS_CA),
    "individual and keyCertSign": Kind(AUTHORITY, uses=("content_commitment", "key_cert_sign")),
    "individual and cRLSign": Kind(AUTHORITY, uses=("content_commitment", "crl_sign")),
    # Key usage
    "login": Kind(USAGE, with_role(oids.CLIENT_AUTH), ("digital_signature", "key_encipherment")),
    "no key usage": Kind(USAGE, uses=None),
    # Certificate policies
    "no policy": Kind(POLICY, policies=()),
    "policy of the test centres": Kind(POLICY, policies=("1.2.398.3.10.1.1.1.2",)),
    "policy of organisations": Kind(POLICY, policies=(f"{oids.KZ_POLICIES}.1",)),
    "policy of login": Kind(POLICY, policies=(f"{oids.KZ_POLICIES}.4",)),
    "policy of time-stamps": Kind(POLICY, policies=(f"{oids.KZ_POLICIES}.6",)),
    "policy of the centre itself": Kind(POLICY, policies=("1.2.398.3.3.1.1",)),
    "foreign policy": Kind(POLICY, policies=("1.2.3",)),
    # Time
    "expired": Kind("signature.expired", not_after=NOW - timedelta(seconds=1)),
    "begins tomorrow": Kind("signature.not_yet_valid", not_before=NOW + timedelta(days=1)),
    "begins in four minutes": Kind(not_before=NOW + timedelta(minutes=4)),
    "begins in six minutes": Kind("signature.not_yet_valid", not_before=NOW + timedelta(minutes=6)),
    "an hour old": Kind(not_before=NOW - timedelta(hours=1)),
    # Whose
    "another person": Kind("signature.iin_mismatch", subject=name(iins=(OTHER_IIN,))),
    "no ИИН": Kind("signature.iin_mismatch", subject=name(iins=())),
    "two ИИН": Kind("signature.iin_refused", subject=name(iins=(IIN, OTHER_IIN))),
    "ИИН in the name": Kind(
        "signature.iin_mismatch", subject=name((NameOID.COMMON_NAME, f"IIN{IIN}"), iins=())
    ),
    # Of whom
    "another centre": Kind("signature.authority_not_accepted", issuer=OTHER_CENTRE),
    "the root itself": Kind("signature.authority_not_accepted", issuer=W.root),
    "himself": Kind("signature.no_chain", issuer=None),
    "another customer": Kind("signature.authority_not_accepted", issuer=W.person),
    "revoked": Kind("signature.revoked", serial=REVOKED),
}


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    """A station of the test PKI, lists beside it; what its sessions hold signatures against."""
    place = tmp_path_factory.mktemp("station")
    prepare_demo_folder(place / "ws", endpoints(place))
    services = build(place / "ws", OVERRIDES)
    close(services)
    lists = [W.root_crl().raw, make_crl(W.authority, [(REVOKED, None)])]
    for number, each in enumerate(lists):
        (place / f"{number}.crl").write_bytes(each)
    (place / "content").write_bytes(CONTENT)
    (place / "folder").mkdir()
    (place / "folder" / "root.cer").write_bytes(W.root.der)
    (place / "folder" / "nca.cer").write_bytes(W.authority.der)
    held = [ParsedCrl.parse(each) for each in lists]
    return place, SignatureValidator.under(services.validator.constraints, Sources(held=held))


def verified(place, *options):
    given = [each for n in range(2) for each in ("--crl", str(place / f"{n}.crl"))]
    arguments = (*options, "--content", str(place / "content"), "--moment", NOW.isoformat())
    found = CliRunner().invoke(program, ["--json", *arguments, *given])
    (report,) = json.loads(found.stdout)["signatures"]
    assert (found.exit_code == 0) is (report["indication"] == "TOTAL_PASSED")
    return report["indication"], report["sub_indication"], report["reason"]


def test_there_are_at_least_sixty_kinds():
    assert len(KINDS) >= 60
    assert {kind.reason for kind in KINDS.values()} >= {PASSED, ROLE, POLICY, USAGE, BOTH, SERVICE}


@pytest.mark.parametrize("kind", KINDS)
def test_a_session_and_the_command_come_to_one_verdict_and_reason(station, kind):
    place, session = station
    wanted = KINDS[kind]
    holder = wanted.holder()
    extra = [each.der for each in (OTHER_CENTRE, W.person)]
    message = W.cms(holder=holder, extra_certificates=extra)
    (place / "s.cms").write_bytes(message)

    report = session.validate(message, expected_content=CONTENT, expected_iin=IIN, moment=NOW)
    sub = None if report.sub_indication is None else report.sub_indication.value
    found = (report.indication.value, sub, report.reason)

    assert report.reason == wanted.reason
    command = ("signature", "verify", str(place / "s.cms"), "--iin", IIN)
    assert verified(place, "--data", str(place / "ws"), *command) == found


@pytest.mark.parametrize(
    "kind",
    ["individual", "employee", "both roles", "no policy", "another centre", "the root itself"],
)
def test_a_folder_of_authorities_is_trusted_for_the_same_keys(station, kind):
    place, _ = station
    (place / "s.cms").write_bytes(
        W.cms(holder=KINDS[kind].holder(), extra_certificates=[OTHER_CENTRE.der])
    )
    folder = ("--trust", str(place / "folder"), "--environment", "test")
    found = verified(place, "signature", "verify", str(place / "s.cms"), "--iin", IIN, *folder)
    assert found[2] == KINDS[kind].reason


def test_a_folder_of_roots_alone_says_nothing_of_who_issues(station):
    place, _ = station
    (place / "roots").mkdir()
    (place / "roots" / "root.cer").write_bytes(W.root.der)
    (place / "s.cms").write_bytes(
        W.cms(holder=KINDS["individual"].holder(), extra_certificates=[W.authority.der])
    )
    roots = ("--trust", str(place / "roots"), "--environment", "test")
    found = verified(place, "signature", "verify", str(place / "s.cms"), "--iin", IIN, *roots)
    assert found[2] == PASSED


@pytest.mark.parametrize("kind", ["employee", "first head", "program of a person", "no policy"])
def test_a_back_office_may_take_anybodys_key_and_is_told_so(station, kind):
    place, _ = station
    (place / "s.cms").write_bytes(W.cms(holder=KINDS[kind].holder()))
    command = ("signature", "verify", str(place / "s.cms"), "--iin", IIN, "--role", "any")
    assert verified(place, "--data", str(place / "ws"), *command)[0] == "TOTAL_PASSED"
    shown = (
        CliRunner()
        .invoke(
            program,
            ["--data", str(place / "ws"), *command, "--moment", NOW.isoformat()],
        )
        .stdout
    )
    assert "holders: Anybody: role and certificate policy were not asked for" in shown
    organisation = kind in {"employee", "first head"}
    assert ("holder: Representative of an organisation" in shown) is organisation
