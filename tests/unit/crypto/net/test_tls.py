"""The authorities that a service's TLS must end in: read whatever else happened in the thread."""

import _ssl
import ctypes

import pytest

from crypto.net.connection import ANY_MACHINE
from crypto.net.exchange import ExchangeFailed, ExchangeLimits, Request, exchange
from crypto.net.tls import AnchorsRefused, ClientIdentity, IdentityRefused, pinned_context
from crypto.net.url import HttpUrl
from tests.support.pki.certificates import world
from tests.support.pki.mutual_tls import MutualTls

ERR_LIB_ENGINE, NO_SUCH_ENGINE = 38, 116
TLS_ROOT = world().root.der


@pytest.fixture
def stale_error():
    """Leave an error in OpenSSL's queue, as a token's driver of the same process does."""
    try:
        crypto = ctypes.CDLL(_ssl.__file__)
        new, told = crypto.ERR_new, crypto.ERR_set_error
    except (AttributeError, OSError):
        pytest.skip("the OpenSSL of Python cannot be reached here")
    new()
    told(ERR_LIB_ENGINE, NO_SUCH_ENGINE, None)
    yield
    crypto.ERR_clear_error()


@pytest.mark.usefixtures("stale_error")
def test_an_error_that_another_library_left_behind_refuses_no_good_certificate():
    assert len(pinned_context((TLS_ROOT, TLS_ROOT)).get_ca_certs()) == 1


@pytest.mark.parametrize("anchors", [(), (b"junk",), (b"",), (TLS_ROOT, TLS_ROOT[:-1])])
def test_what_is_no_certificate_is_refused(anchors):
    with pytest.raises(AnchorsRefused):
        pinned_context(anchors)


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    return MutualTls.make(tmp_path_factory.mktemp("bank"))


def fetch(bank, identity):
    """Return what a server that asks for a certificate answers this client."""
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    with bank.server(lambda _request: whole) as url:
        request = Request("POST", HttpUrl.parse(url), body=b"{}")
        limits = ExchangeLimits.within(5, body_octets=100)
        tls = pinned_context((bank.anchor,), identity)
        with exchange(request, limits, dialling=ANY_MACHINE, tls=tls) as response:
            return response.read()


def test_a_server_that_asks_who_this_is_is_shown_the_certificate(bank):
    assert fetch(bank, bank.identity("ws-07")) == b"{}"


def test_without_a_certificate_or_with_another_authoritys_such_a_server_says_nothing(
    bank, tmp_path
):
    for stranger in (None, MutualTls.make(tmp_path).identity("ws-07")):
        with pytest.raises(ExchangeFailed):
            fetch(bank, stranger)


def test_a_key_that_is_encrypted_missing_or_another_certificates_is_refused(bank):
    good, other = bank.identity("ws-07"), bank.identity("ws-08")
    for identity in (
        bank.identity("sealed", secret=b"secret"),
        ClientIdentity(good.certificate, good.key.with_name("gone")),
        ClientIdentity(good.certificate, other.key),
        ClientIdentity(good.key, good.key),
    ):
        with pytest.raises(IdentityRefused):
            pinned_context((bank.anchor,), identity)
