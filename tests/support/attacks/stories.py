"""What a thief of the log's key would have the log say, written anew as far as his keys go."""

from collections.abc import Callable
from dataclasses import replace

from crypto.log.format.note import NoteSigner
from tests.support.attacks.rewriting import (
    Draft,
    Story,
    case_of,
    find,
    find_first_sealed,
    read_drafts,
    rewrite,
)
from tests.support.attacks.tampering import Change, Tampering
from tests.support.attacks.worked import SUPERVISOR, Copy
from tests.support.station.log import private_key

__all__ = ["REWRITTEN_CLASSES"]

_DAY_MS = 86_400_000
_ENTRY = bytes(range(32)).hex()
_ORDERED = frozenset(
    {"key.enrol", "key.revoke", "charter.change", "payload.erase", "log.close", "session.open"}
)


def _changed(at: Callable[[Story], int], **members: object) -> Callable[[Story], Story]:
    def tell(story: Story) -> Story:
        place = at(story)
        story[place] = story[place].change(**members)
        return story

    return tell


def _without(places: Callable[[Story], list[int]]) -> Callable[[Story], Story]:
    def tell(story: Story) -> Story:
        gone = set(places(story))
        return [each for at, each in enumerate(story) if at not in gone]

    return tell


def _after(story: Story, place: int, *more: Draft) -> Story:
    return [*story[: place + 1], *more, *story[place + 1 :]]


def _result(number: int) -> Callable[[Story], int]:
    return lambda story: find(story, "verify.result", number=number)


def _approve_the_refused(story: Story) -> Story:
    """Give the refused case the decision of the approved one, and the teller's word before it."""
    good, bad = _result(0)(story), _result(2)(story)
    case, word = story[bad].data["case"], story[find(story, "verify.step", step="confirmed")]
    data = {**story[good].data, "case": case, "begin": story[bad].data["begin"]}
    story[bad] = replace(story[bad], data=data, body=b"")
    said = story[bad].copy(kind="verify.step", data={**word.data, "case": case})
    return _after(story, bad - 1, said)


def _permit_the_refused(story: Story) -> Story:
    story = _approve_the_refused(story)
    return _permit(story, 2)


def _permit(story: Story, number: int) -> Story:
    """Let a permit follow a result."""
    place = _result(number)(story)
    permit = story[find(story, "verify.permit")]
    data = {**permit.data, "case": story[place].data["case"], "result": story[place].was}
    return _after(story, place, story[place].copy(kind="verify.permit", data=data))


def _session(story: Story) -> list[int]:
    """Return the places of the teller's first session and all in it."""
    opened = find(story, "session.open", actor="T-0042")
    name = story[opened].data["ses"].split("+")[0]
    signed = [at for at, each in enumerate(story) if name in each.by]
    return sorted({opened, *signed, *_review(story)})


def _review(story: Story) -> list[int]:
    """Return the places of the supervisor's session and her review."""
    opened = find(story, "session.open", actor=SUPERVISOR)
    name = story[opened].data["ses"].split("+")[0]
    return [opened, *(at for at, each in enumerate(story) if name in each.by)]


def _rename(story: Story) -> Story:
    """Let another person have done it all: the supervisor for the teller."""
    for at in _session(story):
        if story[at].actor == "T-0042":
            draft = story[at]
            named = {"actor": "T-0043"} if draft.kind == "session.open" else {}
            story[at] = replace(draft.change(**named), actor="T-0043")
    return story


def _ghost_review(story: Story) -> Story:
    """Let a supervisor who was not there override a check of the first case."""
    opened, review, *_ = (story[at] for at in _review(story))
    closed = story[_review(story)[-1]]
    case = story[find(story, "verify.begin")].data["case"]
    ghost = "bank.kz/ses/ghost"
    vkey = f"{ghost}+{opened.data['ses'].split('+', 1)[1]}"
    entries = (
        opened.copy(data={**opened.data, "ses": vkey}),
        review.copy(data={**review.data, "case": case}, by=(ghost,)),
        closed.copy(data={**closed.data, "ses": vkey}, by=(ghost,)),
    )
    return _after(story, find(story, "verify.step", step="signature"), *entries)


def _self_review(story: Story) -> Story:
    """Let the teller review the own case."""
    review = find(story, "review")
    teller = story[find(story, "verify.begin")]
    story[review] = replace(story[review].change(), actor=teller.actor, by=teller.by)
    gone = {each for each in _review(story) if each != review}
    return [each for at, each in enumerate(story) if at not in gone]


def _second_result(story: Story) -> Story:
    place = _result(2)(story)
    return _after(story, place, story[place].copy())


def _late_step(story: Story) -> Story:
    step = story[find(story, "verify.step", step="match")]
    return _after(story, _result(0)(story), step.copy())


def _second_permit(story: Story) -> Story:
    place = find(story, "verify.permit")
    return _after(story, place, story[place].copy())


def _another_sessions_step(story: Story) -> Story:
    """Let the supervisor's session sign a step of the teller's case."""
    review = story[find(story, "review")]
    step = find(story, "verify.step", step="override.granted")
    story[step] = replace(story[step].change(), by=review.by, actor=review.actor)
    return story


def _twice_begun(story: Story) -> Story:
    story[find(story, "verify.begin", number=1)] = story[
        find(story, "verify.begin", number=1)
    ].change(case=story[find(story, "verify.begin")].data["case"])
    return story


def _backdate(story: Story) -> Story:
    """Let everything since the rotation have happened a day earlier."""
    start = find(story, "key.rotate") + 1
    for at in range(start, len(story)):
        draft = story[at].change()
        story[at] = replace(draft, header=replace(draft.header, t_ms=draft.header.t_ms - _DAY_MS))
    return story


def _hide_clock_step(story: Story) -> Story:
    return _without(lambda told: [find(told, "clock.step")])(story)


def _interrupt_last(story: Story) -> Story:
    """Let the process have died before the last result."""
    place = find(story, "verify.result", number=-1)
    kept = story[:place]
    boot = story[find(story, "boot", number=-1)]
    policy = story[find(story, "policy.in_force", number=-1)]
    opened = story[find(story, "session.open", number=-1)]
    closed = story[find(story, "session.close", number=-1)]
    begun = story[find(story, "verify.begin", number=-1)]
    data = {
        "case": begun.data["case"], "begin": begun.was, "outcome": "indeterminate",
        "reason": "interrupted", "checks": [],
    }  # fmt: skip
    end = closed.copy(data={**closed.data, "reason": "died"}, by=opened.by[:1])
    result = boot.copy(kind="verify.result", data=data, actor="log")
    return [*kept, boot.copy(), end, result, policy.copy()]


def _cut_and_heartbeats(story: Story) -> Story:
    """Let nobody have come on the second day."""
    place = find(story, "session.open", number=-1)
    beat = story[find(story, "heartbeat")]
    told, header = story[:place], story[place - 1].header
    return [*told, *(beat.copy(header=header) for _ in range(len(story) - place))]


def _enrol_ghost(story: Story) -> Story:
    """Enrol a supervisor of one's own by the log key and a key called head office's."""
    enrol = story[find(story, "key.enrol", number=-1)]
    own = NoteSigner("bank.kz/op/s-0666", private_key(0x61))
    data = {"vkey": own.vkey, "id": "S-0666", "role": "supervisor"}
    beat = story[find(story, "heartbeat")]
    place = find(story, "session.close", number=-1)
    return _after(story, place, beat.copy(kind="key.enrol", data=data, by=enrol.by,
                                          header=story[place].header))  # fmt: skip


def _by_log(kind: str, **data: object) -> Callable[[Story], Story]:
    """Append what takes two persons' order, under the log key alone."""

    def tell(story: Story) -> Story:
        boot = story[-1]
        return [*story, boot.copy(kind=kind, data=data)]

    return tell


def _repeat(kind: str) -> Callable[[Story], Story]:
    """Let an entry stand twice."""

    def tell(story: Story) -> Story:
        place = find(story, kind)
        return _after(story, place, story[place].copy())

    return tell


def _end_session_by_log(story: Story) -> Story:
    """Let the last session have ended with its process."""
    place = find(story, "session.close", number=-1)
    story[place] = replace(story[place].change(reason="died"), actor="", by=story[-1].by)
    return story


STORIES: tuple[tuple[str, Callable[[Story], Story], str, str], ...] = (
    # What is told, how, what names it under the log key alone, and with every person's help.
    ("a refusal made an approval", _approve_the_refused, "unknown_signer", "passed"),
    ("a permit for a refused case", _permit_the_refused, "unknown_signer", "passed"),
    ("a permit without an approval", lambda s: _permit(s, 2), "unknown_signer", "rule.permit"),
    ("a case left out", _without(lambda s: case_of(s, number=0)), "unknown_signer", "passed"),
    (
        "a refused case left out",
        _without(lambda s: case_of(s, number=2)),
        "unknown_signer",
        "passed",
    ),
    ("a session left out", _without(_session), "unknown_signer", "passed"),
    ("another person's session", _rename, "unknown_signer", "wrong_signer"),
    ("a supervisor who was not there", _ghost_review, "unknown_signer", "passed"),
    ("an override without a review", _without(_review), "unknown_signer", "rule.not_reviewed"),
    ("a review of one's own case", _self_review, "unknown_signer", "rule.self_review"),
    ("a step of another session", _another_sessions_step, "unknown_signer", "rule.other_session"),
    ("a result left out", _without(lambda s: [_result(0)(s)]), "unknown_signer", "rule.permit"),
    ("a second result", _second_result, "unknown_signer", "rule.second_result"),
    ("a second permit", _second_permit, "unknown_signer", "rule.permit_twice"),
    ("a step after the result", _late_step, "unknown_signer", "rule.after_result"),
    ("a case begun twice", _twice_begun, "unknown_signer", "rule.case_twice"),
    (
        "a check made passed",
        _changed(_result(2), outcome="approved"),
        "unknown_signer",
        "rule.unearned",
    ),
    ("another outcome", _changed(_result(0), outcome="perfect"), "unknown_signer", "rule.result"),
    ("another begin", _changed(_result(0), begin=0), "unknown_signer", "rule.result"),
    ("another evidence", _changed(_result(0), evidence_sha256=_ENTRY), "unknown_signer", "passed"),
    ("another payload", _changed(_result(0), pl={"pid": _ENTRY}), "unknown_signer", "passed"),
    (
        "another policy",
        _changed(lambda s: find(s, "verify.begin"), policy_sha256=_ENTRY),
        "unknown_signer",
        "rule.policy",
    ),
    (
        "the demo profile",
        _changed(lambda s: find(s, "verify.begin", number=2), profile="demo"),
        "unknown_signer",
        "rule.profile",
    ),
    (
        "another reason",
        _changed(lambda s: find(s, "verify.step", step="aborted"), reason="customer_left"),
        "unknown_signer",
        "passed",
    ),
    (
        "a permit of other facts",
        _changed(lambda s: find(s, "verify.permit"), facts_sha256=_ENTRY),
        "unknown_signer",
        "passed",
    ),
    (
        "a failed sign-in left out",
        _without(lambda s: [find(s, "sign_in.failed")]),
        "unknown_signer",
        "passed",
    ),
    ("a heartbeat twice", _repeat("heartbeat"), "unknown_signer", "passed"),
    ("a failed sign-in twice", _repeat("sign_in.failed"), "unknown_signer", "passed"),
    ("a sign-in twice", _repeat("session.open"), "unknown_signer", "key_invalid"),
    ("a review twice", _repeat("review"), "unknown_signer", "passed"),
    (
        "heartbeats left out",
        _without(lambda s: [find(s, "heartbeat", number=n) for n in range(9)]),
        "unknown_signer",
        "passed",
    ),
    ("a day earlier", _backdate, "clock", "clock"),
    ("a step of the clock left out", _hide_clock_step, "clock", "clock"),
    ("the last result made an interruption", _interrupt_last, "passed", "passed"),
    ("the second day left out", _cut_and_heartbeats, "passed", "passed"),
    ("a supervisor enrolled", _enrol_ghost, "unknown_signer", "unknown_signer"),
    (
        "a credential revoked",
        _by_log("key.revoke", vkey="x", why="x"),
        "wrong_signer",
        "wrong_signer",
    ),
    (
        "a charter of one's own",
        _by_log("charter.change", number=3, sha256=_ENTRY),
        "wrong_signer",
        "wrong_signer",
    ),
    (
        "an erasure without an order",
        _by_log("payload.erase", pid=_ENTRY),
        "wrong_signer",
        "wrong_signer",
    ),
    ("the log closed", _by_log("log.close", reason="x"), "wrong_signer", "wrong_signer"),
    ("a sign-out made a broken-off run", _end_session_by_log, "passed", "passed"),
)


_BLAMED = {"rule.permit": "verify.permit", "rule.not_reviewed": "verify.result"}
"""Which entry shows that another one is missing before it."""


def forge(tell: Callable[[Story], Story], code: str, *, accomplices: bool) -> Change:
    """Return the change that writes the log anew as the story goes.

    Returns the first entry that cannot be right: the opening of a session without the credential of
    its person, or what the story changed itself.
    """

    def change(scene: Copy) -> int | None:
        told = tell(read_drafts(scene.bodies()))
        rewrite(scene, tell, accomplices=accomplices)
        first = next(at for at, each in enumerate(told) if each.was != at or not each.body)
        if code == "passed":
            return None
        kind = _BLAMED.get(code)
        if code in {"unknown_signer", "wrong_signer"} and (
            told[first].kind not in _ORDERED or told[first].kind == "session.open"
        ):
            kind, first = "session.open", find_first_sealed(told)
        at = range(first, len(told))
        return next(each for each in at if kind in {None, told[each].kind})

    return change


REWRITTEN_CLASSES = tuple(
    Tampering(
        f"rewritten with every log key{' and accomplices' if accomplices else ''}",
        name,
        forge(tell, together if accomplices else alone, accomplices=accomplices),
        together if accomplices else alone,
    )
    for accomplices in (False, True)
    for name, tell, alone, together in STORIES
)
