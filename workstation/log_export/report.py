"""The integrity report: one A4 page in three languages, made as receipts are made.

It is signed as everything is that leaves the station: the log's entry of the export holds its
SHA-256, and the page states the signed head that the log had when it was verified.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crypto.log.format.checkpoint import SignedCheckpoint
from resources import LANGUAGES
from workstation.documents.receipt import head_text
from workstation.documents.receipt_page import ReceiptPage, Row, fit_page
from workstation.documents.texts import Texts
from workstation.rules.local_time import KAZAKHSTAN

__all__ = ["IntegrityFacts", "compose_report"]


@dataclass(frozen=True, slots=True)
class IntegrityFacts:
    """What the report states.

    reason     code of what is wrong, empty where the log is whole
    first_bad  index of the first bad entry, -1 for none that can be named
    notices    what is no breach and worth a look: code, how often, first entry
    anchored   size that a witness has cosigned, and when (ms); 0 for none
    head       of the log when the report was made
    """

    bank: str
    branch: str
    station: str
    operator: str
    ok: bool
    size: int
    first_bad: int
    reason: str
    verified_ms: int
    notices: tuple[tuple[str, int, int], ...]
    anchored: tuple[int, int]
    head: SignedCheckpoint
    simulated: bool


def compose_report(facts: IntegrityFacts, language: str) -> bytes:
    """Return the PDF."""
    order = (language, *(each for each in LANGUAGES if each != language))
    voices = tuple(Texts(each) for each in order)
    return fit_page(lambda scale: _draw(facts, voices, scale)).finish()


def _draw(facts: IntegrityFacts, voices: Sequence[Texts], scale: float) -> ReceiptPage:
    def say(code: str) -> list[str]:
        return [texts.tr(code) for texts in voices]

    title = voices[0].tr("log_report.title")
    page = ReceiptPage(title=title, language=voices[0].language, scale=scale)
    page.heading(f"{facts.bank} · {facts.branch}", say("log_report.title"))
    if facts.simulated:
        page.banner(say("log_report.simulated"))
    page.verdict(say("log_report.good" if facts.ok else "log_report.bad"), good=facts.ok)
    if not facts.ok:
        page.sentences(say(f"log_fault.{facts.reason}"))
    size, at_ms = facts.anchored
    rows = [
        Row(say("log_report.station"), [facts.station]),
        Row(say("log_report.operator"), [facts.operator]),
        Row(say("log_report.verified"), [_moment(facts.verified_ms)]),
        Row(say("log_report.entries"), [str(facts.size)]),
        Row(
            say("log_report.anchored"),
            [f"{size} · {_moment(at_ms)}"] if size else say("log_report.not_anchored"),
        ),
    ]
    if facts.first_bad >= 0:
        rows.append(Row(say("log_report.first_bad"), [str(facts.first_bad)]))
    rows += [
        Row(say(f"log_notice.{code}"), [f"{count} · № {first}"])
        for code, count, first in facts.notices
    ]
    page.facts(rows)
    stated = head_text(facts.head)
    page.proof(stated, stated, say("log_report.head"), say("log_report.check"))
    return page


def _moment(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, KAZAKHSTAN):%Y-%m-%d %H:%M:%S} +05:00"
