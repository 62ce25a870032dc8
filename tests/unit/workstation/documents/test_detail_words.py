"""Every code that reaches a person as a detail has words in each language; none is shown raw."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import crypto
from crypto.algorithms.registry import SignatureOutcome
from crypto.cms.signature_file import FileKind
from crypto.report.report import (
    EvidenceItem,
    EvidenceKind,
    Finding,
    FindingStatus,
    Indication,
    SignatureReport,
    SubIndication,
)
from resources import LANGUAGES
from workstation.documents.detail_words import describe_detail, find_words
from workstation.documents.report_text import report_lines
from workstation.documents.texts import Texts

ROOMS = (
    "algorithms",
    "cms",
    "containers",
    "path",
    "report",
    "revocation",
    "signatures",
    "tsp",
    "validation",
    "xmldsig",
)
# Where the code is among the arguments of what makes a finding or an item of evidence.
CALLS = {
    "passed": 1,
    "warning": 1,
    "failed": 3,
    "unsettled": 3,
    "PathFailure": 0,
    "fail": 0,
    "RevocationResult": 0,
    "EvidenceItem": 4,
}
# Files whose functions return such a code.
RETURNING = {"crl_rules.py", "crl_status.py", "ocsp_status.py", "check.py", "token.py"}
CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LATIN_CODE = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
NOT_CODES = {"ocsp", "crl", "tst", "pdf", "test", "prod"}
TRANSLATED = [language for language in LANGUAGES if language != "en"]


def constants(node):
    """The first words of every text that an expression may come to."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        yield node.values[0].value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for each in node.values:
            yield from constants(each)


def name_of(call):
    function = call.func
    return getattr(function, "id", getattr(function, "attr", ""))


def texts_of_calls(tree):
    assigned = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned.setdefault(node.targets[0].id, []).extend(constants(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node) in CALLS:
            named = [k.value for k in node.keywords if k.arg in {"detail", "reason"}]
            for each in (*node.args[CALLS[name_of(node)] :], *named):
                yield from constants(each)
                if isinstance(each, ast.Name):
                    yield from assigned.get(each.id, [])


def returned_texts(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and node.value is not None:
            yield from constants(node.value)


@cache
def detail_codes():
    """Codes by the file that states them."""
    found = {}
    root = Path(crypto.__file__).parent
    for room in ROOMS:
        for file in (root / room).rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            returned = returned_texts(tree) if file.name in RETURNING else ()
            for text in (*texts_of_calls(tree), *returned):
                code = text.partition(":")[0].partition("@")[0]
                if CODE.fullmatch(code) and not text.startswith("signature."):
                    found[code] = f"{room}/{file.name}"
    outcomes = set(SignatureOutcome) - {SignatureOutcome.VALID}
    found |= {each.value: "algorithms/registry.py" for each in outcomes}
    found |= {f"wrong_file_kind:{each.value}": "cms/signature_file.py" for each in FileKind}
    return found


def report_of(detail):
    marked = Finding("signed_attributes", FindingStatus.INDETERMINATE, f"warning:{detail}")
    bare = Finding("path", FindingStatus.INDETERMINATE, detail)
    item = EvidenceItem(EvidenceKind.CRL, "given", "ab" * 32, 1, used=False, reason=detail)
    return SignatureReport(
        indication=Indication.INDETERMINATE,
        sub_indication=SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
        reason="signature.no_chain",
        subject=None,
        chain=(),
        findings=(marked, bare),
        evidence=(item,),
        cms_sha256="",
        content_sha256="",
        validated_at_ms=0,
        signed_at_claim_ms=None,
    )


def test_the_walk_finds_codes_at_all():
    codes = set(detail_codes())
    assert len(codes) > 100
    assert {"namesakes", "no_issuer_found", "ber", "signed_in_der_order"} <= codes


def test_every_detail_code_has_words():
    texts = [Texts(language) for language in LANGUAGES]
    missing = {
        code: place
        for code, place in detail_codes().items()
        for part in code.split(":")
        if part not in NOT_CODES and not all(find_words(each, part) for each in texts)
    }
    assert missing == {}


SHAPES = ("{}", "{}:3", "{}:2026-09-01T12:00:00+00:00", "{}@1:2026-09-01T12:00:00+00:00,{}@0")


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("shape", SHAPES)
def test_no_code_is_shown_raw_in_a_report(language, shape):
    texts = Texts(language)
    shown = {}
    for code in detail_codes():
        text = "\n".join(report_lines(report_of(shape.replace("{}", code)), texts))
        if found := LATIN_CODE.findall(text):
            shown[code] = found
    assert shown == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_code_without_words_is_not_shown_raw_either(language):
    texts = Texts(language)
    assert describe_detail(texts, "never_heard_of") == texts.tr("detail.other")
    assert describe_detail(texts, "der_malformed:never_heard_of") == texts.tr(
        "detail.der_malformed"
    )
    assert describe_detail(Texts("en"), "never_heard_of:7") == "never_heard_of: 7"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "value", ["SHA-256", "1.2.840.113549.1.1.11", "2026-09-01T12:00:00+00:00", "3"]
)
def test_values_are_shown_as_they_are(language, value):
    assert describe_detail(Texts(language), value) == value


def test_several_codes_are_said_one_after_the_other():
    texts = Texts("ru")
    said = describe_detail(texts, "expired@1:2025-01-01T00:00:00+00:00,not_a_ca@2")
    assert said == (
        f"{texts.tr('detail.expired')}: {texts.tr('detail.certificate')}1, "
        f"2025-01-01T00:00:00+00:00, {texts.tr('detail.not_a_ca')}: "
        f"{texts.tr('detail.certificate')}2"
    )
    assert describe_detail(texts, "") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_is_worded_by_the_finding_that_it_belongs_to(language):
    texts = Texts(language)
    named = describe_detail(texts, "absent", "signing_certificate")
    assert named == texts.tr("detail.signing_certificate.absent")
    assert named != describe_detail(texts, "absent")


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_retired_algorithm_is_named_with_its_last_day(language):
    texts = Texts(language)
    said = describe_detail(texts, "algorithm_too_weak:gost2004:until:2025-06-25", "signature_value")
    assert texts.tr("detail.gost2004") in said
    assert f"{texts.tr('detail.until')}, 2025-06-25" in said
