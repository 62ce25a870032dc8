"""Hand-made pictures of session and station, for screens that must not need a runtime."""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from tests.support.desktop.log_lines import FOUND_SILENTLY, NOW_MS, LogLines
from tests.support.station.operations import operation, shipped_policy
from tests.support.station.receipts import receipt_facts
from tests.support.vision.portrait import jpeg, preview_image
from vision.results import (
    CommandOutcome,
    CommandResult,
    LivenessCommand,
    MatchResult,
    MatchVerdict,
    Prompt,
    PromptPhase,
    QualityFinding,
    Status,
)
from workstation.documents.receipt import compose_receipt
from workstation.documents.receipt_page import ReceiptDrawing
from workstation.rules.alternatives import LivenessWay
from workstation.rules.catalogue.words import Words
from workstation.rules.checks import CheckId, CheckResult, CheckStatus, Hardness
from workstation.rules.parties import Operator, Role
from workstation.rules.reference import ReferenceSource
from workstation.session.states import State
from workstation.station.alternative_view import AlternativeView
from workstation.station.log_view import LogVerification
from workstation.station.publisher import offer_operations
from workstation.station.snapshot import (
    ComparisonView,
    DecisionView,
    DocumentPhase,
    DocumentView,
    ExceptionView,
    SessionSnapshot,
    SignatureView,
    StationStatus,
    Waiting,
    WaitingFor,
)

__all__ = [
    "EYES",
    "FOUND_SILENTLY",
    "MATCHED",
    "NOW_MS",
    "VOUCHED",
    "LogLines",
    "decision",
    "document",
    "drawn_receipt",
    "jpeg",
    "preview_image",
    "session",
    "signature_view",
    "station",
    "verification",
]

_NAME = "Нұрғалиева Әсел Серікқызы"
_REQUIRED = (
    CheckId.IIN,
    CheckId.AGE,
    CheckId.COOL_DOWN,
    CheckId.PERSON,
    CheckId.PHONE_OWNER,
    CheckId.OLD_PHONE_OWNER,
    CheckId.NUMBER_NOT_SHARED,
    CheckId.ANTIFRAUD,
    CheckId.OLD_NUMBER_CALLED,
    CheckId.CONSENT,
    CheckId.REFERENCE,
    CheckId.LIVENESS,
    CheckId.MATCH,
    CheckId.SIGNATURE,
    CheckId.NAME,
    CheckId.KEY_AGE,
)
_SOFT = {
    CheckId.OLD_PHONE_OWNER,
    CheckId.NUMBER_NOT_SHARED,
    CheckId.OLD_NUMBER_CALLED,
    CheckId.REFERENCE_CONFIRMED,
    CheckId.NAME,
    CheckId.KEY_AGE,
}
_REASONS = {
    CheckId.IIN: "iin.ok",
    CheckId.AGE: "age.ok",
    CheckId.COOL_DOWN: "cool_down.clear",
    CheckId.PERSON: "person.found",
    CheckId.OLD_PHONE_OWNER: "old_phone_owner.confirmed",
    CheckId.NUMBER_NOT_SHARED: "number_not_shared.own",
    CheckId.NAME: "name.same",
    CheckId.KEY_AGE: "key_age.old_enough",
    CheckId.PHONE_OWNER: "phone_owner.confirmed",
    CheckId.ANTIFRAUD: "antifraud.clear",
    CheckId.OLD_NUMBER_CALLED: "old_number_called.clear",
    CheckId.CONSENT: "consent.given",
    CheckId.REFERENCE: "reference.accepted",
    CheckId.LIVENESS: "liveness.bona_fide",
    CheckId.MATCH: "match.match",
    CheckId.SIGNATURE: "signature.passed",
}
_LINES = (
    ("field.new_phone", Words(*["+7701 ••• •• 67"] * 3)),
    ("field.old_phone", Words(*["+7777 ••• •• 33"] * 3)),
)
_STATEMENT = """ЗАЯВЛЕНИЕ О ПОДТВЕРЖДЕНИИ КРИТИЧЕСКОЙ ОПЕРАЦИИ
Банк: Пример Банк, отделение 012
Станция проверки: Ф-012
ИИН клиента: ••••••••0421
Операция: Смена доверенного номера телефона (change_trusted_phone)
Номер телефона: +77011234567
Прежний номер телефона: +77771112233
Одноразовый код: 5f1c0f3ad2c94a7e5f1c0f3ad2c94a7e5f1c0f3ad2c94a7e5f1c0f3ad2c94a7e
Хеш биометрического доказательства: 9f2c41d07be388aa05c1e77d3b901f6ec2d4a81560bb7e29
Подписывая этот текст, я подтверждаю, что сам прошу об операции."""


def checks(
    count: int = len(_REQUIRED), **changed: tuple[CheckStatus, str]
) -> tuple[CheckResult, ...]:
    """Return the first checks, all passed but the ones that are given otherwise."""
    made = []
    for check in _REQUIRED[:count]:
        status, reason = changed.get(check, (CheckStatus.PASSED, _REASONS[check]))
        soft = check in _SOFT
        facts: tuple[tuple[str, str | int], ...] = ()
        if check == CheckId.MATCH:
            facts = (("distance_ppm", 412_000), ("threshold_ppm", 550_000))
        hardness = Hardness.SOFT if soft else Hardness.HARD
        made.append(CheckResult(check, status, reason, hardness, "B-01", facts))
    return tuple(made)


def station(*, operator: bool = True, **changed: object) -> StationStatus:
    """Return a ready station."""
    status = StationStatus(
        profile="production",
        station="Ф-012",
        operator=Operator("T-1042", "Ахметов Е. Қ.", Role.TELLER) if operator else None,
        camera="Logitech C920 · 640×480",
        models_ready=True,
        allowed=("run_session", "read_log", "verify_log", "close_shift", "manage_station"),
        log_size=418,
        crl_this_update_ms=NOW_MS - 15_600_000,
        policy="kz-2026-07-12",
        operations=offer_operations(shipped_policy()),
        words=shipped_policy().words(),
    )
    return replace(status, **changed)


def _match(verdict: MatchVerdict = MatchVerdict.MATCH) -> MatchResult:
    distance = {MatchVerdict.MATCH: 412_000, MatchVerdict.UNDECIDED: 580_000}.get(verdict, 702_000)
    return MatchResult(
        verdict=verdict,
        reason=f"match.{verdict.value}",
        distance_ppm=distance,
        match_threshold_ppm=550_000,
        review_threshold_ppm=620_000,
        second_distance_ppm=40_000,
        second_threshold_ppm=120_000,
        frames=9,
        probe_sha256="ab",
        reference_sha256="cd",
        authority="file",
        models=(),
    )


MATCHED = _match()


def _command(command: LivenessCommand, outcome: CommandOutcome) -> CommandResult:
    return CommandResult(command, outcome, 1000, 3100, 400_000, 250_000, "ab")


CONDITIONS = (
    QualityFinding("no_face", Status.PASSED, 1, 1),
    QualityFinding("several_faces", Status.PASSED, 1, 1),
    QualityFinding("too_dark", Status.FAILED, 1, 2),
    QualityFinding("blurred", Status.PASSED, 1, 2),
)


EYES = ((0.38, 0.4), (0.6, 0.4))
"""Where the eyes of the portrait are."""

BY_VIDEO = AlternativeView(
    way=LivenessWay.VIDEO_IDENTIFICATION,
    code="3fa9 07c2 be51 d840",
    jpeg=jpeg(),
    failures=1,
    most=3,
)
VOUCHED = ExceptionView(jpeg=jpeg(), officers=("S-0031",), needed=2)
"""A photo, and one officer of two."""


def session(state: State, **changed: object) -> SessionSnapshot:
    """Return a typical picture of a state."""
    base = SessionSnapshot(
        state=state,
        session="0123456789abcdef0123456789abcdef",
        number=418,
        kind="change_trusted_phone",
        client_name=_NAME,
        iin_masked="••••••••0421",
        started_ms=NOW_MS - 108_000,
        operation_lines=_LINES,
        required=_REQUIRED,
    )
    face = {"reference_jpeg": jpeg(), "checks": checks(11)}
    face |= {"reference_source": ReferenceSource.REGISTRY, "reference_age_days": 425}
    typical: dict[State, dict[str, object]] = {
        State.IDLE: {"session": "", "number": 0, "kind": None, "required": ()},
        State.PRECHECKS: {"checks": checks(3), "busy": "registries"},
        State.CONSENT: {"checks": checks(9), "consent": "Я даю согласие на обработку.\n" * 6},
        State.REFERENCE: {"checks": checks(10), "sources": tuple(ReferenceSource)},
        State.LIVENESS: {
            **face,
            "attempt": 1,
            "attempt_running": True,
            "commands": (_command(LivenessCommand.LOOK_UP, CommandOutcome.MET),),
            "prompt": Prompt(PromptPhase.COMMAND, LivenessCommand.TURN_LEFT, 2, 3, 0.45, 5600),
            "conditions": CONDITIONS,
        },
        State.EXCEPTION: {
            **face,
            "attempt": 2,
            "probe_jpeg": jpeg(),
            "exception": VOUCHED,
        },
        State.ALTERNATIVE: {**face, "attempt": 1, "alternative": BY_VIDEO},
        State.MATCHING: {**face, "checks": checks(12), "probe_jpeg": jpeg(), "busy": "analysis"},
        State.COMPARISON: {
            **face,
            "checks": checks(12),
            "probe_jpeg": jpeg(),
            "comparison": ComparisonView(jpeg(), jpeg(), (EYES, EYES)),
        },
        State.AUTHORITY: {
            **face,
            "checks": checks(13),
            "probe_jpeg": jpeg(),
            "match": _match(),
            "waiting_for": Waiting(WaitingFor.AUTHORITY, NOW_MS - 95_000, NOW_MS + 12_000),
        },
        State.SIGNATURE: {**face, "checks": checks(13), "statement": _STATEMENT, "match": _match()},
        State.PARKED: {},
        State.REVIEW: {
            **face,
            "review": (CheckId.OLD_NUMBER_CALLED,),
            "checks": checks(
                16,
                old_number_called=(CheckStatus.INDETERMINATE, "old_number_called.missing"),
            ),
        },
        State.CONFIRMATION: {
            **face,
            "probe_jpeg": jpeg(),
            "match": _match(),
            "eyes": (EYES, EYES),
            "signature": signature_view(),
            "checks": checks(),
        },
        State.DECIDED: {**face, "busy": "log"},
        State.RECORDED: {
            **face,
            "probe_jpeg": jpeg(),
            "match": _match(),
            "decision": decision(),
        },
    }
    return replace(base, **{**typical[state], **changed})


@cache
def drawn_receipt(outcome: str = "approved") -> tuple[bytes, ReceiptDrawing]:
    """Return a receipt's PDF and the strokes it was drawn of."""
    facts = receipt_facts(
        language="ru",
        number=418,
        outcome=outcome,
        operation=operation(
            "change_trusted_phone", new_phone="+77011234567", old_phone="+77771112233"
        ),
    )
    return compose_receipt(facts)


def decision(outcome: str = "approved", reason: str = "decision.approved") -> DecisionView:
    """Return a recorded decision."""
    changed = {}
    if outcome == "rejected":
        changed = {"match": (CheckStatus.FAILED, reason)}
    if outcome == "indeterminate":
        changed = {"signature": (CheckStatus.INDETERMINATE, reason)}
    approved = outcome == "approved"
    return DecisionView(
        outcome=outcome,
        reason=reason,
        checks=checks(**changed),
        log_index=426,
        log_size=427,
        root_base64="n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
        decided_ms=NOW_MS,
        permit=Path("/data/permits/000418.jws") if approved else None,
        receipt=Path("/data/receipts/000418.pdf"),
        drawing=drawn_receipt(outcome)[1],
    )


def document(phase: DocumentPhase = DocumentPhase.READ, **changed: object) -> DocumentView:
    """Return a document that is being read, or was, from its chip."""
    view = DocumentView(phase)
    if phase is DocumentPhase.CAMERA:
        outline = ((220_000, 230_000), (790_000, 250_000), (770_000, 790_000), (210_000, 760_000))
        view = replace(view, advice="turn_over", front=True, outline=outline)
    elif phase is DocumentPhase.CHIP:
        view = replace(view, advice="hold_on_reader", percent=42)
    else:
        view = replace(
            view,
            front=True,
            back=True,
            source=ReferenceSource.CHIP,
            number_masked="•••••6789",
            name="NURGALIYEVA ASSEL",
            birth_date=date(1999, 1, 1),
            expiry=date(2030, 12, 30),
        )
    return replace(view, **changed)


def signature_view(**changed: object) -> SignatureView:
    """Return the report of a good signature."""
    view = SignatureView(
        indication="TOTAL_PASSED",
        sub_indication="",
        reason="signature.passed",
        common_name="НҰРҒАЛИЕВА ӘСЕЛ",
        iin_masked="••••••••0421",
        issuer="9f2c41d07be388aa",
        not_after_ms=NOW_MS + 20_000_000_000,
        findings=(
            ("format", "passed"),
            ("signature_value", "passed"),
            ("path", "passed"),
            ("key_usage", "passed"),
            ("iin_match", "passed"),
        ),
        chain=(
            "НҰРҒАЛИЕВА ӘСЕЛ",
            "ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (RSA) 2022",
            "НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (RSA)",
        ),
    )
    return replace(view, **changed)


def verification(**changed: object) -> LogVerification:
    """Return a finished verification of a whole log."""
    whole = LogVerification(
        running=False, ok=True, size=418, first_bad=-1, reason="", finished_ms=NOW_MS
    )
    return replace(whole, **changed)
