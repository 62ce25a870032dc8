"""What the settings name of registries and authority is built, or refused by its place."""

import sys
from dataclasses import replace

import msgspec
import pytest

from tests.support.pki.mutual_tls import MutualTls
from tests.support.station.settings import demo_tables, toml_of
from workstation.errors import SettingsRefused
from workstation.registries.authority import PushAuthority, SessionAuthority
from workstation.registries.gateways import build_attempts, build_authority, build_gateways
from workstation.sandbox.services.answer_signer import AnswerSigner
from workstation.settings.authority import QuestionRegistryTable
from workstation.settings.settings import LoadedSettings, read_settings


@pytest.fixture
def bank(tmp_path):
    return MutualTls.make(tmp_path)


def loaded(bank, **authority):
    """Return settings of a demo station in the bank's folder with this `[authority]`."""
    tables = demo_tables()
    tables["registries"]["tls_anchors"] = []
    if authority:
        usual = {
            "shape": "push",
            "url": "https://gw.example.kz/authority",
            "tls_anchors": ["root.pem"],
            "timeout_s": 20,
        }
        tables["authority"] = usual | authority
    return LoadedSettings(bank.folder, "ab" * 32, read_settings(toml_of(tables)))


def clock_ms():
    return 1


def claim(_reference, _nonce):
    return True


def build(bank, **authority):
    return build_authority(loaded(bank, **authority), clock_ms, claim)


def pin(folder):
    signer = AnswerSigner.open(folder)
    (folder / "answers.pem").write_bytes(signer.pem)
    return {"kid": signer.KID, "path": "answers.pem", "sha256": signer.public.sha256}


def client(bank, **changes):
    identity = bank.identity("ws-07")
    return {"certificate": identity.certificate.name, "key": identity.key.name} | changes


def test_without_the_table_there_is_no_authority(bank):
    assert build_authority(loaded(bank), clock_ms, claim) is None


def test_both_shapes_are_built(bank):
    assert isinstance(build(bank, jws_keys=[pin(bank.folder)]), PushAuthority)
    asked = build(bank, shape="session", session_s=60, client=client(bank))
    assert isinstance(asked, SessionAuthority)


def refusal(bank, **authority):
    with pytest.raises(SettingsRefused) as refused:
        build(bank, **authority)
    return refused.value.detail


def test_what_cannot_be_used_is_named_by_its_place(bank):
    assert refusal(bank, tls_anchors=[]).startswith("$.authority: tls_anchors")
    assert refusal(bank, tls_anchors=["gone.pem"]).startswith("$.authority.tls_anchors[0]")
    wrong = pin(bank.folder) | {"sha256": "ab" * 32}
    assert refusal(bank, jws_keys=[wrong]).startswith("$.authority.jws_keys[0]: answers.pem")
    gone = client(bank, key="gone.pem")
    assert refusal(bank, client=gone) == "$.authority.client.key: gone.pem: key_missing"
    other = client(bank, certificate="root.pem")
    assert refusal(bank, client=other).startswith("$.authority: client")


@pytest.mark.skipif(sys.platform == "win32", reason="access lists, not modes")
def test_a_key_that_others_may_read_is_refused(bank):
    shown = client(bank)
    (bank.folder / shown["key"]).chmod(0o644)
    assert refusal(bank, client=shown) == "$.authority.client.key: ws-07.key.pem: key_exposed"


def test_a_person_registry_is_asked_only_where_the_settings_name_one(bank):
    without = build_gateways(loaded(bank), clock_ms)
    assert without.person("920314400005").answer.reason == "person.not_configured"
    named = loaded(bank)
    table = msgspec.structs.replace(
        named.values.registries, person_url="http://127.0.0.1:1", person_jws_keys=[]
    )
    values = msgspec.structs.replace(named.values, registries=table)
    found = build_gateways(replace(named, values=values), clock_ms).person("920314400005")
    assert (found.answer.reason, found.answer.source) == ("person.no_answer", "person")


def with_questions(bank, **registries):
    named = loaded(bank)
    table = msgspec.structs.replace(
        named.values.registries,
        questions={name: QuestionRegistryTable(**each) for name, each in registries.items()},
    )
    return replace(named, values=msgspec.structs.replace(named.values, registries=table))


def test_a_registry_of_the_banks_own_has_the_common_deadline_unless_it_states_one(bank):
    url = "http://127.0.0.1:1"
    named = with_questions(bank, powers={"url": url}, slow={"url": url, "timeout_s": 30})

    found = build_gateways(named, clock_ms).registries

    assert found.keys() == {"phone_owner", "antifraud", "loan_refusal", "powers", "slow"}
    assert (found["powers"].source, found["slow"].timeout_s) == ("powers", 30)
    assert found["powers"].timeout_s == named.values.registries.timeout_s


def test_a_registry_of_the_banks_own_is_refused_by_its_place(bank):
    twice = with_questions(bank, antifraud={"url": "http://127.0.0.1:1"})
    leaks = with_questions(bank, powers={"url": "http://192.0.2.7"})
    for settings, place in ((twice, "antifraud"), (leaks, "powers.url")):
        with pytest.raises(SettingsRefused) as refused:
            build_gateways(settings, clock_ms)
        assert refused.value.detail.startswith(f"$.registries.questions.{place}: ")


def test_the_branch_is_told_of_attempts_only_where_the_settings_name_its_register(bank):
    named = loaded(bank)
    assert build_attempts(named, clock_ms) is None
    table = msgspec.structs.replace(named.values.registries, attempts_url="http://127.0.0.1:1")
    values = msgspec.structs.replace(named.values, registries=table)

    assert build_attempts(replace(named, values=values), clock_ms).count("920314400005", 0) is None
