"""The customer's receipt: one A4 page in three languages, the customer's own first.

The same facts give the same bytes. No name and no full ИИН or number stands on it: receipts get
lost. The QR code holds the hash of the result's entry, its path and the signed head of the log: a
verifier can hold the bank to them. The entry itself, about five thousand octets, fits into no code.
"""

import base64
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from crypto.log.audit.anchors import Anchor
from crypto.log.format.checkpoint import SignedCheckpoint
from crypto.log.format.proof import make_receipt
from crypto.report.policy import TimestampRule
from resources import LANGUAGES
from workstation.documents.receipt_page import ReceiptDrawing, ReceiptPage, Row, fit_page
from workstation.documents.receipt_words import RECEIPT_WORDS, ReceiptWords
from workstation.documents.texts import Texts
from workstation.errors import OperationRefused
from workstation.rules.catalogue.definition import OperationDefinition
from workstation.rules.catalogue.templates import fill_template, make_plain
from workstation.rules.catalogue.words import Words
from workstation.rules.checks import (
    LIVENESS_EXCEPTION,
    MATCH_REVIEWED,
    CheckResult,
    CheckStatus,
    Hardness,
)
from workstation.rules.local_time import KAZAKHSTAN
from workstation.rules.operation import CriticalOperation
from workstation.rules.policy import Policy
from workstation.rules.reference import LOCAL_AUTHORITY, ReferenceSource

__all__ = [
    "ReceiptFacts",
    "ReceiptPhoto",
    "code_text",
    "compose_receipt",
    "head_text",
    "render_receipt",
]

_SECOND = 2
"""Number of the first who took part beside the customer."""

_MARKS = {
    CheckStatus.PASSED: "✓",
    CheckStatus.FAILED: "×",
    CheckStatus.INDETERMINATE: "?",
}
_WORDED = {LIVENESS_EXCEPTION, MATCH_REVIEWED, "match.by_authority"}
"""How a check has passed otherwise than usual, which the customer may know."""


@dataclass(frozen=True, slots=True)
class ReceiptPhoto:
    """The reference photo: where it is from, the day it was taken or "", and who vouched for it."""

    source: ReferenceSource
    taken: str
    vouched_by: str


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What the receipt states; everything on it is in the log already.

    policy      that decided; its sentences are printed
    number      the number people use: log index of the session's first entry
    iin_masked  the customer's, with all but the last digits hidden
    others      role and masked ИИН of everybody else who took part
    language    the customer's: kk, ru or en
    outcome     approved, rejected or indeterminate; reason: its stable code
    leaf, path  hash of the result's entry, and its inclusion path to the head
    checkpoint  the signed tree head that covers log_index
    anchor      what a witness had cosigned of the log by then, None for nothing
    simulated   no capture device took part: the page says so in large letters
    photo       what the live face was compared with, None before there was a photo
    authority   who compared: `local`, or the number at ЦОИД
    reviewer, review_reason  the supervisor who compared an undecided pair; empty for nobody
    timestamps  when each person's signature was time-stamped, None where it was not
    not_before_ms  end of an approval's wait, 0 where there is none
    second_confirmation  the customer has to confirm once more
    """

    bank: str
    branch: str
    station: str
    session: str
    number: int
    policy: Policy
    operation: CriticalOperation
    iin_masked: str
    others: tuple[tuple[str, str], ...]
    language: str
    outcome: str
    reason: str
    checks: tuple[CheckResult, ...]
    decided_ms: int
    log_index: int
    leaf: bytes
    path: tuple[bytes, ...]
    checkpoint: SignedCheckpoint
    anchor: Anchor | None
    simulated: bool
    photo: ReceiptPhoto | None
    authority: str
    reviewer: str
    review_reason: str
    timestamps: tuple[int | None, ...]
    not_before_ms: int
    second_confirmation: bool

    @property
    def definition(self) -> OperationDefinition:
        """Return what the policy says of the operation."""
        return self.policy.operation(self.operation.kind).definition


@dataclass(frozen=True, slots=True)
class _Voice:
    """One language: its fixed words and its catalogue of codes."""

    words: ReceiptWords
    texts: Texts

    @property
    def language(self) -> str:
        """Return the language of both."""
        return self.texts.language

    def code(self, code: str) -> str:
        """Return the words of a code; the code itself where the catalogue has none."""
        return self.texts.tr(code) if self.texts.has(code) else code


def code_text(facts: ReceiptFacts) -> str:
    """Return what the QR code holds: a tlog-proof with the entry's hash (docs/formats/log.md, 3).

    About 330 octets and 45 more for each hash of the path, of which there are 20 at most in a log
    of a million entries.
    """
    own = SignedCheckpoint(facts.checkpoint.checkpoint, facts.checkpoint.lines[:1])
    return make_receipt(facts.log_index, facts.path, own, leaf=facts.leaf)


def head_text(checkpoint: SignedCheckpoint) -> str:
    """Return the tree head as a note with the log's own signature."""
    return SignedCheckpoint(checkpoint.checkpoint, checkpoint.lines[:1]).text


def render_receipt(facts: ReceiptFacts) -> bytes:
    """Return the PDF; raises OperationRefused for a language that is not offered."""
    return compose_receipt(facts)[0]


def compose_receipt(facts: ReceiptFacts) -> tuple[bytes, ReceiptDrawing]:
    """Return the PDF and the strokes it was drawn of; raises as `render_receipt`."""
    if facts.language not in LANGUAGES:
        raise OperationRefused("language")
    order = (facts.language, *(each for each in LANGUAGES if each != facts.language))
    own = facts.policy.words()
    voices = tuple(_Voice(RECEIPT_WORDS[each], Texts(each, own)) for each in order)
    page = fit_page(lambda scale: _draw(facts, voices, scale))
    return page.finish(), page.drawing()


def _draw(facts: ReceiptFacts, voices: tuple[_Voice, ...], scale: float) -> ReceiptPage:
    page = ReceiptPage(title=voices[0].words.title, language=facts.language, scale=scale)
    page.heading(f"{_plain(facts.bank)} · {_plain(facts.branch)}", _titles(voices))
    if facts.simulated:
        page.banner([voice.words.simulated for voice in voices])
    page.verdict(
        [voice.code(f"outcome.{facts.outcome}") for voice in voices],
        good=facts.outcome == "approved",
    )
    if facts.outcome != "approved":
        reason = _disclose(facts.reason)
        page.sentences([f"{voice.words.reason}: {voice.code(reason)}" for voice in voices])
    page.sentences([f"{voice.words.requested}: {_requested(facts, voice)}" for voice in voices])
    for words in _obligations(facts):
        page.sentences([words.text(voice.language) for voice in voices])
    page.facts([*_fact_rows(facts, voices), *_voucher_rows(facts, voices)])
    passed = f"{_MARKS[CheckStatus.PASSED]} {voices[0].code('status.passed')}"
    page.section([*(voice.words.checks for voice in voices), passed])
    # What is silent is for the bank's later review; a receipt is in the hands of whom it is about.
    shown = [check for check in facts.checks if check.hardness is not Hardness.SILENT]
    others = [role for role, _ in facts.others]
    page.outcomes([_check_row(check, voices, others) for check in shown])
    stated = f"{base64.b64encode(facts.leaf).decode()}\n{head_text(facts.checkpoint)}"
    dispute = facts.policy.documents.receipt.dispute
    captions = [voice.words.head for voice in voices]
    closing = [dispute.text(voice.language) for voice in voices]
    page.proof(code_text(facts), stated, captions, closing)
    return page


def _disclose(reason: str) -> str:
    """Return the reason as the customer is told it: what gave a fraudster away stays in the log."""
    return "receipt.suspicion" if reason.startswith("suspicion.") else reason


def _requested(facts: ReceiptFacts, voice: _Voice) -> str:
    return make_plain(facts.definition.say_receipt(facts.operation, voice.language))


def _obligations(facts: ReceiptFacts) -> list[Words]:
    """Return what the customer has to know before the operation is carried out."""
    texts, found = facts.policy.documents.receipt, []
    if facts.not_before_ms:
        # Rounded up as in the permit: never a second too early.
        moment = {"moment": _local_time(-(-facts.not_before_ms // 1000))}
        said = [fill_template(texts.not_before.text(each), moment) for each in ("kk", "ru", "en")]
        found.append(Words(*said))
    if facts.second_confirmation:
        found.append(texts.second_confirmation)
    return found


def _titles(voices: tuple[_Voice, ...]) -> list[str]:
    return [voice.words.title for voice in voices]


def _fact_rows(facts: ReceiptFacts, voices: tuple[_Voice, ...]) -> list[Row]:
    words = [voice.words for voice in voices]
    utc = datetime.fromtimestamp(facts.decided_ms // 1000, UTC)
    languages = [voice.language for voice in voices]
    policy = facts.policy
    kinds = [facts.definition.name.text(each) for each in languages]
    rows = [
        Row([each.number for each in words], [f"№ {facts.number}"]),
        Row([each.session for each in words], [facts.session]),
        Row(
            [each.time for each in words],
            [f"{_local_time(facts.decided_ms // 1000)} · {utc:%H:%M:%S} UTC"],
        ),
        Row([each.station for each in words], [_plain(facts.station)]),
        Row([each.operation for each in words], kinds),
        Row([each.iin for each in words], [facts.iin_masked]),
        *_other_rows(facts, languages),
        Row(
            [each.rules for each in words],
            [_joined(policy.id, policy.sha256[:16], str(policy.documents.receipt.version))],
        ),
        Row([each.log_entry for each in words], [f"{facts.log_index} / {facts.checkpoint.size}"]),
        Row([each.anchored for each in words], _anchor_texts(facts, words)),
        *_timestamp_rows(facts, words),
    ]
    lines = [facts.definition.masked_lines(facts.operation, each) for each in languages]
    rows[5:5] = [_parameter_row(each) for each in zip(*lines, strict=True)]
    return rows


def _other_rows(facts: ReceiptFacts, languages: list[str]) -> list[Row]:
    """Return who else took part, numbered as the checks about them are."""
    named = [(facts.policy.documents.role(role), iin) for role, iin in facts.others]
    return [
        Row([f"({number}) {role.text(each)}" for each in languages], [iin])
        for number, (role, iin) in enumerate(named, _SECOND)
    ]


def _parameter_row(lines: tuple[tuple[str, str], ...]) -> Row:
    """Return a parameter in every language."""
    return Row([label for label, _ in lines], [make_plain(value) for _, value in lines])


def _anchor_texts(facts: ReceiptFacts, words: list[ReceiptWords]) -> list[str]:
    """Return how far a witness had cosigned the log, and when; that none had, where none had."""
    anchor = facts.anchor
    if anchor is None:
        return [each.not_anchored for each in words]
    return [_joined(str(anchor.size), _local_time(anchor.time_s), anchor.witness)]


def _timestamp_rows(facts: ReceiptFacts, words: list[ReceiptWords]) -> list[Row]:
    """Return when the signatures were time-stamped; that one was not, where the policy asks."""
    stamped = facts.timestamps
    silent = facts.policy.timestamp is TimestampRule.NONE and not any(stamped)
    if silent or not stamped:
        return []
    texts = [
        ", ".join(_local_time(ms // 1000) if ms else each.no_timestamp for ms in stamped)
        for each in words
    ]
    return [Row([each.timestamp for each in words], texts if None in stamped else texts[:1])]


def _voucher_rows(facts: ReceiptFacts, voices: tuple[_Voice, ...]) -> list[Row]:
    """Return whose word the face rests on; nothing where no photo was brought."""
    words, photo = [voice.words for voice in voices], facts.photo
    if photo is None:
        return []
    sources = [each.sources[photo.source] for each in words]
    local = facts.authority == LOCAL_AUTHORITY
    compared = [each.local if local else each.authority for each in words]
    rows = [
        Row([each.photo for each in words], [_joined(sources[0], photo.taken), *sources[1:]]),
        Row([each.vouched_by for each in words], [_plain(photo.vouched_by) or "-"]),
        Row(
            [each.compared_by for each in words],
            [_joined(compared[0], "" if local else _plain(facts.authority)), *compared[1:]],
        ),
    ]
    if facts.reviewer:
        reasons = [voice.code(f"comparison_reason.{facts.review_reason}") for voice in voices]
        reviewed = [_joined(_plain(facts.reviewer), reasons[0]), *reasons[1:]]
        rows.append(Row([each.reviewed_by for each in words], reviewed))
    return rows


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _local_time(seconds: int) -> str:
    """Return a moment of the wall clock in Kazakhstan."""
    local = datetime.fromtimestamp(seconds, UTC).astimezone(KAZAKHSTAN)
    return f"{local:%Y-%m-%d %H:%M:%S} +05:00"


def _check_row(check: CheckResult, voices: tuple[_Voice, ...], others: list[str]) -> Row:
    """Return how a check ended; why, where it has not passed or not as usual."""
    labels = [voice.code(f"check.{check.check}") for voice in voices]
    # Whose check it is, where it is not the customer's.
    whose = f" ({others.index(check.role) + _SECOND})" if check.role in others else ""
    labels[0] = f"{_MARKS[check.status]} {labels[0]}{whose} · {check.rule}"
    if check.status is CheckStatus.PASSED and check.reason not in _WORDED:
        return Row(labels, [])
    code = f"status.{check.status.value}"
    return Row(labels, [f"{voice.code(code)}: {voice.code(check.reason)}" for voice in voices])


def _plain(untrusted: str) -> str:
    """Return configured text on one line without invisible characters, at most 80 of them."""
    kept = (c for c in untrusted if c == " " or unicodedata.category(c)[0] not in "CZ")
    return "".join(kept).strip()[:80]
