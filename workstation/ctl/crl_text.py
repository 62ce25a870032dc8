"""What `crl` and `ocsp` say about lists and addresses: an outcome in words, and what to do next."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from crypto.crl_store.health import HealthCode
from workstation.documents.texts import Texts
from workstation.trust.crl_coverage import CrlState, NeededCrl

__all__ = [
    "advise_on_list",
    "advise_on_missing",
    "advise_on_outcome",
    "name_outcome",
    "name_reason",
]

_LISTS: Final[Mapping[CrlState, str]] = MappingProxyType(
    {
        CrlState.TOO_OLD: "crl_next.renew",
        CrlState.STALE: "crl_next.renew",
        CrlState.FROM_THE_FUTURE: "crl_next.from_the_future",
        CrlState.KEY_REFUSED: "crl_next.key_refused",
        CrlState.NO_BASE_LIST: "crl_next.no_base_list",
        CrlState.NOT_TRUSTED: "crl_next.issuer_not_trusted",
    }
)
_OUTCOMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        HealthCode.NEVER: "ask",
        HealthCode.UNREACHABLE: "network",
        HealthCode.TIMED_OUT: "network",
        HealthCode.NOT_CONFIGURED: "address",
        HealthCode.NOT_FOUND: "moved",
        HealthCode.REDIRECTED: "portal",
        HealthCode.HTTP_ERROR: "later",
        HealthCode.EMPTY: "later",
        HealthCode.CAPTIVE_PORTAL: "portal",
        HealthCode.TOO_LARGE: "security",
        HealthCode.TRUNCATED: "again",
        HealthCode.NOT_A_LIST: "again",
        HealthCode.FOREIGN: "trust",
        HealthCode.OLDER: "keep",
        HealthCode.STALE: "later",
        HealthCode.REFUSED: "security",
        HealthCode.IMPORT_FAILED: "resources",
        HealthCode.TRY_LATER: "later",
        HealthCode.RESPONDER_ERROR: "later",
        HealthCode.UNREADABLE: "portal",
        HealthCode.STORE_UNUSABLE: "store",
        "wrong_file_kind": "file",
        "nothing_found": "file",
    }
)
"""What is to be done after an outcome that brought nothing."""

_FILES: Final[Mapping[str, str]] = MappingProxyType(
    {HealthCode.STALE: "newer_file", HealthCode.FOREIGN: "trust_file", HealthCode.EMPTY: "again"}
)
"""The same of a file that somebody brought, where that is something else than of an address."""

_SELF_EVIDENT: Final = frozenset(
    {HealthCode.STALE, HealthCode.OLDER, HealthCode.FOREIGN, HealthCode.TRUNCATED, HealthCode.EMPTY}
)
"""Outcomes whose detail would say the same once more."""

_DETAILS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gaierror": "name",
        "ThisMachineRefused": "this_machine",
        "from_the_future": "clock",
    }
)
"""Details that call for something else than their outcome does."""

_DONE: Final = frozenset(
    {HealthCode.UPDATED, HealthCode.UNCHANGED, HealthCode.ANSWERED, "stored", "not_needed"}
)
"""Outcomes after which nothing is to be done."""

_TLS: Final = frozenset(
    {"SSLError", "SSLCertVerificationError", "SSLEOFError", "SSLZeroReturnError"}
)
_HTTP: Final = "http_"


def advise_on_list(texts: Texts, state: CrlState) -> str:
    """Say what to do about a list that is held; empty when it is in force."""
    code = _LISTS.get(state)
    return texts.tr(code) if code else ""


def advise_on_missing(texts: Texts, needed: NeededCrl) -> str:
    """Say what a list that is not there keeps from working, and where it is to be had."""
    kind = "crl_next.missing_about" if needed.itself else "crl_next.missing_own"
    lost = texts.tr(kind, authority=needed.authority)
    where = needed.addresses[0] if needed.addresses else ""
    if not where:
        return f"{lost} {texts.tr('crl_next.find_address')}"
    code = "crl_next.fetch" if needed.configured else "crl_next.add_address"
    return f"{lost} {texts.tr(code, where=where)}"


def name_outcome(texts: Texts, code: str, detail: str) -> str:
    """Word what became of an attempt, with its reason where that has words."""
    outcome = f"crl_outcome.{code}"
    named = texts.tr(outcome if texts.has(outcome) else "crl_outcome.other")
    why = "" if code in _SELF_EVIDENT else name_reason(texts, detail)
    return f"{named}: {why}" if why else named


def name_reason(texts: Texts, detail: str) -> str:
    """Word a detail of an attempt; empty where it says nothing to a person."""
    reason = detail.split(":", maxsplit=1)[0]
    if reason.startswith(_HTTP):
        return f"HTTP {reason.removeprefix(_HTTP)}"
    own = "crl_detail.tls" if reason in _TLS else f"crl_detail.{reason}"
    code = texts.find((own, f"evidence_reason.{reason}"))
    return texts.tr(code) if code else ""


def advise_on_outcome(
    texts: Texts, code: str, detail: str, *, responder: bool = False, brought: bool = False
) -> str:
    """Say what to do after an attempt; empty when it brought what was asked for.

    responder  the address is that of the OCSP service, which no `crl update` asks
    brought    it was a file that somebody brought, no address
    """
    todo = _DETAILS.get(detail.split(":", maxsplit=1)[0]) or _OUTCOMES.get(code, "")
    if brought:
        todo = _FILES.get(code, todo)
    if todo == "ask" and responder:
        todo = "ask_responder"
    if not todo and code not in _DONE:
        todo = "later"
    return texts.tr(f"crl_do.{todo}") if todo else ""
