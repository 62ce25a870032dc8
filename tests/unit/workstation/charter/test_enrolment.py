"""What the log knows of people's credentials follows the accounts, and goes on where it stopped."""

import pytest

from crypto.errors import KeyRefused
from tests.support.station.credentials import create_staffed, credential_of
from tests.support.station.log import LogSite
from tests.support.station.stations import SUPERVISOR, TELLER
from workstation.charter.document import CharterAccount
from workstation.charter.enrolment import enrol_accounts
from workstation.rules.parties import Operator, Role


@pytest.fixture
def site(tmp_path):
    return LogSite(tmp_path)


@pytest.fixture
def log(site):
    with create_staffed(site) as made:
        yield made


def account(operator, *, vkey="", disabled=False):
    return CharterAccount(
        operator.id, operator.role, vkey or credential_of(operator).vkey, disabled
    )


def known(log):
    return {each.account: each.account_role for each in log.credentials}


def test_accounts_are_enrolled_once(site, log):
    both = [account(TELLER), account(SUPERVISOR)]

    assert enrol_accounts(log, both, [site.supervisor]) == (TELLER.id, SUPERVISOR.id)
    size = log.size
    assert enrol_accounts(log, both, [site.supervisor]) == ()
    assert (known(log), log.size) == ({TELLER.id: "teller", SUPERVISOR.id: "supervisor"}, size)


def test_who_is_disabled_or_gone_is_revoked(site, log):
    enrol_accounts(log, [account(TELLER), account(SUPERVISOR)], [site.supervisor])

    assert set(enrol_accounts(log, [account(TELLER, disabled=True)], [site.supervisor])) == {
        TELLER.id,
        SUPERVISOR.id,
    }
    assert known(log) == {}


def test_a_new_credential_takes_the_place_of_the_old_one(site, log):
    enrol_accounts(log, [account(TELLER)], [site.supervisor])
    other = credential_of(Operator("T-0042", "N", Role.TELLER)).vkey
    new = credential_of(Operator("t-0042", "N", Role.TELLER)).vkey
    assert new != other

    assert enrol_accounts(log, [account(TELLER, vkey=new)], [site.supervisor]) == (TELLER.id,)
    assert [each.verifier.vkey for each in log.credentials] == [new]


def test_nobody_is_enrolled_without_an_order(log):
    with pytest.raises(KeyRefused):
        enrol_accounts(log, [account(TELLER)], [])
