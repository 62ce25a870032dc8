"""The hands of an administrator at the assistant: fields are filled, F9 is pressed, it is read."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt

from tests.support.installation.bank_network import BankServices
from tests.support.system.event_loop import settle
from ui.context import UiContext
from ui.first_start.camera_look import OpenIndex
from ui.first_start.window import FirstStartWindow
from ui.theme.theme import load_theme
from workstation.documents.texts import Texts
from workstation.first_start.findings import FindingState
from workstation.first_start.progress import SetUpStep as S
from workstation.first_start.set_up import SetUp
from workstation.sandbox.services.answer_signer import AnswerSigner

PATIENCE_MS = 60_000


def open_window(
    qtbot: Any,
    set_up: SetUp,
    language: str = "ru",
    opened: OpenIndex | None = None,
    theme: str = "light",
) -> FirstStartWindow:
    """Return the assistant's window, its first step looked at."""
    ctx = UiContext(Texts(language), load_theme(theme), lambda _command: None, lambda: 0)
    window = FirstStartWindow(ctx, set_up, opened)
    qtbot.addWidget(window)
    window.show()
    rest(qtbot, window)
    return window


def rest(qtbot: Any, window: FirstStartWindow) -> None:
    """Wait until nothing is worked at."""
    qtbot.waitUntil(lambda: window._working is None, timeout=PATIENCE_MS)


def answer(window: FirstStartWindow, **given: str) -> None:
    """Fill fields of the step that is shown."""
    for name, value in given.items():
        window.page.fields[name].fill(value)


def press(qtbot: Any, window: FirstStartWindow) -> None:
    """Press what F9 stands on, and wait for what comes of it; a list is read to its end first."""
    read_on(qtbot, window)
    (*_, forward) = window.footer.buttons
    assert forward.isEnabled()
    qtbot.mouseClick(forward, Qt.MouseButton.LeftButton)
    rest(qtbot, window)


def read_on(qtbot: Any, window: FirstStartWindow) -> None:
    """Press F9 as long as there is more to be read before it signs."""
    page = window.page
    qtbot.waitUntil(lambda: page.end.read or page.end.unread)
    for _ in range(99):
        if page.step is not S.CHARTER or page.end.read:
            break
        qtbot.mouseClick(window.footer.buttons[-1], Qt.MouseButton.LeftButton)
        settle(qtbot)


def told(window: FirstStartWindow) -> list[str]:
    """Return the codes of what the step found."""
    return [each.code for each in window.page.findings]


def do(qtbot: Any, window: FirstStartWindow, step: S, **given: str) -> None:
    """Answer a step and go on to the next, reading what is only a warning."""
    assert window.page.step is step, (window.page.step, told(window))
    answer(window, **given)
    press(qtbot, window)
    if window.page.step is step:
        worst = [each for each in window.page.findings if each.state is FindingState.BAD]
        assert not worst, [window._word(each) for each in worst]
        press(qtbot, window)
    assert window.page.step is not step, told(window)


def begin(
    qtbot: Any,
    window: FirstStartWindow,
    folder: Path,
    office: Path,
    words: tuple[str, str],
    **policy: str,
) -> None:
    """Take the first four steps; words: pass phrase and secret."""
    passphrase, secret = words
    names = {"bank": "АО «Банк»", "branch": "Алматы-1", "station": "ws-07"}
    do(qtbot, window, S.FOLDER, folder=str(folder), origin="bank.kz/log/almaty1-ws07/g1", **names)
    again = {"passphrase": passphrase, "passphrase_again": passphrase}
    do(qtbot, window, S.KEYS, **again, office=str(office))
    do(qtbot, window, S.POLICY, **policy)
    own = {"secret": secret, "secret_again": secret}
    do(qtbot, window, S.BEGIN, admin="a-001", admin_name="Ким Алексей", **own)


def walk(
    qtbot: Any, folder: Path, bank: BankServices, passphrase: str, secret: str, outside: Path
) -> FirstStartWindow:
    """Go from an empty folder to the last step, whose station starts."""
    from datetime import UTC, datetime

    window = open_window(qtbot, SetUp(lambda: datetime.now(UTC), folder))
    office = outside / "usb"
    begin(qtbot, window, folder, office, (passphrase, secret))
    do(qtbot, window, S.RECIPIENT, recipient=f"retention-2026={'5f' * 32}")
    files = bank.authorities()
    do(
        qtbot,
        window,
        S.AUTHORITIES,
        authorities=";".join(str(path) for path, _ in files),
        fingerprints=" ".join(digits for _, digits in files),
    )
    addresses = {"responder": bank.responder, "lists": " ".join(bank.lists)}
    do(qtbot, window, S.SERVICES, **addresses, stamping=bank.stamping)
    do(qtbot, window, S.SIGNING, ncalayer_ca=str(bank.endpoints.tls_anchor))
    do(
        qtbot,
        window,
        S.REGISTRIES,
        gateway_ca=str(bank.tls_anchor),
        owners=bank.gateway,
        antifraud=bank.gateway,
        refusals=bank.gateway,
        persons=bank.persons,
        persons_kid=AnswerSigner.KID,
        persons_key=str(bank.endpoints.answer_key),
        audience="core-banking",
    )
    do(qtbot, window, S.CAMERA, camera="0")
    do(qtbot, window, S.SCREEN)
    own = {"secret": secret, "secret_again": secret}
    answer(window, operator="T-0042", operator_name="Ахметов Ерлан", role="teller", **own)
    press(qtbot, window)
    assert told(window) == ["operator_added"]
    do(qtbot, window, S.OPERATORS)
    do(qtbot, window, S.CHARTER, office=str(office))
    do(qtbot, window, S.LISTS)
    press(qtbot, window)
    words = [window._word(each) for each in window.page.findings]
    assert told(window)[0] == "starts", words
    assert all(each.state is not FindingState.BAD for each in window.page.findings), words
    return window
