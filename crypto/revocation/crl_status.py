"""Status of a certificate by revocation lists (RFC 5280 6.3): full lists with their deltas.

A CRL counts when an authorised key signed it, it is in force, it is not older than the policy
allows, it covers this certificate, and nothing in it is unknown and critical. Not finding a
serial number in a CRL that does not count says nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from crypto.errors import CryptoError
from crypto.report.alarm import AlarmCode
from crypto.report.report import EvidenceItem, EvidenceKind, milliseconds
from crypto.revocation.context import ValidationContext
from crypto.revocation.crl import Crl, RevokedEntry
from crypto.revocation.crl_rules import (
    ALL_REASONS,
    amends,
    check_crl,
    check_crl_freshness,
    check_crl_signature,
    choose_graver,
    find_covered_reasons,
)
from crypto.revocation.crl_signer import NO_CRL_SIGNER, find_crl_signer
from crypto.revocation.status import RevocationResult, RevocationStatus
from crypto.x509.certificate import Certificate

__all__ = ["UNREVOKES", "check_crls", "evaluate_crls"]

UNREVOKES = "unrevokes"
"""Reason of a list that leaves out a revocation which it must still hold."""

_HOLD = 6
_REMOVED = 8
_Sourced = tuple[str, Crl]


@dataclass(slots=True)
class _CrlCheck:
    """One certificate looked up in CRLs, and what they said so far.

    max_age   of a CRL
    covered   reasons of revocation that CRLs which count are about (6.3.3)
    refusals  why CRLs did not count
    newest    number of the newest CRL per key and scope
    """

    certificate: Certificate
    issuer: Certificate
    context: ValidationContext
    max_age: timedelta
    evidence: list[EvidenceItem] = field(default_factory=list)
    covered: frozenset[int] = frozenset()
    revoked: RevokedEntry | None = None
    refusals: list[str] = field(default_factory=list)
    newest: dict[tuple[bytes, object], int | None] = field(default_factory=dict)

    def record(self, source: str, item: Crl, reason: str, *, used: bool) -> None:
        at = milliseconds(item.this_update)
        due = milliseconds(item.next_update) if item.next_update else 0
        self.evidence.append(
            EvidenceItem(
                EvidenceKind.CRL, source, item.sha256, at, used, reason, next_update_ms=due
            )
        )
        if not used:
            self.refusals.append(reason)

    def find(self, item: Crl) -> RevokedEntry | None:
        return item.find(self.certificate.serial, self.certificate.issuer)

    def is_withdrawn(self, item: Crl) -> bool:
        """Whether a list leaves out a revocation that the one before it held.

        An entry stays until a list is issued after the certificate's end (RFC 5280 3.3), which
        counts for nothing here anyway; a hold may be lifted.
        """
        before = item.find_withdrawn(self.certificate.serial, self.certificate.issuer)
        return before is not None and before.reason not in {_HOLD, _REMOVED}

    def check_freshness(self, item: Crl) -> str:
        if item.this_update > self.certificate.not_after:
            return "after_expiry"  # lists drop what has expired: their silence says nothing
        return check_crl_freshness(item, self.context, self.max_age)

    def find_other_signer(self, item: Crl) -> tuple[tuple[Certificate, ...], str]:
        return find_crl_signer(item, self.context.mark_pending(self.certificate))

    def result(self) -> RevocationResult:
        evidence = tuple(dict.fromkeys(self.evidence))
        if self.revoked is not None:
            at, why = self.revoked.revoked_at, self.revoked.reason
            return RevocationResult(RevocationStatus.REVOKED, "revoked", at, why, evidence)
        if self.covered >= ALL_REASONS:
            return RevocationResult(RevocationStatus.GOOD, "good", None, None, evidence)
        open_ = RevocationStatus.NOT_ESTABLISHED
        if UNREVOKES in self.refusals:
            alarm = AlarmCode.LIST_UNREVOKES
            return RevocationResult(open_, UNREVOKES, None, None, evidence, alarm)
        reason = self.refusals[0] if self.refusals else "no_list"
        return RevocationResult(open_, reason, None, None, evidence)


def check_crls(
    certificate: Certificate, issuer: Certificate, context: ValidationContext, max_age: timedelta
) -> RevocationResult:
    """Look one certificate up in the CRLs at hand; a store that fails is a CRL that is missing."""
    try:
        crls = context.sources.crls(certificate)
    except CryptoError as unusable:
        return RevocationResult(RevocationStatus.NOT_ESTABLISHED, unusable.code, None, None, ())
    return evaluate_crls(certificate, issuer, crls, context, max_age)


def evaluate_crls(
    certificate: Certificate,
    issuer: Certificate,
    crls: Iterable[tuple[str, Crl]],
    context: ValidationContext,
    max_age: timedelta,
) -> RevocationResult:
    """Look one certificate up in these CRLs, each with where it is from; all become evidence."""
    at_hand = sorted(crls, key=_rank, reverse=True)
    deltas = [found for found in at_hand if found[1].base_number is not None]
    check = _CrlCheck(certificate, issuer, context, max_age)
    for source, item in at_hand:
        if item.base_number is None:
            _count_full(check, source, item, deltas)
    _count_deltas_alone(check, deltas)
    return check.result()


def _rank(found: _Sourced) -> int:
    """Order CRLs by their number; one that states none is older than any that does."""
    number = found[1].number
    return -1 if number is None else number


def _count_full(check: _CrlCheck, source: str, item: Crl, deltas: list[_Sourced]) -> None:
    reasons = find_covered_reasons(item, check.certificate)
    signer, refusal = _find_signer(check, item, reasons)
    if signer is None:
        check.record(source, item, refusal, used=False)
        return
    try:
        entry = check.find(item)
    except CryptoError as malformed:
        check.record(source, item, f"entries:{malformed.detail}", used=False)
        return
    late = check.check_freshness(item)
    slot = (signer.key.raw, item.scope)
    if not late and slot in check.newest and check.newest[slot] != item.number:
        late = "superseded"
    if late:
        # An old list can no longer say "good"; a revocation other than a hold is final.
        if entry is not None and entry.reason != _HOLD:
            check.revoked = choose_graver(check.revoked, entry)
            check.record(source, item, "revoked_in_old_list", used=True)
        else:
            check.record(source, item, late, used=False)
        return
    check.newest[slot] = item.number
    if entry is None and check.is_withdrawn(item):
        check.record(source, item, UNREVOKES, used=False)
        return
    entry, amended = _apply_deltas(check, item, entry, signer, deltas)
    if entry is not None:
        check.revoked = choose_graver(check.revoked, entry)
    if amended:
        check.covered |= reasons
    check.record(source, item, _describe_counted(item) if amended else "delta_broken", used=amended)


def _find_signer(
    check: _CrlCheck, item: Crl, reasons: frozenset[int]
) -> tuple[Certificate | None, str]:
    """Return who signed a CRL that speaks about the certificate, or why it does not count."""
    context = check.context
    if item.defect:
        return None, item.defect
    if not reasons:
        own_name = item.issuer == check.certificate.issuer
        return None, "other_scope" if own_name else "other_issuer"
    if not context.budget.charge_signature():
        return None, "path_budget_spent"
    own = check_crl(item, check.issuer, context)
    if not own:
        return check.issuer, ""
    chain, refusal = check.find_other_signer(item)
    if not chain:
        return None, own if refusal == NO_CRL_SIGNER else refusal
    refusal = _check_signer_status(check, chain)
    return (None, refusal) if refusal else (chain[0], "")


def _check_signer_status(check: _CrlCheck, chain: tuple[Certificate, ...]) -> str:
    """Return why a CRL's signer or a CA above it may not be relied on; empty when all are good."""
    context = check.context.mark_pending(check.certificate)
    max_age = timedelta(seconds=context.policy.ca_crl_max_age_s)
    for position, (subject, issuer) in enumerate(pairwise(chain)):
        if position == 0 and subject.key.raw in context.pending:
            continue  # its CA lets it list itself, and who asks is just establishing its status
        result = check_crls(subject, issuer, context, max_age)
        check.evidence += result.evidence
        if result.status is RevocationStatus.REVOKED:
            return "crl_signer_revoked"
        if result.status is not RevocationStatus.GOOD:
            return "crl_signer_status_unknown"
    return ""


def _apply_deltas(
    check: _CrlCheck,
    base: Crl,
    entry: RevokedEntry | None,
    signer: Certificate,
    deltas: list[_Sourced],
) -> tuple[RevokedEntry | None, bool]:
    """Return what the deltas of a list make of its entry, and whether they could all be read.

    A delta of this very list that is damaged may hide a revocation, so without it the list says
    good of nobody. One that is late or missing does not matter: the list has its own bounds.
    """
    sound = True
    for source, delta in reversed(deltas):
        if not amends(delta, base):
            check.record(source, delta, "delta_of_another_list", used=False)
            continue
        late = check.check_freshness(delta)
        if late:
            check.record(source, delta, late, used=False)
            continue
        refusal, found = _find_in_delta(check, delta, signer)
        check.record(source, delta, refusal or _describe_counted(delta), used=not refusal)
        if refusal:
            sound = sound and refusal == "delta_of_another_list"
        elif found is not None and found.reason != _REMOVED:
            entry = found
        elif found is not None and (entry is None or entry.reason == _HOLD):
            entry = None  # only a hold can be lifted (RFC 5280 5.3.1)
    return entry, sound


def _find_in_delta(
    check: _CrlCheck, delta: Crl, signer: Certificate
) -> tuple[str, RevokedEntry | None]:
    """Return why a delta cannot be used, or its entry; the key of its list must have signed it."""
    refusal = delta.defect or check_crl_signature(delta, signer, check.context)
    if refusal:
        another, _ = check.find_other_signer(delta)
        return ("delta_of_another_list" if another else refusal), None
    try:
        return "", check.find(delta)
    except CryptoError as malformed:
        return f"entries:{malformed.detail}", None


def _count_deltas_alone(check: _CrlCheck, deltas: list[_Sourced]) -> None:
    """Let a delta revoke whose list is not at hand: what its CA signed we know all the same.

    It never says good. A hold, which can end, counts only in force and while no list is newer.
    """
    seen = {item.sha256: item.used for item in check.evidence}
    newest = max((n for n in check.newest.values() if n is not None), default=-1)
    for source, delta in deltas:
        if seen.get(delta.sha256):
            continue
        entry = _find_in_lone_delta(check, delta)
        ended = check.check_freshness(delta) or (delta.number is None or delta.number <= newest)
        if entry is None or entry.reason == _REMOVED or (entry.reason == _HOLD and ended):
            if delta.sha256 not in seen:
                check.record(source, delta, "no_base_list", used=False)
            continue
        check.revoked = choose_graver(check.revoked, entry)
        check.record(source, delta, "revoked", used=True)


def _find_in_lone_delta(check: _CrlCheck, delta: Crl) -> RevokedEntry | None:
    """Return what a delta in itself says of the certificate, if it may speak at all."""
    covered = find_covered_reasons(delta, check.certificate)
    if _find_signer(check, delta, covered)[0] is None:
        return None
    try:
        return check.find(delta)
    except CryptoError:
        return None


def _describe_counted(item: Crl) -> str:
    """Say so where a time has a fraction of a second, which RFC 5280 5.1.2.4 forbids."""
    following = item.next_update.microsecond if item.next_update else 0
    return "counted_fractions" if item.this_update.microsecond or following else "counted"
