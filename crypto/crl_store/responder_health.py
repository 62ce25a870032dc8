"""How the OCSP responder is doing, by what it answers."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from crypto.crl_store.catalogue import Catalogue
from crypto.crl_store.errors import CrlStoreUnusable
from crypto.crl_store.health import AddressHealth, Chance, HealthCode, Pace, classify_failure
from crypto.errors import CryptoError
from crypto.report.report import milliseconds
from crypto.revocation.ocsp import OcspResponse
from crypto.revocation.sources import FetchFailed

__all__ = ["ResponderHealth", "classify_answer"]

_SAVED_EVERY_MS: Final = 60_000


def classify_answer(untrusted: bytes) -> tuple[HealthCode, str]:
    """Return what an answer means for the responder's health, and in what detail.

    The answer's signature is verified where a certificate is validated.
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
    """Records every exchange; saves the health when it changes, else once a minute.

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

    def record(self, answer: bytes | None, failure: FetchFailed | None) -> None:
        """Record an answer, or why there was none; never raises."""
        code, detail = HealthCode.UNREACHABLE, ""
        if failure is not None:
            code, detail = classify_failure(failure), failure.detail
        elif answer is not None:
            code, detail = classify_answer(answer)
        now_ms = milliseconds(self._now())
        before = self._last
        if code is HealthCode.ANSWERED:
            after = before.record_success(code, now_ms, 0)
        else:
            after = before.record_failure(code, detail, now_ms, Pace(), self._chance)
        self._last = after
        changed = (before.code, before.detail) != (after.code, after.detail)
        if changed or now_ms - before.attempted_ms >= _SAVED_EVERY_MS:
            # A store that cannot be written must not cost a customer the answer.
            with suppress(CrlStoreUnusable):
                self._catalogue.save_health(self._url, after.members())
