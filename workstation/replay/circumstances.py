"""A stored session reduced to what a decision by the draft may depend on, and to nothing else.

Numbers are held against the draft's here; what is left are words. Sessions of the same
circumstances are judged once (`judgement`), which is what makes a log of years a matter of minutes.
"""

from typing import Final, NamedTuple

from workstation.replay.answers import Reading, read_answer
from workstation.replay.draft import DraftPolicy
from workstation.replay.face import Face, find_faces
from workstation.replay.facts import Facts, gather_facts
from workstation.replay.stored_case import StoredCase, StoredCheck, StoredResult
from workstation.rules.checks import CheckId, CheckStatus
from workstation.rules.parties import PartyRole, person_key
from workstation.session.confirmation import SuspicionReason
from workstation.session.decision import DURESS, Outcome
from workstation.session.evidence import EndingKind
from workstation.session.exception import is_explained

__all__ = ["REFUSED_ASIDE", "TELLER", "Circumstances", "reduce_case"]

REFUSED_ASIDE: Final = "review.refused"
"""Said of a case that was put aside for a supervisor, who refused it."""

_FOREIGN: Final = frozenset(
    {
        "liveness.foreign_challenge",
        "match.foreign_reference",
        "match.foreign_probe",
        "authority.foreign_evidence",
        "signature.foreign_evidence",
        "reference.foreign_portrait",
    }
)
"""Reasons of checks that found something bound to another session, photo or face."""

TELLER: Final = "1"
_HUNDREDTHS, _WHOLE_SCALE = 100, 10_000


class Circumstances(NamedTuple):
    """What is left of a session. Of two people and of other ways only that they were there.

    policy        by which it was decided: its rules name the checks of then
    answers       each check that was answered, with what the answer may be under the draft
    consent       None where nobody was asked; reference: status and reason of its check
    photo         source, age as far as the draft tells ages apart, what was found of a document
    foreign       reasons of `_FOREIGN`
    faces         attempts and comparison as they may be
    authority     status, reason, score as far as the draft tells scores apart, whether numbered
    said          why the teller refused, REFUSED_ASIDE of a supervisor who refused while it waited,
                  DURESS of who was not free, empty for nothing
    reports       indication and reason of the signature as they may be; none without one
    """

    policy: str
    operation: str
    demo: bool
    simulated: bool
    outcome: Outcome
    reason: str
    wait_hours: int
    confirms_again: bool
    stopped: tuple[str, str]
    facts: Facts
    answers: tuple[tuple[str, tuple[Reading, ...]], ...]
    consent: CheckStatus | None
    reference_refused: str
    photo: tuple[str, int | None, tuple[bool, CheckStatus, str] | None] | None
    foreign: frozenset[str]
    earlier: int
    faces: tuple[Face, ...]
    comparison: tuple[str, str, str, bool, bool] | None
    authority: tuple[CheckStatus, str, int, bool] | None
    request: tuple[str, bool] | None
    photographed: bool
    approvals: tuple[tuple[str, bool, bool], ...]
    overrides: tuple[tuple[str, str, bool], ...]
    refused_overrides: tuple[tuple[str, str], ...]
    review_refused: bool
    said: str
    ending: tuple[str, str] | None
    signature: tuple[tuple[str, str], bool] | None
    replayable: bool


def reduce_case(case: StoredCase, result: StoredResult, draft: DraftPolicy) -> Circumstances:
    """Return the circumstances of a session for this draft."""
    checks, begin = {each.check: each for each in result.checks}, case.begin
    reference, consent = checks.get(CheckId.REFERENCE), checks.get(CheckId.CONSENT)
    refused = reference is not None and reference.status is CheckStatus.FAILED
    stopped = next((each for each in result.checks if each.reason == result.reason), None)
    asked, people = draft.demands[begin.operation].answers, _People(case.teller)
    unasked = consent is None or consent.reason == "consent.missing"
    return Circumstances(
        policy=begin.policy_sha256,
        operation=begin.operation,
        demo=begin.profile == "demo",
        simulated=begin.simulated if result.simulated is None else result.simulated,
        outcome=result.outcome,
        reason=result.reason,
        wait_hours=result.wait_hours,
        confirms_again=bool(result.second_confirmation),
        stopped=("", "") if stopped is None else (stopped.check, stopped.rule),
        facts=gather_facts(case, result, draft),
        answers=tuple(
            (each.check, read_answer(case, each, draft))
            for each in result.checks
            if each.check in asked and each.reason != f"{each.check}.missing"
        ),
        consent=None if unasked or consent is None else consent.status,
        reference_refused=reference.reason if refused and reference is not None else "",
        photo=_reduce_photo(case, result, reference, draft),
        foreign=_FOREIGN.intersection(each.reason for each in result.checks),
        earlier=case.earlier,
        faces=find_faces(case, draft),
        comparison=_reduce_comparison(case, people),
        authority=_reduce_authority(case, draft),
        request=_reduce_request(case),
        photographed=bool(case.photo_sha256),
        approvals=tuple(
            (people.number(each.by), is_explained(each.reason), each.photo == case.photo_sha256)
            for each in result.exception
        ),
        overrides=tuple(
            (each.check, people.number(each.by), bool(each.reason.strip()))
            for each in result.overrides
        ),
        refused_overrides=tuple((each.check, each.reason) for each in case.refused_overrides),
        review_refused=case.review_refused,
        said=_find_word(case, result),
        ending=_find_ending(case, result),
        signature=_reduce_signature(case, result, checks.get(CheckId.SIGNATURE), draft),
        replayable=_is_replayable(result),
    )


class _People:
    """Numbers the people of a session in the order in which they are named; the teller is 1.

    Who it was decides nothing, only whether two are one.
    """

    def __init__(self, teller: str) -> None:
        self._numbers = {person_key(teller): TELLER}

    def number(self, personnel_number: str) -> str:
        """Return who it is in this session, empty for nobody."""
        key = person_key(personnel_number)
        return self._numbers.setdefault(key, str(len(self._numbers) + 1)) if key else ""


def _is_replayable(result: StoredResult) -> bool:
    """Whether one person was here, whose liveness was established here."""
    basis = result.basis
    if basis is None:
        return True
    return basis.roles in {(), (PartyRole.CUSTOMER.value,)} and not basis.way


def _find_word(case: StoredCase, result: StoredResult) -> str:
    """Return why the teller refused, REFUSED_ASIDE, or DURESS; a reason of later is another."""
    room, _, reason = result.reason.partition(".")
    if result.reason == DURESS:
        return DURESS
    if case.refused_aside:
        return REFUSED_ASIDE
    if room != "suspicion":
        return ""
    return reason if reason in set(SuspicionReason) else SuspicionReason.OTHER.value


def _find_ending(case: StoredCase, result: StoredResult) -> tuple[str, str] | None:
    if result.basis is not None and result.basis.ending is not None:
        return result.basis.ending
    if case.ending or not result.checks:
        # A session without checks was closed by the next start: its process had died.
        return EndingKind.FAULT.value, result.reason
    return None


def _reduce_photo(
    case: StoredCase, result: StoredResult, check: StoredCheck | None, draft: DraftPolicy
) -> tuple[str, int | None, tuple[bool, CheckStatus, str] | None] | None:
    """Return the photo; of a record of before, as far as its check states it."""
    basis = result.basis
    if basis is not None:
        photo = basis.photo
        if photo is None:
            return None
        source = photo.source.value
        age = _shorten_age(draft, case.begin.operation, source, photo.age_days)
        return source, age, photo.document
    source = result.provenance.source
    if check is None or not source:
        return None
    left, age = check.number("days_left"), result.provenance.age_days
    # What was said of name and chip is not stated: they are as they were found, or the check
    # would have failed for them.
    document = None if left is None else (left >= 0, CheckStatus.PASSED, "TOTAL_PASSED")
    return source, _shorten_age(draft, case.begin.operation, source, age), document


def _shorten_age(draft: DraftPolicy, kind: str, source: str, days: int | None) -> int | None:
    """Return the age of the photo as far as the draft tells ages apart."""
    greatest = draft.demands[kind].photo_ages.get(source, 0)
    if days is None or days < 0:
        return days
    return greatest + 1 if 0 < greatest < days else 0


def _reduce_comparison(
    case: StoredCase, people: "_People"
) -> tuple[str, str, str, bool, bool] | None:
    said, match = case.comparison, case.match
    if said is None or match is None:
        return None
    same = (said.probe, said.reference) == (match.probe, match.reference)
    officer, explained = people.number(case.reviewer), is_explained(said.reason)
    return officer, said.answer.value, said.why.value, explained, same


def _reduce_request(case: StoredCase) -> tuple[str, bool] | None:
    request = case.request
    return None if request is None else (request.reason.value, is_explained(request.words))


def _reduce_authority(
    case: StoredCase, draft: DraftPolicy
) -> tuple[CheckStatus, str, int, bool] | None:
    """Return the authority's answer; one that failed for its score alone is judged by the draft."""
    said = case.authority
    if said is None:
        return None
    bar = draft.policy.idec_match_percent * _HUNDREDTHS
    status, reason, score = said.status, said.reason, said.score
    if reason == "authority.below" and bar <= score <= _WHOLE_SCALE:
        status, reason = CheckStatus.PASSED, "authority.match"
    if score <= _WHOLE_SCALE:
        score = bar if score >= bar else 0
    return status, reason, score, bool(said.reference)


def _reduce_signature(
    case: StoredCase, result: StoredResult, check: StoredCheck | None, draft: DraftPolicy
) -> tuple[tuple[str, str], bool] | None:
    """Return the report as found, and whether the draft validates by the same settings."""
    if check is None or check.reason == "signature.missing":
        return None
    found = str(check.facts.get("indication", "")) or "INDETERMINATE", check.reason
    if case.begin.policy_sha256 == draft.policy.sha256:
        return found, True
    if result.basis is not None:
        return found, result.basis.signature == draft.signature
    return found, draft.known_signature.get(case.begin.policy_sha256) == draft.signature
