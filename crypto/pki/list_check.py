"""Status of a certificate by revocation lists (RFC 5280 6.3): full lists with their deltas.

A list counts when the certificate's own issuer issued and signed it, it is in force, it is not
older than the policy allows, it covers this certificate, and nothing in it is unknown and
critical. Not finding a serial number in a list that does not count says nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crypto.errors import CryptoError
from crypto.pki.algorithms import AlgorithmRegistry, KeyPolicy, Outcome
from crypto.pki.certificate import Certificate
from crypto.pki.crl import RevocationList, RevokedEntry
from crypto.pki.extensions import DistributionPoint, KeyUsage
from crypto.pki.report import EvidenceItem, EvidenceKind, milliseconds
from crypto.pki.sources import RevocationSources
from crypto.pki.verdict import RevocationStatus, RevocationVerdict

__all__ = ["Judging", "judge_by_lists", "judge_by_sources"]

_ALL_REASONS = frozenset(range(1, 9))
_HOLD = 6
_REMOVED = 8


@dataclass(frozen=True, slots=True)
class Judging:
    """What every revocation judgement needs: the moment, tolerances and the algorithms."""

    moment: datetime
    registry: AlgorithmRegistry
    keys: KeyPolicy
    clock_tolerance: timedelta


@dataclass(frozen=True, slots=True)
class _Question:
    """One certificate, who issued it, and how old a list may be."""

    certificate: Certificate
    issuer: Certificate
    judging: Judging
    max_age: timedelta


@dataclass(slots=True)
class _Tally:
    """What the lists said so far."""

    evidence: list[EvidenceItem] = field(default_factory=list)
    covered: frozenset[int] = frozenset()
    revoked: RevokedEntry | None = None
    reasons: list[str] = field(default_factory=list)

    def note(self, source: str, item: RevocationList, reason: str, *, used: bool) -> None:
        at = milliseconds(item.this_update)
        self.evidence.append(EvidenceItem(EvidenceKind.CRL, source, item.sha256, at, used, reason))
        if not used:
            self.reasons.append(reason)


def judge_by_sources(
    certificate: Certificate,
    issuer: Certificate,
    sources: RevocationSources,
    judging: Judging,
    max_age: timedelta,
) -> RevocationVerdict:
    """Judge by the lists at hand; a store that fails is a list that is missing."""
    try:
        lists = sources.lists(issuer)
    except CryptoError as unusable:
        return RevocationVerdict(RevocationStatus.NOT_ESTABLISHED, unusable.code, None, None, ())
    return judge_by_lists(certificate, issuer, lists, judging, max_age)


def judge_by_lists(
    certificate: Certificate,
    issuer: Certificate,
    lists: Iterable[tuple[str, RevocationList]],
    judging: Judging,
    max_age: timedelta,
) -> RevocationVerdict:
    """Judge one certificate; every list is accounted for in the evidence."""
    at_hand = list(lists)
    tally = _Tally()
    question = _Question(certificate, issuer, judging, max_age)
    for source, item in at_hand:
        if item.base_number is None:
            _count_full(tally, source, item, at_hand, question)
    _note_idle_deltas(tally, at_hand)
    evidence = tuple(tally.evidence)
    if tally.revoked is not None:
        entry = tally.revoked
        return RevocationVerdict(
            RevocationStatus.REVOKED, "revoked", entry.revoked_at, entry.reason, evidence
        )
    if tally.covered >= _ALL_REASONS:
        return RevocationVerdict(RevocationStatus.GOOD, "good", None, None, evidence)
    reason = tally.reasons[0] if tally.reasons else "no_list"
    return RevocationVerdict(RevocationStatus.NOT_ESTABLISHED, reason, None, None, evidence)


def _count_full(
    tally: _Tally,
    source: str,
    item: RevocationList,
    at_hand: list[tuple[str, RevocationList]],
    question: _Question,
) -> None:
    refusal = list_refusal(item, question.issuer, question.judging)
    reasons = _scope_reasons(item, question.certificate)
    if not refusal and not reasons:
        refusal = "other_scope"
    if refusal:
        tally.note(source, item, refusal, used=False)
        return
    try:
        entry = item.find(question.certificate.serial, question.certificate.issuer)
    except CryptoError as malformed:
        tally.note(source, item, f"entries:{malformed.detail}", used=False)
        return
    late = freshness_refusal(item, question.judging, question.max_age)
    if late:
        # An old list can no longer say "good"; a revocation other than a hold is final.
        if entry is not None and entry.reason != _HOLD:
            tally.revoked = entry
            tally.note(source, item, "revoked_in_old_list", used=True)
        else:
            tally.note(source, item, late, used=False)
        return
    tally.note(source, item, "counted", used=True)
    for where, delta in at_hand:
        if delta.base_number is not None:
            entry = _apply(tally, where, delta, item, entry, question)
    if entry is not None:
        tally.revoked = entry
    tally.covered |= reasons


def _apply(
    tally: _Tally,
    source: str,
    delta: RevocationList,
    base: RevocationList,
    entry: RevokedEntry | None,
    question: _Question,
) -> RevokedEntry | None:
    refusal = (
        list_refusal(delta, question.issuer, question.judging)
        or ("other_scope" if delta.scope != base.scope else "")
        or ("" if _amends(delta, base) else "delta_of_another_list")
        or freshness_refusal(delta, question.judging, question.max_age)
    )
    if refusal:
        tally.note(source, delta, refusal, used=False)
        return entry
    try:
        found = delta.find(question.certificate.serial, question.certificate.issuer)
    except CryptoError as malformed:
        tally.note(source, delta, f"entries:{malformed.detail}", used=False)
        return entry
    tally.note(source, delta, "counted", used=True)
    if found is None:
        return entry
    return None if found.reason == _REMOVED else found


def _amends(delta: RevocationList, base: RevocationList) -> bool:
    """RFC 5280 5.2.4: base number of the delta <= number of the full list < number of the delta."""
    if delta.base_number is None or delta.number is None or base.number is None:
        return False
    return delta.base_number <= base.number < delta.number


def _note_idle_deltas(tally: _Tally, at_hand: list[tuple[str, RevocationList]]) -> None:
    seen = {item.sha256 for item in tally.evidence}
    for source, item in at_hand:
        if item.base_number is not None and item.sha256 not in seen:
            tally.note(source, item, "no_base_list", used=False)


def list_refusal(item: RevocationList, issuer: Certificate, judging: Judging) -> str:
    """Say why a list is not one of this issuer, in force in form and signature; empty if it is."""
    if item.issuer != issuer.subject:
        return "other_issuer"
    if item.defect:
        return item.defect
    if not issuer.allows(KeyUsage.CRL_SIGN):
        return "no_crl_signing"
    check = item.verify(issuer, judging.registry, judging.keys)
    if check.outcome is not Outcome.VALID:
        return check.outcome.value
    return ""


def freshness_refusal(item: RevocationList, judging: Judging, max_age: timedelta) -> str:
    """Say why a list is not of this time; empty if it is."""
    if item.this_update > judging.moment + judging.clock_tolerance:
        return "from_the_future"
    if item.next_update is None:
        return "no_next_update"
    if judging.moment > item.next_update:
        return "stale"
    if judging.moment - item.this_update > max_age:
        return "too_old"
    return ""


def _scope_reasons(item: RevocationList, certificate: Certificate) -> frozenset[int]:
    """Return the reasons a list covers for this certificate (6.3.3 b, c, d); empty: none."""
    scope = item.scope
    constraints = certificate.basic_constraints
    is_ca = constraints is not None and constraints.ca
    if (scope.user_only and is_ca) or (scope.ca_only and not is_ca) or scope.attribute_only:
        return frozenset()
    reasons = _ALL_REASONS if scope.reasons is None else scope.reasons & _ALL_REASONS
    if not scope.names:
        return reasons
    stated: frozenset[int] = frozenset()
    for point in certificate.distribution_points:
        if _point_matches(point, item):
            stated |= reasons if point.reasons is None else reasons & point.reasons
    return stated


def _point_matches(point: DistributionPoint, item: RevocationList) -> bool:
    if point.crl_issuers and item.issuer not in point.crl_issuers:
        return False
    names = point.names or frozenset(point.crl_issuers)
    return bool(names & item.scope.names)
