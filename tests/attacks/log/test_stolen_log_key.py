"""A thief of `keys/log.key` writes entries of people who were not there; the audit names them."""

import pytest

from crypto.errors import KeyRefused
from crypto.log.audit.audit import Expectations, audit
from crypto.log.file.faults import LogFault, Tier
from crypto.log.file.signers import SignerKeys
from crypto.log.format.key_record import Kind
from crypto.log.format.note import NoteSigner
from tests.support.station.log import private_key
from tests.support.station.stations import SUPERVISOR, TELLER, Desk, a_site, form
from workstation.accounts.credential import name_credential
from workstation.station import commands as c

SESSION = NoteSigner("bank.example/ses/0123456789", private_key(0x33))
OWN = NoteSigner(name_credential("bank.example", SUPERVISOR.id), private_key(0x34))


class FalseCredential(NoteSigner):
    """Signs nothing of worth under the key of a person whose private half the thief has not."""

    def __init__(self, real):
        super().__init__(real.name, private_key(0x35))
        self.verifier = real


def open_ghost_session(site, cosigners, monkeypatch):
    """Write what the station would not: the thief's program asks nobody who may sign."""
    log = site.services.journal.log
    data = {"ses": SESSION.vkey, "actor": SUPERVISOR.id, "role": "supervisor", "auth": "password"}
    with monkeypatch.context() as thief:
        thief.setattr(SignerKeys, "check_signers", lambda *_: None)
        return log.append(Kind.SESSION_OPEN, data, cosigners=cosigners).entry.seq


def verdict(site):
    expected = Expectations(site.log_site.log_key.verifier, (site.log_site.supervisor.verifier,))
    report = audit(site.log_site.path, expected, Tier.ATTRIBUTION)
    return report.fault, report.index


@pytest.fixture
def site(tmp_path):
    with a_site(tmp_path) as made:
        desk = Desk(made)
        desk.sign_in()
        desk.do(c.BeginOperation(form()))
        desk.do(c.Abort("teller_aborted"))
        desk.do(c.SignOut())
        yield made


def test_the_stations_own_log_passes(site):
    assert verdict(site) == (None, None)


def test_a_supervisors_session_by_the_log_key_alone_is_named(site, monkeypatch):
    index = open_ghost_session(site, [], monkeypatch)
    assert verdict(site) == (LogFault.WRONG_SIGNER, index)


def test_a_session_under_a_credential_of_ones_own_is_named(site, monkeypatch):
    index = open_ghost_session(site, [OWN], monkeypatch)
    assert verdict(site) == (LogFault.UNKNOWN_SIGNER, index)


def test_a_session_under_a_signature_that_is_none_is_named(site, monkeypatch):
    known = {each.account: each for each in site.services.journal.log.credentials}
    forged = FalseCredential(known[SUPERVISOR.id].verifier)
    index = open_ghost_session(site, [forged], monkeypatch)
    assert verdict(site) == (LogFault.ENTRY_SIGNATURE, index)


def test_a_credential_of_ones_own_is_not_enrolled_by_the_log_key(site):
    data = {"vkey": OWN.vkey, "id": "S-0666", "role": "supervisor"}
    with pytest.raises(KeyRefused):
        site.services.journal.log.append(Kind.KEY_ENROL, data)


def test_the_log_tells_whose_credential_opened_a_session(site):
    (opened,) = site.entries("session.open")
    assert opened.signers == (
        site.log_site.log_key.name,
        name_credential("bank.example", TELLER.id),
    )
