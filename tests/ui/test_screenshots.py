"""Every page is rendered to test-output/screens, for eyes; a page of one colour fails here."""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.support.desktop.administration import administrator, auditor
from tests.support.desktop.cases import LOOK, REVIEW, supervisor
from tests.support.desktop.log_page import reader_of_log, wait_for_rows
from tests.support.desktop.shifts import open_shift, tellers
from tests.support.desktop.snapshots import (
    NOW_MS,
    LogLines,
    checks,
    decision,
    jpeg,
    preview_image,
    session,
    signature_view,
    station,
    verification,
)
from tests.support.station.operations import definition, sample
from tests.support.system.event_loop import settle
from tests.support.system.probed import probed
from ui.navigation import Page, Route
from ui.shell.customer_window import CustomerWindow
from ui.theme.theme import apply_theme, load_theme
from workstation.devices.signing_methods import PhoneView
from workstation.documents.texts import Texts
from workstation.rules.checks import CheckId, CheckResult, CheckStatus, Hardness
from workstation.rules.parties import Role
from workstation.rules.reference import ReferenceSource
from workstation.session.states import State
from workstation.station.log_view import LogNotice
from workstation.station.snapshot import PersonNote, PersonView, Waiting, WaitingFor

OUTPUT = Path(__file__).parents[2] / "test-output" / "screens"

NOTICES = (LogNotice("look.clock_step", 3, 40_211), LogNotice("look.unseen", 1, 991_004))
READER = reader_of_log(Role.AUDITOR, log_size=1_000_000, verification=verification(notices=NOTICES))
PROBED = administrator(probes=probed(), camera="HD Pro Webcam C920 1280x720")
PAGES = {
    "sign_in": (station(operator=False, message="operator_refused"), None, Route.NONE),
    "home": (station(), State.IDLE, Route.NONE),
    "operation": (station(), State.IDLE, Route.FORM),
    "prechecks": (station(), State.PRECHECKS, Route.NONE),
    "consent": (station(), State.CONSENT, Route.NONE),
    "reference": (station(), State.REFERENCE, Route.NONE),
    "liveness": (station(), State.LIVENESS, Route.NONE),
    "exception": (station(), State.EXCEPTION, Route.NONE),
    "alternative": (station(), State.ALTERNATIVE, Route.NONE),
    "matching": (station(), State.MATCHING, Route.NONE),
    "comparison": (station(), State.COMPARISON, Route.NONE),
    "authority": (station(), State.AUTHORITY, Route.NONE),
    "signature": (station(), State.SIGNATURE, Route.NONE),
    "review": (station(), State.REVIEW, Route.NONE),
    "confirmation": (station(), State.CONFIRMATION, Route.NONE),
    "decided": (station(), State.DECIDED, Route.NONE),
    "decision": (station(), State.RECORDED, Route.NONE),
    "receipt": (station(), State.RECORDED, Route.RECEIPT),
    "log": (READER, State.IDLE, Route.LOG),
    "integrity": (READER, State.IDLE, Route.INTEGRITY),
    "shift": (supervisor(shift=open_shift()), State.IDLE, Route.SHIFT),
    "statistics": (supervisor(statistics=tellers()), State.IDLE, Route.STATISTICS),
    "case": (READER, State.IDLE, Route.CASE),
    "home_admin": (administrator(), State.IDLE, Route.NONE),
    "home_auditor": (auditor(), State.IDLE, Route.NONE),
    "staff": (administrator(), State.IDLE, Route.STAFF),
    "changes": (administrator(), State.IDLE, Route.CHANGES),
    "rules": (administrator(), State.IDLE, Route.RULES),
    "keys": (administrator(), State.IDLE, Route.KEYS),
    "retention": (administrator(), State.IDLE, Route.RETENTION),
    "devices": (PROBED, State.IDLE, Route.DEVICES),
    "trust": (PROBED, State.IDLE, Route.TRUST),
    "services": (PROBED, State.IDLE, Route.SERVICES),
    "diagnostics": (PROBED, State.IDLE, Route.DIAGNOSTICS),
    "home_supervisor": (supervisor(), State.IDLE, Route.NONE),
    "queue": (supervisor(review=REVIEW), State.IDLE, Route.QUEUE),
    "second_look": (supervisor(look=LOOK), State.IDLE, Route.SECOND_LOOK),
}


CASE = f"{249_990:032x}"
"""A case of `LogLines` that a supervisor has overridden."""


def show(window, qapp, qtbot, name, language="ru", theme="light", **changed):
    status, state, route = PAGES[name]
    window.ctx.use_language(language)
    window.ctx.use_theme(load_theme(theme))
    apply_theme(qapp, window.ctx.theme)
    window.ctx.log_pages = LogLines(1_000_000)
    window.ctx.case = CASE
    window.station = status
    window.show_station(status)
    if state is not None:
        window.show_session(session(state, **changed))
        window.navigate(route.value)
        window.show_preview(preview_image())
    settle(qtbot)
    qtbot.waitUntil(lambda: not window.ctx.reading.busy)


def grab(widget, name):
    OUTPUT.mkdir(parents=True, exist_ok=True)
    picture = widget.grab().toImage()
    # Lightly compressed: a third of the processor's time for a tenth more octets.
    assert picture.save(str(OUTPUT / f"{name}.png"), "PNG", 80)
    return picture


def colours(picture: QImage):
    step = 7
    return {
        picture.pixel(x, y)
        for x in range(0, picture.width(), step)
        for y in range(0, picture.height(), step)
    }


@pytest.fixture(autouse=True)
def light_again(qapp):
    yield
    apply_theme(qapp, load_theme("light"))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_shows_something(window, qapp, qtbot, name):
    show(window, qapp, qtbot, name)

    assert len(colours(grab(window, f"{name}_ru_light"))) > 5


@pytest.mark.parametrize("name", ["liveness", "decision", "operation", "log", "home"])
def test_pages_in_dark(window, qapp, qtbot, name):
    show(window, qapp, qtbot, name, theme="dark")

    assert len(colours(grab(window, f"{name}_ru_dark"))) > 5


@pytest.mark.parametrize("language", ["kk", "en"])
@pytest.mark.parametrize(
    "name",
    [
        "sign_in",
        "operation",
        "liveness",
        "reference",
        "comparison",
        "authority",
        "signature",
        "review",
        "decision",
    ],
)
def test_pages_in_other_languages(window, qapp, qtbot, name, language):
    show(window, qapp, qtbot, name, language=language)

    assert len(colours(grab(window, f"{name}_{language}_light"))) > 5


def form(window, person, new_phone=""):
    screen = window.screen_of(Page.OPERATION)
    screen.client.iin.edit.setText(person.iin)
    window.show_session(session(State.IDLE, person=person))
    screen.fields["new_phone"].edit.setText(new_phone)


IIN = "990101400003"
FOUND = PersonView(
    IIN, (), "Нұрғалиева Әсел Серікқызы", "female", date(1999, 1, 1), "+7777 ••• •• 33"
)


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_the_form_with_a_customer_who_was_found(window, qapp, qtbot, language):
    show(window, qapp, qtbot, "operation", language=language)
    form(window, FOUND, "7012223344")
    settle(qtbot)

    assert len(colours(grab(window, f"operation_found_{language}_light"))) > 5


@pytest.mark.parametrize("note", PersonNote)
def test_the_form_with_a_note(window, qapp, qtbot, note):
    show(window, qapp, qtbot, "operation")
    form(window, PersonView(IIN, (note,)))
    settle(qtbot)

    assert len(colours(grab(window, f"operation_{note.value}_ru_light"))) > 5


SECOND_PERSON = {
    "review": (CheckId.REFERENCE_CONFIRMED,),
    "probe_jpeg": jpeg(),
    "checks": (
        *checks(),
        CheckResult(
            CheckId.REFERENCE_CONFIRMED,
            CheckStatus.INDETERMINATE,
            "reference_confirmed.needed",
            Hardness.SOFT,
            "B-01.confirmed",
        ),
    ),
    "reference_source": ReferenceSource.DOCUMENT_CAMERA,
    "reference_age_days": None,
}
VARIANTS = {
    "decision_rejected": ("decision", {"decision": decision("rejected", "match.non_match")}),
    "decision_indeterminate": (
        "decision",
        {"decision": decision("indeterminate", "signature.no_revocation_answer")},
    ),
    "decision_fault": ("decision", {"decision": None, "fault": "log_unwritable"}),
    "decision_waiting": (
        "decision",
        {"not_before_ms": NOW_MS + 28_800_000, "authority_number": "IDEC-2025-7731"},
    ),
    "receipt_waiting": (
        "receipt",
        {"not_before_ms": NOW_MS + 28_800_000, "authority_number": "IDEC-2025-7731"},
    ),
    "review_reference": ("review", SECOND_PERSON),
    "reference_live_person": ("reference", {"message": "reference.live_person"}),
    "reference_other_iin": ("reference", {"message": "reference.other_iin"}),
    "authority_invites": (
        "authority",
        {
            "waiting_for": Waiting(
                WaitingFor.AUTHORITY,
                NOW_MS - 95_000,
                0,
                "https://idec.example.kz/session/7731",
                "4711",
            )
        },
    ),
    "prechecks_waiting": (
        "prechecks",
        {
            "busy": "",
            "waiting_for": Waiting(WaitingFor.REGISTRY, NOW_MS - 95_000, NOW_MS + 12_000),
        },
    ),
    "signature_found": ("signature", {"signature": signature_view()}),
    "signature_waiting": ("signature", {"busy": "ncalayer"}),
    "liveness_failed": (
        "liveness",
        {
            "attempt_running": False,
            "attempt_reason": "liveness.timed_out",
            "prompt": None,
            "simulated": True,
        },
    ),
    "liveness_before": (
        "liveness",
        {"attempt": 0, "attempt_running": False, "prompt": None, "commands": (), "conditions": ()},
    ),
}


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_an_entry_of_the_log_with_its_proof(window, qapp, qtbot, language):
    show(window, qapp, qtbot, "log", language=language)
    screen = window.screen_of(Page.LOG)
    screen.table.selectRow(3)
    screen.table.entered.emit()
    wait_for_rows(qtbot, screen)
    settle(qtbot)

    assert len(colours(grab(window, f"log_entry_{language}_light"))) > 5


@pytest.mark.parametrize("name", VARIANTS)
def test_variants_of_pages(window, qapp, qtbot, name):
    page, changed = VARIANTS[name]
    show(window, qapp, qtbot, page, **changed)

    assert len(colours(grab(window, f"{name}_ru_light"))) > 5


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_the_customers_window(qtbot, ctx, language):
    customer = CustomerWindow(ctx)
    qtbot.addWidget(customer)
    customer.resize(1280, 800)
    customer.show()
    customer.show_session(session(State.LIVENESS, language=language))
    customer.show_preview(preview_image())
    settle(qtbot)

    assert len(colours(grab(customer, f"customer_{language}"))) > 5


_CODE = (b"\x01\x00" * 18, b"\x00\x01" * 18) * 18


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
@pytest.mark.parametrize("state", [State.CONSENT, State.SIGNATURE])
def test_the_customer_reads_what_the_bank_is_about_to_do(qtbot, ctx, state, language):
    customer = CustomerWindow(ctx)
    qtbot.addWidget(customer)
    customer.resize(1024, 768)
    customer.show()
    payment = definition("large_payment")
    words = payment.say_window(sample("large_payment"), language)
    phone = PhoneView(taken=False, modules=_CODE) if state is State.SIGNATURE else None
    customer.show_session(session(state, language=language, window=words, phone=phone))
    settle(qtbot)

    grab(customer, f"customer_{state.value}_{language}")
    needed = customer.operation.heightForWidth(customer.operation.width())
    assert customer.operation.height() >= needed


def test_the_locked_window_shows_nothing_of_the_customer(window, qapp, qtbot):
    show(window, qapp, qtbot, "liveness")
    window.lock()
    settle(qtbot)

    grab(window, "locked_ru_light")

    assert window.lock_page.isVisible()
    assert Texts("ru").tr("lock.title") == window.lock_page.card.title.text()
