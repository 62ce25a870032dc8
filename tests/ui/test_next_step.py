"""The signature's page says what to do next, in the teller's language."""

import pytest

from tests.support.desktop.snapshots import signature_view
from tests.support.desktop.window_pages import open_state
from ui.navigation import Page
from ui.widgets.labels import CodeLabel
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
