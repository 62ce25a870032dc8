"""The trust and the revocation lists of a station: ends, ages, and what came of each address."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from crypto.asn1 import oids
from crypto.crl_store.health import AddressHealth
from crypto.path.trust import TrustStore
from crypto.x509.certificate import Certificate
from workstation.diagnosis.probe import (
    Probe,
    ProbeFact,
    ProbeFinding,
    ProbeKind,
    ProbeResult,
    ProbeState,
    conclude,
)
from workstation.rules.policy import Policy
from workstation.settings.settings import LoadedSettings
from workstation.trust.crl_coverage import CrlState, NeededCrl, needed_crls
from workstation.trust.list_life import find_short_bounds
from workstation.trust.revocation import Revocation
from workstation.trust.stores import station_timestamp_trust, station_trust

__all__ = ["WARNED_DAYS", "address_result", "trust_probes"]

WARNED_DAYS: Final = 60
_SHOWN_DIGITS: Final = 16

_Lists = Callable[[], tuple[Revocation, Policy]]


def trust_probes(
    loaded: LoadedSettings, lists: _Lists, now: Callable[[], datetime]
) -> tuple[Probe, ...]:
    """Return a probe of each certificate trusted and of each list needed; nothing is fetched.

    lists  the station's revocation and the policy in force
    """
    trust, stamping = station_trust(loaded), station_timestamp_trust(loaded)
    return (*_certificates(trust, stamping, now), *_lists(lists, now))


def _certificates(
    trust: TrustStore, stamping: TrustStore, now: Callable[[], datetime]
) -> Iterator[Probe]:
    own = dict.fromkeys((*trust.anchors, *trust.intermediates))
    for certificate in dict.fromkeys((*own, *stamping.anchors, *stamping.intermediates)):
        subject = _name(certificate)

        def run(
            _stopped: Callable[[], bool],
            certificate: Certificate = certificate,
            subject: str = subject,
        ) -> ProbeResult:
            return _judge(certificate, subject, now())

        yield Probe(ProbeKind.ANCHOR, subject, run)


def _name(certificate: Certificate) -> str:
    """Return a name that two certificates of one authority do not share."""
    common = certificate.subject.first(oids.COMMON_NAME)
    return f"{common} {certificate.sha256[:8]}".strip()


def _judge(certificate: Certificate, subject: str, now: datetime) -> ProbeResult:
    facts = (
        (ProbeFact.FINGERPRINT, certificate.sha256[:_SHOWN_DIGITS]),
        (ProbeFact.ENDS, certificate.not_after.date().isoformat()),
    )
    finding = ProbeFinding.FRESH
    if certificate.not_after < now:
        finding = ProbeFinding.ENDED
    elif certificate.not_after < now + timedelta(days=WARNED_DAYS):
        finding = ProbeFinding.ENDS_SOON
    # One that has ended still vouches for what was signed before: it is in nobody's way.
    state = ProbeState.WARN if finding is ProbeFinding.ENDED else None
    return conclude(ProbeKind.ANCHOR, subject, finding, *facts, state=state)


def _lists(lists: _Lists, now: Callable[[], datetime]) -> Iterator[Probe]:
    revocation, policy = lists()
    for needed in needed_crls(revocation, policy, now()):
        subject = f"{needed.authority} ({needed.issuer})" if needed.itself else needed.authority

        def run(
            _stopped: Callable[[], bool],
            wanted: NeededCrl = needed,
            subject: str = subject,
        ) -> ProbeResult:
            return _judge_list(lists, wanted, subject, now())

        yield Probe(ProbeKind.LIST, subject, run)
    for health in revocation.health():

        def look(_stopped: Callable[[], bool], url: str = health.url) -> ProbeResult:
            found = {each.url: each for each in lists()[0].health()}
            return address_result(found[url])

        yield Probe(ProbeKind.LIST, health.url, look)


def _judge_list(lists: _Lists, wanted: NeededCrl, subject: str, now: datetime) -> ProbeResult:
    revocation, policy = lists()
    needed = next(
        (
            each
            for each in needed_crls(revocation, policy, now)
            if (each.authority, each.itself) == (wanted.authority, wanted.itself)
        ),
        wanted,
    )
    held = [
        each
        for each in revocation.store.current()
        if each.issuer.first(oids.COMMON_NAME) == needed.issuer and each.base_number is None
    ]
    facts: list[tuple[ProbeFact, str]] = []
    for each in held[:1]:
        facts += [
            (ProbeFact.AGE, str((now - each.this_update) // timedelta(hours=1))),
            (ProbeFact.ENTRIES, str(each.entries)),
        ]
        if each.next_update is not None:
            facts.append((ProbeFact.NEXT_UPDATE, _minutes(each.next_update)))
    facts += [(ProbeFact.ADDRESS, each) for each in needed.addresses[:1]]
    short = {each.authority: each for each in find_short_bounds(revocation, policy)}
    if needed.good and needed.issuer in short:
        bound = (
            ProbeFact.EXPECTED,
            f"{short[needed.issuer].member} >= {short[needed.issuer].life_s}",
        )
        return conclude(ProbeKind.LIST, subject, ProbeFinding.SHORT_BOUND, *facts, bound)
    if needed.good:
        return conclude(ProbeKind.LIST, subject, ProbeFinding.FRESH, *facts)
    state = ProbeState.BAD if needed.itself else ProbeState.WARN
    missing = needed.state is CrlState.MISSING
    finding = ProbeFinding.NOT_THERE if missing else ProbeFinding.STALE
    found = conclude(ProbeKind.LIST, subject, finding, *facts, state=state)
    return _advise(found)


def _advise(found: ProbeResult) -> ProbeResult:
    return replace(found, next_step=f"probe_next.{ProbeFinding.STALE.value}")


def address_result(health: AddressHealth) -> ProbeResult:
    """Return what is known of an address from which lists or answers come."""
    facts = [(ProbeFact.LAST_OUTCOME, health.code.value)]
    if health.attempted_ms:
        attempted = datetime.fromtimestamp(health.attempted_ms / 1000, UTC)
        facts.append((ProbeFact.LAST_ATTEMPT, _minutes(attempted)))
    if health.entries:
        facts.append((ProbeFact.ENTRIES, str(health.entries)))
    if health.good:
        return conclude(ProbeKind.LIST, health.url, ProbeFinding.FRESH, *facts)
    return _advise(
        conclude(ProbeKind.LIST, health.url, ProbeFinding.STALE, *facts, state=ProbeState.WARN)
    )


def _minutes(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
