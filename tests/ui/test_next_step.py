"""The signature's page says what to do next, in the teller's language."""

import pytest

from tests.support.desktop.snapshots import signature_view
from tests.support.desktop.window_pages import open_settled, open_state
from ui.navigation import Page
from ui.widgets.labels import CodeLabel, PlainLabel
from workstation.session.states import State


@pytest.mark.parametrize(
    ("sub_indication", "reason", "code"),
    [
        ("", "signature.passed", "next_step.passed"),
        ("TRY_LATER", "signature.no_revocation_answer", "next_step.TRY_LATER"),
        (
            "SIG_CONSTRAINTS_FAILURE",
            "signature.iin_mismatch",
            "next_step.signature.iin_mismatch",
        ),
    ],
)
def test_a_report_says_what_to_do_next(window, sub_indication, reason, code):
    view = signature_view(sub_indication=sub_indication, reason=reason)
    open_state(window, State.SIGNATURE, signature=view)
    panel = window.screen_of(Page.SIGNATURE).panel
    texts = [label.text() for label in panel.content.findChildren(CodeLabel)]
    assert window.ctx.tr_code(code) in texts


def shown(panel):
    return [label.text() for label in panel.content.findChildren(PlainLabel) if label.isVisible()]


def test_the_chain_stands_from_the_root_down_to_the_customer(window):
    view = signature_view()
    open_settled(window, State.SIGNATURE, signature=view)

    words = shown(window.screen_of(Page.SIGNATURE).panel)

    places = [words.index(name) for name in reversed(view.chain)]
    assert len(places) == 3
    assert words.index(window.ctx.tr_code("signature.chain_root")) > places[0]
    assert window.ctx.tr_code("signature.chain_customer") in words


def test_every_check_is_listed_when_all_is_good(window):
    view = signature_view()
    open_settled(window, State.SIGNATURE, signature=view)

    words = shown(window.screen_of(Page.SIGNATURE).panel)

    assert all(window.ctx.tr_code(f"finding.{code}") in words for code, _ in view.findings)
    assert words.count(window.ctx.tr_code("status.passed")) == len(view.findings)


def test_what_is_not_in_order_stands_first(window):
    findings = (("format", "passed"), ("revocation", "failed"))
    open_settled(window, State.SIGNATURE, signature=signature_view(findings=findings))

    words = shown(window.screen_of(Page.SIGNATURE).panel)

    tr = window.ctx.tr_code
    assert words.index(tr("finding.revocation")) < words.index(tr("finding.format"))


def test_a_signature_without_a_path_has_no_chain(window):
    open_settled(window, State.SIGNATURE, signature=signature_view(chain=()))

    words = shown(window.screen_of(Page.SIGNATURE).panel)

    assert window.ctx.tr_code("signature.chain") not in words
