"""Published keys come into the sandbox by file; a customer's own key never does."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.support.pki.key_stores import KeyStore
from tests.support.station.sandbox import MOMENT
from workstation.sandbox.keystore.sample_key import SampleKey
from workstation.sandbox.people import CustomerKey, Family
from workstation.sandbox.pki import issuance
from workstation.sandbox.pki.key_store_errors import (
    KeyStoreDamaged,
    KeyStorePassword,
    KeyStoreUnsupported,
)
from workstation.sandbox.pki.private_keys import write_private_key


def stored(tmp_path, credential, password="Qwerty12"):
    path = tmp_path / "key.p12"
    key = write_private_key(credential.key)
    path.write_bytes(KeyStore(key, credential.der, password=password).written())
    return path


@pytest.fixture(scope="module")
def nobody():
    """A credential whose holder has no ИИН, as an information system."""
    return issuance.issue_root("SANDBOX nobody", Family.GOST2015, MOMENT)


@pytest.mark.parametrize("password", ["Qwerty12", "Aa123456"])
def test_a_key_under_a_published_password_comes_with_its_authorities(
    tmp_path, sandbox, nobody, password
):
    gost = sandbox.pki.hierarchies[Family.GOST2015]
    (tmp_path / "root.cer").write_bytes(gost.root.der)
    (tmp_path / "nca.pem").write_bytes(gost.nca.certificate.public_bytes(Encoding.PEM))
    sample = SampleKey.read(
        stored(tmp_path, nobody, password), [tmp_path / "root.cer", tmp_path / "nca.pem"], []
    )
    assert sample.credential.der == nobody.der
    assert (sample.roots, sample.intermediates) == ((gost.root.der,), (gost.nca.der,))


def test_another_password_is_neither_asked_for_nor_tried(tmp_path, nobody):
    with pytest.raises(KeyStorePassword) as refused:
        SampleKey.read(stored(tmp_path, nobody, "my own secret"), [], [])
    assert refused.value.detail == "not_published"


def test_a_key_whose_holder_could_be_a_person_is_refused(tmp_path, sandbox):
    customer = sandbox.pki.customers[CustomerKey.GOOD]
    with pytest.raises(KeyStoreUnsupported) as refused:
        SampleKey.read(stored(tmp_path, customer), [], [])
    assert refused.value.detail == "not_a_sample"


def test_a_file_of_any_size_is_not_read_whole(tmp_path):
    large = tmp_path / "large.p12"
    large.write_bytes(b"\x30" * ((4 << 20) + 2))
    with pytest.raises(KeyStoreDamaged) as refused:
        SampleKey.read(large, [], [])
    assert refused.value.detail == "too_large"
