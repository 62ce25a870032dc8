"""A local administrator changes what the station may be; the start refuses, `doctor` names it.

Each step of the two ways by which an administrator once approved his own operation, alone: the
other profile (A1), and own authority, policy, people, recipient and registries (A5).
"""

import hashlib
import json
import re
import shutil

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

import resources
from crypto.log.format.note import NoteSigner
from crypto.vault.keyfile import make_private_folder
from crypto.vault.keys import FileKeyStore
from tests.support.pki import certificates as pki
from tests.support.station.branch import Branch, start
from tests.support.station.charters import sign_folder
from tests.support.station.log import ToldClock, private_key
from workstation import bootstrap
from workstation.charter.archive import CharterArchive
from workstation.charter.signatures import sign_charter
from workstation.errors import CharterRefused

OWN = pki.issue(pki.ca_name("ROOT OF MINE"), "own-root", None, pki.CA_EXTENSIONS, serial=66)


@pytest.fixture
def branch(tmp_path, monkeypatch):
    made = Branch(tmp_path, monkeypatch).made()
    # Who attacks has every file of the station, and no key of head office.
    made.signs = False
    return made


def charter_rows(branch):
    return [each["seen"] for each in branch.doctor()[0] if each["what"] == "charter"]


def edit_policy(branch, old, new):
    """Edit the policy under its own id and pin it again."""
    path = branch.data / "policy.toml"
    before = path.read_bytes()
    after, count = re.subn(old, new, before, count=1)
    assert count == 1
    path.write_bytes(after)
    branch.set(hashlib.sha256(before).hexdigest(), hashlib.sha256(after).hexdigest())


def test_an_untouched_station_starts_and_the_doctor_says_who_signed_it(branch):
    assert start(branch) == ""
    (row,) = charter_rows(branch)
    assert row.startswith("number 2, sha256 ")
    assert row.endswith("signed by bank.kz/sup/a-001")


def test_a_production_station_never_becomes_a_demo(branch):
    branch.set('profile = "production"', 'profile = "demo"')
    assert start(branch) == "charter_refused profile_changed: profile"
    assert "profile demo in place of production" in charter_rows(branch)
    # Nor with head office's own key: the generation says what it is for good.
    with pytest.raises(CharterRefused, match="profile_changed"):
        sign_folder(branch.data, branch.line.enrolment_keys)


def test_an_authority_of_ones_own_is_refused(branch):
    (branch.data / "trust" / "own.cer").write_bytes(OWN.der)
    pin = f'\nanchors = [\n  {{ path = "trust/own.cer", sha256 = "{OWN.parsed.sha256}" }},'
    branch.set("\nanchors = [", pin)
    assert start(branch) == "charter_refused file_added: trust/own.cer"
    assert "file trust/own.cer added" in charter_rows(branch)


def test_a_policy_edited_under_its_id_is_refused_and_the_threshold_is_named(branch):
    edit_policy(branch, rb"(?m)^cool_down_attempts = \d+", b"cool_down_attempts = 10")
    assert start(branch) == "charter_refused policy_replaced: kz-2026-07-12"
    rows = charter_rows(branch)
    assert "policy kz-2026-07-12 replaced under the same name" in rows
    (policy,) = [each["seen"] for each in branch.doctor()[0] if each["what"] == "policy"]
    assert policy.startswith("kz-2026-07-12, not as shipped: in the policy “refusals of the face")
    said = r"in the policy .* \(\$\.\S*cool_down_attempts\): was \d+, is 10"
    assert any(re.fullmatch(said, each) for each in rows)


def test_another_recipient_of_the_evidence_is_refused(branch):
    text = branch.settings.read_text("utf-8")
    (key,) = re.findall(r'x25519 = "([0-9a-f]{64})"', text)
    branch.set(key, "9" * 64)
    assert start(branch) == "charter_refused recipient_replaced: retention-2026"
    assert "recipient retention-2026 replaced: another key" in charter_rows(branch)


def test_the_registries_anchor_replaced_under_its_path_is_refused(branch):
    (branch.data / "../gateway.pem").write_bytes(OWN.certificate.public_bytes(Encoding.PEM))
    assert start(branch) == "charter_refused file_replaced: ../gateway.pem"
    assert "file ../gateway.pem replaced in the same place" in charter_rows(branch)


def test_another_address_of_a_registry_is_refused(branch):
    branch.set("https://gateway.bank.example/owner", "https://registry-of-mine.example/owner")
    assert start(branch) == "charter_refused setting_changed: $.registries.phone_owner_url"
    (row,) = [each for each in charter_rows(branch) if each.startswith("setting")]
    assert "is https://registry-of-mine.example/owner" in row


def test_models_of_ones_own_are_refused(branch):
    shipped = resources.path("models", "models.toml")
    shutil.copy(shipped, branch.data / "models.toml")
    assert start(branch) == "charter_refused file_added: models.toml"


def test_an_old_charter_that_is_put_back_is_not_the_one_in_force(branch):
    branch.sign()
    folder = branch.data / "charter"
    settings = branch.settings.read_bytes()
    branch.set("index = 0", "index = 1")
    branch.sign()
    assert start(branch) == ""
    # The looser one of before, its own file and signature, under every name there is.
    branch.settings.write_bytes(settings)
    (folder / "000003.note").unlink()
    assert start(branch).startswith("charter_refused missing: ")
    shutil.copy(folder / "000002.note", folder / "000003.note")
    assert start(branch).startswith("charter_refused missing: ")
    (row,) = charter_rows(branch)
    assert row.startswith("charter_refused missing: no charter of digest ")


def test_a_charter_under_a_key_of_ones_own_is_refused(branch):
    branch.set("index = 0", "index = 1")
    archive = CharterArchive(branch.data)
    newest = archive.find(branch.line.json("charter", "status")["sha256"])
    mine = NoteSigner(newest.note.lines[0].name, private_key(0x33))
    forged = sign_charter(newest.charter, mine)
    (branch.data / "charter" / "000002.note").write_bytes(forged.octets)
    assert start(branch).startswith("charter_refused missing: ")
    # And with the trusted keys replaced by one's own nobody has begun this log.
    (branch.data / "enrolment" / "trusted.vkeys").write_text(f"{mine.vkey}\n")
    assert start(branch) == (
        "charter_refused genesis: cosigned by nobody who is trusted in enrolment/"
    )


def test_a_key_that_did_not_begin_the_log_signs_nothing(branch, tmp_path):
    make_private_folder(tmp_path / "mine")
    FileKeyStore(tmp_path / "mine").create("enrolment")
    branch.set("index = 0", "index = 1")
    result = branch.line.run("charter", "sign", "--enrolment-keys", str(tmp_path / "mine"))
    assert result.exit_code == 1
    assert "charter_refused: head_office: this key did not begin the station's log" in result.stderr
    assert start(branch) == "charter_refused setting_changed: $.camera.index"


def test_what_head_office_signs_starts_and_the_log_says_what_became_another(branch):
    branch.set("index = 0", "index = 1")
    status = branch.line.json("charter", "status")
    assert status["differs"][-1] == "setting “Camera: index” ($.camera.index): was 0, is 1"
    keys = str(branch.line.enrolment_keys)
    signed = branch.line.json("charter", "sign", "--enrolment-keys", keys)
    assert signed["charter"] == 3
    assert start(branch) == ""
    services = branch.opened(ToldClock(wall_ms=int(pki.NOW.timestamp() * 1000)))
    try:
        entry = services.journal.log.entry(signed["log_entry"])
    finally:
        bootstrap.close(services)
    assert entry.kind == "charter.change"
    assert (entry.data["number"], entry.data["sha256"]) == (3, signed["sha256"])
    assert {"what": "setting_changed", "at": "$.camera.index", "before": "0", "after": "1"} in list(
        entry.data["changes"]
    )


def test_a_charter_that_the_log_never_named_is_not_in_the_history(branch):
    folder = branch.data / "charter"
    shutil.copy(folder / "000002.note", folder / "000009.note")
    (folder / "000008.note").write_bytes(b"no charter at all")
    rows = branch.line.run("--json", "charter", "history").stdout.splitlines()
    assert [json.loads(each)["charter"] for each in rows] == [1, 2]
    assert branch.line.json("charter", "show", "1")["accounts"][0]["id"] == "a-001"
    assert branch.line.run("charter", "show", "9").exit_code == 3
    (folder / "000001.note").unlink()
    assert "missing: " in branch.line.run("charter", "history").stderr
