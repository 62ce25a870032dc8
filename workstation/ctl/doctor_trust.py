"""What `doctor` says of certificates of the trust that have ended, and of lists that it lacks."""

from collections.abc import Iterator
from datetime import datetime

from crypto.asn1 import oids
from crypto.errors import CryptoError
from crypto.path.trust import TrustStore
from workstation.ctl.trust_text import describe_validity
from workstation.errors import WorkstationError
from workstation.settings.settings import LoadedSettings
from workstation.settings.trust import RevocationSettings
from workstation.trust.crl_coverage import CrlState, NeededCrl
from workstation.trust.stores import station_timestamp_trust, station_trust

__all__ = ["check_issuers", "check_trust_validity", "describe_gap"]


def check_trust_validity(
    loaded: RevocationSettings, now: datetime
) -> Iterator[tuple[str, str, str]]:
    """Yield name, state (warning, bad) and what was seen of each certificate that is not valid.

    One that has ended still vouches for what was proven to be signed before, so it is a warning;
    where no root is left for signatures of today, nothing can be approved.
    """
    try:
        trust, stamping = station_trust(loaded), station_timestamp_trust(loaded)
    except (WorkstationError, CryptoError):
        # Told by another check, under the name of what is wrong.
        return
    yield from _check_store(trust, now, "signatures")
    # Two stores of the same certificates may differ in who may issue.
    own = (stamping.anchors, stamping.intermediates) != (trust.anchors, trust.intermediates)
    if own:
        yield from _check_store(stamping, now, "time-stamps")


def _check_store(store: TrustStore, now: datetime, use: str) -> Iterator[tuple[str, str, str]]:
    states = {
        each: describe_validity(each.not_before, each.not_after, now)
        for each in (*store.anchors, *store.intermediates)
    }
    if not any(states[each] in {"valid", "expires_soon"} for each in store.anchors):
        lost = f"no root for {use} is valid today: none can pass"
        yield "trust", "bad", f"{lost}; `trust list --known` names those to import"
    for each, state in states.items():
        name = each.subject.first(oids.COMMON_NAME) or each.sha256[:16]
        if state == "expired":
            said = f"expired {each.not_after.date()}: no {use} of today pass under it"
        elif state == "expires_soon":
            said = f"ends {each.not_after.date()}"
        elif state == "not_yet_valid":
            said = f"begins {each.not_before.date()}; is the clock right?"
        else:
            continue
        advice = "" if state == "not_yet_valid" else "; import the one that follows it"
        yield "trust", "warning", f"{name}: {said}{advice}"


def check_issuers(loaded: LoadedSettings) -> Iterator[tuple[str, str, str]]:
    """Yield name, state and what was seen of authorities that certify nobody here.

    A CA of the bank's own counts only where `signer_issuers` names it: one that was imported before
    there was such a member leaves all its holders refused.
    """
    try:
        trust = station_trust(loaded)
    except (WorkstationError, CryptoError):
        return
    issuers = trust.issuers or frozenset()
    remedy = "`trust import FILE --fingerprint SHA-256 --issues signers`"
    if not any(c.key_sha256 in issuers for c in (*trust.anchors, *trust.intermediates)):
        lost = "no authority here may certify signers: nobody can be approved"
        yield "trust", "bad", f"{lost}; {remedy} for the bank's own"
    for each in trust.intermediates:
        if each.key_sha256 not in issuers:
            name = each.subject.first(oids.COMMON_NAME) or each.sha256[:16]
            yield "trust", "warning", f"{name}: none of its signers' keys counts; {remedy}"


def describe_gap(needed: NeededCrl) -> str:
    """Say which list is not there, of whom, and what to do."""
    about = "whether it is revoked" if needed.itself else "which of its certificates are revoked"
    lacking = {
        CrlState.MISSING: f"no list says {about}",
        CrlState.STALE: f"the list that says {about} is out of date",
        CrlState.TOO_OLD: f"the list that says {about} is older than the policy allows",
        CrlState.FROM_THE_FUTURE: f"the list that says {about} is from the future; is the clock?",
    }.get(needed.state, f"the list that says {about} cannot be relied on ({needed.state.value})")
    by = f", signed by {needed.issuer}" if needed.itself else ""
    return f"{needed.authority}: {lacking}{by}; {_remedy(needed)}"


def _remedy(needed: NeededCrl) -> str:
    where = " or ".join(needed.addresses)
    if not where:
        fetched = "no address is known: put it into crl_urls if it is not there, `crl update`"
        return f"{fetched}, or bring the file and `crl import` it"
    bring = "or bring the file from there and `crl import` it"
    if needed.configured:
        return f"{where}: `crl update`, {bring}"
    return f"{where} is not in crl_urls: add it and `crl update`, {bring}"
