import base64
import io
import re
from dataclasses import replace

import cv2
import numpy as np
import pytest
from pypdf import PdfReader

from crypto.log.format.checkpoint import open_checkpoint
from crypto.log.format.merkle import verify_inclusion
from crypto.log.format.note import NoteVerifier
from crypto.report.policy import TimestampRule
from resources import LANGUAGES
from tests.support.desktop.qr_codes import text_of as text_of_code
from tests.support.station.operations import KINDS, definition, operation, shipped_policy
from tests.support.station.receipts import LOG_SIGNER, receipt_facts
from tests.support.station.sessions import OPERATIONS
from workstation.documents.qr_code import qr_modules
from workstation.documents.receipt import (
    ReceiptPhoto,
    code_text,
    compose_receipt,
    head_text,
    render_receipt,
)
from workstation.documents.receipt_page import DrawnBar, DrawnText, ReceiptPage
from workstation.documents.receipt_words import RECEIPT_WORDS
from workstation.documents.texts import Texts
from workstation.errors import OperationRefused
from workstation.rules.catalogue.fields import FieldType
from workstation.rules.catalogue.words import Words
from workstation.rules.checks import CheckId, CheckStatus, Hardness
from workstation.rules.parties import PartyRole
from workstation.rules.reference import ReferenceSource
from workstation.session.confirmation import SuspicionReason

POLICY = shipped_policy()
TEXTS = POLICY.documents.receipt
VALUES = {
    FieldType.PHONE: "+77011234567",
    FieldType.MONEY: "1250000.50 KZT",
    FieldType.IBAN: "KZ86125KZT5004100100",
    FieldType.IIN: "900101300017",
    FieldType.BIN: "900101300017",
    FieldType.DATE: "2026-11-22",
    FieldType.DOCUMENT: "N12345678",
    FieldType.COUNT: "24",
    FieldType.TEXT: "Galaxy A54",
}


def filled(known):
    """Return an operation with a value in every field."""
    values = {
        each.name: each.choices[0].id if each.choices else VALUES[each.type]
        for each in known.fields
    }
    return operation(known.kind, **values)


def pages(pdf):
    return PdfReader(io.BytesIO(pdf)).pages


def text_of(facts):
    (page,) = pages(render_receipt(facts))
    return " ".join(page.extract_text().split())


@pytest.mark.parametrize("kind", KINDS)
def test_every_operation_is_named_in_every_language_with_what_it_asks_for(kind):
    text = text_of(receipt_facts(operation=OPERATIONS[kind]))

    for language in LANGUAGES:
        assert definition(kind).name.text(language) in text
        for label, value in definition(kind).masked_lines(OPERATIONS[kind], language):
            assert label in text
            assert value in text


def test_the_same_facts_give_the_same_bytes():
    assert render_receipt(receipt_facts()) == render_receipt(receipt_facts())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_customers_language_comes_first_and_the_others_follow(language):
    text = text_of(receipt_facts(language=language))
    places = [text.index(RECEIPT_WORDS[each].title) for each in LANGUAGES]
    assert min(places) == places[LANGUAGES.index(language)]


def test_kazakh_letters_can_be_read_back_from_the_page():
    text = text_of(receipt_facts())
    for words in ("Қазына Банкі", "Өскемен, Әуезов көшесі", "Тексеру туралы түбіртек", "көрсетуге"):
        assert words in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_check_is_named_with_its_outcome(language):
    facts = receipt_facts(language=language)
    text, words = text_of(facts), Texts(language)
    for check in facts.checks:
        named = words.tr(f"check.{check.check}") in text
        assert named is (check.hardness is not Hardness.SILENT), check.check
    assert words.tr("outcome.approved") in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_face_that_officers_vouched_for_is_not_called_one_that_obeyed(language):
    checks = tuple(
        replace(check, reason="liveness.exception") if check.check == CheckId.LIVENESS else check
        for check in receipt_facts().checks
    )
    text = text_of(receipt_facts(language=language, checks=checks))
    for each in LANGUAGES:
        assert Texts(each).tr("liveness.exception") in text


def test_a_refusal_says_why():
    checks = (
        *receipt_facts().checks[:-1],
        replace(receipt_facts().checks[-1], status=CheckStatus.FAILED, reason="signature.revoked"),
    )
    facts = receipt_facts(
        language="ru", outcome="rejected", reason="signature.revoked", checks=checks
    )
    text, words = text_of(facts), Texts("ru")
    assert words.tr("outcome.rejected") in text
    assert words.tr("outcome.approved") not in text
    assert text.count(words.tr("signature.revoked")) == 2


@pytest.mark.parametrize("reason", SuspicionReason)
def test_a_suspicion_is_not_told_to_the_customer(reason):
    text = text_of(receipt_facts(language="ru", outcome="rejected", reason=f"suspicion.{reason}"))
    for language in LANGUAGES:
        words = Texts(language)
        assert words.tr(f"suspicion.{reason}") not in text
        assert words.tr("receipt.suspicion") in text


def test_the_page_holds_no_full_number():
    kind = "change_trusted_phone"
    facts = receipt_facts(
        operation=operation(kind, new_phone="+77011234567", old_phone="+77017654321"),
    )
    text = text_of(facts).replace(" ", "")
    assert "1234567" not in text
    assert "7654321" not in text
    assert "••67" in text


def test_the_head_in_the_code_is_signed_by_the_log_and_printed_beside_it():
    facts = receipt_facts()
    head = head_text(facts.checkpoint)
    opened = open_checkpoint(head.encode(), NoteVerifier.parse(LOG_SIGNER.vkey))
    assert (opened.size, opened.root) == (facts.checkpoint.size, facts.checkpoint.root)
    assert len(head) <= 300
    assert code_text(facts).endswith(f"\n\n{head}")
    assert "".join(head.split()) in text_of(facts).replace(" ", "")


def test_the_code_shows_the_entrys_hash_and_that_it_stands_under_the_head():
    facts = receipt_facts()
    first, extra, index, *path = code_text(facts).partition("\n\n")[0].split("\n")
    leaf, hashes = base64.b64decode(extra.removeprefix("extra ")), map(base64.b64decode, path)
    assert (first, index) == ("c2sp.org/tlog-proof@v1", f"index {facts.log_index}")
    size, root = facts.checkpoint.size, facts.checkpoint.root
    assert leaf == facts.leaf
    assert verify_inclusion(leaf, facts.log_index, size, tuple(hashes), root)
    assert base64.b64encode(leaf).decode() in text_of(facts).replace(" ", "")


def test_the_largest_code_is_still_one_code():
    # The path of a log of a million entries is as long as it gets.
    text = code_text(receipt_facts())
    assert len(text) <= 1_200
    assert text_of_code(qr_modules(text)) == text


def test_a_simulated_verification_says_so_in_every_language():
    texts = [text_of(receipt_facts(simulated=simulated)) for simulated in (True, False)]
    for words in RECEIPT_WORDS.values():
        assert [words.simulated in text for text in texts] == [True, False]


def test_the_fullest_receipt_still_has_its_last_words_on_the_page():
    facts = receipt_facts(
        bank="Б" * 200,
        branch="Ф" * 200,
        station="с" * 200,
        session="s" * 64,
        outcome="indeterminate",
        reason="signature.revocation_unknown_" + "очень длинная причина " * 6,
        simulated=True,
        checks=tuple(
            replace(check, status=CheckStatus.INDETERMINATE, reason="длинная причина " * 20)
            for check in receipt_facts().checks
        ),
    )
    (page,) = pages(render_receipt(facts))
    lowest = []
    page.extract_text(visitor_text=lambda text, _cm, tm, *_: text.strip() and lowest.append(tm[5]))
    assert TEXTS.dispute.en.split()[-1] in page.extract_text()
    assert min(lowest) >= 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_approval_that_waits_says_from_when_it_is_carried_out(language):
    said = TEXTS.not_before.text(language)
    waits, at_once = receipt_facts(language=language), receipt_facts(not_before_ms=0)

    assert said.replace("{moment}", "2026-11-23 09:30:16 +05:00") in text_of(waits)
    assert said.split("{moment}")[-1] not in text_of(at_once)


@pytest.mark.parametrize("needed", [True, False])
def test_a_second_confirmation_is_announced_where_there_is_one(needed):
    text = text_of(receipt_facts(second_confirmation=needed))
    for language in LANGUAGES:
        assert (TEXTS.second_confirmation.text(language) in text) is needed


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_else_took_part_is_named_by_role_and_has_checks_of_their_own(language):
    first = next(check for check in receipt_facts().checks if check.check == CheckId.MATCH)
    checks = (first, replace(first, role=PartyRole.GUARDIAN))
    others = ((PartyRole.GUARDIAN, "••••••••5550"),)
    text = text_of(receipt_facts(language=language, checks=checks, others=others))

    assert f"(2) {POLICY.documents.role('guardian').text(language)}" in text
    assert "••••••••5550" in text
    label = Texts(language).tr("check.match")
    assert f"✓ {label} · B-01.match" in text
    assert f"✓ {label} (2) · B-01.match" in text


@pytest.mark.parametrize("each", POLICY.operations, ids=lambda each: each.kind)
def test_every_receipt_says_what_was_asked_for_and_by_which_rules(each):
    asked = filled(each.definition)
    text = text_of(receipt_facts(operation=asked, outcome="rejected", reason="match.differs"))
    for language in LANGUAGES:
        sentence = each.definition.say_receipt(asked, language)
        assert f"{RECEIPT_WORDS[language].requested}: {sentence}" in text
    assert f"{POLICY.id} · {POLICY.sha256[:16]} · {TEXTS.version}" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_of_thirty_fields_and_long_words_shrinks_and_loses_nothing(language):
    known = POLICY.operation("loan_issue").definition
    label = Words("ұзын атау " * 9 + "{}", "длинное имя " * 9 + "{}", "W" * 120 + "{}")
    names = [f"f{number}" for number in range(30)]
    fields = tuple(
        replace(
            each,
            id=name,
            name=name,
            label=Words(*(label.text(spoken).format(name) for spoken in ("kk", "ru", "en"))),
        )
        for each, name in zip(known.fields * 10, names, strict=True)
    )
    said = Words(*[" ".join(f"{{{name}}}" for name in names)] * 3)
    asked = replace(known, fields=fields, receipt=said)
    policy = replace(
        POLICY, operations=(replace(POLICY.operation("loan_issue"), definition=asked),)
    )
    facts = receipt_facts(policy=policy, operation=filled(asked), language=language)

    (page,) = pages(render_receipt(facts))
    lowest = []
    page.extract_text(visitor_text=lambda text, _cm, tm, *_: text.strip() and lowest.append(tm[5]))
    text = "".join(page.extract_text().split())

    assert "…" not in text
    for field in fields:
        for each in LANGUAGES:
            assert "".join(field.label.text(each).split()) in text
    assert "".join(TEXTS.dispute.en.split()) in text
    assert min(lowest) > 0


def test_the_receipt_names_the_photo_who_vouched_and_who_compared():
    text, words = text_of(receipt_facts(language="en")), RECEIPT_WORDS["en"]

    assert f"{words.sources[ReferenceSource.REGISTRY]} · 2024-03-01" in text
    assert "gbdfl.gov.kz" in text
    assert f"{words.authority} · IDEC-000731" in text
    assert words.reviewed_by not in text


def test_the_receipt_of_a_local_comparison_by_a_person_names_the_person():
    photo = ReceiptPhoto(ReferenceSource.DOCUMENT_CAMERA, "", "S-0031")
    facts = receipt_facts(
        language="en",
        photo=photo,
        authority="local",
        reviewer="S-0032",
        review_reason="older_photo",
    )
    text, words = text_of(facts), RECEIPT_WORDS["en"]

    assert words.sources[ReferenceSource.DOCUMENT_CAMERA] in text
    assert "S-0031" in text
    assert words.local in text
    assert f"S-0032 · {Texts('en').tr('comparison_reason.older_photo')}" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_receipt_says_when_the_signature_was_stamped_or_that_it_was_not(language):
    words = RECEIPT_WORDS[language]
    stamped = text_of(receipt_facts())
    assert words.timestamp in stamped
    assert "2026-11-23 01:30:12 +05:00" in stamped
    bare = text_of(receipt_facts(timestamps=(None,)))
    assert f"{words.timestamp}" in bare
    assert words.no_timestamp in bare
    silent = replace(POLICY, timestamp=TimestampRule.NONE)
    for facts in (receipt_facts(timestamps=()), receipt_facts(policy=silent, timestamps=(None,))):
        assert words.timestamp not in text_of(facts)


def test_a_session_without_a_photo_names_nobody():
    words = RECEIPT_WORDS["kk"]
    assert words.compared_by not in text_of(receipt_facts(photo=None))


def test_every_source_of_a_photo_has_its_words():
    for words in RECEIPT_WORDS.values():
        assert set(words.sources) == set(ReferenceSource)


def test_invisible_characters_of_configured_names_are_dropped():
    text = text_of(receipt_facts(bank="Банк\u202e\u0000\n«А»"))
    assert "Банк«А»" in text


def test_a_language_that_is_not_offered_is_refused():
    with pytest.raises(OperationRefused, match="language"):
        render_receipt(receipt_facts(language="de"))


def test_the_code_drawn_is_the_code_of_the_text_beside_it():
    content = "bank.example/log/b0421-w07/g1\n6\nZ+NnFEhd1kAztoWAi4ZaJuRK0CTPONZgy3+E4LRwPH8=\n"
    page = ReceiptPage(title="t", language="ru")
    page.proof(content, content, ["a"], ["b"])
    drawn = PdfReader(io.BytesIO(page.finish())).pages[0].get_contents().get_data().decode("latin1")
    boxes = [
        tuple(map(float, box))
        for box in re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re", drawn)
    ]
    side = min(height for *_, height in boxes)
    left, top = min(x for x, *_ in boxes), max(y + h for _, y, _, h in boxes)
    dark = {
        (round((top - y - height) / side), round((x - left) / side) + run)
        for x, y, width, height in boxes
        for run in range(round(width / side))
    }
    size = 1 + max(row for row, _ in dark)
    image = np.full((size + 8, size + 8), 255, np.uint8)
    for row, column in dark:
        image[row + 4, column + 4] = 0

    assert cv2.QRCodeDetector().detectAndDecode(image.repeat(8, 0).repeat(8, 1))[0] == content


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_strokes_are_those_of_the_page(language):
    pdf, drawing = compose_receipt(receipt_facts(language=language))
    written = [each.text for each in drawing.strokes if isinstance(each, DrawnText)]

    (page,) = pages(pdf)

    assert "".join("".join(written).split()) == "".join(page.extract_text().split())
    assert (drawing.width, drawing.height) == (page.mediabox.width, page.mediabox.height)
    assert all(0 < each.y < drawing.height for each in drawing.strokes)
    assert all(0 < each.x < drawing.width for each in drawing.strokes)


def test_the_strokes_hold_the_code_of_the_page():
    facts = receipt_facts()
    _, drawing = compose_receipt(facts)
    bars = [each for each in drawing.strokes if isinstance(each, DrawnBar)]
    side = min(each.height for each in bars)
    left, top = min(each.x for each in bars), min(each.y for each in bars)
    rows = qr_modules(drawing.code)

    dark = {
        (round((each.y - top) / side), round((each.x - left) / side) + run)
        for each in bars
        for run in range(round(each.width / side))
    }

    assert drawing.code == code_text(facts)
    assert dark == {(y, x) for y, row in enumerate(rows) for x, bit in enumerate(row) if bit}
