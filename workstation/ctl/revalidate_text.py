"""What `signature revalidate` says: both outcomes in words, whom they rest on, what to do next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from crypto.report.report import Indication
from crypto.report.stored import view_as_stored
from crypto.signatures.document import DocumentReport
from crypto.signatures.revalidation import Revalidation, StatedOutcome
from workstation.documents.texts import Texts

__all__ = ["RevalidationReport", "state_today"]

_GIVEN = ("given", "station")


@dataclass(frozen=True, slots=True)
class RevalidationReport:
    """One evidence pack judged again, as a person reads it.

    again    as of the moment of then; `today` None: the pack cannot be judged by today's clock
    later    as of `at`, another moment that was asked about; None: none was
    anchors  why each is trusted; empty when it is not
    missing  SHA-256 of lists that the pack names and that are not there
    """

    moment: datetime
    software: str
    again: Revalidation
    today: DocumentReport | None
    at: datetime | None
    later: Revalidation | None
    anchors: Mapping[str, str]
    missing: Sequence[str]

    @property
    def good(self) -> bool:
        """Whether the outcome is the same, on trusted anchors, and passes where it was asked."""
        return self.again.same and all(self.anchors.values()) and self._passes_later

    @property
    def _passes_later(self) -> bool:
        return self.later is None or self.later.report.indication is Indication.TOTAL_PASSED

    @property
    def _verdict(self) -> str:
        if not self.again.same:
            return "differs"
        if not all(self.anchors.values()):
            return "not_trusted"
        return "good" if self._passes_later else "later"

    def advise(self, texts: Texts) -> Iterator[str]:
        """Yield what to do next, the gravest first."""
        if not self.again.same:
            yield texts.tr(f"revalidate_next.{'lists' if self.missing else 'differs'}")
        if not all(self.anchors.values()):
            yield texts.tr("revalidate_next.trust")
        if not self._passes_later:
            yield texts.tr("revalidate_next.extend")
        if self.good:
            yield texts.tr("revalidate_next.good")
            reasons = {reason for _, _, reason in state_today(self.today)} if self.today else set()
            if "signature.revoked" in reasons:
                yield texts.tr("revalidate_next.revoked")
            elif self.today is None or self.today.indication is not Indication.TOTAL_PASSED:
                yield texts.tr("revalidate_next.today")

    def lines(self, texts: Texts) -> Iterator[str]:
        """Yield the report as `Label: words`."""
        verdict = texts.tr(f"revalidate_verdict.{self._verdict}")
        yield _line(texts, "verdict", verdict)
        for each in self.advise(texts):
            yield _line(texts, "next", each)
        yield from _outcome_lines(texts, "then", self.again.recorded, _minutes(self.moment))
        yield from _outcome_lines(texts, "again", self.again.repeated)
        if self.at is not None and self.later is not None:
            proofs = [each.proven_at_ms for each in self.later.report.signatures]
            yield from _outcome_lines(
                texts, "at", self.later.repeated, _minutes(self.at), proofs=proofs
            )
        if self.today is None:
            yield _line(texts, "today", texts.tr("revalidate_word.not_judged"))
        else:
            yield from _outcome_lines(texts, "today", state_today(self.today))
        for sha256, why in self.anchors.items():
            yield _line(texts, "anchor", f"{_name_trust(texts, why)}, SHA-256 {sha256}")
        if self.missing:
            yield _line(texts, "missing", ", ".join(self.missing))
        yield _line(texts, "software", self.software)


def state_today(today: DocumentReport) -> StatedOutcome:
    """Return what each signature is worth as a stored one, by today's clock."""
    stated = []
    for report in today.signatures:
        view = view_as_stored(report)
        sub = view.sub_indication.value if view.sub_indication else None
        stated.append((view.indication.value, sub, report.reason))
    return tuple(stated)


def _outcome_lines(
    texts: Texts,
    label: str,
    outcome: StatedOutcome,
    at: str = "",
    *,
    proofs: Sequence[int | None] = (),
) -> Iterator[str]:
    for index, (indication, _, reason) in enumerate(outcome):
        named = texts.tr(f"indication.{indication}")
        if indication != Indication.TOTAL_PASSED:
            named = f"{named}. {texts.tr(reason)}"
        proven = proofs[index] if index < len(proofs) else None
        if proven is not None:
            time = f"{_minutes(datetime.fromtimestamp(proven / 1000, UTC))} UTC"
            named = f"{named}; {texts.tr('revalidate_word.proven', time=time)}"
        which = texts.tr("revalidate_word.number", number=index + 1) if len(outcome) > 1 else ""
        beside = ", ".join(each for each in (f"{at} UTC" if at else "", which) if each)
        yield _line(texts, label, named, beside)


def _name_trust(texts: Texts, why: str) -> str:
    if why in _GIVEN:
        return texts.tr(f"revalidate_word.{why}")
    if why:
        return texts.tr("revalidate_word.known", name=why.partition(":")[2])
    return texts.tr("revalidate_word.not_trusted")


def _line(texts: Texts, label: str, words: str, beside: str = "") -> str:
    named = texts.tr(f"revalidate_label.{label}")
    return f"{named} ({beside}): {words}" if beside else f"{named}: {words}"


def _minutes(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
