"""Where no chain is found the report names the issuer that is missing, as far as it got."""

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from crypto.path.known_authorities import known_authorities
from crypto.report.report import Indication
from crypto.x509.names import describe_name
from tests.support.pki.certificates import (
    CONTENT,
    IIN,
    NOW,
    PERSON_EXTENSIONS,
    ca_name,
    issue,
    person_name,
    trust_of,
    world,
)
from workstation.documents.report_text import report_lines
from workstation.documents.texts import Texts

W = world()
OTHER_ROOT = issue(ca_name("OTHER ROOT"), "other-root", None, (), serial=7)
SELF_SIGNED = issue(person_name(), "self-signed", None, PERSON_EXTENSIONS, serial=71)


def judge(cms, trust):
    validator = W.validator(trust=trust)
    return validator.validate(cms, expected_content=CONTENT, expected_iin=IIN, moment=NOW)


def key_id(holder):
    return holder.parsed.subject_key_id.hex()


def test_the_issuer_of_the_signers_certificate_is_named():
    report = judge(W.cms(), trust_of(OTHER_ROOT))
    assert report.reason == "signature.no_chain"
    assert report.missing_issuer.name == "CN=NCA TEST, C=KZ"
    assert report.missing_issuer.key_id == key_id(W.authority)
    assert report.missing_issuer.own is False


def test_a_centre_that_came_along_moves_the_question_up():
    report = judge(W.cms(), trust_of(OTHER_ROOT, intermediates=[W.authority]))
    assert report.missing_issuer.name == "CN=ROOT TEST, C=KZ"
    assert report.missing_issuer.key_id == key_id(W.root)


def test_a_namesake_of_the_centre_is_not_the_centre():
    namesake = issue(ca_name("NCA TEST"), "other-authority", OTHER_ROOT, (), serial=9)
    report = judge(W.cms(), trust_of(OTHER_ROOT, intermediates=[namesake]))
    assert report.indication is Indication.INDETERMINATE
    assert report.missing_issuer.key_id == key_id(W.authority)


def test_a_certificate_that_signed_itself_is_called_so():
    report = judge(W.cms(holder=SELF_SIGNED), trust_of(OTHER_ROOT))
    assert report.missing_issuer.own is True


def test_nothing_is_missing_where_a_chain_was_found():
    assert W.report().missing_issuer is None
    assert W.report().to_json()["missing_issuer"] is None


@pytest.mark.filterwarnings("ignore:Attribute's length")
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_printed_report_names_it_and_what_it_may_be(language):
    texts = Texts(language)
    name = "НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST) 2022"
    known = issue(long_name(name), "a-known-name", None, (), serial=8)
    person = issue(person_name(), "person", known, PERSON_EXTENSIONS, serial=81)
    lines = list(report_lines(judge(W.cms(holder=person), trust_of(OTHER_ROOT)), texts))
    line = next(each for each in lines if name in each)
    assert texts.tr("missing_issuer.of") in line
    assert key_id(known) in line
    assert "prod:root_gost_2022" in line


def test_the_catalogue_knows_names_by_words():
    catalogue = known_authorities()
    assert catalogue.find_named("CN=KASPI CA 2024, O=АО Kaspi Bank, C=KZ") == ("Kaspi",)
    assert catalogue.find_named("CN=Sberbank") == ()
    assert catalogue.find_named("") == ()


def test_a_name_is_described_within_bounds():
    assert describe_name(ca_name_of("x" * 900)) == "CN=" + "x" * 297


def long_name(common):
    """НУЦ's names are longer than RFC 5280 allows: the builder is told not to look."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common, _validate=False)])


def ca_name_of(common):
    from crypto.asn1 import oids
    from crypto.asn1 import writer as w
    from crypto.asn1.der import Node
    from crypto.x509.names import Name

    pair = w.sequence(w.oid(oids.COMMON_NAME), w.tlv(0x0C, common.encode()))
    raw = w.sequence(w.tlv(0x31, pair))
    return Name.read(Node.at(raw, 0, len(raw)))
