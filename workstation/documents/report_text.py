"""A signature report in words: what was checked, what it rested on, what to do next."""

from collections.abc import Iterator
from datetime import UTC, datetime

from crypto.path.known_authorities import CatalogueRefused, known_authorities
from crypto.report.container import ContainerSummary
from crypto.report.report import (
    WARNING,
    EvidenceItem,
    Finding,
    Indication,
    MissingIssuer,
    SignatureReport,
    SubIndication,
    SubjectFacts,
)
from crypto.report.tree import BlockReport, build_report_tree
from crypto.x509.profile_names import carrier_kind, identification_method, policy_word, role_word
from workstation.documents.detail_words import describe_detail
from workstation.documents.texts import Texts

__all__ = ["container_lines", "next_step", "next_step_code", "report_lines", "subject_lines"]

_NEXT = "next_step."


def next_step_code(texts: Texts, sub_indication: str, reason: str) -> str:
    """Return the code of what to do: by the reason where it has words, else by sub-indication.

    sub_indication  empty: the signature has passed
    """
    if not sub_indication:
        return f"{_NEXT}passed"
    return texts.find((f"{_NEXT}{reason}", f"{_NEXT}{sub_indication}")) or f"{_NEXT}ask"


def next_step(texts: Texts, sub: SubIndication | None, reason: str) -> str:
    """Say in plain words what to do."""
    return texts.tr(next_step_code(texts, "" if sub is None else sub.value, reason))


def report_lines(report: SignatureReport, texts: Texts) -> Iterator[str]:
    """Yield a report as lines. Foreign words in them are not made printable here."""
    sub = report.sub_indication
    stated = "" if sub is None else f" / {sub.value}"
    word = texts.tr(f"indication.{report.indication.value}")
    yield f"{_label(texts, 'indication')}: {report.indication.value}{stated}: {word}"
    if report.indication is not Indication.TOTAL_PASSED:
        code = f"{report.reason}: " if texts.language == "en" else ""
        yield f"{_label(texts, 'reason')}: {code}{texts.tr(report.reason)}"
    yield f"{_label(texts, 'next')}: {next_step(texts, sub, report.reason)}"
    if report.missing_issuer is not None:
        yield _missing_issuer_line(report.missing_issuer, texts)
    if report.proven_at_ms is not None:
        label = _label(texts, "proven_at")
        yield f"{label}: {_time(report.proven_at_ms)}: {texts.tr('report.proven_at')}"
    if report.subject is not None:
        yield from subject_lines(report.subject, texts)
    for block in build_report_tree(report):
        yield from _block_lines(block, texts)
    for number, each in enumerate(report.countersignatures, 1):
        yield f"--- {texts.tr('report.countersignature')} {number}"
        yield from (f"    {line}" for line in report_lines(each, texts))


def container_lines(container: ContainerSummary, texts: Texts) -> Iterator[str]:
    """Yield what a document is made of. Names of files are not made printable here."""
    pages = f", {container.pages} {texts.tr('container.pages')}" if container.pages else ""
    yield f"{texts.tr(f'file_kind.{container.kind}')}{pages}"
    for number, each in enumerate(container.files, 1):
        kind = f"file_kind.{each.kind}"
        name = texts.tr(kind) if texts.has(kind) else each.kind
        signed = f"{texts.tr('container.signatures')}: {each.signatures}"
        yield (
            f"{texts.tr('container.file')} {number}: {each.name}: {name}; "
            f"{each.octets} B, {each.sha256[:16]}; {signed}"
        )


def _missing_issuer_line(missing: MissingIssuer, texts: Texts) -> str:
    code = "missing_issuer.own" if missing.own else "missing_issuer.of"
    key_id = f" ({texts.tr('missing_issuer.key_id')} {missing.key_id})" if missing.key_id else ""
    try:
        known = known_authorities().find_named(missing.name)
    except CatalogueRefused:  # a verdict is shown all the same
        known = ()
    word = f"; {texts.tr('missing_issuer.known')}: {', '.join(known)}" if known else ""
    return f"{_label(texts, 'issuer')}: {texts.tr(code)}: {missing.name}{key_id}{word}"


def subject_lines(subject: SubjectFacts, texts: Texts) -> Iterator[str]:
    """Yield who signed, as the certificate says it."""
    yield f"{_label(texts, 'subject')}: {subject.common_name}"
    yield f"{_label(texts, 'holder')}: {texts.tr(f'holder_kind.{subject.holder}')}"
    for name, value in (("iin", subject.iin), ("bin", subject.bin)):
        if value:
            yield f"{_label(texts, name)}: {value}"
    if subject.organisation:
        yield f"{_label(texts, 'organisation')}: {subject.organisation}"
    yield f"{_label(texts, 'serial')}: {subject.serial}"
    yield f"{_label(texts, 'not_after')}: {subject.not_after.isoformat()}"
    for name, stated, prefix, word_of in (
        ("role", subject.roles, "holder_role", role_word),
        ("policy", subject.policies, "certificate_policy", policy_word),
        ("carrier", subject.keystores, "carrier_kind", lambda oid: carrier_kind(oid).value),
        (
            "identified",
            subject.identification,
            "identified",
            lambda oid: identification_method(oid).value,
        ),
    ):
        for oid in stated:
            word = word_of(oid)
            stated_word = texts.tr(f"{prefix}.{word}") if word else oid
            yield f"{_label(texts, name)}: {stated_word} ({oid})"


def _block_lines(block: BlockReport, texts: Texts) -> Iterator[str]:
    about = f" {block.about[:16]}" if block.about else ""
    if block.about.startswith("@"):  # of a path that was not found: the position in it
        about = f" ({texts.tr('detail.certificate')}{block.about[1:]})"
    status = texts.tr(f"status.{block.status.value}")
    mark = texts.tr(f"mark.{block.status.value}")
    yield f"[{mark}] {texts.tr(f'block.{block.block.value}')}{about}: {status}"
    yield from (_finding_line(each, texts) for each in block.findings)
    yield from (_evidence_line(each, texts) for each in block.evidence)


def _finding_line(finding: Finding, texts: Texts) -> str:
    code = f"finding.{finding.code}"
    name = texts.tr(code) if texts.has(code) else finding.code
    mark = texts.tr(f"mark.{'warning' if finding.warning else finding.status.value}")
    # The mark says already that it is a warning.
    stated = describe_detail(texts, finding.detail.removeprefix(WARNING), finding.code)
    detail = f" ({stated})" if stated else ""
    return f"    {mark}: {name}{detail}"


def _evidence_line(item: EvidenceItem, texts: Texts) -> str:
    word, _, stated = item.reason.partition(":")
    code = f"evidence_reason.{word}"
    if texts.has(code):
        # Of clock_ahead alone what is stated are seconds; the other sentences have no place for it.
        why = texts.tr(code, seconds=stated)
        rest = describe_detail(texts, "" if word == "clock_ahead" else stated)
    else:
        why, rest = describe_detail(texts, item.reason), ""
    if texts.language == "en":
        rest = item.reason  # the codes are English
    elif rest == texts.tr("detail.other"):
        rest = ""
    why = f"{why} ({rest})" if rest else why
    used = texts.tr("evidence.used" if item.used else "evidence.unused")
    at = ""
    if item.this_update_ms:
        at = f" {_time(item.this_update_ms)}"
    named = f" {item.sha256[:16]}" if item.sha256 else ""
    due = ""
    if not item.used and item.next_update_ms:
        due = f"; {texts.tr('evidence.due')} {_time(item.next_update_ms)}"
    kind, source = texts.tr(f"evidence_kind.{item.kind.value}"), item.source
    if texts.has(f"evidence_source.{source}"):
        source = texts.tr(f"evidence_source.{source}")
    return f"    {kind} {source}{named}{at}: {used}: {why}{due}"


def _label(texts: Texts, name: str) -> str:
    return texts.tr(f"report_line.{name}")


def _time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()
