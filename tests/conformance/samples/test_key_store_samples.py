"""Published key stores of НУЦ РК's SDK: each opens, and each key is the certificate's (d·G = Q)."""

import re

import pytest

from crypto.gost.private_key import GostKind, GostPrivateKey
from crypto.x509.certificate import Certificate
from workstation.sandbox.keystore.pkcs12 import open_pkcs12
from workstation.sandbox.pki.key_store_errors import KeyStorePassword
from workstation.sandbox.pki.private_keys import RsaSigningKey, belongs_to

_ENTRY = re.compile(r"^- \*\*(p12/[^*]+\.p12)\*\*.*?password: (\S+) \|", re.MULTILINE | re.DOTALL)
KINDS = {
    "gost2004": GostKind.GOST34310_2004,
    "gost2004tumarblob": GostKind.GOST34310_2004,
    "gost2015": GostKind.GOST3410_2015_512,
}


@pytest.fixture
def key_stores(samples):
    """Path under the samples to (octets, password), as the index of the samples says."""
    eds = samples / "eds"
    entries = _ENTRY.findall((eds / "INDEX.md").read_text(encoding="utf-8"))
    return {name: ((eds / name).read_bytes(), password) for name, password in entries}


def test_every_published_key_store_opens_and_its_key_is_its_certificates(key_stores):
    assert len(key_stores) == 44
    for name, (octets, password) in key_stores.items():
        key, certificate = open_pkcs12(octets, password)
        family = name.removeprefix("p12/").split("_", 1)[0]
        assert belongs_to(key, Certificate.parse(certificate).key), name
        if family == "rsa":
            assert isinstance(key, RsaSigningKey), name
        else:
            assert isinstance(key, GostPrivateKey), name
            assert key.kind is KINDS[family], name


def test_with_another_password_none_opens_and_each_says_so(key_stores):
    for octets, password in key_stores.values():
        with pytest.raises(KeyStorePassword):
            open_pkcs12(octets, password + "!")
