import random

import pytest

from crypto.asn1 import oids
from crypto.asn1.der import DerError
from crypto.x509.certificate import _READERS
from crypto.x509.extensions import Extension
from crypto.x509.names import Name
from crypto.x509.usual_extensions import read_usual
from tests.conformance.paths import writing as x

ISSUER = Name(b"", ())
URI = "http://crl.pki.gov.kz/nca_gost_2022.crl"
USUAL = {
    "no CA": (oids.BASIC_CONSTRAINTS, "3000"),
    "CA": (oids.BASIC_CONSTRAINTS, "30030101ff"),
    "CA of signers": (oids.BASIC_CONSTRAINTS, "30060101ff020100"),
    "CA of one CA": (oids.BASIC_CONSTRAINTS, "30060101ff020101"),
    "signer": (oids.KEY_USAGE, "030206c0"),
    "authority": (oids.KEY_USAGE, "03020106"),
    "key": (oids.SUBJECT_KEY_IDENTIFIER, "0414" + "5a" * 20),
    "key of no octet": (oids.SUBJECT_KEY_IDENTIFIER, "0400"),
    "issuer": (oids.AUTHORITY_KEY_IDENTIFIER, "30168014" + "5a" * 20),
    "point": (oids.CRL_DISTRIBUTION_POINTS, None),
}


def value_of(kind):
    oid, octets = USUAL[kind]
    if octets is not None:
        return oid, bytes.fromhex(octets)
    found = x.points(URI)
    return oid, found[found.index(b"\x30", 2) :]


def read_generally(oid, value):
    try:
        return _READERS[oid][1](Extension(oid, critical=False, value=value).root(), ISSUER)
    except DerError:
        return None


@pytest.mark.parametrize("kind", USUAL)
def test_the_usual_shape_is_read_as_the_general_reader_reads_it(kind):
    oid, value = value_of(kind)
    found = read_usual(oid, value)
    assert found is not None
    assert found == read_generally(oid, value)


@pytest.mark.parametrize("kind", USUAL)
def test_a_changed_one_is_read_the_same_or_left_to_the_general_reader(kind):
    oid, value = value_of(kind)
    chance = random.Random(5280)
    changed = [value[:n] for n in range(len(value))] + [value + b"\x00", b""]
    for place in range(len(value)):
        octets = range(256) if len(value) < 10 else chance.sample(range(256), 40)
        changed += [value[:place] + bytes((octet,)) + value[place + 1 :] for octet in octets]
    for each in changed:
        found = read_usual(oid, each)
        assert found is None or found == read_generally(oid, each), each.hex()


def test_every_keyusage_of_one_octet_is_read_as_the_general_reader_reads_it():
    for unused in range(16):
        for bits in range(256):
            value = bytes((3, 2, unused, bits))
            assert read_usual(oids.KEY_USAGE, value) == read_generally(oids.KEY_USAGE, value)


def test_another_extension_is_not_read():
    assert read_usual(oids.SUBJECT_ALT_NAME, b"\x30\x00") is None
