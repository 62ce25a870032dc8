"""What the customer is told in each state, how far the case has come, and whose turn it is."""

from typing import Final

from ui.widgets.camera_view import prompt_code
from vision.results import Prompt, PromptPhase
from workstation.documents.texts import Texts
from workstation.session.states import State
from workstation.station.snapshot import DocumentPhase, DocumentView, SessionSnapshot

__all__ = ["describe_progress", "describe_tasks", "find_prompt", "name_turn"]

_LINES: Final = {
    State.PRECHECKS: "customer.check",
    State.CONSENT: "customer.consent",
    State.REFERENCE: "customer.wait",
    State.LIVENESS: "customer.look",
    State.EXCEPTION: "customer.look",
    State.ALTERNATIVE: "customer.look",
    State.MATCHING: "customer.wait",
    State.COMPARISON: "customer.wait",
    State.AUTHORITY: "customer.wait",
    State.SIGNATURE: "customer.signature",
    State.REVIEW: "customer.wait",
    State.CONFIRMATION: "customer.wait",
    State.DECIDED: "customer.wait",
    State.RECORDED: "customer.thanks",
}

_IN_TURN: Final = frozenset(
    {
        State.CONSENT,
        State.REFERENCE,
        State.LIVENESS,
        State.EXCEPTION,
        State.ALTERNATIVE,
        State.SIGNATURE,
    }
)
"""States in which one of two people has something to do."""

_STEPS: Final = (
    frozenset({State.PRECHECKS}),
    frozenset({State.CONSENT}),
    frozenset({State.REFERENCE, State.LIVENESS, State.EXCEPTION, State.ALTERNATIVE}),
    frozenset({State.MATCHING, State.COMPARISON, State.AUTHORITY}),
    frozenset({State.SIGNATURE}),
)
"""How far a case has come. What follows the signature is no step: it would tell a verdict."""


def name_turn(texts: Texts, snapshot: SessionSnapshot | None) -> str:
    """Return whose turn it is before what there is to do, nothing where one person is here."""
    if snapshot is None or not snapshot.turn or snapshot.state not in _IN_TURN:
        return ""
    return f"{texts.tr(f'party.{snapshot.turn}')}: "


def find_prompt(snapshot: SessionSnapshot | None) -> str:
    """Return the code of what the customer has to do now."""
    if snapshot is None:
        return "customer.welcome"
    code = _LINES.get(snapshot.state, "customer.welcome")
    if snapshot.phone is not None:
        return "customer.sign_on_phone" if snapshot.phone.taken else "customer.scan"
    if snapshot.waiting_for is not None and snapshot.waiting_for.address:
        return "customer.invitation"
    if snapshot.state is State.LIVENESS and snapshot.prompt is not None:
        return prompt_code(snapshot.prompt)
    if snapshot.document is not None:
        return _find_document_prompt(snapshot.document) or code
    return code


def describe_progress(texts: Texts, state: State) -> str:
    """Return which step of how many it is, empty before and after."""
    for number, states in enumerate(_STEPS, 1):
        if state in states:
            return texts.tr("customer.progress", step=number, steps=len(_STEPS))
    return ""


def describe_tasks(texts: Texts, prompt: Prompt | None) -> str:
    """Return how far the attempt has come, empty without one."""
    if prompt is None:
        return ""
    line = texts.tr("customer.step", step=prompt.step, steps=prompt.steps)
    if prompt.phase is not PromptPhase.COMMAND:
        return line
    seconds = -(-prompt.remaining_ms // 1000)
    return f"{line}   ·   {texts.tr('prompt.remaining', seconds=seconds)}"


def _find_document_prompt(view: DocumentView) -> str:
    """Return the code of what to do with the document now, empty when nothing; never what it says.

    Whoever stands behind the customer reads this window, too.
    """
    if view.phase is DocumentPhase.CHIP:
        return "customer.chip"
    if view.phase is DocumentPhase.CAMERA and view.advice:
        return f"document_advice.{view.advice}"
    return ""
