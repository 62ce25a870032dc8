"""A production station made by docs/ctl.md is ready, approves, and says what it lacks otherwise."""

import json

import pytest

from tests.support.pki import certificates as pki
from tests.support.station.branch import GOST_ADDRESS, RSA_ADDRESS, Branch, documented_commands
from tests.support.station.command_line import SECRET
from tests.support.station.stations import NAME, Desk, form
from workstation import bootstrap
from workstation.devices.signing_methods import SigningMethod
from workstation.rules.parties import Operator, Role
from workstation.session.states import State
from workstation.station import commands as c

LISTS = ("gost2015_2022.crl", "rsa2020.crl", "nca_gost_2022.crl", "nca_rsa_2022.crl")
TELLER = Operator("T-0042", "Имя", Role.TELLER)


@pytest.fixture
def branch(tmp_path, monkeypatch):
    return Branch(tmp_path, monkeypatch)


def session(branch):
    """Play one customer through the station as the desktop opens it; return the last picture."""
    services = branch.opened()
    try:
        desk = Desk(branch.site(services))
        desk.plug()
        desk.do(c.SignIn(TELLER.id, SECRET))
        desk.do(c.BeginOperation(form(untrusted_name=NAME)))
        desk.do(c.GiveConsent("ru"))
        desk.live()
        desk.do(c.Sign(SigningMethod.NCALAYER))
        assert desk.now.state is State.RECORDED, (desk.now.state, desk.now.message)
        return desk.now, list(services.core_banking.glob("*.jws"))
    finally:
        bootstrap.close(services)


def test_the_documented_commands_are_those_that_exist():
    programs = [words[0] for words in documented_commands()]
    assert set(programs) == {"workstation-ctl"}
    named = [" ".join(words) for words in documented_commands()]
    for step in ("vault recipient", "init", "trust import", "operator add", "crl import", "doctor"):
        assert any(step in each for each in named), step


def test_with_lists_of_both_levels_it_is_ready_and_approves(branch):
    branch.made()
    signs, code = branch.doctor()
    assert code == 0, [each for each in signs if each["state"] != "good"]
    assert signs[-1] == {"type": "check", "state": "good", "what": "station", "seen": "ready"}
    # Nobody here stamps: the policy wants it and does without.
    expected = {"sqlite", "time-stamps"}
    warned = [each for each in signs if each["state"] == "warning"]
    assert [each for each in warned if each["what"] not in expected] == []
    shown = branch.type(documented_commands()[-1], "--moment", pki.NOW.isoformat())
    assert shown.stdout.splitlines()[-1].split() == ["good", "station", "ready"]

    picture, permits = session(branch)
    assert (picture.decision.outcome, picture.decision.reason) == ("approved", "decision.approved")
    assert not picture.simulated
    assert len(permits) == 1
    assert branch.line.run("log", "verify").exit_code == 0


@pytest.mark.parametrize(
    ("without", "address"),
    [("gost2015_2022.crl", GOST_ADDRESS), ("rsa2020.crl", RSA_ADDRESS)],
)
def test_without_a_list_of_a_root_it_is_not_ready_and_the_address_is_named(
    branch, without, address
):
    branch.made(lists=tuple(each for each in LISTS if each != without))
    (seen,) = branch.bad()
    assert f"{address}: `crl update`" in seen
    assert "no list says whether it is revoked" in seen
    signs, _ = branch.doctor()
    assert signs[-1]["seen"].startswith("not ready")


def test_with_the_authorities_of_nuc_the_addresses_are_those_their_certificates_state(
    tmp_path, monkeypatch, samples
):
    nuc = samples / "eds" / "ca" / "prod"
    # НУЦ's production lists are not among the samples and nobody else can sign them: that they make
    # the station ready is shown above with authorities of the same shape.
    files = {
        "root_gost_2022.cer": "root_gost_2022.pem",
        "nca_gost_2022.cer": "nca_gost_2022.pem",
        "root_rsa_2020.cer": "root_rsa_2020.cer",
        "nca_rsa_2022.cer": "nca_rsa_2022.cer",
    }
    octets = {name: (nuc / sample).read_bytes() for name, sample in files.items()}
    branch = Branch(tmp_path, monkeypatch, octets).made(lists=())
    gost, rsa = sorted(branch.bad(), key=lambda seen: RSA_ADDRESS in seen)
    assert f"{GOST_ADDRESS}: `crl update`" in gost
    assert f"{RSA_ADDRESS}: `crl update`" in rsa
    rows = branch.line.run("--json", "crl", "status").stdout.splitlines()
    published = {json.loads(each).get("published") for each in rows}
    assert {GOST_ADDRESS, RSA_ADDRESS} <= published


def test_without_the_roots_lists_no_customer_is_troubled(branch):
    branch.made(lists=LISTS[2:])
    services = branch.opened()
    try:
        desk = Desk(branch.site(services))
        desk.plug()
        desk.do(c.SignIn(TELLER.id, SECRET))
        desk.do(c.BeginOperation(form(untrusted_name=NAME)))
        assert (desk.now.state, desk.status.message) == (State.IDLE, "begin.lists_missing")
    finally:
        bootstrap.close(services)


def test_without_the_list_of_the_signers_root_nobody_is_approved_and_nobody_is_refused(branch):
    branch.made(lists=LISTS[1:])
    picture, permits = session(branch)
    assert picture.decision.outcome == "indeterminate"
    assert picture.signature.reason == "signature.no_revocation_answer"
    assert permits == []


def test_without_an_authoritys_own_list_the_responder_is_left_and_it_is_said(branch):
    branch.made(lists=LISTS[:2])
    signs, code = branch.doctor()
    assert code == 0
    said = [each["seen"] for each in signs if each["what"] == "revocation list"]
    assert len(said) == 2
    assert all("which of its certificates are revoked" in each for each in said)
    assert {each["state"] for each in signs if each["what"] == "revocation list"} == {"warning"}


def test_an_address_that_the_settings_lack_is_named_as_lacking(branch):
    branch.made(lists=LISTS[1:])
    branch.set(f'  "{GOST_ADDRESS}",\n', "")
    (seen,) = branch.bad()
    assert f"{GOST_ADDRESS} is not in crl_urls" in seen


def test_a_list_that_ran_out_is_as_bad_as_none(branch):
    branch.made()
    later = pki.NOW.replace(month=12, day=20)
    result = branch.line.run("doctor", "--moment", later.isoformat())
    assert result.exit_code == 4
    assert result.stdout.count("the list that says whether it is revoked is out of date") == 2
    assert GOST_ADDRESS in result.stdout


def test_the_screens_are_told_the_lists_that_are_missing_with_their_addresses(branch):
    branch.made(lists=LISTS[1:])
    services = branch.opened()
    try:
        desk = Desk(branch.site(services))
        desk.station.lists_updated()
        told = desk.status.lists_needed
    finally:
        bootstrap.close(services)
    assert [(each.authority, each.address) for each in told] == [("NCA TEST", GOST_ADDRESS)]
