"""The customer's receipt: one A4 page in three languages, the customer's own first.

The same facts give the same bytes. No name and no full ИИН or number stands on it: receipts get
lost. The QR code holds the signed head of the log, which a verifier can hold the bank to.
"""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from crypto.log.format.checkpoint import SignedCheckpoint
from resources import LANGUAGES
from workstation.documents.receipt_page import ReceiptPage, Row
from workstation.documents.receipt_words import RECEIPT_WORDS, ReceiptWords
from workstation.documents.texts import Texts
from workstation.errors import OperationRefused
from workstation.rules.checks import LIVENESS_EXCEPTION, CheckResult, CheckStatus
from workstation.rules.operation import CriticalOperation, mask_phone

__all__ = ["ReceiptFacts", "head_text", "render_receipt"]

_LOCAL = timezone(timedelta(hours=5))
_MARKS = {
    CheckStatus.PASSED: "✓",
    CheckStatus.FAILED: "×",
    CheckStatus.INDETERMINATE: "?",
}


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What the receipt states; everything on it is in the log already.

    number      the number people use: log index of the session's first entry
    iin_masked  with all but the last digits hidden
    language    the customer's: kk, ru or en
    outcome     approved, rejected or indeterminate; reason: its stable code
    checkpoint  the signed tree head that covers log_index
    simulated   no capture device took part: the page says so in large letters
    """

    bank: str
    branch: str
    station: str
    session: str
    number: int
    operation: CriticalOperation
    iin_masked: str
    language: str
    outcome: str
    reason: str
    checks: tuple[CheckResult, ...]
    decided_ms: int
    log_index: int
    checkpoint: SignedCheckpoint
    simulated: bool


@dataclass(frozen=True, slots=True)
class _Voice:
    """One language: its fixed words and its catalogue of codes."""

    words: ReceiptWords
    texts: Texts

    def code(self, code: str) -> str:
        """Return the words of a code; the code itself where the catalogue has none."""
        return self.texts.tr(code) if self.texts.has(code) else code


def head_text(checkpoint: SignedCheckpoint) -> str:
    """Return what the QR code holds: the tree head as a note with the log's own signature."""
    return SignedCheckpoint(checkpoint.checkpoint, checkpoint.lines[:1]).text


def render_receipt(facts: ReceiptFacts) -> bytes:
    """Return the PDF; raises OperationRefused for a language that is not offered."""
    if facts.language not in LANGUAGES:
        raise OperationRefused("language")
    order = (facts.language, *(each for each in LANGUAGES if each != facts.language))
    voices = tuple(_Voice(RECEIPT_WORDS[each], Texts(each)) for each in order)
    first = voices[0]
    page = ReceiptPage(title=first.words.title, language=facts.language)
    page.heading(f"{_plain(facts.bank)} · {_plain(facts.branch)}", _titles(voices))
    if facts.simulated:
        page.banner([voice.words.simulated for voice in voices])
    page.verdict(
        [voice.code(f"outcome.{facts.outcome}") for voice in voices],
        good=facts.outcome == "approved",
    )
    if facts.outcome != "approved":
        page.sentences([f"{voice.words.reason}: {voice.code(facts.reason)}" for voice in voices])
    page.rows(_fact_rows(facts, voices))
    page.section([voice.words.checks for voice in voices])
    page.rows([_check_row(check, voices) for check in facts.checks])
    page.proof(head_text(facts.checkpoint), [voice.words.head for voice in voices])
    page.closing([voice.words.dispute for voice in voices])
    return page.finish()


def _titles(voices: tuple[_Voice, ...]) -> list[str]:
    return [voice.words.title for voice in voices]


def _fact_rows(facts: ReceiptFacts, voices: tuple[_Voice, ...]) -> list[Row]:
    words = [voice.words for voice in voices]
    utc = datetime.fromtimestamp(facts.decided_ms // 1000, UTC)
    local = utc.astimezone(_LOCAL)
    kinds = [each.kinds[facts.operation.kind] for each in words]
    rows = [
        Row([each.number for each in words], [f"№ {facts.number}"]),
        Row([each.session for each in words], [facts.session]),
        Row(
            [each.time for each in words],
            [f"{local:%Y-%m-%d %H:%M:%S} +05:00 · {utc:%H:%M:%S} UTC"],
        ),
        Row([each.station for each in words], [_plain(facts.station)]),
        Row([each.operation for each in words], kinds),
        Row([each.iin for each in words], [facts.iin_masked]),
        Row([each.log_entry for each in words], [f"{facts.log_index} / {facts.checkpoint.size}"]),
    ]
    if facts.operation.new_phone:
        phone = mask_phone(facts.operation.new_phone)
        rows.insert(5, Row([each.new_phone for each in words], [phone]))
    return rows


def _check_row(check: CheckResult, voices: tuple[_Voice, ...]) -> Row:
    labels = [voice.code(f"check.{check.check.value}") for voice in voices]
    values = [voice.code(f"status.{check.status.value}") for voice in voices]
    if check.status is not CheckStatus.PASSED or check.reason == LIVENESS_EXCEPTION:
        reasons = [voice.code(check.reason) for voice in voices]
        values = [f"{value}: {reason}" for value, reason in zip(values, reasons, strict=True)]
    return Row(labels, [f"{_MARKS[check.status]} {values[0]} · {check.rule}", *values[1:]])


def _plain(untrusted: str) -> str:
    """Return configured text on one line without invisible characters, at most 80 of them."""
    kept = (c for c in untrusted if c == " " or unicodedata.category(c)[0] not in "CZ")
    return "".join(kept).strip()[:80]
