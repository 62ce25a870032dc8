"""A document while it is read and after, rendered for eyes in three languages; nothing is cut."""

import pytest
from babel.messages.pofile import read_po
from PySide6.QtGui import QFontMetrics

import resources
from tests.support.desktop.snapshots import document, session, station
from tests.support.desktop.window_pages import open_state
from tests.support.system.event_loop import settle
from tests.ui.test_screenshots import SECOND_PERSON, colours, grab, show
from tests.ui.test_signing_pictures import cut_texts
from ui.navigation import Page
from ui.shell.customer_window import CustomerWindow
from ui.theme.theme import apply_theme, load_theme
from ui.widgets.labels import PlainLabel
from vision.document.observation import DocumentAdvice
from vision.results import QualityFinding, Status
from workstation.documents.texts import Texts
from workstation.rules.reference import ReferenceSource
from workstation.session.states import State
from workstation.station.snapshot import DocumentPhase

READER = "Contactless Reader 0"
LONG_NAME = "NURGALIYEVABDRAKHMANOVA ALTYNSHASHSERIKKYZY"
DEFECTS = tuple(
    QualityFinding(code, Status.FAILED, 0, 1)
    for code in ("face_too_small", "not_frontal", "too_dark", "blurred")
)
REFUSED = document(DocumentPhase.REFUSED, fault="reference.face_too_small", name=LONG_NAME)
CLOSED = document(DocumentPhase.REFUSED, fault="chip_access_refused", name=LONG_NAME)
PHOTO = {"reference_source": ReferenceSource.CHIP, "reference_age_days": None}
BEFORE = {"attempt_running": False, "prompt": None, "commands": (), "conditions": ()}
READ = document(copy_possible=True, name=LONG_NAME)
PICTURES = {
    "choices": ("reference", {}),
    "camera": ("reference", {"document": document(DocumentPhase.CAMERA)}),
    "chip": ("reference", {"document": document(DocumentPhase.CHIP)}),
    "unfit": ("reference", {"document": REFUSED, "reference_findings": DEFECTS}),
    "closed": ("reference", {"document": CLOSED, "reference_findings": DEFECTS}),
    "mistyped": ("reference", {"document": CLOSED, "message": "reference.number_malformed"}),
    "liveness": ("liveness", {**PHOTO, **BEFORE, "document": READ}),
    "review": ("review", {**SECOND_PERSON, "document": READ}),
    "decision": ("decision", {**PHOTO, "document": READ}),
    "receipt": ("receipt", {**PHOTO, "document": READ}),
}


@pytest.fixture(autouse=True)
def light_again(qapp):
    yield
    apply_theme(qapp, load_theme("light"))


@pytest.mark.parametrize(("language", "theme"), [("ru", "light"), ("kk", "dark"), ("en", "light")])
def test_no_text_about_a_document_is_cut_at_the_smallest_window(
    window, qapp, qtbot, language, theme
):
    window.resize(1280, 720)
    for name, (page, changed) in PICTURES.items():
        show(window, qapp, qtbot, page, language, theme, **changed)
        window.show_station(station(profile="demo", language=language, chip_reader=READER))
        settle(qtbot)

        assert len(colours(grab(window, f"document_{name}_{language}_{theme}"))) > 5
        assert cut_texts(window.screen_of(window.page)) == [], name
        assert broken_words(window.screen_of(window.page)) == [], name
        assert window.size().toTuple() == (1280, 720), name
        assert window.minimumSizeHint().height() <= 680, name


def broken_words(root):
    """Labels one of whose words is wider than they are: no wrapping helps there."""
    return [
        label.text()
        for label in root.findChildren(PlainLabel)
        if label.isVisible()
        and any(
            QFontMetrics(label.font()).horizontalAdvance(word) > label.width()
            for word in label.text().split()
        )
    ]


def faults():
    """Codes of whatever a document or its chip may be refused for."""
    with resources.path("i18n", "ru", "LC_MESSAGES", "workstation.po").open("rb") as stream:
        codes = [message.id for message in read_po(stream) if message.id]
    return [code for code in codes if code.startswith(("chip_", "chip.", "reference."))]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_reason_and_every_advice_fits_its_place(window, qtbot, language):
    window.resize(1280, 720)
    status = station(language=language, chip_reader=READER)
    open_state(window, State.REFERENCE, status, document=CLOSED)
    page = window.screen_of(Page.REFERENCE)
    for fault in faults():
        view = document(DocumentPhase.REFUSED, fault=fault, name=LONG_NAME)
        window.show_session(session(State.REFERENCE, document=view))
        settle(qtbot)

        assert cut_texts(page.banner) == [], fault
        assert window.height() == 720, fault
    font = page.camera.font()
    font.setPixelSize(16)
    font.setBold(True)
    for advice in DocumentAdvice:
        words = Texts(language).tr(f"document_advice.{advice.value}")

        assert QFontMetrics(font).horizontalAdvance(words) + 36 <= page.camera.width(), words


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_customer_reads_every_advice_whole(qtbot, ctx, language):
    customer = CustomerWindow(ctx)
    qtbot.addWidget(customer)
    customer.resize(1280, 800)
    customer.show()
    views = [document(DocumentPhase.CAMERA, advice=each.value) for each in DocumentAdvice]
    for view in (*views, document(DocumentPhase.CHIP)):
        customer.show_session(session(State.REFERENCE, language=language, document=view))
        settle(qtbot)

        assert cut_texts(customer) == [], view.advice

    assert len(colours(grab(customer, f"customer_chip_{language}"))) > 5
