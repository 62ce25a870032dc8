"""Status of a certificate by revocation lists (RFC 5280 6.3): full lists with their deltas.

A list counts when an authorised key signed it, it is in force, it is not older than the policy
allows, it covers this certificate, and nothing in it is unknown and critical. Not finding a
serial number in a list that does not count says nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from crypto.errors import CryptoError
from crypto.report.report import EvidenceItem, EvidenceKind, milliseconds
from crypto.revocation.crl import Crl, RevokedEntry
from crypto.revocation.crl_rules import (
    ALL_REASONS,
    Judging,
    amends,
    crl_refusal,
    freshness_refusal,
    graver,
    scope_reasons,
    signature_refusal,
)
from crypto.revocation.crl_signer import NOBODY, SignerSearch, find_signer
from crypto.revocation.sources import RevocationSources
from crypto.revocation.status import RevocationStatus, RevocationVerdict
from crypto.x509.certificate import Certificate

__all__ = [
    "Judging",
    "crl_refusal",
    "freshness_refusal",
    "judge_by_lists",
    "judge_by_sources",
]

_HOLD = 6
_REMOVED = 8
_Sourced = tuple[str, Crl]


@dataclass(frozen=True, slots=True)
class _Question:
    """One certificate, who issued it, how old a list may be, where its signer may be found."""

    certificate: Certificate
    issuer: Certificate
    judging: Judging
    max_age: timedelta
    search: SignerSearch | None


@dataclass(slots=True)
class _Tally:
    """What the lists said so far; `newest`: number of the newest list per key and scope."""

    evidence: list[EvidenceItem] = field(default_factory=list)
    covered: frozenset[int] = frozenset()
    revoked: RevokedEntry | None = None
    reasons: list[str] = field(default_factory=list)
    newest: dict[tuple[bytes, object], int | None] = field(default_factory=dict)

    def note(self, source: str, item: Crl, reason: str, *, used: bool) -> None:
        at = milliseconds(item.this_update)
        due = milliseconds(item.next_update) if item.next_update else 0
        self.evidence.append(
            EvidenceItem(
                EvidenceKind.CRL, source, item.sha256, at, used, reason, next_update_ms=due
            )
        )
        if not used:
            self.reasons.append(reason)


def judge_by_sources(
    certificate: Certificate,
    issuer: Certificate,
    sources: RevocationSources,
    judging: Judging,
    max_age: timedelta,
    search: SignerSearch | None = None,
) -> RevocationVerdict:
    """Judge by the lists at hand; a store that fails is a list that is missing."""
    try:
        lists = sources.crls(certificate)
    except CryptoError as unusable:
        return RevocationVerdict(RevocationStatus.NOT_ESTABLISHED, unusable.code, None, None, ())
    return judge_by_lists(certificate, issuer, lists, judging, max_age, search)


def judge_by_lists(
    certificate: Certificate,
    issuer: Certificate,
    lists: Iterable[_Sourced],
    judging: Judging,
    max_age: timedelta,
    search: SignerSearch | None = None,
) -> RevocationVerdict:
    """Judge one certificate; every list is accounted for in the evidence.

    search  how to find signers other than the issuer; without it only the issuer's key signs
    """
    at_hand = sorted(lists, key=_edition, reverse=True)
    deltas = [found for found in at_hand if found[1].base_number is not None]
    tally = _Tally()
    below = search.judging(certificate) if search is not None else None
    question = _Question(certificate, issuer, judging, max_age, below)
    for source, item in at_hand:
        if item.base_number is None:
            _count_full(tally, source, item, deltas, question)
    _count_alone(tally, deltas, question)
    evidence = tuple(dict.fromkeys(tally.evidence))
    if tally.revoked is not None:
        entry = tally.revoked
        return RevocationVerdict(
            RevocationStatus.REVOKED, "revoked", entry.revoked_at, entry.reason, evidence
        )
    if tally.covered >= ALL_REASONS:
        return RevocationVerdict(RevocationStatus.GOOD, "good", None, None, evidence)
    reason = tally.reasons[0] if tally.reasons else "no_list"
    return RevocationVerdict(RevocationStatus.NOT_ESTABLISHED, reason, None, None, evidence)


def _edition(found: _Sourced) -> int:
    """Order lists by their number; one that states none is older than any that does."""
    number = found[1].number
    return -1 if number is None else number


def _count_full(
    tally: _Tally,
    source: str,
    item: Crl,
    deltas: list[_Sourced],
    question: _Question,
) -> None:
    reasons = scope_reasons(item, question.certificate)
    signer, refusal = _signer(tally, item, question, reasons)
    if signer is None:
        tally.note(source, item, refusal, used=False)
        return
    try:
        entry = item.find(question.certificate.serial, question.certificate.issuer)
    except CryptoError as malformed:
        tally.note(source, item, f"entries:{malformed.detail}", used=False)
        return
    late = freshness_refusal(item, question.judging, question.max_age)
    slot = (signer.key.raw, item.scope)
    if not late and slot in tally.newest and tally.newest[slot] != item.number:
        late = "superseded"
    if late:
        # An old list can no longer say "good"; a revocation other than a hold is final.
        if entry is not None and entry.reason != _HOLD:
            tally.revoked = graver(tally.revoked, entry)
            tally.note(source, item, "revoked_in_old_list", used=True)
        else:
            tally.note(source, item, late, used=False)
        return
    tally.newest[slot] = item.number
    entry, amended = _with_deltas(tally, item, entry, signer, deltas, question)
    if entry is not None:
        tally.revoked = graver(tally.revoked, entry)
    if amended:
        tally.covered |= reasons
    tally.note(source, item, _counted(item) if amended else "delta_broken", used=amended)


def _signer(
    tally: _Tally, item: Crl, question: _Question, reasons: frozenset[int]
) -> tuple[Certificate | None, str]:
    """Return who signed a list that speaks about the certificate, or why it does not count."""
    judging, search = question.judging, question.search
    if item.defect:
        return None, item.defect
    if not reasons:
        own_name = item.issuer == question.certificate.issuer
        return None, "other_scope" if own_name else "other_issuer"
    if search is not None and not search.charge():
        return None, "path_budget_spent"
    own = crl_refusal(item, question.issuer, judging)
    if not own:
        return question.issuer, ""
    if search is None:
        return None, own
    chain, refusal = find_signer(item, search, judging)
    if not chain:
        return None, own if refusal == NOBODY else refusal
    refusal = _status_refusal(tally, chain, search, judging)
    return (None, refusal) if refusal else (chain[0], "")


def _status_refusal(
    tally: _Tally,
    chain: tuple[Certificate, ...],
    search: SignerSearch,
    judging: Judging,
) -> str:
    """Say why a list signer or a CA above it may not be relied on; empty when all are good."""
    for position, subject in enumerate(chain[:-1]):
        if position == 0 and subject.key.raw in search.open:
            continue  # its CA lets it list itself, and who asks is just establishing its status
        verdict = judge_by_sources(
            subject, chain[position + 1], search.sources, judging, search.max_age, search
        )
        tally.evidence += verdict.evidence
        if verdict.status is RevocationStatus.REVOKED:
            return "crl_signer_revoked"
        if verdict.status is not RevocationStatus.GOOD:
            return "crl_signer_status_unknown"
    return ""


def _with_deltas(
    tally: _Tally,
    base: Crl,
    entry: RevokedEntry | None,
    signer: Certificate,
    deltas: list[_Sourced],
    question: _Question,
) -> tuple[RevokedEntry | None, bool]:
    """Return what the deltas of a list make of its entry, and whether they could all be read.

    A delta of this very list that is damaged may hide a revocation, so without it the list says
    good of nobody. One that is late or missing does not matter: the list has its own bounds.
    """
    sound = True
    for source, delta in reversed(deltas):
        if not amends(delta, base):
            tally.note(source, delta, "delta_of_another_list", used=False)
            continue
        late = freshness_refusal(delta, question.judging, question.max_age)
        if late:
            tally.note(source, delta, late, used=False)
            continue
        refusal, found = _delta_entry(delta, signer, question)
        tally.note(source, delta, refusal or _counted(delta), used=not refusal)
        if refusal:
            sound = sound and refusal == "delta_of_another_list"
        elif found is not None and found.reason != _REMOVED:
            entry = found
        elif found is not None and (entry is None or entry.reason == _HOLD):
            entry = None  # only a hold can be lifted (RFC 5280 5.3.1)
    return entry, sound


def _delta_entry(
    delta: Crl, signer: Certificate, question: _Question
) -> tuple[str, RevokedEntry | None]:
    """Return why a delta cannot be used, or its entry; the key of its list must have signed it."""
    judging, search = question.judging, question.search
    refusal = delta.defect or signature_refusal(delta, signer, judging)
    if refusal:
        another = search is not None and find_signer(delta, search, judging)[0]
        return ("delta_of_another_list" if another else refusal), None
    try:
        return "", delta.find(question.certificate.serial, question.certificate.issuer)
    except CryptoError as malformed:
        return f"entries:{malformed.detail}", None


def _count_alone(tally: _Tally, deltas: list[_Sourced], question: _Question) -> None:
    """Let a delta revoke whose list is not at hand: what its CA signed we know all the same.

    It never says good. A hold, which can end, counts only in force and while no list is newer.
    """
    seen = {item.sha256: item.used for item in tally.evidence}
    newest = max((n for n in tally.newest.values() if n is not None), default=-1)
    for source, delta in deltas:
        if seen.get(delta.sha256):
            continue
        entry = _entry_alone(tally, delta, question)
        ended = freshness_refusal(delta, question.judging, question.max_age) or (
            delta.number is None or delta.number <= newest
        )
        if entry is None or entry.reason == _REMOVED or (entry.reason == _HOLD and ended):
            if delta.sha256 not in seen:
                tally.note(source, delta, "no_base_list", used=False)
            continue
        tally.revoked = graver(tally.revoked, entry)
        tally.note(source, delta, "revoked", used=True)


def _entry_alone(tally: _Tally, delta: Crl, question: _Question) -> RevokedEntry | None:
    """Return what a delta in itself says of the certificate, if it may speak at all."""
    covered = scope_reasons(delta, question.certificate)
    if _signer(tally, delta, question, covered)[0] is None:
        return None
    try:
        return delta.find(question.certificate.serial, question.certificate.issuer)
    except CryptoError:
        return None


def _counted(item: Crl) -> str:
    """Say so where a time has a fraction of a second, which RFC 5280 5.1.2.4 forbids."""
    following = item.next_update.microsecond if item.next_update else 0
    return "counted_fractions" if item.this_update.microsecond or following else "counted"
