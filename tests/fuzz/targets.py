"""One target per family of parsers: seeds that are whole, and a function that takes any octets."""

import base64
import importlib.util
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

import resources
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1 import writer as w
from crypto.asn1.ber import definite
from crypto.asn1.der import Limits, Node, parse
from crypto.carrier import egov_messages, ncalayer_messages
from crypto.cms.create import attribute
from crypto.cms.embedded import Embedded
from crypto.cms.evidence_pack import EvidencePack, gather_pack
from crypto.cms.signature_constraints import SignatureConstraints
from crypto.cms.signature_file import FileKind, identify, open_signature_file
from crypto.cms.signed_data import SignedData
from crypto.cms.timestamp import (
    TimestampInfo,
    TimestampRequest,
    create_response,
    extract_token,
    read_response,
)
from crypto.cms.validation_request import ValidationRequest
from crypto.errors import CryptoError
from crypto.lds.csca import CscaTrust
from crypto.lds.data_groups import parse_com, parse_dg1, parse_dg2, parse_issue_date
from crypto.lds.files import ChipFiles
from crypto.lds.format.security_object import SecurityObject, read_sod
from crypto.lds.issuers.master_list import read_master_list
from crypto.lds.passive_authentication import authenticate
from crypto.path.known_authorities import AuthorityCatalogue
from crypto.path.trust_import import parse_fingerprint
from crypto.report.policy import Environment
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.ocsp import OcspResponse
from crypto.revocation.recording import RecordingSources
from crypto.signatures.revalidation import revalidate
from crypto.signatures.validator import SignatureValidator
from crypto.x509.addresses import certificate_addresses
from crypto.x509.certificate import Certificate
from crypto.x509.extensions import read_oids
from crypto.x509.general_names import general_names
from crypto.x509.iin import Iin
from crypto.x509.names import Name
from crypto.x509.profile import holder_identity, keystores, subject_facts
from crypto.xmldsig.reader import read_signed_xml
from tests.fuzz import card
from tests.support.containers.asic_containers import extended, pack
from tests.support.containers.pdf_documents import Document, stream
from tests.support.containers.pdf_documents import card as card_document
from tests.support.documents.zones import MrzPerson, write_td1, write_td3
from tests.support.lds.master_lists import make_master_list
from tests.support.lds.states import make_authority, make_signer, write_hashes, write_sod
from tests.support.pki.archives import add_archive_stamp
from tests.support.pki.certificates import (
    CONTENT,
    IIN,
    NOW,
    Sources,
    make_crl,
    signature_oid,
    signer,
    world,
)
from tests.support.pki.gost_world import gost_crl, gost_world
from tests.support.pki.policies import POLICY
from vision.document.issuers import find_personal_number
from vision.document.mrz import parse_mrz
from vision.errors import MrzRefused
from workstation.sandbox.keystore.pkcs12 import open_pkcs12
from workstation.sandbox.pki.data_group_writer import (
    FacialImageType,
    write_common_data,
    write_facial_record,
    write_mrz_file,
    write_portrait_file,
)
from workstation.sandbox.pki.key_store_errors import KeyStoreRefused

_LIMITS = Limits(octets=1 << 20, depth=24, elements=20_000)
_REQUEST = TimestampRequest(oids.SHA256, bytes(32), 1, certificate_wanted=True)
_PASSWORD = "Qwerty12"
_HOLDER = MrzPerson()


class Target(NamedTuple):
    """Whole octets to begin with, and what is done with any."""

    seeds: Callable[[], tuple[bytes, ...]]
    run: Callable[[bytes], object]


_VALUES = (
    v.boolean,
    v.integer,
    v.small_integer,
    v.octets,
    v.bit_octets,
    v.bit_set,
    v.oid,
    v.is_null,
    v.time,
    v.generalized_time,
    Name.read,
    read_oids,
    lambda node: general_names(node, node.tag),
)


def _der(octets: bytes) -> object:
    root = parse(octets, _LIMITS)
    if root.raw != octets:
        raise AssertionError("the object read is not the object given")
    pending = [root]
    while pending:
        node = pending.pop()
        for read in _VALUES:
            with suppress(CryptoError):
                read(node)
        if node.constructed:
            pending.extend(node.elements())
    return root


def _ber(octets: bytes) -> object:
    found = definite(octets, _LIMITS)
    again = definite(found.der, _LIMITS)
    if again.was_ber or again.der != found.der:
        raise AssertionError("the definite form has another definite form")
    return found


def _certificate(octets: bytes) -> object:
    found = Certificate.parse(octets)
    holder_identity(found)
    keystores(found)
    certificate_addresses(found)
    return subject_facts(found).to_json()


def _list(octets: bytes) -> object:
    found = ParsedCrl.parse(octets)
    return sum(1 for _ in found.entries()), found.find(5, found.issuer)


def _answer(octets: bytes) -> object:
    return OcspResponse.parse(octets)


def _message(octets: bytes) -> object:
    signed = SignedData.parse(octets)
    for each in signed.signers:
        with suppress(CryptoError):
            Embedded.collect(signed, each).evidence()
    return signed


@cache
def _validator():
    made = world()
    answer = made.good(Sources().nonce())
    return made.validator(Sources(lambda _: answer, [made.root_crl()]))


def _judgement(octets: bytes) -> object:
    """The whole validator never raises, on what it is given to judge."""
    asked = {"expected_content": CONTENT, "expected_iin": IIN, "moment": NOW}
    report = _validator().validate(octets, **asked).to_json()
    document = _validator().validate_document(octets, content=None, moment=NOW).to_json()
    return json.dumps([report, document])


def _time_stamp(octets: bytes) -> object:
    for read in (
        TimestampRequest.parse,
        TimestampInfo.parse,
        extract_token,
        lambda given: read_response(given, _REQUEST),
    ):
        with suppress(CryptoError):
            read(octets)
    return None


def _key_store(octets: bytes) -> object:
    with suppress(KeyStoreRefused):
        return open_pkcs12(octets, _PASSWORD)
    return None


def _armour(octets: bytes) -> object:
    kind, _ = identify(octets)
    with suppress(CryptoError):
        open_signature_file(octets)
    return kind


def _ncalayer(octets: bytes) -> object:
    text = octets.decode("utf-8", "replace")
    for read in (
        ncalayer_messages.read_greeting,
        ncalayer_messages.read_tokens,
        ncalayer_messages.read_signature,
    ):
        with suppress(CryptoError):
            read(text)
    return None


def _egov(octets: bytes) -> object:
    text = octets.decode("utf-8", "replace")
    for read in (
        egov_messages.read_registration,
        egov_messages.read_signature,
        lambda said: egov_messages.read_next_address(said, "https://sign.test/s"),
    ):
        with suppress(CryptoError):
            read(octets)
    with suppress(CryptoError):
        egov_messages.read_launch_link(text, service_host="sign.test")
    return None


def _trust(octets: bytes) -> object:
    """What an administrator imports: a certificate file, a fingerprint, the catalogue."""
    kind, der = identify(octets)
    with suppress(CryptoError):
        Certificate.parse(der)
    with suppress(CryptoError):
        parse_fingerprint(octets.decode("utf-8", "replace"))
    with suppress(CryptoError):
        AuthorityCatalogue.read(octets)
    return kind


@cache
def _kept() -> tuple[bytes, dict[str, bytes]]:
    """Return the manifest of a judgement and the octets kept beside it, by digest."""
    made = world()
    constraints = SignatureConstraints(made.trust(), made.trust(), POLICY)
    request = ValidationRequest(made.cms(), CONTENT, IIN, fresh=True, moment=NOW)
    recording = RecordingSources(made.sources(), lambda _digest: None)
    validator = SignatureValidator.under(constraints, recording)
    report = validator.validate_request(request).to_json()
    pack, blobs = gather_pack(request, constraints, recording, report, "fuzz")
    lists = {each: recording.octets(each) for each in pack.crl_digests()}
    return json.dumps(pack.to_json()).encode(), blobs | {k: o for k, o in lists.items() if o}


def _pack(octets: bytes) -> object:
    """A manifest read, and the validation it tells of made again."""
    return revalidate(EvidencePack.read(octets), _kept()[1].get)


@cache
def _document():
    """Return one signed document, a master list and who believes them."""
    authority = make_authority()
    groups = {
        1: write_mrz_file(["P<KAZIVANOV".ljust(88, "<")]),
        2: write_portrait_file(
            write_facial_record(b"\xff\xd8\xff" + bytes(64), FacialImageType.JPEG, 48, 64)
        ),
    }
    sod = write_sod(write_hashes(groups), make_signer(authority))
    return authority, groups, sod, make_master_list((authority,))


def _chip(octets: bytes) -> object:
    """A file of a chip, whichever it is said to be; what nobody signed is never genuine."""
    authority, groups, sod, _ = _document()
    for read in (parse_com, parse_dg1, parse_dg2, parse_issue_date, read_sod, SecurityObject.parse):
        with suppress(CryptoError):
            read(octets)
    trust = CscaTrust(Environment.TEST, (authority.parsed,))
    for files in (
        ChipFiles(com=octets, security_object=octets, data_groups=groups),
        ChipFiles(com=octets, security_object=sod, data_groups={**groups, 2: octets}),
    ):
        report = authenticate(files, trust, NOW)
        if report.genuine_data and octets not in {sod, groups[2]}:
            raise AssertionError("octets that nobody signed are genuine")
        json.dumps(report.to_json())
    return None


def _master_list(octets: bytes) -> object:
    return read_master_list(octets, NOW)


def _xml(octets: bytes) -> object:
    """A signed document read, and judged whole."""
    _validator().validate_document(octets, content=None, moment=NOW).to_json()
    return read_signed_xml(octets)


def _container(octets: bytes) -> object:
    """A PDF document or an ASiC container judged whole; damaged ones are reports too."""
    report = _validator().validate_document(octets, content=None, moment=NOW)
    json.dumps(report.to_json())
    open_signature_file(octets, (FileKind.PDF, FileKind.ASIC))
    return report


def _containers() -> tuple[bytes, ...]:
    made = world()
    document = Document()
    document.sign(lambda content: made.cms(content, detached=True))
    document.update({4: stream(b"changed")})
    return (
        document.octets,
        document.sign(lambda content: made.cms(content, detached=True)),
        card_document(CONTENT, made.cms(detached=True)),
        pack(extended()),
    )


def _signed_xml() -> tuple[bytes, ...]:
    """Return a document in the form that is read; its values are of nothing."""
    dsig = "http://www.w3.org/2000/09/xmldsig#"
    c14n = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    more = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    holder = base64.b64encode(world("rsa-person").person.der).decode()
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><a b='1'>x<c/>"
        f'<ds:Signature xmlns:ds="{dsig}"><ds:SignedInfo>'
        f'<ds:CanonicalizationMethod Algorithm="{c14n}"/><ds:SignatureMethod Algorithm="{more}"/>'
        f'<ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="{dsig}enveloped-signature"/>'
        f'<ds:Transform Algorithm="{c14n}#WithComments"/></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        f"<ds:DigestValue>{'A' * 43}=</ds:DigestValue></ds:Reference></ds:SignedInfo>"
        f"<ds:SignatureValue>{'A' * 340}AAA=</ds:SignatureValue><ds:KeyInfo><ds:X509Data>"
        f"<ds:X509Certificate>{holder}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        f"</ds:Signature></a>".encode(),
    )


def _stamped() -> bytes:
    made = world()

    def unsigned(_signature: bytes) -> list[bytes]:
        return [attribute(oids.SIGNATURE_TIME_STAMP, read_response(_response(), _REQUEST))]

    return made.cms(unsigned=unsigned)


def _response() -> bytes:
    stamper = world().stamper
    return create_response(
        _REQUEST,
        certificate=stamper.der,
        sign=signer(stamper.private),
        digest_oid=oids.SHA256,
        signature_oid=signature_oid(stamper.private),
        policy="1.2.398.3.3.2.6.2",
        serial=9,
        moment=NOW,
    )


def _as_ber(der: bytes) -> bytes:
    node = Node.at(der, 0, len(der))
    return bytes((node.tag, 0x80)) + node.content + b"\x00\x00"


def _key_store_seed() -> tuple[bytes, ...]:
    made = world("rsa-person").person
    sealed = (
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(1)
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .build(_PASSWORD.encode())
    )
    args = b"key", made.private, made.certificate, None, sealed
    return (pkcs12.serialize_key_and_certificates(*args),)


def _pem(der: bytes) -> bytes:
    return b"-----BEGIN CMS-----\n" + base64.encodebytes(der) + b"-----END CMS-----\n"


def _said(*objects: object) -> tuple[bytes, ...]:
    return tuple(json.dumps(each).encode() for each in objects)


def _ncalayer_seeds() -> tuple[bytes, ...]:
    pem = _pem(world().cms()).decode()
    return _said(
        {"result": {"version": "1.4"}},
        {"status": True, "body": {"result": [pem]}, "uuid": "1"},
        {"status": False, "code": "USER_CANCELLED", "message": "x", "details": "y"},
        {"code": "200", "responseObject": pem, "message": None},
        {"code": "200", "responseObject": ["AKKaztokenStore"]},
        {"code": "500", "message": "action.canceled"},
    )


def _egov_seeds() -> tuple[bytes, ...]:
    address = "https://sign.test/s?mgovSign"
    return (
        *_said(
            {"dataURL": address, "signURL": address, "eGovMobileLaunchLink": address},
            {"documentsToSign": [{"id": 1, "document": {"file": {"data": "MIAG"}}}]},
            {"message": "expired"},
        ),
        b"mobileSign:" + address.encode(),
    )


def _catalogue() -> bytes:
    return resources.path("trust", "kz-authorities.toml").read_bytes()


def _small_values() -> tuple[bytes, ...]:
    at = datetime(2026, 9, 1, tzinfo=UTC)
    values = w.integer(-5), w.utc_time(at), w.generalized_time(at), w.oid("2.999.1"), w.null()
    return (w.sequence(*values, w.set_of(values), w.bit_string(b"\x01"), w.boolean(True)),)


def _zone(octets: bytes) -> object:
    """Lines that a camera may have read, believed or refused by their rule."""
    lines = octets.decode("utf-8", "replace").split("\n")
    with suppress(MrzRefused):
        fields = parse_mrz(lines, NOW.date())
        find_personal_number(fields, lambda digits: Iin.parse(digits).checksum_ok)
        return fields.text == "\n".join(lines)
    return None


def _zone_seeds() -> tuple[bytes, ...]:
    return tuple("\n".join(each).encode() for each in (write_td1(_HOLDER), write_td3(_HOLDER)))


TARGETS = {
    "der": Target(lambda: (*_small_values(), world().person.der), _der),
    "ber": Target(lambda: (world().cms(), _as_ber(world().cms())), _ber),
    "certificate": Target(
        lambda: (world().person.der, world().authority.der, gost_world().person.der), _certificate
    ),
    "container": Target(_containers, _container),
    "list": Target(
        lambda: (
            make_crl(world().authority, [(5, None), (1 << 80, None)]),
            gost_crl(gost_world().authority, [(5, 1)]),
        ),
        _list,
    ),
    "answer": Target(lambda: (world().good(bytes(16)), gost_world().good(None)), _answer),
    "message": Target(lambda: (_stamped(), _as_ber(_stamped()), gost_world().cms()), _message),
    "judgement": Target(
        lambda: (_stamped(), add_archive_stamp(_stamped()), _pem(world().cms())), _judgement
    ),
    "time-stamp": Target(
        lambda: (_REQUEST.encode(), _response(), read_response(_response(), _REQUEST)),
        _time_stamp,
    ),
    "key-store": Target(_key_store_seed, _key_store),
    "armour": Target(lambda: (_pem(world().cms()), world().cms(), b"%PDF-1.7\n"), _armour),
    "ncalayer": Target(_ncalayer_seeds, _ncalayer),
    "egov": Target(_egov_seeds, _egov),
    "trust": Target(lambda: (world().root.der, b"AB:" * 31 + b"AB", _catalogue()), _trust),
    "chip": Target(
        lambda: (_document()[2], *_document()[1].values(), write_common_data([1, 2])), _chip
    ),
    "card": Target(card.seeds, card.run),
    "master-list": Target(lambda: (_document()[3],), _master_list),
    "zone": Target(
        lambda: tuple(
            "\n".join(each).encode() for each in (write_td1(_HOLDER), write_td3(_HOLDER))
        ),
        _zone,
    ),
    "evidence-pack": Target(lambda: (_kept()[0],), _pack),
}


if importlib.util.find_spec("lxml") is not None:  # the optional part `xml`
    TARGETS["xml"] = Target(_signed_xml, _xml)


@cache
def seeds_of(name: str) -> tuple[bytes, ...]:
    """Return the seeds of a target, the same octets throughout a process."""
    return TARGETS[name].seeds()


def attempt(target: Target, octets: bytes) -> bool:
    """Run a target; False when it refused with an error of this package; another is raised."""
    try:
        target.run(octets)
    except CryptoError:
        return False
    return True
