"""Whether a service that was named answers at all: nothing about anybody is asked of it."""

from collections.abc import Sequence
from typing import Final

from crypto.net.connection import Dialling
from crypto.net.exchange import ExchangeFailed, ExchangeLimits, Request, exchange
from crypto.net.tls import AnchorsRefused, pinned_context
from crypto.net.url import HttpUrl, UrlRefused

__all__ = ["reach"]

_SECONDS: Final = 5.0
_OCTETS: Final = 65_536


def reach(url: str, anchors: Sequence[bytes], *, here: bool = False) -> str:
    """Return why a service does not answer, empty where it does, whatever it answers.

    anchors  DER certificates that the TLS chain of an https address has to end in
    here     whether it may be this machine: NCALayer is
    Codes: those of `Failure`, `address`, `anchors`.
    """
    try:
        address = HttpUrl.parse(url)
        tls = pinned_context(tuple(anchors)) if address.secure else None
    except UrlRefused:
        return "address"
    except AnchorsRefused:
        return "anchors"
    limits = ExchangeLimits.within(_SECONDS, body_octets=_OCTETS)
    try:
        request = Request("GET", address, {}, None)
        with exchange(request, limits, dialling=Dialling(this_machine=here), tls=tls):
            return ""
    except ExchangeFailed as failed:
        return "foreign" if failed.is_foreign else failed.failure.value
