"""The catalogues hold together: same keys, same placeholders, fresh .mo, every code worded."""

import ast
import importlib
import inspect
import pkgutil
import re
import runpy
import string
from collections import Counter
from enum import StrEnum
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import crypto
import resources
import vision
import workstation
from resources import LANGUAGES
from tests.support.station.operations import shipped_policy
from workstation.documents.texts import Texts
from workstation.rules.catalogue import phones, values
from workstation.rules.catalogue.fields import FieldType
from workstation.rules.checks import CheckId

ROOT = Path(resources.path("i18n")).parents[1]

PREFIX = {
    "workstation.session.states.State": "state.",
    "workstation.rules.checks.CheckId": "check.",
    "workstation.rules.checks.CheckStatus": "status.",
    "workstation.rules.checks.Hardness": "hardness.",
    "workstation.session.decision.Outcome": "outcome.",
    "workstation.session.evidence.EndingKind": "ending.",
    "workstation.session.confirmation.SuspicionReason": "suspicion.",
    "workstation.session.confirmation.HandOverReason": "hand_over.",
    "workstation.session.confirmation.AbortReason": "abort_reason.",
    "workstation.session.exception.ExceptionReason": "exception_reason.",
    "workstation.session.alternative.WayReason": "way_reason.",
    "workstation.rules.alternatives.LivenessWay": "liveness_way.",
    "workstation.session.comparison.ComparisonAnswer": "comparison_answer.",
    "workstation.session.comparison.ComparisonReason": "comparison_reason.",
    "workstation.station.person_view.PersonNote": "person_note.",
    "workstation.station.snapshot.WaitingFor": "waiting.",
    "crypto.x509.iin.Sex": "sex.",
    "workstation.rules.reference.ReferenceSource": "reference_source.",
    "workstation.rules.parties.Role": "role.",
    "workstation.settings.settings.Profile": "profile.",
    "vision.results.Status": "status.",
    "vision.results.LivenessCommand": "command.",
    "vision.results.PromptPhase": "prompt.",
    "vision.results.CommandOutcome": "command_outcome.",
    "vision.results.PadVerdict": "pad.",
    "vision.results.MatchVerdict": "match_verdict.",
    "vision.document.observation.DocumentAdvice": "document_advice.",
    "crypto.report.chip.ChipReason": "",
    "crypto.report.report.Indication": "indication.",
    "crypto.tsp.client.TimestampFault": "timestamp_fault.",
    "crypto.archive.errors.ExtensionFault": "extension.",
    "crypto.report.report.FindingStatus": "status.",
    "crypto.log.file.faults.LogFault": "log_fault.",
    "crypto.log.format.key_record.Kind": "entry.",
    "workstation.records.audit.session_rules.SessionRule": "log_fault.",
    "workstation.records.audit.look_rules.LookRule": "log_fault.",
    "workstation.records.audit.shift_rules.ShiftRule": "log_fault.",
    "workstation.records.audit.session_rules.SessionFinding": "log_notice.",
    "workstation.review.drawn_look.DoubtReason": "doubt_reason.",
    "workstation.review.drawn_look.LookAnswer": "look_answer.",
    "workstation.charter.difference.ChangeCode": "charter_change.",
    "workstation.first_start.progress.SetUpStep": "set_up_title.",
    "workstation.diagnosis.probe.ProbeKind": "probe_kind.",
    "workstation.diagnosis.probe.ProbeState": "probe_state.",
    "workstation.diagnosis.probe.ProbeFinding": "probe.",
    "workstation.diagnosis.probe.ProbeFact": "probe_fact.",
    "workstation.rules.calendar.difference.ChangeKind": "policy_change.",
    "workstation.rules.calendar.difference.Effect": "policy_effect.",
}
"""What the screens word, by the enumeration it comes from."""

REASON_PREFIXES = (
    "age",
    "age_confirmed",
    "antifraud",
    "authority",
    "begin",
    "busy",
    "comparison",
    "confirmation",
    "consent",
    "cool_down",
    "decision",
    "document_name",
    "exception",
    "hand_over",
    "iin",
    "key_age",
    "liveness",
    "loan_refusal",
    "match",
    "name",
    "not_staff",
    "not_staff_face",
    "number_not_shared",
    "old_number_called",
    "old_phone_owner",
    "one_identity",
    "override",
    "palm",
    "person",
    "personal_visit",
    "phone",
    "phone_owner",
    "questionnaire",
    "reference",
    "reference_confirmed",
    "review",
    "second_look",
    "signature",
    "spouse_consent",
    "suspicion",
    "video_identification",
)
NOT_REASONS = re.compile(
    r"(_ppm|_ms)$|^liveness\.(attempt|challenge|commands)$|^cool_down\.lift$|^match\.frames$|^second_look\.refused$|^confirmation\.py$|^exception\.(approved|no_camera|refused|requested)$|^reference\.quality$"
    r"|^authority\.(client|jws_keys|sqlite|url)$|^(palm|video_identification)\.url$"
    r"|^(iin|match|reference|liveness|review)\.(py|json|toml|png|jpg)$|^review\.(drawn|look)$"
)
SECOND_PERSON = frozenset({CheckId.AGE_CONFIRMED, CheckId.REFERENCE_CONFIRMED})
"""Checks that nobody but a second person answers: they are never missing, only needed."""
_CODE = re.compile(rf"(?:{'|'.join(REASON_PREFIXES)})\.[a-z_0-9]+")


def catalogue(language):
    with resources.path("i18n", language, "LC_MESSAGES", "workstation.po").open("rb") as stream:
        return read_po(stream)


def entries(language):
    return {message.id: message.string for message in catalogue(language) if message.id}


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def modules():
    """Import every module of the three rooms; one that is not there yet is not judged."""
    found = []
    for room in (vision, crypto, workstation):
        for each in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if each.name.endswith("__main__"):
                continue
            try:
                found.append(importlib.import_module(each.name))
            except ModuleNotFoundError as missing:
                # Only a room's own unwritten neighbour is excused, never a dependency.
                if missing.name is None or missing.name.split(".")[0] not in {
                    "vision",
                    "crypto",
                    "workstation",
                }:
                    raise
    return found


@pytest.fixture(scope="module")
def classes():
    return [
        each
        for module in modules()
        for each in vars(module).values()
        if inspect.isclass(each) and each.__module__ == module.__name__
    ]


def test_every_language_has_the_same_codes():
    kk, ru, en = (set(entries(language)) for language in LANGUAGES)

    assert kk == ru == en
    assert len(ru) > 500


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_fuzzy_or_the_code_itself(language):
    for message in catalogue(language):
        if message.id:
            assert message.string.strip(), message.id
            assert message.string != message.id
            assert not message.fuzzy, message.id


@pytest.mark.parametrize("language", ["kk", "en"])
def test_placeholders_agree_with_russian(language):
    russian, other = entries("ru"), entries(language)

    for code, text in russian.items():
        assert placeholders(text) == placeholders(other[code]), code


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_fresh(language):
    script = runpy.run_path(str(ROOT / ".ci" / "texts"))
    source = resources.path("i18n", language, "LC_MESSAGES", "workstation.po")
    fresh = script["compiled"](source)

    assert source.with_suffix(".mo").read_bytes() == fresh, "run .ci/texts"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_stated_twice(language):
    source = ROOT / "resources" / "i18n" / language / "LC_MESSAGES" / "workstation.po"
    codes = re.findall(r'^msgid "(.+)"$', source.read_text(encoding="utf-8"), re.MULTILINE)

    assert [code for code, count in Counter(codes).items() if count > 1] == []


def test_kazakh_is_kazakh_and_english_is_english():
    kazakh_entries, russian_entries = entries("kk"), entries("ru")
    kazakh = "".join(kazakh_entries.values())
    english = "".join(text for code, text in entries("en").items() if "language." not in code)

    assert all(letter in kazakh for letter in "әғқңөұүі")
    assert re.search(r"[А-яЁё]", english) is None
    same = [
        code
        for code, text in kazakh_entries.items()
        if text == russian_entries[code] and len(text.split()) > 3
    ]
    assert same == []


def test_a_certificate_has_one_name_in_each_language():
    """«Сертификат», as NCALayer, НУЦ's pages and customers say; one word for one thing.

    «Регистрационное свидетельство», «тіркеу куәлігі» are the law's words: where a policy names its
    legal basis they stay. In Kazakh «жеке куәлік» is the identity card.
    """
    others = {
        "ru": re.compile(r"свидетельств", re.IGNORECASE),
        "kk": re.compile(r"(?<!жеке )\bкуәлі", re.IGNORECASE),
    }
    for language, other in others.items():
        wrong = {code: text for code, text in entries(language).items() if other.search(text)}
        assert wrong == {}


def test_every_member_the_screens_word_has_a_text(classes):
    texts = [Texts(language) for language in LANGUAGES]
    seen = set()
    for each in classes:
        name = f"{each.__module__}.{each.__name__}"
        if name in PREFIX and issubclass(each, StrEnum):
            seen.add(name)
            for member in each:
                missing = [t.language for t in texts if not t.has(PREFIX[name] + member.value)]

                assert missing == [], (name, member.value)

    assert seen == PREFIX.keys()


def test_every_failure_has_a_text(classes):
    texts = [Texts(language) for language in LANGUAGES]
    codes = {
        code
        for each in classes
        if issubclass(each, Exception) and isinstance(code := vars(each).get("code"), str)
    }

    assert len(codes) > 30
    assert [code for code in sorted(codes) if not all(t.has(code) for t in texts)] == []


def reason_literals():
    """Every string constant of the three rooms that looks like a reason code."""
    found = {}
    for room in ("vision", "crypto", "workstation"):
        for file in (ROOT / room).rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    text = node.value
                    if _CODE.fullmatch(text) and NOT_REASONS.search(text) is None:
                        found[text] = file.name
    return found


def test_every_reason_has_a_text():
    texts = [Texts(language) for language in LANGUAGES]
    missing = {
        code: file
        for code, file in reason_literals().items()
        if not all(each.has(code) for each in texts)
    }

    assert missing == {}


def mistakes_of_fields():
    """Every code that the reader of a field's type can refuse a value with."""
    raised = words_raised(values, "_Malformed")
    raised["_phone"] |= words_raised(phones, "PhoneRefused")["read_phone"]
    return {
        f"{kind.value}.{mistake}"
        for kind in FieldType
        for mistake in raised[f"_{kind.value}"] | {"missing", "unchanged"}
    }


def words_raised(module, exception):
    """The words that each function of a module raises the exception with."""
    return {
        function.name: {
            constant.value
            for node in ast.walk(function)
            if isinstance(node, ast.Call) and called(node) == exception
            for constant in ast.walk(node)
            if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
        }
        for function in ast.parse(inspect.getsource(module)).body
        if isinstance(function, ast.FunctionDef)
    }


def test_every_mistake_in_a_field_has_a_text():
    texts = [Texts(language) for language in LANGUAGES]
    codes = mistakes_of_fields()

    assert {
        "phone.foreign",
        "phone.length",
        "money.currency",
        "iban.checksum",
        "text.length",
    } <= codes
    assert [code for code in sorted(codes) if not all(each.has(code) for each in texts)] == []


def test_what_the_policy_words_is_not_worded_twice():
    assert shipped_policy().words().keys() & entries("ru").keys() == set()


def test_what_was_not_answered_and_what_a_second_person_has_to_say_have_a_text():
    texts = [Texts(language) for language in LANGUAGES]
    unanswered = {f"{check}.missing" for check in CheckId if check not in SECOND_PERSON}
    needed = {f"{check}.needed" for check in SECOND_PERSON}

    assert [
        code for code in sorted(unanswered | needed) if not all(each.has(code) for each in texts)
    ] == []


def test_the_three_rooms_name_reasons_at_all():
    assert {"liveness.bona_fide", "decision.approved", "iin.ok"} <= set(reason_literals())


CONDITIONS = (
    "no_face",
    "several_faces",
    "face_too_small",
    "not_frontal",
    "too_dark",
    "too_bright",
    "blurred",
    "low_confidence",
    "moving",
    "sideways",
    "off_centre",
    "too_far_left",
    "too_far_right",
    "too_high",
    "too_low",
    "back_light",
    "low_contrast",
    "glare",
    "occluded",
    "eyes_closed",
)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_capture_condition_has_name_praise_and_advice(condition):
    for language in LANGUAGES:
        texts = Texts(language)
        for code in ("", ".ok", ".advice"):
            assert texts.has(f"quality.{condition}{code}")
        assert texts.has(f"liveness.{condition}")


def ui_trees():
    for file in sorted((ROOT / "ui").rglob("*.py")):
        yield file, ast.parse(file.read_text(encoding="utf-8"))


def docstrings(tree):
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(id(node.value))
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr):
            found.add(id(node.body[0].value))
    return found


def test_no_screen_holds_a_cyrillic_word():
    for file, tree in ui_trees():
        spared = docstrings(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if id(node) in spared:
                    continue

                assert re.search(r"[А-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі]", node.value) is None, (
                    file.name,
                    node.value,
                )


TEXT_CALLS = {
    "QLabel",
    "QPushButton",
    "QGroupBox",
    "QCheckBox",
    "QRadioButton",
    "QAction",
    "setText",
    "setPlainText",
    "setWindowTitle",
    "setToolTip",
    "setPlaceholderText",
    "setAccessibleName",
    "setAccessibleDescription",
    "addItem",
    "addItems",
    "drawText",
}


def called(node):
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_no_widget_is_given_a_literal_sentence():
    for file, tree in ui_trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or called(node) not in TEXT_CALLS:
                continue
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    assert re.search(r"[A-Za-z]", argument.value) is None, (file.name, node.lineno)


def test_every_code_a_screen_names_has_a_text():
    known = set(entries("ru"))
    groups = {code.split(".")[0] for code in known if "." in code}
    pattern = re.compile(r"[a-z_]+(\.[a-z_0-9]+)+")
    for file, tree in ui_trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                value = node.value
                if pattern.fullmatch(value) and value.split(".")[0] in groups:
                    known_title = f"{value}.title" in known

                    assert value in known or known_title, (file.name, value)
