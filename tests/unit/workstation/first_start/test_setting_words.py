"""Every kind of fault of the settings has words of its own in three languages."""

import re
import tomllib

import pytest

from resources import LANGUAGES
from tests.support.station.settings import demo_tables
from workstation.documents.texts import Texts
from workstation.first_start.setting_words import word_setting_fault
from workstation.settings.settings import Profile, find_faults
from workstation.settings.template import initial_text

MARKS = dict.fromkeys(
    ("station", "bank", "branch", "origin", "keys", "policy", "policy_sha256"), "x"
)
EMPTY = find_faults(tomllib.loads(initial_text(Profile.PRODUCTION, MARKS)))
FAULTS = [
    "$.camera.index: 99 is not a whole number from 0 to 63",
    "$.language: 'fr' is not kk, ru or en",
    "$.camera: must be a table",
    "$.camera.indx: there is no setting of this name; is index meant?",
    "$.registries.antifraud_url: missing; the https address of the bank's gateway to the centre",
    "$.registries.tls_anchors[0]: gateway.pem: FileNotFoundError",
    "$.registries.tls_anchors[0]: gateway.pem: not a certificate but crl",
    "$.registries.tls_anchors[0]: gateway.pem: several objects; one certificate a file",
    "$.revocation.ocsp_url: this machine in the production profile; there stands http://localhost",
    "$.registries.phone_owner_url: plain http leaves this machine; https is needed; there stands http://gw.kz",
    "$.camera.kind: only a device in the production profile",
    "$.log.released: in the same folder as the log; name another folder, disk or network share",
    "$.vault.path: /x/vault is no folder",
    "$.registries.person_url: missing; the policy does nothing (x) for a customer whom no register",
    "$.keys.path: not the log key in force",
    "$.carrier: the address cannot be used; NCALayer's is wss://127.0.0.1 with a port",
    "$.registries: tls_anchors: the gateway's issuing certificate is missing or unreadable",
    "$.authority: neither jws_keys nor client; nobody would vouch for its results",
    "$.policy.sha256: policy.toml is not the pinned file",
]
PROSE = re.compile(r"\b(the|is|not|missing|must|empty|there|of|and|what|whole|number|address)\b")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fault", [*FAULTS, *EMPTY])
def test_a_fault_is_said_with_its_place_and_no_foreign_prose(fault, language):
    said = word_setting_fault(fault, Texts(language))
    assert said.startswith(f"{fault.partition(': ')[0]}: ")
    assert "[" not in said.replace("[0]", "")
    if language != "en":
        assert PROSE.search(said) is None, said
        assert re.search("[а-яәіңғүұқөһ]{3}", said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_that_is_no_toml_is_said_by_its_line(language):
    said = word_setting_fault("not TOML: Expected ']' (at line 98, column 38)", Texts(language))
    assert "98" in said
    assert "38" in said
    assert "Expected" not in said


def test_how_long_a_path_may_be_is_not_how_many_there_may_be():
    fault = "$.registries.person_jws_keys[0].path: missing; a path, at most 400 characters; a"
    assert "400" not in word_setting_fault(fault, Texts("ru"))
    assert "путь" in word_setting_fault(fault, Texts("ru"))


def test_kinds_of_faults_are_told_apart():
    texts = Texts("ru")
    said = {re.sub(r"^\S+ ", "", word_setting_fault(each, texts)) for each in FAULTS}
    assert len(said) == len(FAULTS) - 1
    assert "99" in word_setting_fault(FAULTS[0], texts)
    assert "от 0 до 63" in word_setting_fault(FAULTS[0], texts)


def test_a_place_of_a_version_that_is_not_this_one_is_named():
    tables = demo_tables()
    tables["camera"]["colour"] = True
    (fault,) = find_faults(tables)
    assert word_setting_fault(fault, Texts("en")).startswith("$.camera.colour: there is no such")
