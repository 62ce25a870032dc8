"""How the OCSP responder is doing, told by what it answers."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from crypto.crl_store.catalogue import Catalogue
from crypto.crl_store.errors import CrlStoreUnusable
from crypto.crl_store.health import AddressHealth, Chance, HealthCode, Pace, code_of
from crypto.errors import CryptoError
from crypto.report.report import milliseconds
from crypto.revocation.ocsp import OcspResponse
from crypto.revocation.sources import FetchFailed

__all__ = ["ResponderHealth", "answer_code"]

_REMEMBERED_MS: Final = 60_000


def answer_code(untrusted: bytes) -> tuple[HealthCode, str]:
    """Tell what an answer means for the responder's health, and in what detail.

    Whether the answer itself is to be believed is judged where a certificate is.
    """
    if untrusted.lstrip().startswith(b"<"):
        return HealthCode.CAPTIVE_PORTAL, ""
    try:
        error = OcspResponse.parse(untrusted).error
    except CryptoError as malformed:
        return HealthCode.UNREADABLE, malformed.detail
    if error == "try_later":
        return HealthCode.TRY_LATER, ""
    return (HealthCode.RESPONDER_ERROR, error) if error else (HealthCode.ANSWERED, "")


class ResponderHealth:
    """Notes every exchange; writes it down when it changes, else once a minute.

    now  the wall clock, aware
    """

    def __init__(
        self, url: str, catalogue: Catalogue, now: Callable[[], datetime], chance: Chance
    ) -> None:
        self._url = url
        self._catalogue = catalogue
        self._now = now
        self._chance = chance
        self._last = AddressHealth(url)

    def noted(self, answer: bytes | None, failure: FetchFailed | None) -> None:
        """Take note of an answer or of why there was none; never raises."""
        code, detail = HealthCode.UNREACHABLE, ""
        if failure is not None:
            code, detail = code_of(failure), failure.detail
        elif answer is not None:
            code, detail = answer_code(answer)
        now_ms = milliseconds(self._now())
        before = self._last
        if code is HealthCode.ANSWERED:
            after = before.succeeded(code, now_ms, 0)
        else:
            after = before.failed(code, detail, now_ms, Pace(), self._chance)
        self._last = after
        changed = (before.code, before.detail) != (after.code, after.detail)
        if changed or now_ms - before.attempted_ms >= _REMEMBERED_MS:
            # A store that cannot be written must not cost a customer the answer.
            with suppress(CrlStoreUnusable):
                self._catalogue.note(self._url, after.members())
