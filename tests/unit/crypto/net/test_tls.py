"""The authorities that a service's TLS must end in: read whatever else happened in the thread."""

import _ssl
import ctypes

import pytest

from crypto.net.tls import AnchorsRefused, pinned_context
from tests.support.pki.certificates import world

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
