"""The decision: from when an approval counts, who confirmed the face, what a supervisor sees."""

import pytest
from PySide6.QtWidgets import QLabel

from crypto.report.alarm import AlarmCode
from resources import LANGUAGES, path
from tests.support.desktop.snapshots import (
    NOW_MS,
    checks,
    decision,
    jpeg,
    session,
    signature_view,
)
from tests.support.desktop.window_pages import open_state
from tests.support.system.event_loop import settle
from ui.navigation import Page, Route
from workstation.documents.texts import Texts
from workstation.rules.checks import CheckId, CheckResult, CheckStatus, Hardness
from workstation.rules.policy_file import read_policy
from workstation.session.states import State

HOUR_MS = 3_600_000


def labels(window):
    return [each.text() for each in window.findChildren(QLabel) if each.isVisible()]


def test_an_approval_that_does_not_count_yet_is_a_waiting_with_its_hour(window):
    open_state(window, State.RECORDED, not_before_ms=NOW_MS + 8 * HOUR_MS + 1)

    shown = labels(window)

    assert Texts("ru").tr("verdict.not_before") in shown
    assert Texts("ru").tr("verdict.approved") not in shown
    assert any("22.11.2025 21:21" in text for text in shown)


def test_an_approval_counts_from_its_moment_on(window):
    open_state(window, State.RECORDED, not_before_ms=NOW_MS)

    assert Texts("ru").tr("verdict.approved") in labels(window)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [each for each in AlarmCode if each.value.startswith("answer")])
def test_an_alarm_says_whom_to_call_instead_of_trying_again(window, qtbot, code, language):
    window.resize(1280, 720)
    reason = f"signature.{code.value}"
    open_state(window, State.RECORDED, decision=decision("indeterminate", reason))
    window.ctx.use_language(language)
    settle(qtbot)
    assert Texts(language).tr(f"decision.{reason}") in labels(window)
    banner = window.screen_of(Page.DECISION).banner
    assert banner.sentence.height() >= banner.sentence.heightForWidth(banner.sentence.width())


@pytest.mark.parametrize("route", [Route.NONE, Route.RECEIPT])
def test_the_number_of_the_authority_stands_with_the_decision(window, route):
    open_state(window, State.RECORDED, authority_number="IDEC-77-31")
    window.navigate(route.value)

    assert any("IDEC-77-31" in text for text in labels(window))


def test_without_an_authority_no_number_is_spoken_of(window):
    open_state(window, State.RECORDED)

    assert not any("ЦОИД" in text for text in labels(window))


def test_the_receipts_hour_is_there_only_when_there_is_one(window):
    open_state(window, State.RECORDED)
    window.navigate(Route.RECEIPT.value)
    screen = window.screen_of(Page.RECEIPT)
    assert not screen.lines["not_before"].isVisible()

    window.show_session(session(State.RECORDED, not_before_ms=NOW_MS + HOUR_MS))

    assert screen.lines["not_before"].text() == "22.11.2025 14:20"


def soft(check, reason, facts=()):
    return CheckResult(check, CheckStatus.FAILED, reason, Hardness.SOFT, "S-01", facts)


SOFT = (
    soft(CheckId.OLD_PHONE_OWNER, "old_phone_owner.other_person"),
    soft(CheckId.NUMBER_NOT_SHARED, "number_not_shared.shared", (("clients", 3), ("allowed", 1))),
    soft(CheckId.OLD_NUMBER_CALLED, "old_number_called.concern"),
    soft(CheckId.AGE_CONFIRMED, "age_confirmed.needed"),
    soft(CheckId.REFERENCE_CONFIRMED, "reference_confirmed.needed"),
    soft(CheckId.DOCUMENT_NAME, "document_name.alike"),
    soft(CheckId.NAME, "name.alike"),
    soft(CheckId.KEY_AGE, "key_age.young", (("hours", 2), ("least", 24))),
    soft("four_eyes", "four_eyes.needed"),
)


def review(window, check):
    result = next(each for each in SOFT if each.check == check)
    open_state(
        window,
        State.REVIEW,
        review=(check,),
        checks=(*checks(3), result),
        signature=signature_view(),
        probe_jpeg=jpeg(),
    )
    return window.screen_of(Page.REVIEW)


def test_every_soft_check_of_the_policy_says_what_to_look_at():
    policy = read_policy(path("policies", "kz-2026-07-12.toml").read_bytes())
    soft = {
        item.check
        for operation in policy.operations
        for item in operation.required
        if item.hardness is Hardness.SOFT
    }

    assert soft == {each.check for each in SOFT}
    texts = [Texts(each, policy.words()) for each in ("kk", "ru", "en")]
    for check in soft:
        assert all(each.has(f"review_look.{check}") for each in texts)


@pytest.mark.parametrize("check", [each.check for each in SOFT])
def test_a_supervisor_is_told_what_to_look_at(window, check):
    screen = review(window, check)

    assert screen.look.isVisible()
    assert "[" not in screen.look.text()
    assert "{" not in screen.look.text()


@pytest.mark.parametrize("check", [CheckId.REFERENCE_CONFIRMED, CheckId.AGE_CONFIRMED])
def test_both_photos_are_there_where_a_person_is_looked_at(window, check):
    screen = review(window, check)

    assert screen.pair.isVisible()
    assert screen.origin.isVisible()


def test_names_that_differ_stand_beside_each_other(window):
    screen = review(window, CheckId.NAME)

    assert "Нұрғалиева Әсел Серікқызы" in screen.look.text()
    assert "НҰРҒАЛИЕВА ӘСЕЛ" in screen.look.text()


def test_numbers_of_a_finding_are_in_its_words(window):
    assert "у 3 клиентов" in review(window, CheckId.NUMBER_NOT_SHARED).look.text()
    assert "2 ч назад" in review(window, CheckId.KEY_AGE).look.text()


def test_what_has_not_passed_stands_first(window):
    screen = review(window, CheckId.NAME)

    assert screen.grid._checks[0].check == CheckId.NAME
