"""The signature's page and the customer's window, rendered for eyes in three languages."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QPushButton

from tests.support.desktop.snapshots import session, signature_view
from tests.support.system.event_loop import settle
from tests.ui.test_screenshots import colours, grab, show
from tests.ui.test_signing_methods_page import EVERY, phone_view
from ui.navigation import Page
from ui.shell.customer_window import CustomerWindow
from ui.theme.theme import apply_theme, load_theme
from workstation.devices.signing_methods import SigningMethod
from workstation.session.states import State

LANGUAGES = ("ru", "kk", "en")
PICTURES = {
    "ncalayer": {},
    "egov_code": {"busy": "egov_qr"},
    "egov_taken": {"busy": "egov_qr"},
    "file_key_store": {"message": "wrong_file_kind.key_store"},
    "token_pin": {"message": "carrier_pin_refused"},
    "stamping": {"busy": "timestamp"},
    "stamp_failed": {"message": "timestamp_fault.not_trusted"},
    "found": {"signature": signature_view()},
}
CHOSEN = {
    "egov": SigningMethod.EGOV_QR,
    "toke": SigningMethod.TOKEN,
    "file": SigningMethod.FILE,
}


@pytest.fixture(autouse=True)
def light_again(qapp):
    yield
    apply_theme(qapp, load_theme("light"))


def cut_texts(root):
    """Labels and buttons whose words need more room than they have."""
    found = []
    for widget in (*root.findChildren(QLabel), *root.findChildren(QPushButton)):
        if not widget.isVisible() or not widget.text():
            continue
        metrics = QFontMetrics(widget.font())
        if isinstance(widget, QLabel) and widget.wordWrap():
            room = QRect(0, 0, widget.contentsRect().width(), 10_000)
            needed = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, widget.text())
            fits = needed.height() <= widget.contentsRect().height() + 1
        else:
            fits = metrics.horizontalAdvance(widget.text()) <= widget.width()
        if not fits:
            found.append(widget.text())
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PICTURES)
def test_no_text_of_the_page_is_cut_at_the_smallest_window(window, qapp, qtbot, name, language):
    window.resize(1280, 720)
    changed = {"methods": EVERY, **PICTURES[name]}
    if name in {"egov_code", "egov_taken"}:
        phase = {"egov_code": "ready", "egov_taken": "taken"}[name]
        changed["phone"] = phone_view(phase)
    show(window, qapp, qtbot, "signature", language=language, **changed)
    window.screen_of(Page.SIGNATURE).methods.choose(CHOSEN.get(name[:4], SigningMethod.NCALAYER))
    settle(qtbot)

    assert len(colours(grab(window, f"signing_{name}_{language}"))) > 5
    assert cut_texts(window.screen_of(Page.SIGNATURE)) == []
    assert window.width() == 1280
    assert window.height() == 720


@pytest.mark.parametrize("name", ["egov_code", "file_key_store"])
def test_the_page_in_dark(window, qapp, qtbot, name):
    changed = {"methods": EVERY, **PICTURES[name]}
    if name == "egov_code":
        changed["phone"] = phone_view()
    show(window, qapp, qtbot, "signature", theme="dark", **changed)
    window.screen_of(Page.SIGNATURE).methods.choose(CHOSEN[name[:4]])
    settle(qtbot)

    assert len(colours(grab(window, f"signing_{name}_ru_dark"))) > 5


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("phase", ["ready", "taken"])
def test_the_customers_window(qtbot, ctx, language, phase):
    customer = CustomerWindow(ctx)
    qtbot.addWidget(customer)
    customer.resize(1280, 800)
    customer.show()
    customer.show_session(session(State.SIGNATURE, language=language, phone=phone_view(phase)))
    settle(qtbot)

    assert len(colours(grab(customer, f"customer_phone_{phase}_{language}"))) > 5
    assert cut_texts(customer) == []
