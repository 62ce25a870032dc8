"""A station that does not start says at the desktop which place, what stands and belongs there."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.desktop.patience import PatientBot
from tests.support.pki import certificates as pki
from tests.support.station.branch import GATEWAY, Branch
from tests.support.station.log import ToldClock
from tests.support.station.passphrases import give_passphrase
from ui.app import Desktop, Options
from ui.navigation import Page
from workstation import bootstrap

LANGUAGES = ("ru", "kk", "en")
SECRET_PATH = "a-secret-way"


@pytest.fixture
def branch(tmp_path, monkeypatch):
    return Branch(tmp_path, monkeypatch).made()


def key_for_a_certificate(branch):
    """Let head office itself sign that a private key stands where a certificate belongs."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (branch.data / "../gateway.key").write_bytes(pem)
    branch.set('tls_anchors = ["../gateway.pem"]', 'tls_anchors = ["../gateway.key"]')


def registry_here(branch):
    branch.set(f"{GATEWAY}/owner", f"https://localhost/{SECRET_PATH}")


def certificate_gone(branch):
    (branch.data / "../gateway.pem").unlink()


FAULTS = {
    "key": (
        key_for_a_certificate,
        "$.registries.tls_anchors[0]: ",
        "gateway.key",
        ("не один целый сертификат", "бір бүтін сертификат емес", "not one whole certificate"),
    ),
    "here": (
        registry_here,
        "$.registries.phone_owner_url: ",
        "https://localhost",
        ("Нужен адрес службы банка", "Банк қызметінің мекенжайы керек", "bank's service's is"),
    ),
    "gone": (
        certificate_gone,
        "$.registries.tls_anchors[0]: ",
        "gateway.pem",
        ("Верните файл", "Файлды қойып", "Put it back"),
    ),
}


def refusal(data, language):
    """Start the desktop on a folder; return it once its first page says why there is no station."""
    clock = ToldClock(wall_ms=int(pki.NOW.timestamp() * 1000))

    def starter(options, _listener, _ask):
        given = bootstrap.Overrides(clock=clock, now=lambda: pki.NOW)
        services = bootstrap.build(options.data, given, give_passphrase)
        bootstrap.close(services)
        raise AssertionError(f"built: {options.data}")

    return Desktop(Options(data, "production", language), starter, "light")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_refused_place_is_named_in_whatever_language_is_chosen(branch, request, fault):
    spoil, place, stands, belongs = FAULTS[fault]
    spoil(branch)
    bot = PatientBot(request)
    desk = refusal(branch.data, "ru")
    bot.addWidget(desk.window)
    desk.open()
    try:
        bot.waitUntil(lambda: desk.window.station is not None)
        screen = desk.window.screen_of(Page.SIGN_IN)
        for language, words in zip(LANGUAGES, belongs, strict=True):
            desk.ctx.use_language(language)
            said = screen.message.text()
            assert place in said
            assert stands in said
            assert words in said
            assert "workstation-ctl doctor" in said
            assert SECRET_PATH not in said
        assert desk.window.page is Page.SIGN_IN
    finally:
        desk.close()
